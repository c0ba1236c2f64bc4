"""Request within a run: look up, reserve, record, send, wait, settle; repeat what failed.

A request consists of a few submissions. Submissions with results in the journal are replayed, and
those in progress are waited for. All others are recorded and charged to the budgets in one
transaction, before the first of them is sent. Failed circuits are resubmitted a few times, within
the same budgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qgate.devices.batching import raised
from qgate.devices.job import RowFailure
from qgate.exceptions import JobFailed
from qgate.jobs.accounting import Results
from qgate.jobs.orders import OrderState
from qgate.jobs.submission_attempt import leave, submit_once
from qgate.jobs.submission_request import SubmissionOutcome, SubmissionRequest
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep
from qgate.usage import Usage

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.devices.capabilities import Capabilities
    from qgate.jobs.runs import Run

MOST_SUBMISSIONS = 3
"""Maximum number of submissions of the same circuits before a failure raises."""


@dataclass(frozen=True, slots=True)
class SubmittedResults:
    """Results of each submission request, with the usage of what was sent now."""

    results: Sequence[Results]
    usage: Usage


def submit_with_retries(
    run: Run, device: Device, requests: Sequence[SubmissionRequest]
) -> SubmittedResults:
    """Submit requests together and wait for them; resubmit what failed.

    Each request fits into one submission.

    Raises
    ------
    BudgetExceeded, UnknownPrice, RunDiverged
        Before anything is sent.
    JobFailed
        A submission, or a row of one, failed on every attempt, or permanently. All others were
        waited for and are in the journal.
    """
    outcomes = submit_once(run, device, requests)
    try:
        return _with_repeats(run, device, requests, outcomes)
    except BaseException:
        leave(run, device, requests, [outcome.order.key for outcome in outcomes])
        raise


def _with_repeats(
    run: Run,
    device: Device,
    requests: Sequence[SubmissionRequest],
    outcomes: Sequence[SubmissionOutcome],
) -> SubmittedResults:
    """Return results; those that failed are submitted again."""
    again = [
        (index, _what_failed(request, outcome, device.capabilities))
        for index, (request, outcome) in enumerate(zip(requests, outcomes, strict=True))
        if outcome.failed
    ]
    results = [outcome.results for outcome in outcomes]
    new = [
        replace(request.usage, usd=outcome.order.known_usd)
        for request, outcome in zip(requests, outcomes, strict=True)
        if outcome.submitted
    ]
    usage = sum(new, Usage())
    if not again:
        return SubmittedResults(results, usage)
    for index, _ in again:
        _check_attempts(outcomes[index], device)
    repeated = submit_with_retries(run, device, [request for _, request in again])
    merged = list(results)
    for (index, request), parts in zip(again, repeated.results, strict=True):
        merged[index] = _merged(results[index], requests[index], request, parts)
    return SubmittedResults(merged, usage + repeated.usage)


def _check_attempts(outcome: SubmissionOutcome, device: Device) -> None:
    permanent = outcome.submitted and device.is_permanent(outcome.reason)
    if not permanent and outcome.submissions < MOST_SUBMISSIONS:
        return
    job = outcome.order.job or outcome.order.key
    error = JobFailed(device=device.name, job=job, reason=outcome.reason)
    if permanent:
        error.add_note("It was not submitted again, because the same circuits can only fail again.")
    raise error


def _what_failed(
    request: SubmissionRequest, outcome: SubmissionOutcome, capabilities: Capabilities
) -> SubmissionRequest:
    """Return a request for the rows without results.

    The canary circuits are repeated with them. If these rows alone have fewer shots than a
    submission must have, they are submitted with more.
    """
    submitted = outcome.order.state is not OrderState.REFUSED
    again = replace(
        request,
        attempt=request.attempt + 1,
        submissions=outcome.submissions if submitted else 0,
    )
    if not outcome.results:
        return again
    places = [
        (sweep, [row for row, value in enumerate(entry) if isinstance(value, RowFailure)])
        for sweep, (entry,) in enumerate(outcome.results)
    ]
    places = [(sweep, rows) for sweep, rows in places if rows]
    failed = [_rows(request.sweeps[sweep], rows) for sweep, rows in places]
    known = request.sweeps[len(request.asked) :]
    sweeps = raised([*failed, *known], capabilities)
    return replace(again, sweeps=tuple(sweeps), places=tuple(places))


def _rows(sweep: Sweep, rows: list[int]) -> Sweep:
    shots = None if sweep.shots is None else np.asarray(sweep.shots[rows])
    return sweep.with_rows(sweep.rows[rows], shots)


def _merged(
    results: Results, request: SubmissionRequest, again: SubmissionRequest, parts: Results
) -> Results:
    """Return results in which the repeated rows replace the failed ones.

    A row that was submitted with more shots than requested is thinned to the requested number. The
    surplus shots are as random as the others, and callers do not expect them.
    """
    if not results:
        return parts
    merged: list[tuple[list[Outcomes], ...]] = [(list(entry),) for (entry,) in results]
    for (sweep, rows), (found,) in zip(again.places, parts, strict=True):
        asked = request.sweeps[sweep].shots
        for row, value in zip(rows, found, strict=True):
            shots = value.shots if asked is None else int(asked[row])
            merged[sweep][0][row] = value.thinned(shots, seed=f"{again.digest} {sweep} {row}")
    return merged

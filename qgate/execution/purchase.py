"""Request within a run: look up, reserve, record, send, wait, settle; repeat what failed.

A request consists of a few submissions. Submissions with results in the journal are replayed, and
those in progress are waited for. All others are recorded and charged to the budgets in one
transaction, before the first of them is sent. What a provider could not run is resubmitted a few
times, within the same budgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.devices.job import RowFailure, SweepResult
from qgate.devices.packing import raised
from qgate.exceptions import JobFailed
from qgate.execution.delivery import deliver, leave
from qgate.execution.lines import Delivery, Line
from qgate.execution.orders import OrderState
from qgate.sweep import Sweep

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.devices.capabilities import Capabilities
    from qgate.execution.runs import Run

Results = Sequence[SweepResult]

MOST_PURCHASES = 3
"""Maximum number of submissions of the same circuits before a failure raises."""


@dataclass(frozen=True, slots=True)
class Bought:
    """Results of a request, with the usage of its submissions.

    Parameters
    ----------
    results : sequence
        For each submission request the results of its sweeps.
    submissions, executions, shots : int
        Sent now; replayed results do not count.
    """

    results: Sequence[Results]
    submissions: int
    executions: int
    shots: int


def buy(run: Run, device: Device, lines: Sequence[Line]) -> Bought:
    """Submit requests together and wait for them; resubmit what failed.

    Parameters
    ----------
    run : Run
    device : Device
    lines : sequence of Line
        Each of them fits into one submission.

    Returns
    -------
    Bought

    Raises
    ------
    BudgetExceeded, UnknownPrice, RunDiverged
        Before anything is sent.
    JobFailed
        A submission, or a row of one, failed on every attempt, or permanently. All others were
        waited for and are in the journal.
    """
    deliveries = deliver(run, device, lines)
    try:
        return _with_repeats(run, device, lines, deliveries)
    except BaseException:
        leave(run, device, lines, [delivery.order.key for delivery in deliveries])
        raise


def _with_repeats(
    run: Run, device: Device, lines: Sequence[Line], deliveries: Sequence[Delivery]
) -> Bought:
    """Return results; those that failed are submitted again."""
    again = [
        (index, _what_failed(line, delivery, device.capabilities))
        for index, (line, delivery) in enumerate(zip(lines, deliveries, strict=True))
        if delivery.failed
    ]
    results = [delivery.results for delivery in deliveries]
    bought = Bought(results, *_sent(lines, deliveries))
    if not again:
        return bought
    for index, _ in again:
        _check_attempts(deliveries[index], device)
    repeated = buy(run, device, [line for _, line in again])
    merged = list(results)
    for (index, line), parts in zip(again, repeated.results, strict=True):
        merged[index] = _merged(results[index], lines[index], line, parts)
    return Bought(
        merged,
        bought.submissions + repeated.submissions,
        bought.executions + repeated.executions,
        bought.shots + repeated.shots,
    )


def _sent(lines: Sequence[Line], deliveries: Sequence[Delivery]) -> tuple[int, int, int]:
    """Count submissions, rows and shots that were sent now."""
    new = [line for line, each in zip(lines, deliveries, strict=True) if each.bought]
    return len(new), sum(line.num_rows for line in new), sum(line.num_shots for line in new)


def _check_attempts(delivery: Delivery, device: Device) -> None:
    permanent = delivery.bought and device.is_permanent(delivery.reason)
    if not permanent and delivery.purchases < MOST_PURCHASES:
        return
    job = delivery.order.job or delivery.order.key
    error = JobFailed(device=device.name, job=job, reason=delivery.reason)
    if permanent:
        error.add_note("It was not submitted again, because the same circuits can only fail again.")
    raise error


def _what_failed(line: Line, delivery: Delivery, capabilities: Capabilities) -> Line:
    """Return a request for the rows without results.

    The canary circuits are repeated with them. If these rows alone have fewer shots than a
    submission must have, they are submitted with more.
    """
    again = {
        "attempt": line.attempt + 1,
        "purchases": delivery.purchases if delivery.order.state is not OrderState.REFUSED else 0,
    }
    if not delivery.results:
        return line.changed(**again)
    places = [
        (sweep, [row for row, value in enumerate(entry) if isinstance(value, RowFailure)])
        for sweep, (entry,) in enumerate(delivery.results)
    ]
    places = [(sweep, rows) for sweep, rows in places if rows]
    failed = [_rows(line.sweeps[sweep], rows) for sweep, rows in places]
    known = line.sweeps[len(line.asked) :]
    sweeps = raised([*failed, *known], capabilities)
    return line.changed(sweeps=tuple(sweeps), places=tuple(places), **again)


def _rows(sweep: Sweep, rows: list[int]) -> Sweep:
    shots = None if sweep.shots is None else np.asarray(sweep.shots[rows])
    return sweep.with_rows(sweep.rows[rows], shots)


def _merged(results: Results, line: Line, again: Line, parts: Results) -> Results:
    """Return results in which the repeated rows replace the failed ones.

    A row that was submitted with more shots than requested is thinned to the requested number. The
    surplus shots are as random as the others, and callers do not expect them.
    """
    if not results:
        return parts
    merged: list[tuple[list[Any], ...]] = [(list(entry),) for (entry,) in results]
    for (sweep, rows), (found,) in zip(again.places, parts, strict=True):
        asked = line.sweeps[sweep].shots
        for row, value in zip(rows, found, strict=True):
            shots = value.shots if asked is None else int(asked[row])
            merged[sweep][0][row] = value.thinned(shots, seed=f"{again.digest} {sweep} {row}")
    return merged

"""The road of a request within a run: look up, reserve, write down, send, wait, settle.

A request is a few submissions. Those whose results the journal holds are answered from there,
those under way are waited for, and the rest is written down and taken from the budgets, all in
one transaction, before the first of it is sent. What a provider could not run is ordered again,
a few times, within the same budgets.
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
"""So often is the same bought before a failure is an error."""


@dataclass(frozen=True, slots=True)
class Bought:
    """What a request was answered with.

    Parameters
    ----------
    results : sequence
        For each line the results of its sweeps.
    submissions, executions, shots : int
        What was sent for it now; not what came from the journal.
    """

    results: Sequence[Results]
    submissions: int
    executions: int
    shots: int


def buy(run: Run, device: Device, lines: Sequence[Line]) -> Bought:
    """Have submissions done, all together, and those that fail once more.

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
        A submission, or a row of one, failed on every attempt, or for a reason that lies
        in itself; all others were waited for and are in the journal.
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
    """Return results of which those that failed are submitted again."""
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
        error.add_note("It was not submitted again, because the same can only fail again.")
    raise error


def _what_failed(line: Line, delivery: Delivery, capabilities: Capabilities) -> Line:
    """Return the rows that have no results, as a line of their own.

    Its known answers go with it. Rows that alone have fewer shots than a submission must have are
    bought with more.
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
    """Put what was had the second time where it failed the first time.

    A row that was bought with more shots than it was asked for with is thinned to these: the
    surplus is as random as all the rest, and nobody above expects it.
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

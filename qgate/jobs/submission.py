"""Submit sweeps in a device's gates, within a run or a plan, and return their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgate.context import HERE, active_plan, active_run
from qgate.devices.batching import EXACT, SubmissionBatch, pack, unpack
from qgate.devices.job import SweepResult
from qgate.exceptions import DrawingNotPaid
from qgate.jobs.canary import canary, num_canaries
from qgate.jobs.exactly_once import SubmittedResults, submit_with_retries
from qgate.jobs.runs import implicit_run
from qgate.jobs.submission_request import SubmissionRequest
from qgate.sweep import Sweep
from qgate.usage import Usage
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device


def submit_sweeps(
    sweeps: Sequence[Sweep], device: Device
) -> tuple[list[SweepResult], SubmittedResults]:
    """Submit sweeps in the device's gates and measurements, or record them in the active plan."""
    plan, drawing = active_plan(), HERE.get().drawing
    if drawing is not None and plan is None and device.capabilities.paid:
        raise DrawingNotPaid(function=drawing, device=device.name)
    batches = packed(sweeps, device)
    requests = submission_requests(batches, sweeps, device)
    if plan is not None:
        planned = plan.answer(device, requests)
        if planned is not None:
            return unpack(batches, planned, sweeps), SubmittedResults((), Usage())
    submitted = submit_with_retries(active_run() or implicit_run(), device, requests)
    return unpack(batches, submitted.results, sweeps), submitted


def packed(sweeps: Sequence[Sweep], device: Device) -> tuple[SubmissionBatch, ...]:
    """Distribute sweeps over submissions, with space for canary circuits if these are enabled."""
    extra = 0
    if device.canary:
        extra = max((num_canaries(len(wires)) for wires in map(_wires, sweeps)), default=0)
        extra = max(extra, num_canaries(len(Wires.all_wires(list(map(_wires, sweeps))))))
    return pack(
        sweeps, device.capabilities, device=device.name, weigh=device.weigh, extra_rows=extra
    )


def submission_requests(
    batches: Sequence[SubmissionBatch], sweeps: Sequence[Sweep], device: Device
) -> list[SubmissionRequest]:
    """Return the request for each submission."""
    return [_request(part, batch, sweeps, device) for part, batch in enumerate(batches)]


def _request(
    part: int, batch: SubmissionBatch, whole: Sequence[Sweep], device: Device
) -> SubmissionRequest:
    sweeps = batch.sweeps(whole)
    shots = batch.chunks[0].shots
    if shots == EXACT or not device.canary:
        return SubmissionRequest(tuple(sweeps), part)
    wires = Wires.all_wires([_wires(sweep) for sweep in sweeps])
    return SubmissionRequest((*sweeps, canary(wires, shots, device)), part, canary=wires)


def _wires(sweep: Sweep) -> Wires:
    return sweep.structure.wires

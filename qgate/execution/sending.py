"""Submit sweeps in a device's gates, within a run or a plan, and return their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgate.devices.job import SweepResult
from qgate.devices.packing import EXACT, Parcel, pack, unpack
from qgate.execution.canary import canary, num_canaries
from qgate.execution.current import PLAN, RUN
from qgate.execution.lines import Line
from qgate.execution.purchase import Bought, buy
from qgate.execution.runs import implicit_run
from qgate.sweep import Sweep
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device


def obtain(sweeps: Sequence[Sweep], device: Device) -> tuple[list[SweepResult], Bought]:
    """Run sweeps, or record them in the active plan.

    Parameters
    ----------
    sweeps : sequence of Sweep
        In the device's gates and measurements.
    device : Device

    Returns
    -------
    results : list of SweepResult
    bought : Bought
        Usage of the submissions.
    """
    plan = PLAN.get()
    parcels = packed(sweeps, device)
    lines = lines_of(parcels, sweeps, device)
    if plan is not None:
        answer = plan.answer(device, lines)
        if answer is not None:
            return unpack(parcels, answer, sweeps), Bought((), 0, 0, 0)
    bought = buy(RUN.get() or implicit_run(), device, lines)
    return unpack(parcels, bought.results, sweeps), bought


def packed(sweeps: Sequence[Sweep], device: Device) -> tuple[Parcel, ...]:
    """Distribute sweeps over submissions, with space for canary circuits if these are enabled."""
    extra = 0
    if _has_canary(device):
        extra = max((num_canaries(len(wires)) for wires in map(_wires, sweeps)), default=0)
        extra = max(extra, num_canaries(len(Wires.all_wires(list(map(_wires, sweeps))))))
    return pack(
        sweeps, device.capabilities, device=device.name, weigh=device.weigh, extra_rows=extra
    )


def lines_of(parcels: Sequence[Parcel], sweeps: Sequence[Sweep], device: Device) -> list[Line]:
    """Return the request for each submission."""
    return [_line(part, parcel, sweeps, device) for part, parcel in enumerate(parcels)]


def _line(part: int, parcel: Parcel, whole: Sequence[Sweep], device: Device) -> Line:
    sweeps = parcel.sweeps(whole)
    shots = parcel.pieces[0].shots
    if shots == EXACT or not _has_canary(device):
        return Line(tuple(sweeps), part)
    wires = Wires.all_wires([_wires(sweep) for sweep in sweeps])
    return Line((*sweeps, canary(wires, shots, device)), part, canary=wires)


def _has_canary(device: Device) -> bool:
    return bool(getattr(device, "canary", False))


def _wires(sweep: Sweep) -> Wires:
    return sweep.structure.wires

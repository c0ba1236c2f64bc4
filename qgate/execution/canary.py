"""Programs with known results that are sent along with others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.devices.job import RowFailure
from qgate.measurements import counts
from qgate.operations import RX
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decompose import decompose
from qgate.transforms.readouts import lower_measurements
from qgate.typing import IntArray
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device


def num_canaries(wires: int) -> int:
    """Return how many programs tell every wire from every other, and from a dead one."""
    return (wires + 1).bit_length()


def expected_bits(wires: int) -> IntArray:
    """Return what each program reads on each wire, shape (programs, wires).

    Down a column stands the number of the wire, counted from 1, in binary: no two columns are
    equal, none is all zeros or all ones. A bit order that is not ours, and a qubit that always
    reads the same, both show.
    """
    places = np.arange(num_canaries(wires))[:, None]
    return (np.arange(1, wires + 1)[None, :] >> places) & 1


def canary(wires: Wires, shots: int, device: Device) -> Sweep:
    """Return the programs as a sweep in the device's gates; every qubit is turned over or not."""
    angles = np.pi * expected_bits(len(wires))
    gates = [RX(angles[:, place], wires=wire) for place, wire in enumerate(wires)]
    sweep = Tape(gates, [counts(wires=wires)], shots=shots).sweep()
    capabilities = device.capabilities
    (lowered,), _ = lower_measurements(sweep, capabilities.exact, device=device.name)
    return decompose(lowered, capabilities.gate_set, device=device.name, names=capabilities.gates)


def misread(outcomes: Sequence[Any], wires: Wires) -> list[Any]:
    """Return the wires on which most shots read something else than expected.

    Parameters
    ----------
    outcomes : sequence of Outcomes or RowFailure
        Of the programs; those that failed tell nothing.
    wires : Wires
    """
    wrong = set()
    for row, bits in zip(outcomes, expected_bits(len(wires)), strict=True):
        if isinstance(row, RowFailure):
            continue
        ones = _shares_of_ones(row)
        wrong |= {place for place in range(len(wires)) if (ones[place] > 0.5) != bool(bits[place])}
    return [wires[place] for place in sorted(wrong)]


def _shares_of_ones(outcomes: Outcomes) -> list[float]:
    return [
        (1 - float(sign)) / 2
        for sign in outcomes.parities([(place,) for place in range(outcomes.num_wires)])
    ]

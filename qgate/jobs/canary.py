"""Canary circuits: circuits with known results, submitted together with others.

The outcome of canary ``k`` on wire ``w`` is bit ``k`` of the number ``w + 1``. The outcomes of all
canaries thus identify each wire, and reveal swapped wires and qubits stuck at 0 or 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qgate.devices.job import RowFailure
from qgate.measurements import counts
from qgate.operations import RX
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import decompose
from qgate.transforms.readouts import lower_measurements
from qgate.typing import IntArray, Wire
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device


def num_canaries(wires: int) -> int:
    """Return the number of canary circuits that distinguish all wires, and detect stuck ones."""
    return (wires + 1).bit_length()


def expected_bits(wires: int) -> IntArray:
    """Return the expected bit of each canary circuit on each wire, shape (circuits, wires).

    A column is the number of the wire, counted from 1, in binary. No two columns are equal, and
    none is all zeros or all ones. Both a wrong bit order and a qubit with a constant outcome are
    detected.
    """
    places = np.arange(num_canaries(wires))[:, None]
    return (np.arange(1, wires + 1)[None, :] >> places) & 1


def canary(wires: Wires, shots: int, device: Device) -> Sweep:
    """Return the canary circuits as a sweep in the device's gates; each qubit is flipped or not."""
    angles = np.pi * expected_bits(len(wires))
    gates = [RX(angles[:, place], wires=wire) for place, wire in enumerate(wires)]
    sweep = Tape(gates, [counts(wires=wires)], shots=shots).sweep()
    capabilities = device.capabilities
    (lowered,), _ = lower_measurements(sweep, capabilities.exact, device=device.name)
    return decompose(lowered, capabilities.gate_set, device=device.name, names=capabilities.gates)


def misread(outcomes: Sequence[Outcomes | RowFailure], wires: Sequence[Wire]) -> list[Wire]:
    """Return the wires on which the majority of shots has another outcome than expected.

    Failed circuits among the outcomes of the canary circuits are skipped.
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

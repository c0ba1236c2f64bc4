"""Native operations of the local device."""

from __future__ import annotations

from qgate.operations.channels import MIXED
from qgate.transforms.decomposition import GateSet

ANY_SIZE = frozenset(
    {
        "StatePrep",
        "MottonenStatePreparation",
        "MultiRZ",
        "PCPhase",
        "GlobalPhase",
        "QubitUnitary",
        "ControlledQubitUnitary",
        "Barrier",
        "DiagonalQubitUnitary",
        "Identity",
    }
)
"""Native operations on any number of wires."""

MATRIX_WIRES = 6
"""Maximum number of wires of native gates with a matrix."""

GATES = GateSet(ANY_SIZE, MATRIX_WIRES)

MIXED_GATES = GateSet(ANY_SIZE | MIXED, MATRIX_WIRES)
"""The same with the operations on density matrices."""

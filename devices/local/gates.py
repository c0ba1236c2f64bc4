"""What the local device runs without decomposing it."""

from __future__ import annotations

from qgate.transforms.decompose import GateSet

ANY_SIZE = frozenset(
    {
        "StatePrep",
        "MottonenStatePreparation",
        "MultiRZ",
        "PCPhase",
        "GlobalPhase",
        "QubitUnitary",
        "Barrier",
        "DiagonalQubitUnitary",
        "Identity",
    }
)
"""Operations that are run as they are on any number of wires."""

MATRIX_WIRES = 6
"""Any gate with a matrix on up to so many wires is run as it is."""

GATES = GateSet(ANY_SIZE, MATRIX_WIRES)

"""Folded circuits: gates repeated as G (G^-1 G)^k; their noise is larger, their result equal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from qgate.operations import Barrier, BasisState, StatePrep
from qgate.operations.operator import Operator
from qgate.recording import paused
from qgate.structure import Structure

NOT_FOLDED = (Barrier, BasisState, StatePrep)
"""Operations on several wires that are no gates; channels have no adjoint."""


@lru_cache(maxsize=1024)
def folded(circuit: Structure, factor: int) -> Structure:
    """Return a circuit in which every gate on several wires runs an odd number of times.

    State preparations and channels stay as they are. Matrices of gates are constants.
    """
    with paused():
        operations = [part for gate in circuit.operations for part in _repeated(gate, factor)]
    return Structure(tuple(operations), circuit.measurements, circuit.num_slots, circuit.num_arrays)


def _repeated(gate: Operator, factor: int) -> Sequence[Operator]:
    if len(gate.wires) < 2 or isinstance(gate, NOT_FOLDED) or not gate.has_adjoint:
        return [gate]
    fence = Barrier(wires=gate.wires)
    parts = [gate]
    for _ in range(factor // 2):
        parts += [fence, gate.adjoint(), fence, gate]
    return parts

"""Circuits of Clifford gates, which can be simulated on hundreds of wires."""

from __future__ import annotations

from collections.abc import Iterable

from qgate.structure import Structure

CLIFFORD = frozenset(
    {
        *("Adjoint(S)", "Adjoint(SX)", "Barrier", "CNOT", "CY", "CZ", "ECR", "GlobalPhase"),
        *("Hadamard", "ISWAP", "Identity", "PauliX", "PauliY", "PauliZ", "S", "SWAP", "SX"),
    }
)
"""Names of gates that map Pauli words to Pauli words."""

ADVICE = (
    " All its gates are Clifford gates: qg.device('qiskit:aer?method=stabilizer') runs it on "
    "hundreds of wires."
)


def is_clifford(structure: Structure) -> bool:
    """Return whether a circuit consists of Clifford gates alone, judged by their names."""
    return all(operation.name in CLIFFORD for operation in structure.operations)


def advice_on(structures: Iterable[Structure]) -> str:
    """Return advice on devices for too wide Clifford circuits; empty for other circuits."""
    return ADVICE if all(map(is_clifford, structures)) else ""

"""Folding of compiled circuits: native gates on two qubits repeated as G (G^-1 G)^k."""

from __future__ import annotations

from collections.abc import Iterator

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, CircuitInstruction, ControlFlowOp
from qiskit.circuit.library import XGate
from qiskit.transpiler import Target

SELF_INVERSE = frozenset({"cx", "cy", "cz", "ecr", "swap"})
"""Gates on two qubits that are their own inverses."""

TURNS = frozenset({"rzz"})
"""Rotations whose inverse is native although negative angles may not be: X G X on one qubit."""


def folds_gates(target: Target) -> bool:
    """Return whether the inverses of all gates on several qubits are native."""
    gates = {
        name
        for name in target.operation_names
        if not isinstance(target.operation_from_name(name), type)
        and target.operation_from_name(name).num_qubits > 1
        and target.operation_from_name(name).name not in ("barrier", "delay", "measure", "reset")
    }
    return gates <= SELF_INVERSE | (TURNS if "x" in target.operation_names else frozenset())


def folded_circuit(circuit: QuantumCircuit, factor: int) -> QuantumCircuit:
    """Return a compiled circuit whose gates on several qubits run an odd number of times.

    Barriers keep them, if the circuit is compiled again.
    """
    found = circuit.copy_empty_like()
    for item in circuit.data:
        for part in _repeated(item, factor):
            found._append(part)
    found._layout = circuit.layout
    return found


def _repeated(item: CircuitInstruction, factor: int) -> Iterator[CircuitInstruction]:
    yield item
    several = len(item.qubits) > 1 and not isinstance(item.operation, Barrier | ControlFlowOp)
    if not several:
        return
    fence = item.replace(operation=Barrier(len(item.qubits)), clbits=())
    for _ in range(factor // 2):
        yield fence
        yield from _inverse(item)
        yield fence
        yield item


def _inverse(item: CircuitInstruction) -> Iterator[CircuitInstruction]:
    if item.operation.name in SELF_INVERSE:
        yield item
        return
    flip = item.replace(operation=XGate(), qubits=item.qubits[:1])
    yield from (flip, item, flip)

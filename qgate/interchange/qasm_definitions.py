"""Definitions of gates in OpenQASM, checked where they stand, whether or not they are used."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from openqasm3 import ast

from qgate.exceptions import UnsupportedQasm
from qgate.interchange.angles import Input
from qgate.interchange.qasm_values import invalid, kind_of, unsupported

if TYPE_CHECKING:
    from qgate.interchange.qasm_reader import Reader

BUILT_IN = {False: ("U", "gphase"), True: ("U", "CX")}
"""Gates that no program can define, in OpenQASM 3 and 2 (True)."""


def define(reader: Reader, node: ast.QuantumGateDefinition) -> None:
    """Check the definition of a gate, and add it to those of the reader."""
    name = node.name.name
    own = [item.name for item in (*node.arguments, *node.qubits)]
    twice = next((item for item in own if own.count(item) > 1), None)
    if twice is not None:
        invalid(node, f"{twice!r} is declared twice", "Choose another name.")
    if name in BUILT_IN[reader.scope.old]:
        invalid(node, f"the gate {name!r} is built in", "Choose another name.")
    if name in reader.definitions or reader.scope.find(name) is not None:
        invalid(node, f"{name!r} is declared twice", "Choose another name.")
    qubits = {item.name for item in node.qubits}
    for statement in node.body:
        _check(statement, qubits)
    with suppress(UnsupportedQasm):  # an angle may have to be a number, and is one in a call
        angles = tuple(Input(item.name) for item in node.arguments)
        reader.expanded(node, angles, tuple(range(len(node.qubits))))
    reader.definitions[name] = node


def _check(statement: Any, qubits: set[str]) -> None:
    """Refuse a statement that cannot stand in a gate, or acts on anything but the gate's qubits."""
    if not isinstance(statement, ast.QuantumGate | ast.QuantumPhase | ast.QuantumBarrier):
        unsupported(statement, f"{kind_of(statement)} stands in a gate", "Gates consist of gates.")
    for qubit in statement.qubits:
        if not isinstance(qubit, ast.Identifier):
            invalid(qubit, "a qubit of a gate has an index", "Give the name of a qubit.")
        if qubit.name not in qubits:
            invalid(
                statement,
                f"{qubit.name!r} is no qubit of the gate",
                f"Its qubits are {', '.join(sorted(qubits))}.",
            )

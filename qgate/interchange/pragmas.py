"""Pragmas of Braket: matrices, and the results that a circuit asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from openqasm3 import ast

from qgate.exceptions import InvalidQasm
from qgate.interchange.parsing import parsed
from qgate.interchange.qasm_values import Register, invalid, unsupported
from qgate.interchange.steps import Matrix
from qgate.measurements import density_matrix, expval, probs, sample, state, var
from qgate.operations.arithmetic import prod
from qgate.operations.fixed import Hadamard, Identity, PauliX, PauliY, PauliZ
from qgate.operations.hermitian import Hermitian
from qgate.operations.operator import Operator
from qgate.recording import paused
from qgate.typing import ComplexArray, Wire

if TYPE_CHECKING:
    from qgate.interchange.qasm_reader import Reader
    from qgate.measurements import Measurement

Labels: TypeAlias = Any

Result: TypeAlias = "Callable[[Labels], Measurement]"
"""Function from the wire of each qubit to a measurement."""

Results: TypeAlias = "list[Result]"

OBSERVABLES: Mapping[str, Any] = {
    "x": PauliX,
    "y": PauliY,
    "z": PauliZ,
    "h": Hadamard,
    "i": Identity,
}

OF_OBSERVABLES: Mapping[str, Any] = {"expectation": expval, "variance": var, "sample": sample}

READ = (
    "Read are the pragmas 'braket verbatim', 'braket unitary' and 'braket result' with "
    "expectation, variance, sample, probability, state_vector and density_matrix."
)


def read_pragma(reader: Reader, node: ast.Pragma) -> None:
    """Read a pragma; those that are not of Braket are skipped, as the specification asks."""
    vendor, _, command = (node.command or "").strip().partition(" ")
    if vendor != "braket":
        return
    kind, _, rest = command.strip().partition(" ")
    if kind == "verbatim":
        return
    if kind.startswith("unitary"):
        _unitary(reader, node, command.strip()[len("unitary") :])
    elif kind == "result":
        _result(reader, node, rest.strip())
    else:
        unsupported(node, f"the pragma 'braket {command.strip()}' cannot be read", READ)


def _unitary(reader: Reader, node: ast.Pragma, text: str) -> None:
    found = re.fullmatch(r"\s*\((.*)\)\s*(.*)", text, re.DOTALL)
    if found is None:
        invalid(node, f"the matrix {text.strip()!r} is not in parentheses", READ)
    matrix = _matrix(reader, node, found[1])
    qubits = _targets(reader, node, found[2])
    _check_matrix(node, matrix, qubits)
    reader.steps.append(Matrix(matrix, qubits))


def _result(reader: Reader, node: ast.Pragma, text: str) -> None:
    kind, _, rest = text.partition(" ")
    if kind == "state_vector":
        reader.results.append(lambda labels: state())
    elif kind in ("probability", "density_matrix"):
        whole = rest.strip() in ("", "all")
        targets = None if whole else _targets(reader, node, rest)
        make = probs if kind == "probability" else density_matrix
        reader.results.append(
            lambda labels: make(wires=labels if targets is None else [labels[t] for t in targets])
        )
    elif kind in OF_OBSERVABLES:
        _observed(reader, node, OF_OBSERVABLES[kind], rest.strip())
    else:
        unsupported(node, f"the result {kind!r} cannot be read", READ)


def _observed(reader: Reader, node: ast.Pragma, measure: Any, text: str) -> None:
    letter, _, rest = text.partition(" ")
    if letter in OBSERVABLES and rest.strip() in ("", "all"):
        for qubit in range(len(reader.qubits)):
            reader.results.append(_measurement(measure, [_pauli(letter, qubit)]))
        return
    factors = [_factor(reader, node, part.strip()) for part in text.split("@")]
    reader.results.append(_measurement(measure, factors))


Factor: TypeAlias = "Callable[[Labels], Operator]"


def _measurement(measure: Any, factors: list[Factor]) -> Result:
    def make(labels: Labels) -> Measurement:
        with paused():
            operators = [factor(labels) for factor in factors]
            observable = operators[0] if len(operators) == 1 else prod(*operators)
        found: Measurement = measure(observable)
        return found

    return make


def _pauli(letter: str, qubit: int) -> Factor:
    return lambda labels: OBSERVABLES[letter](labels[qubit])


def _factor(reader: Reader, node: ast.Pragma, text: str) -> Factor:
    matrix = re.fullmatch(r"hermitian\s*\((.*)\)\s*(.*)", text, re.DOTALL)
    if matrix is not None:
        numbers, qubits = _matrix(reader, node, matrix[1]), _targets(reader, node, matrix[2])
        _check_matrix(node, numbers, qubits)
        return lambda labels: Hermitian(numbers, wires=[labels[qubit] for qubit in qubits])
    letter = re.fullmatch(r"(\w)\s*\((.*)\)", text)
    if letter is None or letter[1] not in OBSERVABLES:
        unsupported(node, f"the observable {text!r} cannot be read", "x, y, z, h, i, hermitian.")
    (qubit,) = _targets(reader, node, letter[2])
    return _pauli(letter[1], qubit)


def _targets(reader: Reader, node: ast.Pragma, text: str) -> tuple[int, ...]:
    """Return the qubits of a list such as ``q[0], q[1]``, or ``$0, $1``."""
    if text.strip() == "all":
        return tuple(range(len(reader.qubits)))
    found: list[int] = []
    for item in re.split(r",\s*(?![^\[]*\])", text.strip()):
        (gate,) = _parsed(node, f"x {item};")
        register = reader._register(gate.qubits[0], reader.scope)
        assert isinstance(register, Register)
        found += register.qubits
    return tuple(found)


def _matrix(reader: Reader, node: ast.Pragma, text: str) -> ComplexArray:
    braces = text.replace("[", "{").replace("]", "}")
    (declared,) = _parsed(node, f"array[complex[float], 1] m = {braces};")
    rows = reader.scope.value(declared.init_expression)
    try:
        return np.array(rows, dtype=complex)
    except (TypeError, ValueError):
        invalid(node, f"{text.strip()!r} is no matrix of numbers", "Give rows of one length.")


def _check_matrix(node: ast.Pragma, matrix: ComplexArray, qubits: tuple[Wire, ...]) -> None:
    size = 2 ** len(qubits)
    if matrix.shape != (size, size):
        reason = f"a matrix of the shape {matrix.shape} acts on {len(qubits)} qubits"
        invalid(node, reason, f"Give {size} rows of {size} numbers.")


def _parsed(node: ast.Pragma, text: str) -> list[Any]:
    """Parse a piece of a pragma as a statement."""
    try:
        statements = parsed(text).statements
    except InvalidQasm as error:
        invalid(node, f"{(node.command or '').strip()!r} cannot be read: {error.reason}", READ)
    for statement in statements:
        for part in (statement, *getattr(statement, "qubits", ())):
            part.span = node.span
    return statements

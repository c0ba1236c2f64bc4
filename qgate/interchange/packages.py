"""Circuits of Cirq and pytket, by way of OpenQASM.

Their packages are extras of qgate, ``cirq`` and ``pytket``, and are imported here only.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from qgate.exceptions import MissingExtra, NotACircuit, UnsupportedInstruction, described
from qgate.interchange.imported import ImportedCircuit
from qgate.interchange.outgoing import mapped
from qgate.interchange.qasm import from_qasm
from qgate.interchange.qasm_writer import to_openqasm
from qgate.typing import Nested, WiresLike

PRECISION = 17
"""Digits of angles that identify every number in double precision."""

NAMES = {"cirq": "cirq-core", "pytket": "pytket", "ply": "ply"}
"""Name of each module's package for pip."""


def from_cirq(circuit: Any, measurements: Nested = None) -> ImportedCircuit:
    """Return a circuit of Cirq as a quantum function.

    Wires are the numbers of line qubits and the names of named qubits, in Cirq's order; of other
    qubits their text. The unitary is the same up to a global phase.

    Parameters
    ----------
    circuit : cirq.Circuit
        Without symbols: Cirq writes only numbers.
    measurements : Measurement or list of Measurement, optional
        What the function returns, in place of what the circuit measures.

    Raises
    ------
    NotACircuit
        It is no circuit of Cirq.
    UnsupportedInstruction
        Cirq cannot write it in OpenQASM.
    MissingExtra
        Cirq is not installed.
    """
    cirq: Any = _module("cirq", "cirq")
    if not isinstance(circuit, cirq.AbstractCircuit):
        raise _no_circuit(circuit, "Cirq", "Give a cirq.Circuit.")
    try:
        text = circuit.to_qasm(precision=PRECISION, version="3.0")
    except (TypeError, ValueError) as error:
        raise _refused("Cirq", error, "Resolve its parameters, or decompose its gates.") from error
    labels = tuple(map(_label, sorted(circuit.all_qubits())))
    return replace(from_qasm(text, measurements), labels=labels)


def to_cirq(
    circuit: Any, wires: WiresLike | None = None, rotations: bool = True, measure_all: bool = False
) -> Any:
    """Return a circuit as a ``cirq.Circuit`` on line qubits.

    The unitary is the same up to a global phase.

    Parameters
    ----------
    circuit, wires, rotations, measure_all
        As for ``to_openqasm``.

    Returns
    -------
    cirq.Circuit, or function
        For a QNode or function: a function of its arguments that returns the circuit.

    Raises
    ------
    MissingExtra
        Cirq, or the package ply with which it reads OpenQASM, is not installed.
    QuantumFunctionError, UnsupportedOperation
        As for ``to_openqasm``.
    """
    cirq: Any = _module("cirq", "cirq")
    _module("ply", "cirq")
    read: Any = import_module("cirq.contrib.qasm_import").circuit_from_qasm

    def made(text: str) -> Any:
        found = read(text)
        return found.transform_qubits(lambda q: cirq.LineQubit(int(q.name.rpartition("_")[2])))

    return mapped(to_openqasm(circuit, wires, rotations, measure_all), made)


def from_pytket(circuit: Any, measurements: Nested = None) -> ImportedCircuit:
    """Return a circuit of pytket as a quantum function.

    Wires are 0, 1, ... in pytket's order of qubits. Free symbols are arguments, in alphabetical
    order. The unitary is the same up to a global phase.

    Parameters
    ----------
    circuit : pytket.Circuit
    measurements : Measurement or list of Measurement, optional
        What the function returns, in place of what the circuit measures.

    Raises
    ------
    NotACircuit
        It is no circuit of pytket.
    UnsupportedInstruction
        pytket cannot write it in OpenQASM.
    MissingExtra
        pytket is not installed.
    """
    pytket: Any = _module("pytket", "pytket")
    if not isinstance(circuit, pytket.Circuit):
        raise _no_circuit(circuit, "pytket", "Give a pytket.Circuit.")
    written: Any = import_module("pytket.qasm")
    try:
        text = written.circuit_to_qasm_str(circuit, header="qelib1")
    except written.qasm.QASMUnsupportedError as error:
        raise _refused("pytket", error, "Decompose its gates.") from error
    names = sorted(map(str, circuit.free_symbols()))
    version, _, rest = text.partition(";")
    inputs = "".join(f"\ninput float {name};" for name in names)
    return from_qasm(f"{version};{inputs}{rest}", measurements)


def to_pytket(
    circuit: Any, wires: WiresLike | None = None, rotations: bool = True, measure_all: bool = False
) -> Any:
    """Return a circuit as a ``pytket.Circuit``.

    The unitary is the same up to a global phase.

    Parameters
    ----------
    circuit, wires, rotations, measure_all
        As for ``to_openqasm``.

    Returns
    -------
    pytket.Circuit, or function
        For a QNode or function: a function of its arguments that returns the circuit.

    Raises
    ------
    MissingExtra
        pytket is not installed.
    QuantumFunctionError, UnsupportedOperation
        As for ``to_openqasm``.
    """
    _module("pytket", "pytket")
    read: Any = import_module("pytket.qasm").circuit_from_qasm_str
    return mapped(to_openqasm(circuit, wires, rotations, measure_all), read)


def _module(name: str, extra: str) -> Any:
    if find_spec(name) is None:
        raise MissingExtra(what=f"A circuit of {extra}", package=NAMES[name], extra=extra)
    return import_module(name)


def _label(qubit: Any) -> Any:
    """Return the wire of a qubit of Cirq."""
    return next((getattr(qubit, key) for key in ("x", "name") if hasattr(qubit, key)), str(qubit))


def _no_circuit(given: Any, package: str, remedy: str) -> NotACircuit:
    return NotACircuit(given=described(given)[:80], what=f"circuit of {package}", remedy=remedy)


def _refused(package: str, error: Exception, remedy: str) -> UnsupportedInstruction:
    what = "something that it cannot write in OpenQASM"
    return UnsupportedInstruction(
        package=package, instruction=what, place=str(error), remedy=remedy
    )

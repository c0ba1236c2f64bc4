"""OpenQASM programs as quantum functions: ``from_qasm`` and ``from_qasm3``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qgate.exceptions import InvalidParameters, NotACircuit, described
from qgate.interchange.imported import ImportedCircuit
from qgate.interchange.parsing import parsed
from qgate.interchange.qasm_reader import Reader
from qgate.typing import Nested, Wire

Text = str | os.PathLike[str]

MARKS = (";", "{", "\n", "/*")
"""Signs of a text that is a program, not the path of a file."""


def from_qasm(quantum_circuit: Text, measurements: Nested = None) -> ImportedCircuit:
    """Return a program in OpenQASM 2 or 3 as a quantum function.

    Its wires are 0, 1, ..., in the order in which the program declares its qubits; a program for
    the qubits of a device (``$2``) has their numbers. ``wires=`` of a call gives others. Inputs
    (``input float theta;``) are arguments of the function.

    Parameters
    ----------
    quantum_circuit : str or path
        The program, or a file with it.
    measurements : Measurement or list of Measurement, optional
        What the function returns, in place of what the program measures.

    Returns
    -------
    ImportedCircuit
        Quantum function, to be called inside of a QNode, or bound to a device as a QNode.

    Raises
    ------
    InvalidQasm
        The program breaks a rule of OpenQASM; with line and column.
    UnsupportedQasm
        It has something that no circuit here can hold; with line and column.

    Examples
    --------
    >>> program = 'OPENQASM 3; input float theta; qubit[2] q; rx(theta) q[0]; cx q[0], q[1];'
    >>> circuit = qg.QNode(qg.from_qasm(program, qg.expval(qg.Z(1))), "local")
    >>> round(float(circuit(0.3)), 4)
    0.9553
    """
    return _read(quantum_circuit, measurements, lambda place, name, physical: place)


def from_qasm3(
    quantum_circuit: Text, wire_map: Mapping[str, Wire] | None = None
) -> ImportedCircuit:
    """Return a program in OpenQASM 3 as a quantum function whose wires are named as its qubits.

    The wire of ``q[0]`` is the text ``"q[0]"``, and that of a qubit that is declared alone its
    name, unless ``wire_map`` has another. Otherwise as ``from_qasm``.

    Parameters
    ----------
    quantum_circuit : str or path
        The program, or a file with it.
    wire_map : mapping, optional
        From names of qubits to wires.

    Raises
    ------
    InvalidQasm, UnsupportedQasm
        As for ``from_qasm``.
    InvalidParameters
        ``wire_map`` is no mapping.

    Examples
    --------
    >>> apply = qg.from_qasm3("qubit a; qubit b; h a; cx a, b;", wire_map={"a": 0})
    >>> apply.labels
    (0, 'b')
    """
    if wire_map is not None and not isinstance(wire_map, Mapping):
        raise InvalidParameters(
            f"wire_map={described(wire_map)} is no mapping. Give one from names of qubits to "
            "wires, such as {'q[0]': 0}."
        )
    names = dict(wire_map or {})
    return _read(quantum_circuit, None, lambda place, name, physical: names.get(name, name))


def _read(
    given: Text, measurements: Nested, label: Callable[[int, str, bool], Wire]
) -> ImportedCircuit:
    text, name = program_of(given)
    reader = Reader.read(parsed(text))
    labels = tuple(
        label(place, qubit, reader.physical) for place, qubit in enumerate(reader.qubits)
    )
    results: Any = [make(labels) for make in reader.results]
    found = measurements
    if found is None and results:
        found = results if len(results) > 1 else results[0]
    return ImportedCircuit(tuple(reader.steps), labels, tuple(reader.inputs), found, name)


def _is_program(given: str) -> bool:
    text = given.strip()
    return not text or text.startswith("OPENQASM") or any(mark in given for mark in MARKS)


def program_of(given: Text) -> tuple[str, str]:
    """Return the text of a program and its name; a text without ``MARKS`` is a path."""
    if isinstance(given, str) and _is_program(given):
        return given, "circuit"
    if not isinstance(given, str | os.PathLike):
        raise NotACircuit(
            given=described(given), what="program in OpenQASM", remedy="Give a text, or a path."
        )
    path = Path(given)
    try:
        return path.read_text(encoding="utf-8"), path.stem
    except (OSError, ValueError) as error:
        raise NotACircuit(
            given=described(str(given)),
            what="program in OpenQASM, and no file with one",
            remedy=f"Reading the file failed: {error}.",
        ) from error

"""Circuits in files of OpenQASM and Qiskit, as QNodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import qgate as qg
from qgate.devices.base import Device
from qgate.devices.circuits import read_circuit
from qgate.exceptions import QGateError
from qgate.interchange.imported import ImportedCircuit
from qgate.wires import Wires

SMALL = 1e-12
"""Largest probability that is not printed."""

FLAGS = frozenset({"--json", "--help"})
"""Options without a value."""

SUFFIXES = (".qasm", ".qpy")
"""Suffixes of the files that are read as circuits, not as programs."""


def is_circuit(file: str) -> bool:
    """Return whether a file has a circuit, by its suffix."""
    return file.lower().endswith(SUFFIXES)


def options_first(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of ``run FILE.qasm --device D`` as ``run --device D NAME FILE.qasm``.

    What stands behind a program belongs to the program; a circuit has no arguments of its own. Its
    run has the name of the file, if it has no other.
    """
    if arguments[:1] != ["run"]:
        return list(arguments)
    options: list[str] = []
    files: list[str] = []
    rest = iter(arguments[1:])
    for argument in rest:
        if not argument.startswith("-"):
            files.append(argument)
            continue
        options.append(argument)
        if argument.startswith("--") and "=" not in argument and argument not in FLAGS:
            options += [value for value in [next(rest, None)] if value is not None]
    if not any(map(is_circuit, files)):
        return list(arguments)
    name = [Path(files[0]).stem] if len(files) == 1 else []
    return ["run", *options, *name, *files]


def qnode_of_file(file: str, device: Device | str) -> tuple[qg.QNode, list[Any]]:
    """Return the circuit of a file as a QNode, and numbers for its inputs.

    The QNode returns the probabilities of the wires that the circuit measures, or of all. It can be
    differentiated by the inputs; these are 0 here.
    """
    circuit = _read(file)
    measured = circuit.measured or Wires(circuit.labels)
    method = "best" if circuit.inputs else None
    node = qg.QNode(circuit.with_measurements(qg.probs(wires=measured)), device, diff_method=method)
    return node, _zeros(circuit)


def results_of_file(
    file: str, device: Device | str | None, shots: int | None, inputs: Sequence[str]
) -> dict[str, Any]:
    """Run the circuit of a file; return counts, or probabilities without shots, by bits.

    Parameters
    ----------
    file : str
    device : Device or str, optional
        Default: that of the settings.
    shots : int, optional
        Default: the device's.
    inputs : sequence of str
        Values of the circuit's inputs, as ``NAME=VALUE`` or ``NAME=VALUE,VALUE``.
    """
    node = qg.QNode(_read(file), qg.device(device))
    node = node if shots is None else node.with_shots(shots)
    found = node(**dict(map(_input, inputs)))
    if isinstance(found, dict):
        return found
    width = max(len(found) - 1, 1).bit_length()
    return {
        f"{place:0{width}b}": value for place, value in enumerate(found.tolist()) if value > SMALL
    }


def _input(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        raise QGateError(
            f"--input {text!r} is no value of an input. Write for example theta=0.3 or x=0.1,0.2."
        ) from None
    return name, numbers[0] if len(numbers) == 1 else qg.numpy.array(numbers)


def _read(file: str) -> ImportedCircuit:
    found = read_circuit(Path(file))
    assert found is not None  # a path is one
    return found


def _zeros(circuit: ImportedCircuit) -> list[Any]:
    shapes = [() if spec.length is None else (spec.length,) for spec in circuit.inputs]
    return [qg.numpy.array(qg.numpy.zeros(shape), requires_grad=True) for shape in shapes]

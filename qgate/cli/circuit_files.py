"""Circuits in files of OpenQASM, as QNodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import qgate as qg
from qgate.devices.base import Device
from qgate.interchange.imported import ImportedCircuit
from qgate.wires import Wires

SUFFIX = ".qasm"
"""Suffix of the files that are read as circuits, not as programs."""


def is_circuit(file: str) -> bool:
    """Return whether a file has a circuit in OpenQASM, by its suffix."""
    return file.lower().endswith(SUFFIX)


def qnode_of_file(file: str, device: Device | str) -> tuple[qg.QNode, list[Any]]:
    """Return the circuit of a file as a QNode, and numbers for its inputs.

    The QNode returns the probabilities of the wires that the circuit measures, or of all. It can be
    differentiated by the inputs; these are 0 here.
    """
    circuit = qg.from_qasm(Path(file))
    measured = circuit.measured or Wires(circuit.labels)
    method = "best" if circuit.inputs else None
    node = qg.QNode(circuit.with_measurements(qg.probs(wires=measured)), device, diff_method=method)
    return node, _zeros(circuit)


def _zeros(circuit: ImportedCircuit) -> list[Any]:
    shapes = [() if spec.length is None else (spec.length,) for spec in circuit.inputs]
    return [qg.numpy.array(qg.numpy.zeros(shape), requires_grad=True) for shape in shapes]

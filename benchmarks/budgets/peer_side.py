"""Requests to PennyLane, in its own interpreter."""

from __future__ import annotations

import importlib
from typing import Any

import numpy

from .circuits import CIRCUITS, hamiltonian, read


def answer(qml: Any, np: Any, request: dict[str, Any]) -> Any:
    """Return a version, groups of a Hamiltonian's words, a training, or errors of gradients.

    The error is returned times the shots of all circuits but the unshifted one: the rows that
    ``default.qubit`` runs times the groups that it measures.
    """
    if "version" in request:
        return qml.__version__
    if "groups" in request:
        return groups(qml, request["groups"])
    if "way" in request or "check" in request:
        from .peer_training import check, train

        return (train if "way" in request else check)(qml, np, request)
    circuit = CIRCUITS[request["circuit"]]
    device = qml.device("default.qubit")
    node = qml.set_shots(shots=request["shots"])(
        qml.QNode(circuit.function(qml), device, diff_method="parameter-shift")
    )
    x = np.array(request["x"], requires_grad=True)
    errors = [
        float(((qml.grad(node)(x) - numpy.array(request["truth"])) ** 2).sum())
        for _ in range(request["runs"])
    ]
    return {"error": numpy.mean(errors), "spread": numpy.std(errors) / len(errors) ** 0.5}


def groups(qml: Any, data: str) -> list[list[str]]:
    """Return the commuting groups of Pauli words, as letters."""
    split = importlib.import_module("pennylane.transforms.split_non_commuting")
    record = read(data)
    tape = qml.tape.QuantumScript([], [qml.expval(hamiltonian(qml, record))])
    tapes, _ = split.split_non_commuting(tape, grouping_strategy="qwc")
    found = []
    for each in tapes:
        words = [next(iter(item.obs.pauli_rep)) for item in each.measurements]
        spelled = [
            "".join(word.get(wire, "I") for wire in range(record["qubits"])) for word in words
        ]
        found.append([letters for letters in spelled if set(letters) != {"I"}])
    return [group for group in found if group]

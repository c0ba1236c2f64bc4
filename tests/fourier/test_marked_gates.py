"""Spectra of gates that carry an id."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import FourierError, NoSpectrum


def ansatz(x, w):
    for layer in range(2):
        for wire in range(3):
            qg.RX(x[wire], wires=wire, id=f"x{wire}")
            qg.Rot(*w[layer, wire], wires=wire)
    qg.RZ(x[0], wires=0, id="x0")
    return qg.expval(qg.Z(0))


X, W = np.array([1.0, 2.0, 3.0]), np.arange(18.0).reshape(2, 3, 3)
UP_TO_2 = [-2.0, -1.0, 0.0, 1.0, 2.0]
UP_TO_3 = [-3.0, *UP_TO_2, 3.0]


def test_gates_with_the_same_id_add_up():
    circuit = qg.QNode(ansatz, "local")

    found = qg.fourier.circuit_spectrum(circuit)(X, W)

    assert found == {"x0": UP_TO_3, "x1": UP_TO_2, "x2": UP_TO_2}
    assert list(found) == ["x0", "x1", "x2"]


def test_only_the_chosen_ids_are_told_and_those_that_no_gate_has_are_empty():
    found = qg.fourier.circuit_spectrum(ansatz, encoding_gates=["x1", "other"])(X, W)

    assert found == {"x1": UP_TO_2, "other": []}


def test_one_id_can_be_given_as_a_string():
    assert qg.fourier.circuit_spectrum(ansatz, "x0")(X, W) == {"x0": UP_TO_3}


def test_without_marks_there_is_nothing():
    assert qg.fourier.circuit_spectrum(lambda x: qg.RX(x, 0))(0.1) == {}


def test_gates_and_wrappers_of_all_kinds_carry_an_id():
    def circuit(x):
        qg.CRX(x, wires=[0, 1], id="x")
        qg.PauliRot(x, "XY", wires=[0, 1], id="y")
        qg.MultiRZ(x, wires=[0, 1, 2], id="z")

    found = qg.fourier.circuit_spectrum(circuit)(0.1)

    assert found == {
        "x": [-1.0, -0.5, 0.0, 0.5, 1.0],
        "y": [-1.0, 0.0, 1.0],
        "z": [-1.0, 0.0, 1.0],
    }


def test_a_script_gives_itself_and_what_finds_its_spectra():
    with qg.QuantumTape() as script:
        ansatz(X, W)

    scripts, postprocess = qg.fourier.circuit_spectrum(script)

    assert scripts == (script,)
    assert postprocess(scripts)["x0"] == UP_TO_3


def test_nothing_is_run():
    circuit = qg.QNode(ansatz, "local")

    with qg.Tracker(circuit.device) as tracker:
        qg.fourier.circuit_spectrum(circuit)(X, W)

    assert tracker.totals.get("submissions", 0) == 0


def test_decimals_round_the_frequencies():
    def circuit(x):
        qg.evolve(1 / 3 * qg.Z(0), x).id = "x"

    assert qg.fourier.circuit_spectrum(circuit, decimals=2)(0.1) == {"x": [-0.67, 0.0, 0.67]}


def test_a_marked_gate_with_several_angles_is_refused():
    def circuit():
        qg.Rot(0.1, 0.2, 0.3, wires=0, id="x")

    with pytest.raises(NoSpectrum, match=r"Rot has 3 parameters.*qnode_spectrum"):
        qg.fourier.circuit_spectrum(circuit)()


def test_what_is_no_circuit_is_refused():
    with pytest.raises(FourierError, match="Give a QNode, a quantum function or a QuantumScript"):
        qg.fourier.circuit_spectrum(3)

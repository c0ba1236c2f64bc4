"""Idle wires are not simulated, with the same results."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import TooManyWires, TooMuchMemory
from qgate.tape import Tape
from qgate.transforms.idle import busy_wires, without_idle_wires

X = qnp.array(0.7, requires_grad=True)
METHODS = ("best", "adjoint", "backprop", "parameter-shift", "finite-diff", "hadamard", "spsa")


def node(measure, wires=40, on=39, method="best", **device):
    def circuit(x):
        qg.RX(x, on)
        return measure()

    return qg.QNode(circuit, LocalDevice(wires=wires, **device), diff_method=method)


def all_z(count):
    return qg.dot([1.0] * count, [qg.Z(wire) for wire in range(count)])


MEASURED = {
    "the wire of the gate": (lambda: qg.expval(qg.Z(39)), np.cos(0.7)),
    "another wire": (lambda: qg.expval(qg.Z(0)), 1.0),
    "a word on both": (lambda: qg.expval(qg.Z(39) @ qg.Z(3)), np.cos(0.7)),
    "an X on another wire": (lambda: qg.expval(qg.X(3)), 0.0),
    "a word with an X": (lambda: qg.expval(qg.Z(39) @ qg.X(3)), 0.0),
    "a variance": (lambda: qg.var(qg.Z(39) + qg.Z(3)), np.sin(0.7) ** 2),
    "every wire": (lambda: qg.expval(all_z(40)), 39 + np.cos(0.7)),
    "a Hermitian matrix": (lambda: qg.expval(qg.Hermitian(np.diag([1.0, 3.0]), 5)), 1.0),
    "the entropy of another wire": (lambda: qg.vn_entropy([2]), 0.0),
}


@pytest.mark.parametrize(("measure", "value"), MEASURED.values(), ids=MEASURED.keys())
def test_a_gate_on_one_of_forty_wires(measure, value):
    assert_allclose(node(measure)(0.7), value, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_derivatives_beside_idle_wires(method):
    def observed():
        return qg.expval(qg.Z(39) @ qg.Z(0) + 0.5 * qg.Z(3))

    found = qg.grad(node(observed, method=method))(X)

    assert_allclose(found, -np.sin(0.7), atol=1e-6)


def test_coefficients_of_idle_words_are_trained():
    def circuit(c):
        qg.RX(0.7, 39)
        return qg.expval(qg.dot(c, [qg.Z(39), qg.Z(1), qg.Z(2)]))

    coefficients = qnp.array([0.3, 0.5, 0.7], requires_grad=True)
    found = qg.grad(qg.QNode(circuit, LocalDevice(wires=40)))(coefficients)

    assert_allclose(found, [np.cos(0.7), 1.0, 1.0], atol=1e-12)


def test_one_gate_on_27_declared_wires_takes_little_memory():
    circuit = node(lambda: qg.expval(qg.Z(0)), wires=27, on=0)
    circuit(0.1)
    tracemalloc.start()

    circuit(0.2)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**24


@pytest.mark.parametrize("measure", [qg.probs, qg.state])
def test_what_lists_all_amplitudes_is_refused_where_these_are_too_many(measure):
    with pytest.raises(TooMuchMemory, match="40 wires"):
        node(measure)(0.7)


def test_wires_with_gates_are_counted():
    def circuit():
        for wire in range(33):
            qg.Hadamard(wire)
        return qg.expval(qg.Z(0))

    with pytest.raises(TooManyWires, match="uses 33 wires, local has 32"):
        qg.QNode(circuit, LocalDevice(wires=50))()


@pytest.mark.parametrize("wires", [40, 100])
def test_samples_have_all_wires_and_idle_ones_are_0(wires):
    samples = node(qg.sample, wires=wires, shots=500, seed=5)(0.7)
    counts = node(qg.counts, wires=wires, shots=500, seed=5)(0.7)

    assert samples.shape == (500, wires)
    assert not np.delete(samples, 39, axis=1).any()
    error = np.sqrt(500 * np.sin(0.35) ** 2 * np.cos(0.35) ** 2)
    assert abs(samples[:, 39].sum() - 500 * np.sin(0.35) ** 2) < 5 * error
    one = "".join("1" if wire == 39 else "0" for wire in range(wires))
    assert set(counts) <= {"0" * wires, one}
    assert sum(counts.values()) == 500


def test_sampled_values_of_idle_wires():
    def measured():
        return qg.expval(qg.Z(3)), qg.expval(qg.X(3)), qg.expval(qg.Z(39) @ qg.Z(3))

    values = node(measured, shots=4000, seed=5)(0.7)

    assert values[0] == 1.0
    assert abs(values[1]) < 5 / np.sqrt(4000)
    assert abs(values[2] - np.cos(0.7)) < 5 * np.sin(0.7) / np.sqrt(4000)


def test_a_circuit_without_gates():
    assert qg.QNode(lambda: qg.expval(all_z(40)), LocalDevice(wires=40))() == 40.0
    counts = qg.QNode(lambda: qg.counts(), LocalDevice(wires=40, shots=7))()
    assert counts == {"0" * 40: 7}


def test_a_structure_keeps_its_slots_and_terms():
    tape = Tape([qg.RX(0.1, "b")], [qg.expval(all_z(3)), qg.expval(qg.Z("b") @ qg.X(1))])

    left = without_idle_wires(tape.structure)

    assert busy_wires(tape.structure) == ("b",)
    assert set(left.wires) == {"b", 1}
    assert (left.num_slots, left.num_arrays) == (1, tape.structure.num_arrays)
    assert left.measurements[0].observable.num_terms == 3

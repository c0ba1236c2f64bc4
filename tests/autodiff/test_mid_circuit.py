"""Evaluation of circuits with mid-circuit measurements: what uses their tapes, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.exceptions import MidMeasureLeft, UnknownWires, UnsupportedMidMeasure
from qgate.transforms.decomposition import decompose

X = qnp.array([0.3, 0.5])


class Plain(Device):
    """Device without measurements in the middle of a circuit, to which nothing may be sent."""

    name = "plain"
    capabilities = Capabilities(gates=frozenset({"RX", "RY", "CNOT"}), default_shots=10)

    def submit(self, sweeps):
        raise AssertionError


def circuit(x, select=None):
    """Apply a rotation under a condition."""
    qg.RX(x[0], 0)
    qg.RY(x[1], 1)
    outcome = qg.measure(0, postselect=select)
    qg.cond(outcome, qg.RY)(x[1], wires=1)
    return qg.expval(qg.Z(1))


def gradient(x):
    """Return the gradient of the circuit in closed form."""
    flips = np.sin(x[0] / 2) ** 2
    first = np.sin(x[0]) / 2 * (np.cos(2 * x[1]) - np.cos(x[1]))
    return np.array([first, -(1 - flips) * np.sin(x[1]) - 2 * flips * np.sin(2 * x[1])])


@pytest.mark.parametrize("name", ["param_shift", "finite_diff", "hadamard_grad"])
def test_gradient_transforms_take_qnodes_with_measurements(name):
    node = qg.QNode(circuit, "local")

    found = getattr(qg.gradients, name)(node)(X)

    np.testing.assert_allclose(found, gradient(X), atol=1e-6)


def test_second_derivatives_are_those_of_the_first():
    node = qg.QNode(circuit, "local", diff_method="parameter-shift")
    step = 1e-5

    found = qg.jacobian(qg.grad(node))(X)

    shifted = [(gradient(X + step * e) - gradient(X - step * e)) / (2 * step) for e in np.eye(2)]
    np.testing.assert_allclose(found, np.stack(shifted), atol=1e-8)


def test_estimates_within_a_budget_have_errors():
    node = qg.QNode(circuit, qg.device("local", seed=3), shots=4000)

    found = qg.gradient_estimate(node)(X)

    assert np.all(np.abs(found.gradient - gradient(X)) < 5 * found.standard_error)


def test_the_method_is_explained_and_the_circuit_written():
    node = qg.QNode(circuit, "local")

    assert node.explain(X).method == "adjoint"
    assert "if" in qg.to_openqasm(node)(X)


def test_a_selection_has_no_single_circuit():
    node = qg.QNode(lambda x: circuit(x, 1), "local", shots=1000)

    with pytest.raises(UnsupportedMidMeasure, match="ratios"):
        qg.gradient_estimate(node)(X)


def test_a_product_of_gates_has_no_measurement():
    tape = qg.QNode(circuit, "local").construct([X], {})

    with pytest.raises(MidMeasureLeft, match="defer_measurements"):
        decompose(tape.sweep(), Plain.capabilities.gate_set, device="plain")


@pytest.mark.parametrize("method", ["one-shot", "tree-traversal"])
def test_a_device_without_them_is_named(method):
    node = qg.QNode(circuit, Plain(), shots=10, mcm_method=method)

    with pytest.raises(UnsupportedMidMeasure, match="does not measure in the middle"):
        node(X)


def test_a_measured_wire_has_to_be_one_of_the_device():
    @qg.qnode(qg.device("local", wires=2))
    def node():
        qg.measure("ancilla")
        return qg.expval(qg.Z(0))

    with pytest.raises(UnknownWires, match="ancilla"):
        node()


def test_shots_are_filled_by_a_simulation_only():
    node = qg.QNode(lambda x: circuit(x, 1), Plain(), shots=10, postselect_mode="fill-shots")

    with pytest.raises(UnsupportedMidMeasure, match="fill-shots"):
        node(X)

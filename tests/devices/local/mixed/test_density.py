"""Circuits with channels on the local device, against dense Kraus sums."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as pnp
from qgate.exceptions import UnsupportedChannel
from qgate.operations.matrices import embed
from qgate.wires import Wires

OBSERVABLE = qg.X(0) @ qg.Y(1) + 0.5 * qg.Z(0) - 0.3 * qg.Z(1) @ qg.Z(2)
ORDER = Wires(range(3))
DAMPING = qg.AmplitudeDamping(0.4, wires=0).kraus_matrices()


def operations(x):
    """Return a circuit with every kind of operation."""
    return [
        qg.StatePrep(np.array([0.6, 0.0, 0.0, 0.8j]), wires=[2, 0]),
        qg.RX(0.7 + x, wires=0),
        qg.CRY(1.1 * x, wires=[0, 2]),
        qg.DepolarizingChannel(0.1 + 0.2 * x, wires=0),
        qg.ThermalRelaxationError(0.2, 1.0 + x, 1.5, 0.3, wires=2),
        qg.CNOT(wires=[2, 1]),
        qg.PauliError("YZX", 0.3 * x, wires=[1, 2, 0]),
        qg.QubitChannel(DAMPING, wires=1),
        qg.QubitDensityMatrix(np.array([[0.7, 0.2j], [-0.2j, 0.3]]), wires=2),
        qg.Rot(0.3, x, 0.2, wires=2),
        qg.GeneralizedAmplitudeDamping(x, 0.3, wires=2),
        qg.CZ(wires=[1, 2]),
    ]


def dense(x):
    """Return the density matrix of the circuit by matrices of all wires."""
    rho = np.zeros((8, 8), dtype=complex)
    rho[0, 0] = 1.0
    for item in operations(x):
        if item.name == "StatePrep":
            state = item.state_vector(ORDER).ravel()
            rho = np.outer(state, state.conj())
        elif item.name == "QubitDensityMatrix":
            matrix = item.parameters[0]
            rest = np.einsum("abcb->ac", rho.reshape(4, 2, 4, 2))
            rho = np.kron(rest, matrix)
        elif item.is_channel:
            kraus = [embed(k, item.wires, ORDER) for k in item.kraus_matrices()]
            rho = sum(k @ rho @ k.conj().T for k in kraus)
        else:
            matrix = item.matrix(ORDER)
            rho = matrix @ rho @ matrix.conj().T
    return rho


def value(x):
    return np.trace(dense(x) @ qg.matrix(OBSERVABLE, wire_order=ORDER)).real


def node(returned, **options):
    @qg.qnode(qg.device("local", wires=3), **options)
    def circuit(x):
        operations(x)
        return returned()

    return circuit


def test_the_state_is_the_density_matrix():
    assert_allclose(node(qg.state)(0.3), dense(0.3), atol=1e-12)


def test_measurements_are_those_of_the_density_matrix():
    def returned():
        return qg.expval(OBSERVABLE), qg.var(OBSERVABLE), qg.probs(wires=[2, 0]), qg.purity([0, 1])

    mean, variance, probs, purity = node(returned)(0.3)

    rho, matrix = dense(0.3), qg.matrix(OBSERVABLE, wire_order=ORDER)
    assert mean == pytest.approx(np.trace(rho @ matrix).real)
    assert variance == pytest.approx(np.trace(rho @ matrix @ matrix).real - mean**2)
    diagonal = rho.diagonal().real.reshape(2, 2, 2)
    assert_allclose(probs, diagonal.sum(axis=1).T.ravel(), atol=1e-12)
    reduced = np.einsum("abcb->ac", rho.reshape(4, 2, 4, 2))
    assert purity == pytest.approx(np.trace(reduced @ reduced).real)


@pytest.mark.parametrize("method", ["adjoint", "backprop", "best"])
def test_derivatives_are_those_of_the_dense_circuit(method):
    found = qg.grad(node(partial(qg.expval, OBSERVABLE), diff_method=method))(
        pnp.array(0.3, requires_grad=True)
    )

    step = 1e-4
    assert found == pytest.approx((value(0.3 + step) - value(0.3 - step)) / (2 * step), abs=1e-7)


def test_a_batch_is_a_row_for_each_member():
    found = node(partial(qg.expval, OBSERVABLE))(np.array([0.1, 0.3]))

    assert_allclose(found, [value(0.1), value(0.3)], atol=1e-12)


def test_shots_are_drawn_with_the_probabilities_of_the_mixed_state():
    device = qg.device("local", wires=3, seed=5)
    sampled = qg.QNode(node(partial(qg.probs, wires=range(3))).func, device, shots=20_000)(0.3)

    exact = dense(0.3).diagonal().real
    assert np.all(abs(sampled - exact) < 5 * np.sqrt(exact * (1 - exact) / 20_000) + 1e-9)


def test_a_device_without_channels_refuses_them_before_anything_runs():
    @qg.qnode(qg.device("braket:local"))
    def circuit():
        qg.BitFlip(0.1, wires=0)
        return qg.expval(qg.Z(0))

    with pytest.raises(UnsupportedChannel, match=r"braket:local has no BitFlip.*'local'"):
        circuit()

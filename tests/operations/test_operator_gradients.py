"""Every gradient method agrees with central differences for operators of many angles."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp

HAMILTONIAN = qg.Hamiltonian([0.5, 0.3, 0.2], [qg.Z(0) @ qg.Z(1), qg.X(0), qg.Y(1)])
COMMUTING = qg.Hamiltonian([0.5, 0.3], [qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1)])
STEP = 1e-4
METHODS = ("best", "backprop", "adjoint", "parameter-shift", "finite-diff")

OPERATORS = {
    "ApproxTimeEvolution": (lambda w: qg.ApproxTimeEvolution(HAMILTONIAN, w[0], 2), (1,)),
    "CommutingEvolution": (lambda w: qg.CommutingEvolution(COMMUTING, w[0]), (1,)),
    "TrotterProduct": (lambda w: qg.TrotterProduct(HAMILTONIAN, w[0], n=2, order=2), (1,)),
    "its adjoint": (lambda w: qg.adjoint(qg.TrotterProduct(HAMILTONIAN, w[0])), (1,)),
    "it, controlled": (lambda w: qg.ctrl(qg.TrotterProduct(HAMILTONIAN, w[0]), 3), (1,)),
    "evolve": (lambda w: qg.evolve(HAMILTONIAN, w[0]), (1,)),
    "prod": (lambda w: qg.prod(qg.RX(w[0], 0), qg.IsingXX(w[1], [0, 1])), (2,)),
    "a whole power": (lambda w: qg.pow(qg.Rot(w[0], w[1], w[2], 0), 3), (3,)),
    "a whole power of a diagonal gate": (lambda w: qg.pow(qg.RZ(w[0], 1), 2), (1,)),
    "a power of a controlled one": (lambda w: qg.pow(qg.ctrl(qg.RZ(w[0], 1), 0), 2), (1,)),
    "the adjoint of a power": (lambda w: qg.adjoint(qg.pow(qg.MultiRZ(w[0], [0, 1]), -1)), (1,)),
    "StronglyEntanglingLayers": (lambda w: qg.StronglyEntanglingLayers(w, range(2)), (2, 2, 3)),
    "RandomLayers": (lambda w: qg.RandomLayers(w, range(2)), (2, 3)),
    "ArbitraryUnitary": (lambda w: qg.ArbitraryUnitary(w, range(2)), (15,)),
    "ParticleConservingU1": (lambda w: qg.ParticleConservingU1(w, range(2)), (1, 1, 2)),
    "AllSinglesDoubles": (
        lambda w: qg.AllSinglesDoubles(
            w, range(4), [1, 1, 0, 0], singles=[[0, 2], [1, 3]], doubles=[[0, 1, 2, 3]]
        ),
        (3,),
    ),
    "UCCSD": (
        lambda w: qg.UCCSD(
            w, range(4), s_wires=[[0, 1, 2]], d_wires=[[[0, 1], [2, 3]]], init_state=[1, 1, 0, 0]
        ),
        (2,),
    ),
}


def node(operator, device="local", **options):
    """Return the operator between others, so that it neither starts nor ends the circuit."""

    def circuit(weights):
        qg.RY(0.4, wires=1)
        qg.Hadamard(0)
        qg.CNOT(wires=[1, 2])
        operator(weights)
        qg.CRY(0.7, wires=[0, 1])
        return qg.expval(qg.X(0) @ qg.Y(1) + 0.3 * qg.Z(0) + 0.1 * qg.Z(1))

    return qg.QNode(circuit, device, **options)


def drawn(shape):
    """Return weights and a direction."""
    random = np.random.default_rng(7)
    weights = qnp.array(random.uniform(-1, 1, shape), requires_grad=True)
    return weights, random.normal(size=shape)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", OPERATORS)
def test_a_gradient_agrees_with_central_differences_along_a_direction(name, method):
    operator, shape = OPERATORS[name]
    weights, direction = drawn(shape)
    value = node(operator)
    ahead, behind = (value(weights + sign * STEP * direction) for sign in (1, -1))

    gradient = qg.grad(node(operator, diff_method=method))(weights)

    assert np.sum(gradient * direction) == pytest.approx((ahead - behind) / (2 * STEP), abs=1e-6)


@pytest.mark.parametrize("device", ["qiskit:aer?shots=none", "braket:local?shots=none"])
@pytest.mark.parametrize("name", ["AllSinglesDoubles", "UCCSD"])
def test_a_basis_state_after_other_gates_means_the_same_on_every_device(name, device):
    operator, shape = OPERATORS[name]
    weights, _ = drawn(shape)

    assert node(operator, device)(weights) == pytest.approx(node(operator)(weights), abs=1e-9)


def test_a_fractional_power_of_many_angles_is_shifted_by_central_differences():
    weights, direction = drawn((3,))
    value = node(lambda w: qg.pow(qg.Rot(w[0], w[1], w[2], 0), 0.5))
    ahead, behind = (value(weights + sign * STEP * direction) for sign in (1, -1))

    gradient = qg.grad(value.update(diff_method="parameter-shift"))(weights)

    assert np.sum(gradient * direction) == pytest.approx((ahead - behind) / (2 * STEP), abs=1e-6)


def test_the_root_of_a_traced_matrix_is_refused_and_not_taken_for_a_constant():
    weights, _ = drawn((3,))
    circuit = node(lambda w: qg.pow(qg.Rot(w[0], w[1], w[2], 0), 0.5), diff_method="backprop")

    with pytest.raises(qg.exceptions.DifferentiationError, match="parameter-shift"):
        qg.grad(circuit)(weights)

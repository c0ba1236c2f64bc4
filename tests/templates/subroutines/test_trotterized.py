"""Products of quantum functions against those of Hamiltonians and of their gates."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, TooLarge


def turns(time, theta, phi, wires, flip=False):
    qg.RX(time * theta, wires[0])
    qg.RY(time * phi, wires[1])
    if flip:
        qg.CNOT(wires[:2])


def terms(time, wires):
    qg.RX(-2 * 0.3 * time, wires[0])
    qg.PauliRot(2 * 0.7 * time, "ZY", wires)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_product_of_terms_is_that_of_their_hamiltonian(order):
    hamiltonian = qg.dot([0.3, -0.7], [qg.X(0), qg.Z(0) @ qg.Y(1)])
    expected = qg.TrotterProduct(hamiltonian, 0.4, n=3, order=order)

    # TrotterProduct applies the last term first in order 1.
    found = qg.trotterize(terms, n=3, order=order, reverse=order == 1)(0.4, wires=[0, 1])

    np.testing.assert_allclose(found.matrix(), expected.matrix(), atol=1e-12)


def test_steps_and_halves_have_their_share_of_the_time():
    template = qg.trotterize(turns, n=2)(0.4, 2.0, 3.0, wires=["a", "b"], flip=True)

    half = [qg.RX(0.2, "a"), qg.RY(0.3, "b"), qg.CNOT(["a", "b"])]
    found = template.decomposition()
    assert [gate.name for gate in found] == [gate.name for gate in [*half, *half[::-1]] * 2]
    np.testing.assert_allclose(float(found[1].parameters[0]), 0.3)
    reverse = qg.trotterize(turns, 2, reverse=True)(0.4, 2.0, 3.0, wires=["a", "b"], flip=True)
    assert [gate.name for gate in reverse.decomposition()[:3]] == ["CNOT", "RY", "RX"]


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop"])
def test_derivatives_by_time_and_arguments(method):
    @qg.qnode(qg.device("local"), diff_method=method)
    def value(time, theta):
        qg.trotterize(turns, n=2, order=4)(time, theta, 0.5, wires=[0, 1])
        return qg.expval(qg.Z(0))

    assert value(0.4, 1.5) == pytest.approx(np.cos(0.6))  # halves and steps add up
    found = qg.grad(value, argnums=[0, 1])(0.4, 1.5)
    np.testing.assert_allclose(found, [-1.5 * np.sin(0.6), -0.4 * np.sin(0.6)], atol=1e-10)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: qg.trotterize(3), InvalidParameters),
        (lambda: qg.trotterize(terms, order=3)(0.1, wires=[0, 1]), InvalidParameters),
        (lambda: qg.trotterize(terms, n=0)(0.1, wires=[0, 1]), InvalidParameters),
        (lambda: qg.trotterize(terms)(0.1), InvalidParameters),
        (lambda: qg.trotterize(terms)(0.1, 0.2, wires=[0, 1]), InvalidParameters),
        (lambda: qg.trotterize(terms)("x", wires=[0, 1]), InvalidParameters),
        (lambda: qg.trotterize(terms)(0.1, wires=[0, 1], order=2), InvalidParameters),
        (lambda: qg.TrotterizedQfunc(0.1, wires=[0]), InvalidParameters),
        (lambda: qg.trotterize(terms, n=10**6)(0.1, wires=[0, 1]), TooLarge),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call, error):
    with pytest.raises(error):
        call()

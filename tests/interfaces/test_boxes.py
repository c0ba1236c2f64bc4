"""Arithmetic of traced numbers and operators, in the order in which people write it."""

import subprocess
import sys

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg

X = np.array([0.4, -0.7])

OBSERVABLES = {
    "number times operator": lambda x: x[1] * qg.Z(0),
    "sum": lambda x: x[0] * qg.Z(0) + anp.sin(x[1]) * qg.X(0),
    "difference": lambda x: x[0] * qg.Z(0) - x[1] * qg.X(0),
    "number minus operator": lambda x: x[1] - qg.Z(0),
    "number plus operator": lambda x: x[0] + qg.Z(0),
    "sum of a generator": lambda x: sum(
        c * op for c, op in zip(x, (qg.Z(0), qg.X(0)), strict=True)
    ),
    "dot": lambda x: qg.dot(x, [qg.Z(0), qg.X(0)]),
    "times a sum": lambda x: x[0] * (qg.Z(0) + 2 * qg.X(0)),
    "times a matrix": lambda x: x[1] * qg.Hermitian(np.array([[1.0, 0.5], [0.5, -1.0]]), 0),
}


@pytest.mark.parametrize("make", OBSERVABLES.values(), ids=OBSERVABLES)
@pytest.mark.parametrize("array", [np.array, qg.numpy.array], ids=["numpy", "qgate.numpy"])
def test_a_traced_number_may_stand_before_an_operator(make, array):
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0], wires=0)
        qg.RY(0.3, wires=0)
        return qg.expval(make(x))

    found = qg.grad(circuit, argnums=0)(array(X))

    step = 1e-6
    differences = [circuit(X + step * unit) - circuit(X - step * unit) for unit in np.eye(2)]
    assert_allclose(found, np.array(differences) / (2 * step), atol=1e-8)


def test_no_operator_of_the_arithmetic_is_left_in_the_circuit():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0], wires=0)
        return qg.expval(x[1] * qg.Z(0) - x[0] * qg.X(0))

    qg.grad(circuit, argnums=0)(X)

    assert [gate.name for gate in circuit.tape.operations] == ["RX"]


def test_numbers_that_were_traced_outside_of_the_circuit():
    @qg.qnode("local")
    def circuit(observable):
        return qg.expval(observable)

    def cost(x):
        return circuit(anp.cos(x[0]) * qg.Z(0) + x[1] * qg.X(0))

    for x in (X, qg.numpy.array(X)):
        assert_allclose(autograd.grad(cost)(x), [-np.sin(X[0]), 0.0], atol=1e-12)


def test_arrays_of_others_are_still_autograds():
    def function(x):
        return anp.sum(x**3) * x[0] / (1 + x[1] - x[0] * 2)

    step = 1e-5
    slopes = [
        (autograd.grad(function)(X + step * unit) - autograd.grad(function)(X - step * unit))
        for unit in np.eye(2)
    ]
    assert_allclose(autograd.hessian(function)(X), np.array(slopes) / (2 * step), rtol=1e-6)


def test_what_no_one_can_add_is_a_type_error():
    with pytest.raises(TypeError):
        autograd.grad(lambda x: (x[0] @ qg.Z(0)).parameters[0])(X)


AUTOGRAD_FIRST = """
import sys
import autograd
import qgate as qg

@qg.qnode(qg.device("local"))
def circuit(weight):
    qg.RX(0.4, 0)
    return qg.expval(weight * qg.Z(0))

print("qgate.numpy" in sys.modules, autograd.grad(circuit)(0.3))
"""


def test_weights_stand_before_operators_where_only_autograd_itself_was_used_before():
    done = subprocess.run(
        [sys.executable, "-c", AUTOGRAD_FIRST], capture_output=True, text=True, check=True
    )

    loaded, derivative = done.stdout.split()
    assert loaded == "False"
    assert float(derivative) == pytest.approx(np.cos(0.4))

"""Arrays that become constants of gates are not differentiated as if nothing depended on them."""

import autograd.numpy as anp
import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError


def state(x):
    return anp.array([anp.cos(x), anp.sin(x)])


def phases(x):
    return anp.array([anp.exp(1j * x), anp.exp(-2j * x)])


REFUSED = {
    "adjoint of a state": lambda x: qg.adjoint(qg.StatePrep(state(x), wires=[0])),
    "controlled state": lambda x: qg.ctrl(qg.StatePrep(state(x), wires=[0]), control=1),
    "power of a state": lambda x: qg.pow(qg.StatePrep(state(x), wires=[0]), 2),
    "adjoint of Möttönen's": lambda x: qg.adjoint(qg.MottonenStatePreparation(state(x), wires=[0])),
    "controlled phase": lambda x: qg.ctrl(qg.s_prod(anp.exp(1j * x), qg.X(0)), control=1),
    "root of a diagonal": lambda x: qg.pow(qg.DiagonalQubitUnitary(phases(x), wires=0), 0.5),
}

WRITTEN = {
    "adjoint of a diagonal": lambda x: qg.adjoint(qg.DiagonalQubitUnitary(phases(x), wires=0)),
    "square of a diagonal": lambda x: qg.pow(qg.DiagonalQubitUnitary(phases(x), wires=0), 2),
    "state": lambda x: qg.StatePrep(state(x), wires=[2]),
}


def circuit(gate, method):
    @qg.qnode("local", diff_method=method)
    def run(x):
        gate(x)
        qg.RY(0.4, 0)
        qg.RX(1.1, 1)
        qg.CNOT(wires=[1, 0])
        return qg.expval(qg.X(0) @ qg.Z(1) + qg.Y(0) + 0.2 * qg.Y(1))

    return run


@pytest.mark.parametrize(
    "method", ["best", "backprop", "adjoint", "parameter-shift", "finite-diff", "hadamard"]
)
@pytest.mark.parametrize("name", REFUSED)
def test_the_derivative_is_refused_and_not_zero(name, method):
    run = circuit(REFUSED[name], method)

    assert np.isfinite(run(0.45))
    with pytest.raises(DifferentiationError):
        qg.grad(run)(qnp.array(0.45, requires_grad=True))


@pytest.mark.parametrize("name", WRITTEN)
def test_arrays_that_the_simulation_takes_as_they_are_have_derivatives(name):
    run, x, step = circuit(WRITTEN[name], "backprop"), 0.45, 1e-5

    found = qg.grad(run)(qnp.array(x, requires_grad=True))

    assert found == pytest.approx((run(x + step) - run(x - step)) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("method", ["best", "parameter-shift"])
def test_a_product_of_paulis_leaves_other_derivatives_alone(method):
    @qg.qnode("local", diff_method=method)
    def run(x):
        qg.RX(x, wires=0)
        qg.prod(qg.Z(0), qg.X(1))
        return qg.expval(qg.Z(0))

    assert qg.grad(run)(qnp.array(0.3, requires_grad=True)) == pytest.approx(-np.sin(0.3))

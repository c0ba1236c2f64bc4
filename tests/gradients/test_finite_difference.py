"""Finite differences: points, accuracy, and a step that suits the noise."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidDifferenceRule
from qgate.gradients.finite_difference import finite_difference
from qgate.gradients.registry import METHODS
from qgate.tape import Tape

METHOD = METHODS["finite-diff"]


def shifted(order=1, shots=None, angles=1, **options):
    operations = [qg.RX(0.1, wire) for wire in range(angles)]
    structure = Tape(operations, [qg.expval(qg.Z(0))]).structure
    return finite_difference(
        structure, tuple(range(angles)), order=order, shots=shots, options=options
    )


def derivative(x, **options):
    @qg.qnode("local", diff_method="finite-diff", gradient_kwargs=options)
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    return float(qg.grad(circuit)(qnp.array(x)))


@pytest.mark.parametrize(
    ("strategy", "approx_order", "shifts"),
    [
        ("forward", 1, [0, 1]),
        ("backward", 1, [-1, 0]),
        ("center", 2, [-1, 1]),
        ("forward", 2, [0, 1, 2]),
        ("center", 4, [-2, -1, 1, 2]),
    ],
)
def test_points_of_each_strategy(strategy, approx_order, shifts):
    stencil = shifted(h=0.5, strategy=strategy, approx_order=approx_order).stencil

    assert sorted(stencil.offsets.ravel() / 0.5) == shifts


@pytest.mark.parametrize("strategy", ["forward", "backward", "center"])
@pytest.mark.parametrize("approx_order", [2, 4])
def test_the_error_falls_with_the_order_of_the_approximation(strategy, approx_order):
    x, options = 0.4, {"strategy": strategy, "approx_order": approx_order}

    errors = [abs(derivative(x, h=h, **options) + np.sin(x)) for h in (0.02, 0.01)]

    assert errors[0] / errors[1] == pytest.approx(2**approx_order, rel=0.25)


def test_the_default_is_good_to_seven_digits():
    assert derivative(0.4) == pytest.approx(-np.sin(0.4), abs=2e-7)


def test_the_derivative_of_second_order_is_asked_for_by_n():
    found = derivative(0.4, n=2, strategy="center", approx_order=2)

    assert found == pytest.approx(-np.cos(0.4), abs=1e-6)


def test_the_value_is_shared_by_all_forward_differences():
    assert len(shifted(angles=5).stencil.offsets) == 1 + 5


def test_no_structure_is_decomposed():
    structure = Tape([qg.Rot(0.1, 0.2, 0.3, 0)], [qg.expval(qg.Z(0))]).structure

    found = finite_difference(structure, (0, 1, 2))

    assert found.decomposed.structure is structure


@pytest.mark.parametrize(("shots", "least", "most"), [(None, 1e-8, 1e-6), (1000, 0.1, 1.0)])
def test_the_step_suits_the_shots(shots, least, most):
    step = np.abs(shifted(shots=shots).stencil.offsets).max()

    assert least < step < most


def test_fewer_shots_need_a_larger_step():
    steps = [np.abs(shifted(shots=shots).stencil.offsets).max() for shots in (10, 100, 10_000)]

    assert steps == sorted(steps, reverse=True)


def test_a_step_that_is_given_is_used_with_shots_as_well():
    assert np.abs(shifted(shots=100, h=0.25).stencil.offsets).max() == 0.25


def test_a_gradient_from_shots_is_of_use():
    shots, x = 10_000, 0.8

    @qg.qnode("local?seed=5", diff_method="finite-diff", shots=shots)
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    # error of a forward difference with step h: noise sqrt(2 / shots) / h, bias h / 2
    step = np.abs(shifted(shots=shots).stencil.offsets).max()
    error = np.sqrt(2 / shots) / step

    assert qg.grad(circuit)(qnp.array(x)) == pytest.approx(-np.sin(x), abs=5 * error + step / 2)
    assert 5 * error + step / 2 < 1


def test_an_unknown_strategy_is_refused_with_the_near_ones():
    with pytest.raises(InvalidDifferenceRule, match="Did you mean 'center'"):
        derivative(0.4, strategy="centre", approx_order=2)


@pytest.mark.parametrize(
    ("measurement", "refused"),
    [
        (qg.expval(qg.Z(0)), False),
        (qg.purity(wires=0), False),
        (qg.mutual_info([0], [1]), False),
        (qg.state(), False),
        (qg.sample(wires=0), True),
        (qg.counts(wires=0), True),
    ],
)
def test_single_shots_are_refused(measurement, refused):
    refusal = METHOD.refusal(Tape([qg.RX(0.1, 0)], [measurement], trainable_params=[0]))

    assert (refusal is not None) == refused

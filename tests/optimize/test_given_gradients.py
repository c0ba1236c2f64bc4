"""Steps along gradients that the caller computes."""

from __future__ import annotations

import numpy
import pytest

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import InvalidOptimizerOption, UnsuitableObjective

MAKERS = {
    "GradientDescent": lambda: qg.GradientDescentOptimizer(0.1),
    "Momentum": lambda: qg.MomentumOptimizer(0.1, 0.5),
    "Nesterov": lambda: qg.NesterovMomentumOptimizer(0.1, 0.5),
    "Adagrad": lambda: qg.AdagradOptimizer(0.1),
    "RMSProp": lambda: qg.RMSPropOptimizer(0.1),
    "Adam": lambda: qg.AdamOptimizer(0.1),
    "SPSA": lambda: qg.SPSAOptimizer(maxiter=10, seed=1),
}


def bowl(x, fixed, y):
    return np.sum((x - fixed) ** 2) + 2 * y**2


def start():
    fixed = np.array(0.5, requires_grad=False)
    return np.array([0.4, -0.7]), fixed, np.array(1.1)


def two_halves(optimizer, args):
    found = optimizer.compute_grad(bowl, args, {})
    gradient = found if isinstance(optimizer, qg.SPSAOptimizer) else found[0]
    return optimizer.apply_grad(gradient, args)


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_two_halves_of_a_step_are_a_step(maker):
    whole, halves = maker(), maker()
    args = parts = start()

    for _ in range(3):
        args, parts = whole.step(bowl, *args), two_halves(halves, parts)

    for one, other in zip(args, parts, strict=True):
        numpy.testing.assert_array_equal(one, other)
        assert one.requires_grad == other.requires_grad


def test_the_gradient_has_an_entry_for_each_trainable_argument():
    x, fixed, y = start()

    (first, second), value = qg.AdamOptimizer().compute_grad(bowl, (x, fixed, y), {})

    numpy.testing.assert_allclose(first, 2 * (x - fixed))
    numpy.testing.assert_allclose(second, 4 * y)
    assert value == pytest.approx(bowl(x, fixed, y))


def test_a_given_gradient_function_is_used():
    x = np.array([1.0, 2.0])

    gradient, value = qg.AdamOptimizer().compute_grad(bowl, (x,), {}, grad_fn=lambda x: 3 * x)

    numpy.testing.assert_allclose(gradient[0], [3, 6])
    assert value is None


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(UnsuitableObjective, match="shapes"):
        qg.AdamOptimizer().apply_grad((np.ones(3),), (np.array([1.0, 2.0]),))


# Accumulated numbers --------------------------------------------------------------------


def test_momentum_accumulates_in_the_shapes_of_the_arguments():
    optimizer = qg.MomentumOptimizer(stepsize=0.1, momentum=0.5)
    x, fixed, y = start()
    assert optimizer.accumulation is None

    optimizer.step(bowl, x, fixed, y)

    first, none, second = optimizer.accumulation
    numpy.testing.assert_allclose(first, 0.2 * (x - fixed))
    numpy.testing.assert_allclose(second, 0.4 * y)
    assert none == 0.0


def test_adam_has_its_moments_by_their_names():
    optimizer = qg.AdamOptimizer(beta1=0.9, beta2=0.99)
    assert optimizer.fm is optimizer.sm is optimizer.t is optimizer.accumulation is None

    optimizer.step(lambda x: np.sum(x**2), np.array([1.0, 2.0]))

    numpy.testing.assert_allclose(optimizer.fm[0], [0.2, 0.4])
    numpy.testing.assert_allclose(optimizer.sm[0], [0.04, 0.16])
    assert optimizer.t == 1
    assert set(optimizer.accumulation) == {"fm", "sm", "t"}


def test_loaded_moments_are_one_vector_until_a_step():
    optimizer, loaded = qg.AdamOptimizer(), qg.AdamOptimizer()
    optimizer.step(lambda x, y: np.sum(x**2) + y, np.array([1.0, 2.0]), np.array(1.0))

    loaded.from_json(optimizer.to_json())

    assert [part.shape for part in loaded.fm] == [(3,)]


def test_natural_gradients_are_applied_with_the_last_metric():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    optimizer = qg.QNGOptimizer(stepsize=0.1)
    x = np.array(0.3)
    optimizer.step(circuit, x)  # measures the metric tensor, 1/4

    (after,) = optimizer.apply_grad((np.array(0.5),), (x,))

    assert after == pytest.approx(0.3 - 0.1 * 4 * 0.5)


def test_the_learning_rate_is_checked_against_the_coefficients():
    optimizer = qg.ShotAdaptiveOptimizer(min_shots=2, stepsize=0.5)

    optimizer.check_learning_rate([1.0, -2.0])

    with pytest.raises(InvalidOptimizerOption, match=r"below 2 / L = 0\.4"):
        optimizer.check_learning_rate([2.0, -3.0])
    for wrong in ([], "ab", [np.nan]):
        with pytest.raises(InvalidOptimizerOption, match="finite numbers"):
            optimizer.check_learning_rate(wrong)

"""Invalid options of optimizers are refused on construction."""

from __future__ import annotations

import numpy
import pytest

import qgate as qg
from qgate.exceptions import InvalidOptimizerOption, QuantumFunctionError

WITH_STEPSIZE = [
    qg.GradientDescentOptimizer,
    qg.MomentumOptimizer,
    qg.NesterovMomentumOptimizer,
    qg.AdagradOptimizer,
    qg.RMSPropOptimizer,
    qg.AdamOptimizer,
    qg.QNGOptimizer,
    qg.MomentumQNGOptimizer,
    qg.QNSPSAOptimizer,
    qg.AdaptiveOptimizer,
    lambda stepsize: qg.ShotAdaptiveOptimizer(10, stepsize=stepsize),
]


@pytest.mark.parametrize("stepsize", [0, -0.1, numpy.nan, numpy.inf, "0.1", None, True, 1j])
@pytest.mark.parametrize("make", WITH_STEPSIZE)
def test_a_stepsize_is_a_positive_finite_number(make, stepsize):
    with pytest.raises(InvalidOptimizerOption, match="positive finite number") as caught:
        make(stepsize=stepsize)

    assert caught.value.option == "stepsize"
    assert caught.value.value is stepsize


@pytest.mark.parametrize("number", [0.1, numpy.float32(0.1), 1, numpy.int64(2)])
def test_numbers_of_numpy_will_do(number):
    assert qg.AdamOptimizer(stepsize=number).stepsize == number


@pytest.mark.parametrize(
    ("make", "option"),
    [
        (lambda: qg.MomentumOptimizer(momentum=1.0), "momentum"),
        (lambda: qg.MomentumQNGOptimizer(momentum=-0.1), "momentum"),
        (lambda: qg.AdamOptimizer(beta2=1.5), "beta2"),
        (lambda: qg.AdamOptimizer(eps=-1), "eps"),
        (lambda: qg.RMSPropOptimizer(decay=2), "decay"),
        (lambda: qg.QNGOptimizer(approx="diagonal"), "approx"),
        (lambda: qg.QNGOptimizer(lam=-1), "lam"),
        (lambda: qg.SPSAOptimizer(), "maxiter"),
        (lambda: qg.SPSAOptimizer(maxiter=0), "maxiter"),
        (lambda: qg.SPSAOptimizer(maxiter=10, c=0), "c"),
        (lambda: qg.SPSAOptimizer(maxiter=10, seed="x"), "seed"),
        (lambda: qg.QNSPSAOptimizer(resamplings=0), "resamplings"),
        (lambda: qg.QNSPSAOptimizer(seed=-1), "seed"),
        (lambda: qg.ShotAdaptiveOptimizer(0), "min_shots"),
        (lambda: qg.ShotAdaptiveOptimizer(10, term_sampling="heavy"), "term_sampling"),
        (lambda: qg.ShotAdaptiveOptimizer(10, rule="jcans"), "rule"),
        (lambda: qg.ShotAdaptiveOptimizer(10, mu=1.0), "mu"),
        (lambda: qg.RotosolveOptimizer(substep_kwargs={"Ns": 2}), "Ns"),
        (lambda: qg.AdaptiveOptimizer(param_steps=-1), "param_steps"),
    ],
)
def test_the_option_is_named(make, option):
    with pytest.raises(InvalidOptimizerOption, match=f"with {option}=") as caught:
        make()

    assert caught.value.option == option


def test_the_error_is_caught_under_the_names_that_users_know():
    for kind in (ValueError, TypeError, QuantumFunctionError):
        with pytest.raises(kind):
            qg.SPSAOptimizer()

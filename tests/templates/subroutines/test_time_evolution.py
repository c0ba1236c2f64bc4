"""Product formulas against matrix exponentials."""

from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import GeneratorUndefinedError, InvalidParameters, NotHermitian
from qgate.operations.fixed import Hadamard, PauliX, PauliZ
from qgate.operations.pauli import PauliSum
from qgate.recording import recording
from qgate.templates.subroutines.time_evolution import (
    ApproxTimeEvolution,
    CommutingEvolution,
    TrotterProduct,
    trotter_step,
)

WEIGHTS, WORDS = [0.5, -0.3, 0.2, 0.7], ["XI", "ZZ", "II", "IY"]


@pytest.fixture
def hamiltonian():
    return PauliSum.from_words(WEIGHTS, WORDS)


@pytest.fixture
def factor(pauli_matrix):
    """The matrix exp(i x weight P) of a term."""
    return lambda term, x: scipy.linalg.expm(1j * x * WEIGHTS[term] * pauli_matrix(WORDS[term]))


def product(factors):
    """Multiply matrices, the first applied first."""
    return np.linalg.multi_dot([*reversed(factors), np.eye(4)])


# TrotterProduct -------------------------------------------------------------------------


def test_a_first_order_step_is_the_product_in_the_order_of_the_terms(hamiltonian, factor):
    step = product([factor(term, 0.65) for term in (3, 2, 1, 0)])

    found = TrotterProduct(hamiltonian, 1.3, n=2).matrix()

    np.testing.assert_allclose(found, step @ step, atol=1e-12)


def test_a_second_order_step_is_symmetric(hamiltonian, factor):
    step = product([factor(term, 0.65) for term in (0, 1, 2, 3, 3, 2, 1, 0)])

    found = TrotterProduct(hamiltonian, 1.3, order=2).matrix()

    np.testing.assert_allclose(found, step, atol=1e-12)


@pytest.mark.parametrize(("order", "rate"), [(1, 1), (2, 2), (4, 4)])
def test_the_error_falls_with_the_power_of_the_order(hamiltonian, order, rate):
    exact = scipy.linalg.expm(1j * hamiltonian.matrix())

    errors = [
        np.linalg.norm(TrotterProduct(hamiltonian, 1.0, n=n, order=order).matrix() - exact)
        for n in (4, 8)
    ]

    assert np.log2(errors[0] / errors[1]) == pytest.approx(rate, abs=0.15)


@given(count=st.integers(1, 5), order=st.sampled_from([1, 2, 4, 6]))
@settings(deadline=None)
def test_each_term_of_a_step_gets_the_whole_time(count, order):
    total = np.zeros(count)
    for term, fraction in trotter_step(count, order):
        total[term] += fraction

    np.testing.assert_allclose(total, 1.0)


@pytest.mark.parametrize("order", [0, 3, -2])
def test_an_odd_order_above_one_is_refused(hamiltonian, order):
    with pytest.raises(InvalidParameters, match=f"order={order}"):
        TrotterProduct(hamiltonian, 1.0, order=order)


# ApproxTimeEvolution --------------------------------------------------------------------


def test_the_approximate_evolution_applies_the_first_term_first(hamiltonian, factor):
    step = product([factor(term, -0.65) for term in range(4)])

    found = ApproxTimeEvolution(hamiltonian, 1.3, 2).matrix()

    np.testing.assert_allclose(found, step @ step, atol=1e-12)


def test_equal_words_are_one_rotation():
    twice = PauliSum.from_words([1.0, 2.0, 3.0], ["Z", "X", "Z"])

    gates = ApproxTimeEvolution(twice, 1.0, 1).decomposition()

    assert [gate.parameters[0] for gate in gates] == [8.0, 4.0]


def test_a_gate_that_is_a_pauli_word_is_a_hamiltonian_and_leaves_the_record():
    with recording() as recorder:
        evolution = ApproxTimeEvolution(PauliX("a"), 0.3, 1)

    assert recorder.items == (evolution,)
    expected = scipy.linalg.expm(-0.3j * np.array([[0, 1], [1, 0]]))
    np.testing.assert_allclose(evolution.matrix(), expected, atol=1e-12)


@pytest.mark.parametrize("template", [ApproxTimeEvolution, TrotterProduct])
def test_time_and_weights_can_both_be_trained(template):
    def overlap(weights, time):
        h = PauliSum.from_words(weights, ["XI", "ZZ", "IY"])
        return anp.real(template(h, time, n=2).matrix()[0, 0])

    weights, time, step = np.array([0.5, 0.0, 0.7]), 1.3, 1e-6
    d_weights, d_time = autograd.grad(overlap, argnum=(0, 1))(weights, time)

    direction = np.array([0.3, 0.5, -0.8])
    along = lambda x: overlap(weights + x * direction, time)  # noqa: E731
    expected = (along(step) - along(-step)) / (2 * step)
    assert d_weights @ direction == pytest.approx(expected, abs=1e-8)
    expected = (overlap(weights, time + step) - overlap(weights, time - step)) / (2 * step)
    assert d_time == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("template", [ApproxTimeEvolution, TrotterProduct])
def test_a_batch_of_times_is_a_batch_of_evolutions(template, hamiltonian):
    times = np.array([0.1, 0.4, -0.8])

    batch = template(hamiltonian, times, n=2)

    assert batch.batch_size == 3
    single = [template(hamiltonian, time, n=2).matrix() for time in times]
    np.testing.assert_allclose(batch.matrix(), single, atol=1e-12)


@pytest.mark.parametrize("template", [ApproxTimeEvolution, TrotterProduct])
def test_other_weights_are_the_same_structure(template):
    one, two = (template(PauliSum.from_words([x, 2.0], ["XI", "ZZ"]), x, n=2) for x in (0.1, 0.7))

    assert one.signature == two.signature


@pytest.mark.parametrize("template", [ApproxTimeEvolution, TrotterProduct, CommutingEvolution])
def test_hamiltonians_that_cannot_be_evolved_are_refused(template):
    rest = {} if template is CommutingEvolution else {"n": 1}

    with pytest.raises(InvalidParameters, match="linear combinations of Pauli words"):
        template(Hadamard(0), 1.0, **rest)
    with pytest.raises(NotHermitian):
        template(PauliSum.from_words([1.0j, 1.0], ["X", "X"]), 1.0, **rest)


@pytest.mark.parametrize("template", [ApproxTimeEvolution, TrotterProduct])
def test_steps_and_times_that_make_no_sense_are_refused(template, hamiltonian):
    with pytest.raises(InvalidParameters, match="n=0"):
        template(hamiltonian, 1.0, n=0)
    with pytest.raises(InvalidParameters, match=r"shape \(2, 2\)"):
        template(hamiltonian, np.ones((2, 2)), n=1)


# CommutingEvolution ---------------------------------------------------------------------


def test_a_commuting_evolution_is_exact(pauli_matrix):
    h = PauliSum.from_words([0.5, 0.3, -0.2], ["XX", "ZZ", "II"])

    found = CommutingEvolution(h, 1.3).matrix()

    np.testing.assert_allclose(found, scipy.linalg.expm(-1.3j * h.matrix()), atol=1e-12)


def test_the_angles_of_a_commuting_evolution_are_multiples_of_its_one_slot(angles_of):
    angles = angles_of(CommutingEvolution(PauliSum.from_words([0.5, 0.3], ["XX", "ZZ"]), 1.3))

    assert [angle.terms for angle in angles] == [((0, 1.0),), ((0, 0.6),)]


def test_given_frequencies_are_those_of_the_shift_rule():
    evolution = CommutingEvolution(PauliX(0), 0.3, frequencies=[2], shifts=[np.pi / 4])

    assert evolution.parameter_frequencies == [(2.0,)]
    assert evolution.hyperparameters["shifts"] == (np.pi / 4,)
    with pytest.raises(GeneratorUndefinedError, match="frequencies"):
        _ = CommutingEvolution(PauliX(0), 0.3).parameter_frequencies


def test_terms_that_do_not_commute_are_refused_by_name():
    with pytest.raises(InvalidParameters, match="X and Z"):
        CommutingEvolution(PauliX(0) + PauliZ(0), 0.3)


def test_weights_of_a_commuting_evolution_are_constants():
    def overlap(weights):
        return anp.real(CommutingEvolution(PauliSum.from_words(weights, ["X"]), 0.3).matrix()[0, 0])

    with pytest.raises(InvalidParameters, match="ApproxTimeEvolution"):
        autograd.grad(overlap)(np.array([0.5]))

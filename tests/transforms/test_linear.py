"""Variances, entropies and trainable coefficients as functions of linear quantities."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.measurements import MeasurementKind
from qgate.operations.composites import dense_matrix
from qgate.tape import Tape
from qgate.transforms.density import derived
from qgate.transforms.linear import linear_measurements
from qgate.wires import Wires

A = np.array([[1, 2 - 1j], [2 + 1j, 0.5]])
ORDER = [0, 1]
OBSERVABLES = {
    "word": lambda c: qg.X(0) @ qg.Y(1) * c[0],
    "words": lambda c: qg.X(0) * c[0] + qg.Z(1) * c[1] + qg.X(0) @ qg.Y(1) * c[2],
    "mixed": lambda c: qg.Hermitian(A, 0) * c[0] + qg.Hadamard(1) @ qg.X(0) * c[1],
}
EVERY = pytest.mark.parametrize("make", OBSERVABLES.values(), ids=OBSERVABLES)
POINT = np.array([0.7, -1.3, 0.4])


def psi(seed):
    entries = np.random.default_rng(seed).normal(size=(2, 4))
    return (entries[0] + 1j * entries[1]) / np.linalg.norm(entries)


def mean(operator, state):
    return np.vdot(state, dense_matrix(operator, ORDER) @ state).real


def measured(tape, state):
    """Dense results of a tape's measurements, expectation values and those of terms."""
    return [result_of(item, state) for item in tape.measurements]


def result_of(item, state):
    if item.kind is MeasurementKind.TERMS:
        ones = np.eye(item.observable.num_terms)
        rest = item.observable.parameters[1:]
        return np.array(
            [mean(item.observable.with_parameters([one, *rest]), state) for one in ones]
        )
    if item.kind is MeasurementKind.VAR:
        matrix = dense_matrix(item.obs, ORDER)
        return np.vdot(state, matrix @ matrix @ state).real - mean(item.obs, state) ** 2
    return mean(item.obs, state)


@EVERY
@given(seed=st.integers(0, 1000))
def test_a_variance_is_the_mean_of_the_square_less_the_square_of_the_mean(make, seed):
    state, observable = psi(seed), make(POINT)

    linear, recombine = linear_measurements(Tape([], [qg.var(observable)]), variances=True)

    assert {item.kind for item in linear.measurements} == {MeasurementKind.EXPVAL}
    matrix = dense_matrix(observable, ORDER)
    expected = np.vdot(state, matrix @ matrix @ state).real - mean(observable, state) ** 2
    assert recombine(measured(linear, state)) == (pytest.approx(expected),)


def test_variances_that_one_basis_gives_stay_unless_all_are_to_be_rewritten():
    tape = Tape([], [qg.var(qg.X(0) @ qg.Y(1)), qg.var(qg.X(0) + qg.Z(0))])

    linear, recombine = linear_measurements(tape, variances=False)

    kinds = [item.kind.value for item in linear.measurements]
    assert kinds == ["var", "expval", "expval"]
    assert recombine([0.5, 2.0, 5.0]) == (0.5, 5.0 - 2.0**2)


def test_a_tape_without_such_measurements_is_left_as_it_is():
    tape = Tape([qg.RX(0.1, 0)], [qg.expval(qg.X(0)), qg.probs(wires=1), qg.var(qg.Z(0))])

    linear, recombine = linear_measurements(tape, variances=False)

    assert linear is tape
    assert recombine([1, 2, 3]) == (1, 2, 3)


def test_operations_and_shots_stay():
    tape = Tape([qg.RX(0.1, 0)], [qg.var(qg.X(0))], shots=(5, 6))

    linear, _ = linear_measurements(tape, variances=True)

    assert linear.operations == tape.operations
    assert linear.shots == tape.shots


@EVERY
@pytest.mark.parametrize("measure", [qg.expval, qg.var])
@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_traced_coefficients_are_taken_out_and_differentiated(make, measure, seed):
    state = psi(seed)
    kinds = set()

    def value(c):
        tape = Tape([], [measure(make(c))])
        linear, recombine = linear_measurements(tape, variances=False)
        kinds.update(item.kind for item in linear.measurements)
        (result,) = recombine(measured(linear, state))
        return result

    def plain(c):
        return result_of(measure(make(c)), state)

    gradient = autograd.grad(value)(POINT)

    steps = 1e-5 * np.eye(3)
    assert kinds == {MeasurementKind.TERMS}
    slopes = [(plain(POINT + step) - plain(POINT - step)) / 2e-5 for step in steps]
    assert_allclose(gradient, slopes, atol=1e-7)


def test_results_may_have_a_leading_axis_of_rows():
    def value(c):
        tape = Tape([], [qg.expval(qg.X(0) * c[0] + qg.Z(0) * c[1])])
        _, recombine = linear_measurements(tape, variances=False)
        (result,) = recombine([np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])])
        assert result.shape == (3,)
        return anp.sum(result)

    assert autograd.grad(value)(np.array([0.3, 0.4])).tolist() == [9.0, 12.0]


# Density matrices ------------------------------------------------------------------------

MIXED = np.diag([0.4, 0.3, 0.2, 0.1]) + 0.05 * np.array(
    [[0, 1, 1j, 0], [1, 0, 0, -1], [-1j, 0, 0, 1], [0, -1, 1, 0]]
)
DERIVED = {
    "density_matrix": lambda: qg.density_matrix([0, 1]),
    "vn_entropy": lambda: qg.vn_entropy([0, 1], log_base=2),
    "mutual_info": lambda: qg.mutual_info(0, 1),
    "purity": lambda: qg.purity([0, 1]),
}


def means_of_words(item):
    words = [item.observable.select([t]) for t in range(item.observable.num_terms)]
    return np.array([np.trace(dense_matrix(word, ORDER) @ MIXED).real for word in words])


@pytest.mark.parametrize("make", DERIVED.values(), ids=DERIVED)
def test_means_of_words_stand_for_a_density_matrix(make):
    linear, recombine = linear_measurements(Tape([], [make()]), variances=True)

    (item,) = linear.measurements
    (found,) = recombine([means_of_words(item)])

    assert item.kind is MeasurementKind.TERMS
    assert_allclose(found, derived(make(), MIXED, np), atol=1e-12)


def test_a_device_that_returns_density_matrices_is_asked_for_one_of_each_set_of_wires():
    tape = Tape([qg.X(0)], [qg.purity([0, 1]), qg.vn_entropy([0, 1]), qg.mutual_info(1, 0)])

    linear, recombine = linear_measurements(tape, variances=True, returned={"density_matrix"})
    found = recombine([MIXED, MIXED])

    assert [list(item.wires) for item in linear.measurements] == [[0, 1], [1, 0]]
    assert_allclose(found[:2], [derived(item, MIXED, np) for item in tape.measurements[:2]])


def test_a_density_matrix_that_is_asked_for_and_returned_stays():
    tape = Tape([], [qg.density_matrix([0, 1]), qg.state()])

    linear, recombine = linear_measurements(tape, variances=True, returned={"density_matrix"})

    assert linear is tape
    assert recombine is tuple


def test_values_alone_need_no_rewritten_density_matrix():
    tape = Tape([], [qg.purity(0)])

    assert linear_measurements(tape, variances=False, densities=False)[0] is tape


def test_all_wires_are_those_of_the_device_or_of_the_tape():
    tape = Tape([qg.CNOT([0, 1])], [qg.purity([])])

    own, _ = linear_measurements(tape, variances=True)
    given, _ = linear_measurements(tape, variances=True, wires=Wires([0, 1, 2]))

    assert [len(linear.measurements[0].wires) for linear in (own, given)] == [2, 3]

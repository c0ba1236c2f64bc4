"""Exact results against dense linear algebra, by both methods: from states, from probabilities."""

from dataclasses import replace
from functools import reduce

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.autodiff.evaluate import evaluate
from qgate.devices.local.device import LocalDevice
from qgate.devices.local.exact import MEASURES, TERMS_AT_ONCE, marginal, measure
from qgate.measurements import Measurement, MeasurementKind
from qgate.tape import Tape
from qgate.wires import Wires

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


class Probabilities(LocalDevice):
    """Returns probabilities of wires, as some providers' exact simulators do."""

    capabilities = replace(LocalDevice.capabilities, exact=frozenset({"probs"}), statevector=False)


class ProbabilitiesAndStates(LocalDevice):
    """Returns these, and the results that exist only exactly."""

    capabilities = replace(
        LocalDevice.capabilities, exact=frozenset({"probs", "state", "purity"}), statevector=False
    )


LOCAL = LocalDevice(wires=Wires(["a", 7, ("t", 1), -1]))
PROBABILITIES = Probabilities(wires=LOCAL.wires)
FULL = ProbabilitiesAndStates(wires=LOCAL.wires)
A, B, C, D = LOCAL.wires


def values(device, operations, measurements):
    """Return an array (K, ...) for each measurement."""
    (entries,) = evaluate([Tape(operations, measurements)], device, None, interface=None)
    return entries


# Observables, with the matrix that each has by definition, on its own wires -------------


def kron(*matrices):
    return reduce(np.kron, matrices)


def a_sum_of_words(d):
    weights, words = d.random.normal(size=5), [d.word(4) for _ in range(5)]
    matrix = sum(
        w * kron(*(LETTERS[c] for c in word)) for w, word in zip(weights, words, strict=True)
    )
    return qg.PauliSum.from_words(weights, words, [A, B, C, D]), matrix, [A, B, C, D]


def a_word(d):
    return qg.X(C) @ qg.Y(A) @ qg.Z(D), kron(LETTERS["X"], LETTERS["Y"], LETTERS["Z"]), [C, A, D]


def a_hermitian(d):
    matrix = d.hermitian(2)
    return qg.Hermitian(matrix, wires=[D, B]), matrix, [D, B]


def a_projector(d):
    bits, index = d.bits(2), np.zeros(4)
    index[2 * bits[0] + bits[1]] = 1
    return qg.Projector(bits, wires=[C, A]), np.diag(index), [C, A]


def a_projector_on_a_state(d):
    state = d.state(1)
    return qg.Projector(state, wires=[B]), np.outer(state, state.conj()), [B]


def a_product(d):
    matrix = d.hermitian(1)
    whole = kron(LETTERS["Y"], matrix, np.diag([0, 1]))
    product = qg.prod(qg.Y(D), qg.Hermitian(matrix, wires=[A]), qg.Projector([1], wires=[B]))
    return product, whole, [D, A, B]


def a_mixed_sum(d):
    matrix = d.hermitian(1)
    flip = (LETTERS["X"] + LETTERS["Z"]) / np.sqrt(2)
    whole = 0.5 * kron(matrix, LETTERS["X"]) - 1.5 * kron(np.eye(2), flip) + 0.7 * np.eye(4)
    mixed = 0.5 * qg.Hermitian(matrix, wires=[A]) @ qg.X(C) - 1.5 * qg.Hadamard(C) + 0.7
    return mixed, whole, [A, C]


def a_sparse_matrix(d):
    matrix = d.hermitian(2)
    return qg.SparseHamiltonian(scipy.sparse.csr_matrix(matrix), wires=[B, A]), matrix, [B, A]


def an_identity(d):
    return qg.I(B), np.eye(2), [B]


OBSERVABLES = [
    a_sum_of_words,
    a_word,
    a_hermitian,
    a_projector,
    a_projector_on_a_state,
    a_product,
    a_mixed_sum,
    a_sparse_matrix,
    an_identity,
]
ONE_BASIS = [make for make in OBSERVABLES if make not in (a_sum_of_words, a_mixed_sum)]
ROADS = pytest.mark.parametrize(
    "device", [LOCAL, PROBABILITIES, FULL], ids=lambda d: type(d).__name__
)


def means(psi, matrix, wires, dense):
    return np.real(np.trace(dense.reduced(psi, wires) @ matrix))


@ROADS
@settings(max_examples=25)
@given(data=st.data())
def test_expectation_values_and_variances_of_any_observable(device, data, dense, drawn):
    operations = data.draw(drawn.circuits(batches=(None, 2), most=3))
    made = [make(drawn.numbers(data.draw(st.integers(0, 99)), None)) for make in OBSERVABLES]
    measured = [f(op) for op, _, _ in made for f in (qg.expval, qg.var)]

    found = values(device, operations, measured)

    for psi, *row in zip(dense.states(operations), *found, strict=True):
        expected = []
        for _, matrix, wires in made:
            mean = means(psi, matrix, wires, dense)
            expected += [mean, means(psi, matrix @ matrix, wires, dense) - mean**2]
        assert_allclose(row, expected, atol=1e-9)


@ROADS
@settings(max_examples=25)
@given(data=st.data())
def test_probabilities_of_wires_in_any_order(device, data, dense, drawn):
    operations = data.draw(drawn.circuits(batches=(None, 2), most=3))
    subsets = [
        data.draw(st.permutations(drawn.wires))[: data.draw(st.integers(1, 4))] for _ in "ab"
    ]

    found = values(device, operations, [*(qg.probs(wires=wires) for wires in subsets), qg.probs()])

    for psi, *row in zip(dense.states(operations), *found, strict=True):
        for wires, chances in zip([*subsets, drawn.wires], row, strict=True):
            assert_allclose(chances, np.diag(dense.reduced(psi, wires)).real, atol=1e-9)


@ROADS
@pytest.mark.parametrize("make", ONE_BASIS)
def test_probabilities_of_eigenvalues(device, make, dense, drawn):
    d = drawn.numbers(5, None)
    operations = [qg.StatePrep(d.state(4), wires=drawn.wires)]
    observable, matrix, wires = make(d)

    ((chances,),) = values(device, operations, [qg.probs(op=observable)])

    assert chances.shape == (2 ** len(wires),)
    assert chances.sum() == pytest.approx(1)
    psi = dense.state(operations)
    mean = means(psi, matrix, wires, dense)
    assert chances @ spectrum(observable, wires) == pytest.approx(mean)


def spectrum(observable, wires):
    """Return the eigenvalue of each outcome: words +-1, matrices ascending, for each factor."""
    if isinstance(observable, qg.PauliSum):
        return kron(*([1.0, -1.0] for _ in wires))
    if observable.name == "Identity":
        return np.ones(2)
    return kron(*map(factor_spectrum, getattr(observable, "operands", [observable])))


def factor_spectrum(factor):
    if factor.pauli_rep is not None:
        return np.array([1.0, -1.0])
    if factor.is_diagonal:
        return np.diag(factor.matrix()).real
    return np.linalg.eigvalsh(factor.matrix())


def test_both_roads_agree_on_everything_that_can_be_read(drawn):
    d = drawn.numbers(11, None)
    operations = [qg.StatePrep(d.state(4), wires=drawn.wires), qg.RX(np.array([0.1, 0.9]), A)]
    made = [make(d)[0] for make in OBSERVABLES]
    measured = [
        *(qg.expval(op) for op in made),
        *(qg.var(op) for op in made),
        *(qg.probs(op=make(d)[0]) for make in ONE_BASIS),
        qg.probs(wires=[D, A]),
        qg.probs(),
    ]

    native = values(LOCAL, operations, measured)
    read = values(PROBABILITIES, operations, measured)

    for measurement, one, other in zip(measured, native, read, strict=True):
        assert_allclose(one, other, atol=1e-10, err_msg=repr(measurement))


def test_what_exists_only_exactly_goes_along_with_what_is_read(dense, drawn):
    operations = [qg.StatePrep(drawn.numbers(3, None).state(4), wires=drawn.wires)]
    measured = [qg.expval(qg.X(A)), qg.state(), qg.probs(op=qg.Y(B)), qg.purity([C, A])]

    found = values(FULL, operations, measured)

    for one, other in zip(found, values(LOCAL, operations, measured), strict=True):
        assert_allclose(one, other, atol=1e-12)


# States ---------------------------------------------------------------------------------


@settings(max_examples=40)
@given(data=st.data())
def test_states_and_what_is_computed_from_them(data, dense, drawn):
    operations = data.draw(drawn.circuits(batches=(None, 2), most=4))
    order = data.draw(st.permutations(drawn.wires))
    part, other = order[: data.draw(st.integers(1, 2))], order[2 : data.draw(st.integers(3, 4))]
    base = data.draw(st.sampled_from([None, 2, 10]))
    measured = [
        qg.state(),
        qg.density_matrix(part),
        qg.vn_entropy(part, log_base=base),
        qg.mutual_info(part, other, log_base=base),
        qg.purity(part),
    ]

    found = values(LOCAL, operations, measured)

    unit = np.log(base) if base else 1.0
    for psi, *row in zip(dense.states(operations), *found, strict=True):
        rho, sigma, both = (dense.reduced(psi, w) for w in (part, other, [*part, *other]))
        entropies = [dense.entropy(matrix) / unit for matrix in (rho, sigma, both)]
        assert_allclose(row[0], psi, atol=1e-9)
        assert_allclose(row[1], rho, atol=1e-9)
        assert_allclose(row[2], entropies[0], atol=1e-7)
        assert_allclose(row[3], entropies[0] + entropies[1] - entropies[2], atol=1e-7)
        assert_allclose(row[4], np.trace(rho @ rho).real, atol=1e-9)


def test_a_bell_pair_has_one_bit_of_entropy_and_two_of_mutual_information():
    bell = [qg.Hadamard(A), qg.CNOT([A, B])]

    found = values(LOCAL, bell, [qg.vn_entropy(A, log_base=2), qg.mutual_info(A, B, log_base=2)])

    assert_allclose(np.concatenate(found), [1.0, 2.0], atol=1e-12)


def test_a_pure_state_has_no_entropy():
    (found,) = values(LOCAL, [qg.RY(0.3, A)], [qg.vn_entropy(A)])

    assert_allclose(found, [0.0], atol=1e-10)


def test_means_of_terms_are_those_of_words_and_products(dense, drawn):
    d = drawn.numbers(2, None)
    operations = [qg.StatePrep(d.state(4), wires=drawn.wires)]
    observable, _, wires = a_sum_of_words(d)
    terms = Measurement(MeasurementKind.TERMS, observable)

    (found,) = values(LOCAL, operations, [terms])

    psi = dense.state(operations)
    words = [kron(*(LETTERS[c] for c in word)) for word in terms.observable.words]
    assert_allclose(found[0], [means(psi, word, wires, dense) for word in words], atol=1e-12)
    assert_allclose(values(PROBABILITIES, operations, [terms])[0], found, atol=1e-12)


@pytest.mark.parametrize("xp", [np, anp], ids=["numpy", "autograd"])
def test_more_words_than_are_summed_at_once_are_summed_in_pieces(xp):
    random, order = np.random.default_rng(0), Wires(range(16))
    words = ["".join(word) for word in random.choice(["I", "Z"], size=(70, 16))]
    weights = random.normal(size=70)
    state = random.normal(size=(1, 2**16)) + 0j

    found = measure(qg.expval(qg.PauliSum.from_words(weights, words)), state, order, xp)

    assert TERMS_AT_ONCE < 70 * 2**16
    signs = (kron(*(np.diag(LETTERS[letter]) for letter in word)) for word in words)
    total = sum(weight * diagonal for weight, diagonal in zip(weights, signs, strict=True))
    assert_allclose(found, state.real**2 @ total, rtol=1e-10)


@pytest.mark.parametrize("bits", [True, False])
def test_projectors_on_many_wires_are_measured_without_their_matrix(bits):
    state = np.random.default_rng(3).normal(size=(2, 2**17)) + 0j
    target = [1] * 16 if bits else np.eye(1, 2**16, 2**16 - 1)[0] / 2

    found = measure(qg.var(qg.Projector(target, range(16))), state, Wires(range(17)))

    chance = (state[:, -2:].real ** 2).sum(axis=1)
    weight = 1.0 if bits else 0.25
    assert_allclose(found, weight**2 * chance - (weight * chance) ** 2)


def test_every_kind_that_can_be_exact_is_measured():
    sampled = {
        MeasurementKind.SAMPLE,
        MeasurementKind.COUNTS,
        MeasurementKind.CLASSICAL_SHADOW,
        MeasurementKind.SHADOW_EXPVAL,
        MeasurementKind.PROCESSED,
    }

    assert set(MEASURES) == set(MeasurementKind) - sampled


def test_marginals_keep_the_order_asked_for():
    probabilities = np.arange(8.0)[None, :]

    found = marginal(probabilities, Wires([2, 0]), Wires([0, 1, 2]))

    assert found.tolist() == [[0 + 2, 4 + 6, 1 + 3, 5 + 7]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: qg.expval(qg.X(0) @ qg.Y(1) + 0.5 * qg.Z(0)),
        lambda: qg.var(qg.Hermitian(np.array([[1, 2j], [-2j, 0]]), 1)),
        lambda: qg.probs(op=qg.Y(1)),
        lambda: qg.vn_entropy(0),
        lambda: qg.purity(0),
        lambda: qg.mutual_info(0, 1),
    ],
)
def test_results_can_be_differentiated_by_the_state(make):
    random = np.random.default_rng(4)
    state, direction = random.normal(size=(2, 4))
    measurement, order = make(), Wires([0, 1])

    def function(t):
        psi = anp.reshape(state + t * direction, (1, 4))
        psi = psi / anp.sqrt(anp.sum(psi**2)) * (1 + 0j)
        return anp.sum(anp.cos(measure(measurement, psi, order, anp)))

    slope = (function(1e-5) - function(-1e-5)) / 2e-5
    assert autograd.grad(function)(0.0) == pytest.approx(slope, abs=1e-7)

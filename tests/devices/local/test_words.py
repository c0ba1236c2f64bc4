"""Sums of Pauli words, many at a time, against one word after another."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.exact import apply_observable, term_means
from qgate.wires import Wires


def drawn_sum(n, count, seed, letters="IXYZ"):
    random = np.random.default_rng(seed)
    words = ["".join(random.choice(list(letters), size=n)) for _ in range(count)]
    weights = random.normal(size=count) + 1j * random.normal(size=count) * (seed % 2)
    return qg.PauliSum.from_words(weights, words), Wires(range(n))


def states(rows, n, seed):
    entries = np.random.default_rng(seed).normal(size=(2, rows, 2**n))
    return entries[0] + 1j * entries[1]


@settings(max_examples=80)
@given(
    n=st.sampled_from([1, 2, 3, 6, 9, 15]),
    count=st.integers(1, 12),
    letters=st.sampled_from(["IXYZ", "IZ", "IX", "ZY"]),
    rows=st.integers(1, 3),
    seed=st.integers(0, 999),
)
def test_sums_agree_with_one_word_after_the_other(n, count, letters, rows, seed):
    observable, order = drawn_sum(n, count, seed, letters)
    psi = states(rows, n, seed)
    before = psi.copy()

    applied = apply_observable(observable, psi, order)
    means = term_means(observable, psi, order)

    assert_allclose(applied, apply_observable(observable, psi, order, anp), atol=1e-11)
    norms = np.sum(np.abs(psi) ** 2, axis=1)[:, None]
    assert_allclose(means / norms, term_means(observable, psi, order, anp) / norms, atol=1e-13)
    assert np.array_equal(psi, before)


def test_wires_that_no_word_acts_on_and_another_order():
    observable = qg.PauliSum.from_words([0.5, -2.0], ["XY", "ZI"], ["b", "d"])
    psi, order = states(2, 4, 1), Wires(["d", "a", "b", "c"])

    found = apply_observable(observable, psi, order)

    assert_allclose(found, apply_observable(observable, psi, order, anp), atol=1e-13)


def test_coefficients_can_be_differentiated():
    psi, order = states(1, 3, 2), Wires(range(3))

    def mean(weights):
        observable = qg.PauliSum.from_words(weights, ["XYZ", "ZZI", "XII"])
        changed = apply_observable(observable, psi, order, anp)
        return anp.sum(anp.real(anp.conj(psi) * changed))

    slopes = autograd.grad(mean)(np.array([0.1, 0.2, 0.3]))

    words = qg.PauliSum.from_words(np.ones(3), ["XYZ", "ZZI", "XII"])
    assert slopes == pytest.approx(term_means(words, psi, order)[0])

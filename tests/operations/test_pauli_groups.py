"""Qubit-wise groups of Pauli words."""

import numpy as np
from counting import calls
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_groups import group_basis, is_qubit_wise, qubit_wise_groups


@st.composite
def some_words(draw):
    n = draw(st.integers(1, 5))
    return draw(st.lists(st.text("IXYZ", min_size=n, max_size=n), min_size=1, max_size=20))


def clash(first, second):
    return any("I" not in pair and pair[0] != pair[1] for pair in zip(first, second, strict=True))


def first_fit(words):
    groups = []
    for term, word in enumerate(words):
        for group in groups:
            if not any(clash(word, words[member]) for member in group):
                group.append(term)
                break
        else:
            groups.append([term])
    return groups


@given(some_words())
@settings(deadline=None)
def test_groups_are_those_of_greedy_first_fit(words):
    p = PauliSum.from_words(np.ones(len(words)), words)

    groups = qubit_wise_groups(p.x, p.z)

    assert [group.tolist() for group in groups] == first_fit(words)


@given(some_words())
@settings(deadline=None)
def test_every_letter_of_a_group_is_the_letter_of_its_basis(words):
    p = PauliSum.from_words(np.ones(len(words)), words)

    for group in qubit_wise_groups(p.x, p.z):
        basis = group_basis(p.x[group], p.z[group])
        letters = [{words[term][wire] for term in group} - {"I"} for wire in range(len(basis))]
        assert letters == [set(letter) - {"I"} for letter in basis]


@given(some_words())
@settings(deadline=None)
def test_words_are_qubit_wise_exactly_if_they_make_one_group(words):
    p = PauliSum.from_words(np.ones(len(words)), words)

    assert is_qubit_wise(p.x, p.z) == (len(qubit_wise_groups(p.x, p.z)) == 1)


def test_identities_join_the_first_group():
    p = PauliSum.from_words(np.ones(3), ["XX", "ZZ", "II"])

    assert [group.tolist() for group in qubit_wise_groups(p.x, p.z)] == [[0, 2], [1]]


def test_words_on_more_than_64_wires_are_told_apart_on_the_last():
    p = PauliSum.from_words(np.ones(2), ["I" * 69 + "X", "I" * 69 + "Z"])

    assert len(qubit_wise_groups(p.x, p.z)) == 2


def test_a_thousand_words_are_grouped_with_a_few_calls_each():
    rng = np.random.default_rng(3)
    x, z = rng.random((2, 1000, 20)) < 0.5
    groups = []

    assert calls(lambda: groups.extend(qubit_wise_groups(x, z))) <= 5 * 1000
    assert sorted(np.concatenate(groups)) == list(range(1000))

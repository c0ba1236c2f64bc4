"""Groups of Pauli words that a program asks for."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters, TooLarge
from qgate.operations.pauli_grouping import MOST_WORDS, partition

words = st.lists(st.text("IXYZ", min_size=3, max_size=3), min_size=1, max_size=8)


def bits(letters):
    table = np.array([list(word) for word in letters])
    return (table == "X") | (table == "Y"), (table == "Z") | (table == "Y")


def qwc(a, b):
    return all(one == other or "I" in (one, other) for one, other in zip(a, b, strict=True))


def commuting(a, b):
    differs = [one != other and "I" not in (one, other) for one, other in zip(a, b, strict=True)]
    return sum(differs) % 2 == 0


RELATIONS = {"qwc": qwc, "commuting": commuting, "anticommuting": lambda a, b: not commuting(a, b)}


@pytest.mark.parametrize("kind", RELATIONS)
@given(letters=words)
@settings(max_examples=15)
def test_all_pairs_of_a_group_have_the_relation(kind, letters):
    groups = partition(*bits(letters), kind)

    assert sorted(term for group in groups for term in group) == list(range(len(letters)))
    for group in groups:
        assert list(group) == sorted(group)
        for one, other in combinations(group, 2):
            assert RELATIONS[kind](letters[one], letters[other])


def test_sums_have_groups_where_they_are_asked_for():
    terms = [qg.X(0), qg.Y(0), qg.X(1)]

    plain = qg.dot([1.0, 2.0, 3.0], terms)
    asked = qg.dot([1.0, 2.0, 3.0], terms, grouping_type="qwc")

    assert plain.grouping_indices is None
    assert asked.grouping_indices == ((0, 2), (1,))
    assert qg.sum(*terms, grouping_type="qwc").grouping_indices == ((0, 2), (1,))
    assert qg.Hamiltonian([1, 1, 1], terms, grouping_type="qwc").grouping_indices == ((0, 2), (1,))
    plain.compute_grouping("anticommuting", method="rlf")
    assert plain.grouping_indices == ((0, 1), (2,))


def test_only_pauli_words_are_grouped():
    with pytest.raises(InvalidParameters, match="Groups are those of Pauli words"):
        qg.sum(qg.X(0), qg.Projector([1], 0), grouping_type="qwc")
    with pytest.raises(InvalidParameters, match="Leave pauli out"):
        qg.dot([1.0, 1.0], [qg.X(0), qg.Projector([1], 0)], pauli=True)


def test_unknown_types_and_very_many_words_are_refused():
    with pytest.raises(InvalidParameters, match="qwc, commuting, anticommuting"):
        qg.dot([1.0], [qg.X(0)], grouping_type="all")
    with pytest.raises(InvalidParameters, match="lf, rlf"):
        qg.dot([1.0], [qg.X(0)], grouping_type="qwc", method="best")
    many = np.zeros((MOST_WORDS + 1, 1), dtype=bool)
    with pytest.raises(TooLarge, match="words"):
        partition(many, many)

"""Pauli words and sums of them as dictionaries, and functions of words."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import pauli
from qgate.exceptions import InvalidParameters, WireError
from qgate.pauli import PauliSentence, PauliWord, group_observables, pauli_sentence

WORDS = st.dictionaries(st.sampled_from([0, 1, "a"]), st.sampled_from("IXYZ")).map(PauliWord)
SENTENCES = st.dictionaries(WORDS, st.sampled_from([1.0, -0.5, 2j]), max_size=3).map(PauliSentence)
ORDER = [0, 1, "a"]
OBSERVABLES = [qg.Y(0), qg.X(0) @ qg.X(1), qg.Z(1)]


def dense(value):
    return value.to_mat(ORDER)


@given(SENTENCES, SENTENCES, WORDS)
@settings(deadline=None, max_examples=30)
def test_arithmetic_is_that_of_the_matrices(one, two, word):
    np.testing.assert_allclose(dense(one @ two), dense(one) @ dense(two), atol=1e-12)
    np.testing.assert_allclose(dense(one + two), dense(one) + dense(two), atol=1e-12)
    np.testing.assert_allclose(dense(one - word), dense(one) - dense(word), atol=1e-12)
    np.testing.assert_allclose(dense(word @ one), dense(word) @ dense(one), atol=1e-12)
    np.testing.assert_allclose(
        dense(one.commutator(two)), dense(one @ two) - dense(two @ one), atol=1e-12
    )
    np.testing.assert_allclose(dense(2 * one / 4), dense(one) / 2, atol=1e-12)
    np.testing.assert_allclose(one.trace(), np.trace(dense(one)) / 8, atol=1e-12)
    np.testing.assert_allclose(one.to_mat(ORDER, format="csr").toarray(), dense(one), atol=1e-12)
    np.testing.assert_allclose(qg.matrix(one.operation(ORDER), wire_order=ORDER), dense(one))
    assert word.commutes_with(PauliWord({0: "X"})) == (word[0] in "IX")


def test_words_are_hashable_and_do_not_change():
    word = PauliWord({0: "X", "a": "Y", 1: "I"})

    assert word == PauliWord({"a": "Y", 0: "X"})
    assert hash(word) == hash(PauliWord({"a": "Y", 0: "X"}))
    assert str(word) == "X(0) @ Y(a)"
    assert str(PauliWord({})) == "I"
    assert pickle.loads(pickle.dumps(word)) == word
    assert word.map_wires({0: "z"}).wires == qg.Wires(["z", "a"])
    for change in (lambda: word.__setitem__(0, "Y"), lambda: word.update({0: "Y"})):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()


def test_sums_lose_small_weights_and_keep_their_text():
    total = PauliSentence({PauliWord({0: "X"}): 1e-12, PauliWord({1: "Z"}): 2.0})

    assert str(total) == "1e-12 * X(0)\n+ 2.0 * Z(1)"
    total.simplify()

    assert total == {PauliWord({1: "Z"}): 2.0}
    assert str(PauliSentence({})) == "0 * I"
    np.testing.assert_allclose(total.dot(np.arange(4.0), [0, 1]), [0, -2, 4, -6])


def test_operators_become_dictionaries_and_back():
    operator = 2 * qg.X(0) @ qg.Y(1) + qg.Z(0)

    sentence = pauli_sentence(operator)

    assert sentence == {PauliWord({0: "X", 1: "Y"}): 2, PauliWord({0: "Z"}): 1}
    assert sentence.operation() == operator
    assert (sentence + qg.Z(0))[PauliWord({0: "Z"})] == 2
    assert PauliWord({"a": "Z"}).operation() == qg.Z("a")
    assert PauliWord({}).operation([3]) == qg.I(3)
    with pytest.raises(WireError):
        sentence.to_mat([0])


# Words ----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("IXYZ"), min_size=1, max_size=4))
@settings(deadline=None, max_examples=25)
def test_strings_bits_and_matrices_of_words_agree(letters):
    text, places = "".join(letters), {place: place for place in range(len(letters))}
    word = pauli.string_to_pauli_word(text)

    bits = pauli.pauli_to_binary(word, len(text), places)

    assert pauli.pauli_word_to_string(word, places) == text
    assert pauli.are_identical_pauli_words(pauli.binary_to_pauli(bits), word)
    assert pauli.is_pauli_word(word)
    np.testing.assert_allclose(
        pauli.pauli_word_to_matrix(word, places), qg.matrix(word, wire_order=range(len(text)))
    )
    np.testing.assert_allclose(
        sorted(pauli.pauli_eigs(len(text))), sorted([-1, 1] * 2 ** (len(text) - 1))
    )


def test_what_is_one_word_is_recognized():
    assert [
        pauli.is_pauli_word(op)
        for op in (qg.X(0) @ qg.X(0), 2 * qg.X(0), qg.X(0) + qg.Z(0), qg.Hadamard(0), "X")
    ] == [True, True, False, False, False]
    assert pauli.pauli_word_prefactor(2 * qg.X(0) @ qg.Y(1)) == 2


def test_all_words_are_in_one_group_each():
    groups = pauli.partition_pauli_group(2)

    assert len(groups) == 9
    assert sorted(word for group in groups for word in group) == sorted(
        map("".join, product("IXYZ", repeat=2))
    )
    assert len(set(pauli.pauli_group(2))) == 16


def test_wire_maps_name_the_positions():
    places = {"a": 0, "b": 1, "c": 2}

    assert pauli.string_to_pauli_word("IXI", places) == qg.X("b")
    assert pauli.binary_to_pauli([0, 1, 1, 0, 1, 0], places) == qg.Y("b") @ qg.X("c")
    np.testing.assert_array_equal(
        pauli.observables_to_binary_matrix([qg.X("a"), qg.Z("c")], wire_map=places),
        [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]],
    )


def test_matrices_become_sums():
    found = pauli.pauli_decompose(np.diag([1.0, -1.0]), pauli=True)

    assert found == {PauliWord({0: "Z"}): 1}
    assert pauli.trace_inner_product(qg.X(0), qg.X(0) + 2j * qg.Y(0)) == 1
    assert pauli.trace_inner_product(np.eye(4), np.eye(4)) == 1
    with pytest.raises(InvalidParameters, match="not Hermitian"):
        pauli.pauli_decompose(np.array([[0, 1], [0, 0]]))


# Groups ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "groups"),
    [
        ("qwc", [[0, 2], [1]]),
        ("commuting", [[0, 2], [1]]),
        ("anticommuting", [[0, 1], [2]]),
    ],
)
def test_groups_have_their_relation(relation, groups):
    expected = [[OBSERVABLES[at] for at in group] for group in groups]

    found, numbers = group_observables(OBSERVABLES, [1.0, 2.0, 3.0], grouping_type=relation)

    assert found == group_observables(OBSERVABLES, grouping_type=relation) == expected
    assert numbers == [[[1.0, 2.0, 3.0][at] for at in group] for group in groups]
    assert pauli.compute_partition_indices(OBSERVABLES, relation) == tuple(map(tuple, groups))


def test_a_group_is_diagonal_after_its_rotations():
    rotations, words, numbers = pauli.optimize_measurements(OBSERVABLES, [1.0, 2.0, 3.0])
    matrix = qg.matrix(lambda: [qg.apply(gate) for gate in rotations[0]], wire_order=[0, 1])()

    assert numbers == [[1.0, 3.0], [2.0]]
    assert words[0] == [qg.Z(0), qg.Z(1)]
    for before, after in zip(OBSERVABLES[::2], words[0], strict=True):
        turned = matrix @ qg.matrix(before, wire_order=[0, 1]) @ matrix.conj().T
        np.testing.assert_allclose(turned, qg.matrix(after, wire_order=[0, 1]), atol=1e-12)
    assert pauli.are_pauli_words_qwc(OBSERVABLES[::2])
    assert not pauli.are_pauli_words_qwc(OBSERVABLES)
    np.testing.assert_array_equal(
        pauli.qwc_complement_adj_matrix(pauli.observables_to_binary_matrix(OBSERVABLES)),
        [[0, 1, 0], [1, 0, 1], [0, 1, 0]],
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PauliWord({0: "Q"}), "one of the letters"),
        (lambda: pauli_sentence(qg.Hadamard(0)), "no|not a linear combination"),
        (lambda: PauliWord({0: "X"}) * "a", "neither a number"),
        (lambda: pauli.pauli_word_to_string(qg.X(0) + qg.Z(0)), "not a Pauli word"),
        (lambda: pauli.string_to_pauli_word("XA"), "no string of the letters"),
        (lambda: pauli.binary_to_pauli([0, 1, 2, 0]), "no vector of bits"),
        (lambda: pauli.pauli_to_binary(qg.X(0) @ qg.X(1), 1), "too small"),
        (lambda: pauli.pauli_to_binary(qg.X(5), wire_map={0: 0}), "no position"),
        (lambda: pauli.string_to_pauli_word("XX", {0: 0}), "does not number 2 wires"),
        (lambda: group_observables(OBSERVABLES, grouping_type="all"), "grouping_type='all'"),
        (lambda: group_observables(OBSERVABLES, [1.0]), "1 coefficients"),
        (lambda: pauli.diagonalize_qwc_pauli_words(OBSERVABLES), "do not commute"),
        (lambda: pauli.optimize_measurements(OBSERVABLES, grouping="commuting"), "Give 'qwc'"),
    ],
)
def test_what_is_no_word_is_refused(call, message):
    with pytest.raises(InvalidParameters, match=message):
        call()

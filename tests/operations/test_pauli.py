"""Sums of Pauli words against dense matrices made with numpy.kron."""

import pickle
from functools import reduce

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from counting import calls
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from qgate.exceptions import DecompositionUndefinedError, InvalidParameters
from qgate.operations.fixed import Hadamard, X, Y, Z
from qgate.operations.operator import ParameterKind
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_words import distinct
from qgate.recording import recording

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def dense_word(word):
    return reduce(np.kron, [LETTERS[letter] for letter in word], np.eye(1))


def dense(coefficients, words):
    return sum(c * dense_word(word) for c, word in zip(coefficients, words, strict=True))


@st.composite
def sums(draw, wires=3, real=False):
    words = draw(st.lists(st.text("IXYZ", min_size=wires, max_size=wires), min_size=1, max_size=5))
    number = st.floats(-2, 2) if real else st.complex_numbers(max_magnitude=2)
    coefficients = draw(st.lists(number, min_size=len(words), max_size=len(words)))
    return np.array(coefficients), words


@given(sums())
@settings(deadline=None)
def test_matrix_is_the_sum_of_kronecker_products(terms):
    coefficients, words = terms

    matrix = PauliSum.from_words(coefficients, words).matrix()

    assert_allclose(matrix, dense(coefficients, words), atol=1e-12)


@given(sums(), sums())
@settings(deadline=None)
def test_product_commutator_and_sum_are_those_of_the_matrices(left, right):
    a, b = dense(*left), dense(*right)
    p, q = PauliSum.from_words(*left), PauliSum.from_words(*right)

    assert_allclose(p.times(q).matrix(), a @ b, atol=1e-10)
    assert_allclose(p.commutator(q).matrix(range(3)), a @ b - b @ a, atol=1e-10)
    assert_allclose(PauliSum.total([p, q]).matrix(), a + b, atol=1e-10)


@given(sums())
@settings(deadline=None)
def test_square_adjoint_power_and_simplification_are_those_of_the_matrix(terms):
    a, p = dense(*terms), PauliSum.from_words(*terms)

    assert_allclose(p.squared().matrix(), a @ a, atol=1e-10)
    assert_allclose(p.pow(3)[0].matrix(), a @ a @ a, atol=1e-9)
    assert_allclose(p.adjoint().matrix(), a.conj().T, atol=1e-12)
    assert_allclose(p.simplify().matrix(), a, atol=1e-10)
    assert len(set(p.simplify().words)) == len(p.simplify())


@given(sums(real=True))
@settings(deadline=None)
def test_eigenvalues_belong_to_the_basis_that_the_diagonalizing_gates_turn_to(terms):
    coefficients, words = terms
    p = PauliSum.from_words(
        coefficients, [word.replace("X", "Z").replace("Y", "Z") for word in words]
    )

    assert p.diagonalizing_gates() == []
    assert_allclose(np.diag(p.eigvals()), p.matrix(), atol=1e-12)


def test_diagonalizing_gates_turn_each_letter_to_z():
    word = PauliSum.word({0: "X", 1: "Y", 2: "I", 3: "Z"}, 0.5)
    turn = reduce(
        lambda done, gate: gate.matrix(wire_order=range(4)) @ done,
        word.diagonalizing_gates(),
        np.eye(16),
    )

    assert_allclose(turn @ word.matrix() @ turn.conj().T, np.diag(word.eigvals()), atol=1e-12)


def test_eigenvalues_of_words_in_different_bases_are_those_of_the_matrix():
    p = PauliSum.from_words([1.0, 2.0], ["X", "Z"])

    assert_allclose(p.eigvals(), [-(5**0.5), 5**0.5])


@given(sums(), st.permutations([2, "a", 0, "b"]))
@settings(deadline=None)
def test_other_wire_orders_permute_the_matrix(terms, order):
    coefficients, words = terms
    p = PauliSum.from_words(coefficients, words, wires=["a", "b", 0])
    rearranged = [
        "".join(dict(zip(["a", "b", 0], word, strict=True)).get(wire, "I") for wire in order)
        for word in words
    ]

    assert_allclose(p.matrix(order), dense(coefficients, rearranged), atol=1e-12)
    assert_allclose(p.sparse_matrix(order).toarray(), dense(coefficients, rearranged), atol=1e-12)


@given(st.text("IXYZ", min_size=4, max_size=4), st.integers(0, 15))
@settings(deadline=None)
def test_masks_say_how_a_word_acts_on_basis_states(word, i):
    p = PauliSum.from_words([1.0], [word])
    x, z = int(p.x_masks(range(4))[0]), int(p.z_masks(range(4))[0])
    phase = 1j ** (x & z).bit_count() * (-1) ** (z & i).bit_count()

    expected = np.zeros(16, dtype=complex)
    expected[i ^ x] = phase

    assert_allclose(dense_word(word)[:, i], expected)


def test_masks_put_the_first_wire_of_the_order_first():
    p = PauliSum.word({"a": "X", "b": "Z"})

    assert p.x_masks(["b", "c", "a"]).tolist() == [0b001]
    assert p.z_masks(["b", "c", "a"]).tolist() == [0b100]


def test_masks_of_too_many_wires_are_refused():
    with pytest.raises(InvalidParameters, match="63 wires"):
        PauliSum.identity(1.0, range(63)).x_masks()


def test_words_on_more_wires_than_an_integer_has_bits_multiply():
    left = PauliSum.word(dict.fromkeys(range(100), "X"))
    right = PauliSum.word(dict.fromkeys(range(0, 100, 2), "Z"))

    product = left.times(right)

    assert product.words == ["YX" * 50]
    assert product.coefficients[0] == (-1j) ** 50
    assert right.times(left).coefficients[0] == 1j**50


def test_terms_keep_their_order_and_equal_words_are_joined_at_the_first():
    p = PauliSum.from_words([1.0, 2.0, 3.0, 4.0], ["ZI", "XY", "ZI", "IX"]).merged()

    assert p.words == ["ZI", "XY", "IX"]
    assert p.coefficients.tolist() == [4.0, 2.0, 4.0]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12))
@settings(deadline=None)
def test_distinct_rows_are_found_in_order_of_first_appearance(rows):
    first, index = distinct(np.array(rows, dtype=np.uint64))

    seen = list(dict.fromkeys(rows))
    assert [rows[place] for place in first] == seen
    assert [seen.index(row) for row in rows] == index.tolist()


def test_simplify_drops_small_weights_and_keeps_a_zero_when_nothing_is_left():
    p = PauliSum.from_words([1.0, 1e-3, -1.0], ["X", "Z", "X"])

    assert p.simplify().words == ["Z"]
    assert p.simplify(cutoff=1e-2) == PauliSum.identity(0.0)


def test_products_that_are_real_have_real_coefficients():
    p = PauliSum.from_words([1.0, 0.5], ["XX", "ZZ"])

    assert p.times(p).coefficients.dtype == float


def test_signature_depends_on_words_and_wires_but_not_on_coefficients():
    p = PauliSum.from_words([1.0, 0.5], ["XX", "ZZ"])

    assert p.signature == PauliSum.from_words([3.0, 4.0], ["XX", "ZZ"]).signature
    assert p.signature != PauliSum.from_words([1.0, 0.5], ["XX", "ZY"]).signature
    assert p.signature != p.map_wires({0: "a"}).signature
    assert hash(p.signature) == hash(p.with_parameters([np.ones(2)]).signature)
    assert p.parameter_kinds == (ParameterKind.COEFFICIENTS,)


def test_equal_sums_are_equal_however_they_are_written():
    p = PauliSum.from_words([1.0, 0.5, 0.0], ["XI", "IZ", "YY"])
    q = PauliSum.from_words([0.25, 1.0, 0.25], ["ZI", "IX", "ZI"], wires=[1, 0])

    assert p == q
    assert hash(p) == hash(PauliSum.from_words([1.0, 0.5], ["XI", "IZ"]))
    assert p != PauliSum.from_words([1.0], ["XI"])


def test_sums_survive_pickling():
    p = PauliSum.from_words([1.0, 0.5j], ["XI", "IZ"])

    assert pickle.loads(pickle.dumps(p)) == p


def test_bits_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        PauliSum.from_words([1.0], ["X"]).x[0, 0] = False


def test_repr_reads_like_the_formula():
    p = PauliSum.from_words([0.5, 1.0, -2.0, 3.0], ["XZ", "IY", "YI", "II"], wires=[0, "a"])

    assert repr(p) == "0.5 * (X(0) @ Z('a')) + Y('a') + -2.0 * Y(0) + 3.0 * I()"
    assert p.label() == "𝓗"
    assert PauliSum.word({0: "X", 1: "Z"}).label() == "X@Z"


def test_repr_of_a_large_sum_is_cut_off():
    p = PauliSum.from_words(np.ones(1000), ["X"] * 1000)

    assert repr(p).endswith("... (1000 terms)")
    assert len(repr(p)) < 200


def test_terms_are_words_on_the_wires_that_they_act_on():
    coefficients, words = PauliSum.from_words([0.5, 2.0], ["XIZ", "III"]).terms()

    assert coefficients == [0.5, 2.0]
    assert [tuple(word.wires) for word in words] == [(0, 2), ()]
    assert words[0] == PauliSum.word({0: "X", 2: "Z"})


@pytest.mark.parametrize(
    ("coefficients", "words"), [([1.0], ["XQ"]), ([1.0, 1.0], ["X", "XX"]), ([1.0], ["X", "Z"])]
)
def test_what_is_not_a_sum_of_words_is_refused(coefficients, words):
    with pytest.raises(InvalidParameters):
        PauliSum.from_words(coefficients, words)


def test_complex_coefficients_are_not_hermitian_but_rounding_is_forgiven():
    assert PauliSum.from_words([1.0 + 1e-16j], ["X"]).is_hermitian
    assert not PauliSum.from_words([1.0, 1j], ["X", "Z"]).is_hermitian


# As a gate ----------------------------------------------------------------------------


def test_a_word_decomposes_into_its_letters_and_a_phase():
    word = PauliSum.word({0: "X", "b": "Y", 2: "Z"}, -1j)

    parts = word.decomposition()
    product = reduce(lambda done, part: part.matrix([0, "b", 2]) @ done, parts, np.eye(8))

    assert [part.name for part in parts] == ["PauliX", "PauliY", "PauliZ", "GlobalPhase"]
    assert_allclose(product, word.matrix(), atol=1e-12)


@pytest.mark.parametrize("p", [PauliSum.word({0: "X"}, 0.5), PauliSum.from_words([1, 1], "XZ")])
def test_what_is_not_unitary_is_not_a_gate(p):
    with pytest.raises(DecompositionUndefinedError, match="not a gate"):
        p.decomposition()


def test_constructors_record_nothing():
    with recording() as recorder:
        PauliSum.from_words([1.0], ["X"]).times(PauliSum.word({1: "Z"}))
        assert X(0).pauli_rep is not None

    assert [item.name for item in recorder.items] == ["PauliX"]


# Derivatives --------------------------------------------------------------------------


@given(sums(real=True))
@settings(deadline=None, max_examples=30)
def test_arithmetic_is_differentiable_in_the_coefficients(terms):
    coefficients, words = terms
    other = PauliSum.from_words([0.3, 0.7], ["XYZ", "ZZI"])

    def entries(c):
        p = PauliSum.from_words(c, words)
        q = PauliSum.total([p.times(other), p.scaled(2.0), p.squared(), p.commutator(other)])
        return anp.real(anp.sum(q.merged().matrix() * np.arange(64).reshape(8, 8) * (1 + 0.5j)))

    direction = np.linspace(-1.0, 1.0, len(coefficients)) + 0.1
    step = 1e-5
    difference = entries(coefficients + step * direction) - entries(coefficients - step * direction)

    derivative = autograd.grad(entries)(coefficients) @ direction
    assert_allclose(derivative, difference / (2 * step), rtol=1e-6, atol=1e-5)


def test_second_derivatives_of_the_coefficients_exist():
    def trace_of_square(c):
        return anp.real(anp.trace(PauliSum.from_words(c, ["X", "Z"]).squared().matrix()))

    assert_allclose(autograd.hessian(trace_of_square)(np.array([0.3, 0.4])), 4 * np.eye(2))


# Speed --------------------------------------------------------------------------------


def random_sum(seed, terms):
    rng = np.random.default_rng(seed)
    words = ["".join(word) for word in rng.choice(list("IXYZ"), size=(terms, 20))]
    return PauliSum.from_words(rng.normal(size=terms), words)


def test_ten_times_as_many_terms_are_multiplied_and_commuted_in_as_many_calls():
    few = random_sum(1, 100), random_sum(2, 100)
    many = random_sum(1, 1000), random_sum(2, 1000)

    for operation in (PauliSum.times, PauliSum.commutator):
        operation(*few)  # caches are not counted
        assert calls(lambda: operation(*many)) <= 1.5 * calls(lambda: operation(*few))  # noqa: B023


def test_the_calls_that_add_terms_grow_with_their_number_and_no_faster():
    few, many = random_sum(1, 100).operands, random_sum(1, 1000).operands
    PauliSum.total(few)

    assert calls(lambda: PauliSum.total(many)) <= 12 * calls(lambda: PauliSum.total(few))


def test_the_calls_that_build_terms_from_operators_grow_with_their_number_and_no_faster():
    gates = [X, Y, Z]

    def build(terms):
        with recording():
            return sum(0.5 * (gates[k % 3](k % 20) @ Z(20) @ X(21)) for k in range(terms))

    build(100)
    assert calls(lambda: build(1000)) <= 12 * calls(lambda: build(100))


def test_hadamard_is_no_pauli_word():
    assert Hadamard(0).pauli_rep is None


@pytest.mark.parametrize("letters", ["XY", "IZ", "YI", "ZZ"])
def test_words_on_wires_of_their_own_stand_side_by_side(letters):
    left = PauliSum.word({"a": letters[0]}, 0.5)
    right = PauliSum.word({"b": letters[1]}, -2.0j)

    product = left.times(right)

    assert list(product.wires) == ["a", "b"]
    assert_allclose(product.matrix(), np.kron(left.matrix(), right.matrix()))


def test_sums_are_compared_by_the_older_name_with_a_warning():
    one = PauliSum.from_words([0.5, 0.5, 1.0], ["XI", "XI", "IZ"])

    with pytest.warns(DeprecationWarning, match="op == other"):
        assert one.compare(PauliSum.from_words([1.0, 1.0], ["ZI", "IX"], [1, 0]))
    with pytest.warns(DeprecationWarning, match="op == other"):
        assert not one.compare(X(0))


def test_single_letters_among_the_terms_are_gates():
    words = PauliSum.from_words([2.0, 3.0], ["XI", "YZ"])

    with recording() as recorder:
        letter, product = words.ops

    assert isinstance(letter, X)
    assert (letter.name, product.name) == ("PauliX", "PauliSum")
    assert words.terms() == ([2.0, 3.0], [letter, product])
    assert letter == words.sums[0]
    assert not recorder.items

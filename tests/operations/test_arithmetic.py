"""Products, sums and multiples of operators against dense matrices."""

import operator
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
from qgate.operations.arithmetic import add_scalar, dot, prod, s_prod, sum_
from qgate.operations.composites import Composite, Prod, SProd, Sum
from qgate.operations.fixed import SWAP, Hadamard, I, S, X, Y, Z
from qgate.operations.hermitian import Hermitian
from qgate.operations.matrices import dense_matrix
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.pauli import PauliSum
from qgate.operations.rotations import RX, RY
from qgate.recording import recording

A = np.array([[1.0, 2.0 - 1j], [2.0 + 1j, -0.5]])


def on(op, n=2):
    return op.matrix(wire_order=range(n))


@st.composite
def expressions(draw, depth=3):
    """An operator on the wires 0 and 1, and the matrix it must have."""
    kind = draw(st.sampled_from(["leaf", "prod", "sum", "s_prod"])) if depth else "leaf"
    if kind == "leaf":
        leaf = draw(
            st.sampled_from(
                [X(0), Y(1), Z(0), I(1), Hadamard(1), RX(0.3, 0), SWAP([1, 0]), Hermitian(A, 1)]
            )
        )
        return leaf, on(leaf)
    op, matrix = draw(expressions(depth=depth - 1))
    if kind == "s_prod":
        scalar = draw(st.complex_numbers(max_magnitude=2))
        return scalar * op, scalar * matrix
    other, second = draw(expressions(depth=depth - 1))
    return (op @ other, matrix @ second) if kind == "prod" else (op + other, matrix + second)


@given(expressions())
@settings(deadline=None)
def test_nested_expressions_have_the_matrix_of_their_formula(expression):
    op, matrix = expression

    assert_allclose(on(op), matrix, atol=1e-10)


@given(expressions())
@settings(deadline=None)
def test_simplified_expressions_have_the_same_matrix(expression):
    op, matrix = expression

    assert_allclose(on(op.simplify()), matrix, atol=1e-10)


@given(expressions())
@settings(deadline=None)
def test_terms_multiply_out_to_the_same_matrix(expression):
    op, matrix = expression
    if not isinstance(op, Composite | PauliSum):
        return

    total = sum(weight * on(term) for weight, term in zip(*op.terms(), strict=True))

    assert_allclose(total, matrix, atol=1e-10)


@given(expressions())
@settings(deadline=None)
def test_parameters_can_be_taken_out_and_put_back(expression):
    op, matrix = expression

    again = op.with_parameters(op.parameters)

    assert len(op.parameters) == len(op.parameter_kinds) == len(op.ndim_params)
    assert again.signature == op.signature
    assert_allclose(on(again), matrix, atol=1e-10)


def test_adjoints_of_composites_are_conjugate_transposes():
    op = 2j * (S(0) @ RX(0.3, 1)) + Hadamard(0) @ (X(1) + 1j * RY(0.2, 0))

    assert_allclose(on(op.adjoint()), on(op).conj().T, atol=1e-12)


def test_pauli_arithmetic_stays_a_pauli_sum():
    op = 2 * (X(0) @ Y(0) - 0.5 * Z(1)) @ (1 + Z("a")) / 4

    assert isinstance(op, PauliSum)
    assert op == PauliSum.from_words(
        [0.5j, 0.5j, -0.25, -0.25], ["ZII", "ZIZ", "IZI", "IZZ"], wires=[0, 1, "a"]
    )


def test_classes_that_were_made_directly_know_their_pauli_words():
    op = Sum(SProd(2.0, X(0)), Prod(X(0), Y(0)))

    assert op.pauli_rep == PauliSum.from_words([2.0, 1j], ["X", "Z"])


def test_other_operators_become_what_was_written():
    assert isinstance(X(0) @ RX(0.1, 1), Prod)
    assert isinstance(X(0) + RX(0.1, 1), Sum)
    assert isinstance(2 * RX(0.1, 1), SProd)


def test_repr_reads_like_the_formula():
    op = 2 * (RX(0.1, 0) @ (RY(0.2, 1) + 3.0)) + RX(0.3, 0)

    assert repr(op) == (
        "2 * (RX(0.1, wires=[0]) @ (RY(0.2, wires=[1]) + 3.0 * I())) + RX(0.3, wires=[0])"
    )
    assert op.label() == "𝓗"
    assert (2 * (RX(0.1, 0) @ RY(0.2, 1))).label() == "2*RX@RY"


def test_not_lazy_flattens_nested_operators_of_one_kind():
    inner = prod(RX(0.1, 0), RX(0.2, 1))

    assert len(prod(inner, RX(0.3, 0), lazy=False).operands) == 3
    assert len(prod(inner, RX(0.3, 0)).operands) == 2
    assert s_prod(2.0, s_prod(3.0, RX(0.1, 0)), lazy=False).scalar == 6.0


def test_a_single_operand_is_returned_as_it_is():
    gate = RX(0.1, 0)

    assert prod(gate) is gate
    assert sum_(gate) is gate


def test_adding_zero_changes_nothing_and_adding_a_number_adds_the_identity():
    gate = RX(0.1, 0)

    assert sum([gate]) is gate
    assert_allclose((gate + 2.0).matrix(), RX(0.1, 0).matrix() + 2 * np.eye(2))
    assert add_scalar(X(0), 1.5) == PauliSum.from_words([1.0, 1.5], ["X", "I"])


def test_differences_and_quotients_are_those_of_the_matrices():
    assert_allclose((3 - RX(0.1, 0) / 2).matrix(), 3 * np.eye(2) - RX(0.1, 0).matrix() / 2)
    assert (X(0) - Z(0)) == PauliSum.from_words([1.0, -1.0], ["X", "Z"])


def test_operands_are_taken_back_from_the_recorder():
    with recording() as recorder:
        product = X(0) @ RX(0.1, 1) @ Z(2)
        word = 2 * (X(0) @ Y(1)) - Z(0)

    assert recorder.items == (product, word)
    assert recorder.items[1] is word


def test_products_of_quantum_functions_apply_them_in_order():
    def function(angle):
        RX(angle, 0)
        S(0)

    op = prod(function)(0.3)

    assert_allclose(op.matrix(), S(0).matrix() @ RX(0.3, 0).matrix())


def test_a_product_decomposes_into_its_operands_the_rightmost_first():
    op = prod(X(0), RX(0.1, 1), Hadamard(0))

    assert [part.name for part in op.decomposition()] == ["Hadamard", "RX", "PauliX"]


def test_a_phase_times_a_gate_is_a_gate_and_a_number_times_a_gate_is_not():
    op = 1j * RX(0.2, 0)
    parts = [part.matrix([0]) for part in op.decomposition()]

    assert_allclose(reduce(np.matmul, reversed(parts)), op.matrix(), atol=1e-12)
    with pytest.raises(DecompositionUndefinedError, match="modulus 1"):
        (2 * RX(0.2, 0)).decomposition()


def test_parameters_of_composites_are_those_of_the_operands_in_order():
    op = 0.5 * (RX(0.1, 0) @ Hermitian(A, 1)) + RY(0.2, 0)

    kinds = [ParameterKind.COEFFICIENTS, ParameterKind.ANGLES, ParameterKind.ARRAY]
    assert list(op.parameter_kinds) == [*kinds, ParameterKind.ANGLES]
    assert op.parameters[:2] == (0.5, 0.1)
    assert op.ndim_params == (0, 0, 2, 0)
    changed = op.with_parameters([2.0, 0.3, A, 0.4])
    expected = 2.0 * on(RX(0.3, 0)) @ on(Hermitian(A, 1)) + on(RY(0.4, 0))
    assert_allclose(on(changed), expected)


def test_signatures_depend_on_operands_and_not_on_numbers():
    assert (X(0) @ RX(0.1, 1)).signature == (X(0) @ RX(0.2, 1)).signature
    assert (X(0) @ RX(0.1, 1)).signature != (Z(0) @ RX(0.1, 1)).signature
    assert (2 * RX(0.1, 1)).signature == (3 * RX(0.1, 1)).signature


def test_batches_of_angles_give_batches_of_matrices():
    angles = np.array([0.1, 0.2, 0.3])

    op = 2 * (RX(angles, 0) @ X(1)) + Hadamard(0)

    assert op.batch_size == 3
    expected = [2 * on(RX(angle, 0)) @ on(X(1)) + on(Hadamard(0)) for angle in angles]
    assert_allclose(on(op), expected)


def test_wires_of_composites_can_be_mapped():
    op = (RX(0.1, 0) @ X(1) + 2 * RY(0.2, 1)).map_wires({0: "a"})

    assert list(op.wires) == ["a", 1]
    assert_allclose(op.matrix(["a", 1]), on(RX(0.1, 0) @ X(1) + 2 * RY(0.2, 1)))


def test_operators_without_a_matrix_get_one_from_their_decomposition():
    class Pair(Operator):
        has_decomposition = True

        def decomposition(self):
            return [Hadamard(self.wires[0]), S(self.wires[1])]

    assert_allclose(dense_matrix(Pair((), [0, 1])), np.kron(Hadamard(0).matrix(), S(0).matrix()))
    assert_allclose((Pair((), [0, 1]) @ X(0)).matrix(), on(Hadamard(0) @ S(1) @ X(0)))


def test_eigenvalues_of_composites_belong_to_their_diagonalizing_gates():
    op = Hadamard(0) @ Hermitian(A, 1) + Z(0)

    (turn,) = op.diagonalizing_gates()

    rotated = turn.matrix() @ op.matrix() @ turn.matrix().conj().T
    assert_allclose(rotated, np.diag(op.eigvals()), atol=1e-12)


def test_simplification_joins_pauli_factors_that_can_meet_and_equal_terms():
    op = X(0) @ RX(0.1, 1) @ Z(0) + 1j * (RX(0.2, 1) @ X(1)) + 2 * (Y(0) @ RX(0.1, 1))

    simpler = op.simplify()

    assert len(simpler.operands) == 2
    assert_allclose(on(simpler), on(op), atol=1e-12)


def test_hermiticity_is_known_where_factors_are_hermitian_and_apart():
    assert (Hadamard(0) @ Hermitian(A, 1)).is_hermitian
    assert (2 * Hadamard(0) + Hermitian(A, 1)).is_hermitian
    assert not (Hadamard(0) @ Hermitian(A, 0)).is_hermitian
    assert not (1j * Hadamard(0)).is_hermitian


# dot ----------------------------------------------------------------------------------


def test_dot_of_pauli_operators_is_one_sum():
    op = dot([1, 2.0, 3.0], [X(0), Y(1) + Z(0), I(0)])

    assert op == PauliSum.from_words([1.0, 2.0, 2.0, 3.0], ["XI", "IY", "ZI", "II"])


def test_dot_of_other_operators_is_a_sum_of_multiples():
    op = dot(np.array([1.0, 2.0]), [X(0), Hadamard(1)])

    assert_allclose(on(op), on(X(0)) + 2 * on(Hadamard(1)))


@pytest.mark.parametrize("coefficients", [[1.0], [[1.0, 2.0]], 1.0])
def test_dot_needs_as_many_coefficients_as_operators(coefficients):
    with pytest.raises(InvalidParameters, match="one coefficient for each"):
        dot(coefficients, [X(0), Z(0)])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dot([], []), "at least one"),
        (lambda: dot([1.0], X(0)), r"a list of operators, \[X\(0\)\]"),
        (lambda: dot(["a"], [X(0)]), "takes numbers"),
        (lambda: dot([None], [X(0)]), "takes numbers"),
        (lambda: s_prod("a", X(0)), "multiplied by 'a'"),
        (lambda: s_prod([1, 2], X(0)), "Give a number"),
        (lambda: s_prod(2, 3), "s_prod was given 3"),
        (lambda: sum_(X(0), None), "sum was given None"),
    ],
)
def test_a_wrong_call_says_what_is_right(call, message):
    with pytest.raises(InvalidParameters, match=message):
        call()


@pytest.mark.parametrize("other", [None, "a", [1, 2]])
def test_operators_do_not_combine_with_what_is_no_number(other):
    for combine in (operator.add, operator.sub, operator.mul, operator.matmul):
        with pytest.raises(TypeError):
            combine(X(0), other)


def test_written_products_and_sums_are_flat():
    product = RX(0.1, 0) @ RX(0.2, 1) @ RX(0.3, 2)
    total = RX(0.1, 0) + RX(0.2, 1) + RX(0.3, 2)

    assert len(product.operands) == len(total.operands) == 3
    assert repr(2 * (3 * S(0))) == "6 * S(0)"


def test_brackets_stand_where_they_are_needed():
    assert repr((S(0) + S(1)) @ X(2)) == "(S(0) + S(1)) @ X(2)"
    assert repr(2 * (S(0) @ X(1))) == "2 * (S(0) @ X(1))"
    assert repr(prod(prod(S(0), S(1)), S(2))) == "(S(0) @ S(1)) @ S(2)"
    assert repr(X(0) @ Z(1) @ S(2)) == "X(0) @ Z(1) @ S(2)"
    assert repr((S(0) @ X(1)) ** 2) == "(S(0) @ X(1))**2"
    assert repr((S(0) ** 0.5) ** 0.5) == "(S(0)**0.5)**0.5"


def test_coefficients_and_operators_of_a_sum_are_lists_of_plain_numbers_and_terms():
    h = dot([0.5, 2.0], [X(0), Z(1)])

    assert h.terms() == ([0.5, 2.0], [X(0), Z(1)]) == (h.coeffs, h.ops)
    assert [type(weight) for weight in h.coeffs] == [float, float]


def test_what_is_not_an_operator_is_refused_by_name():
    with pytest.raises(InvalidParameters, match="prod was given 3"):
        prod(X(0), 3)


# Derivatives --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda c: dot(c, [X(0) @ Y(1), Z(0)]),
        lambda c: dot([c[0], 2.0 * c[1]], [X(0), Z(1)]),
        lambda c: dot(c, [Hadamard(0), X(0)]),
        lambda c: (X(0) @ RX(c[0], 1)) * c[1],
        lambda c: s_prod(c[0], X(0)) @ s_prod(1j * c[1], Y(0)) + c[0],
        lambda c: Z(0) / c[0] - Y(1) * c[1],
        lambda c: (Hadamard(0) * c[0] + X(0) * c[1]).simplify(),
    ],
)
def test_matrices_are_differentiable_in_scalars_and_angles(make):
    def function(c):
        return anp.real(anp.sum(on(make(c)) * np.arange(16).reshape(4, 4) * (1 - 2j)))

    point, direction, step = np.array([0.4, -0.7]), np.array([0.6, 0.8]), 1e-6
    difference = function(point + step * direction) - function(point - step * direction)

    derivative = autograd.grad(function)(point) @ direction
    assert_allclose(derivative, difference / (2 * step), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("join", [operator.add, operator.matmul])
def test_the_work_for_a_long_sum_or_product_grows_with_its_length(join):
    def joined(count):
        return reduce(join, [RX(0.1 * wire, wire) for wire in range(count)])

    few, many = (calls(lambda count=count: joined(count)) for count in (100, 400))

    assert many < 5 * few
    assert joined(400).operands == tuple(RX(0.1 * wire, wire) for wire in range(400))
    assert list(joined(400).wires) == list(range(400))


def test_sums_in_sums_that_are_joined_by_plus_are_flat():
    a, b, c, d = (RX(0.1, wire) for wire in range(4))

    assert (sum_(sum_(a, b), c) + d).operands == (a, b, c, d)
    assert (sum_(a, b) + sum_(c, d)).operands == (a, b, c, d)

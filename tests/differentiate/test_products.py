from __future__ import annotations

import numpy as plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qgate import numpy as np
from qgate.differentiate.jacobians import grad
from qgate.differentiate.products import jvp, vjp
from qgate.exceptions import InvalidTangent

vectors = arrays(float, (3,), elements=st.floats(-2, 2))
LEFT = plain.array([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]])


def layer(w):
    """Jacobian: LEFT with column j times cos(w_j)."""
    return LEFT @ np.sin(w)


@given(vectors, vectors, arrays(float, (2,), elements=st.floats(-2, 2)))
def test_products_are_those_with_the_jacobian(values, tangent, cotangent):
    matrix = LEFT * plain.cos(values)

    forward, pulled = vjp(layer, [np.array(values)], cotangent)
    value, pushed = jvp(layer, [np.array(values)], [tangent])

    plain.testing.assert_allclose(forward, LEFT @ plain.sin(values), atol=1e-13)
    plain.testing.assert_allclose(value, forward)
    plain.testing.assert_allclose(pulled, cotangent @ matrix, atol=1e-13)
    plain.testing.assert_allclose(pushed, matrix @ tangent, atol=1e-13)


def test_without_trainable_arguments_the_first_is_taken():
    value, product = vjp(lambda a, b: a * b, (2.0, 3.0), 10.0)
    _, pushed = jvp(lambda a, b: a * b, (2.0, 3.0), (10.0,))

    assert (value, product, pushed) == (6.0, 30.0, 30.0)


def test_several_arguments_give_several_products():
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])

    _, products = vjp(lambda a, b: a * b, (a, b), np.array([1.0, 10.0]))
    _, pushed = jvp(lambda a, b: a * b, (a, b), (plain.ones(2), 2 * plain.ones(2)))

    assert [product.tolist() for product in products] == [[3.0, 40.0], [1.0, 20.0]]
    assert pushed.tolist() == [5.0, 8.0]


def test_a_sequence_of_positions_gives_a_tuple():
    _, products = vjp(lambda a, b: a * b, (2.0, 3.0), 1.0, argnums=[1])

    assert products == (2.0,)


def test_containers_push_and_pull():
    weights = {"a": np.array([1.0, 2.0]), "b": [3.0]}

    def scaled(w):
        return w["a"] * w["b"][0]

    _, pulled = vjp(scaled, [weights], plain.array([1.0, 10.0]), argnums=0)
    tangent = {"a": plain.array([1.0, 0.0]), "b": [2.0]}
    _, pushed = jvp(scaled, [weights], [tangent], argnums=0)

    assert pulled["a"].tolist() == [3.0, 30.0]
    assert pulled["b"] == [21.0]
    assert pushed.tolist() == [5.0, 4.0]


@given(vectors, vectors)
def test_complex_values_are_pushed_to_complex_products(angles, tangent):
    _, pushed = jvp(lambda w: (2 + 1j) * np.exp(1j * w), [np.array(angles)], [tangent])

    expected = (2 + 1j) * 1j * plain.exp(1j * angles) * tangent
    plain.testing.assert_allclose(pushed, expected, atol=1e-13)


def test_products_can_be_differentiated():
    def slope_along(w):
        return jvp(lambda v: np.sum(v**3), [w], [plain.array([1.0, 2.0])])[1]

    found = grad(slope_along)(np.array([1.0, 3.0]))

    assert found.tolist() == [6.0, 36.0]


def test_a_constant_has_a_zero_product_and_a_warning():
    with pytest.warns(UserWarning, match="independent"):
        value, pushed = jvp(lambda w: 3.0, [np.array([1.0])], [plain.array([1.0])])

    assert (value, pushed) == (3.0, 0.0)


def test_a_cotangent_of_another_shape_is_refused():
    with pytest.raises(InvalidTangent, match=r"cotangent.*shape \(3,\).*shape \(2,\)"):
        vjp(layer, [np.zeros(3)], plain.zeros(3))


@pytest.mark.parametrize(
    ("params", "tangents", "message"),
    [
        ([plain.zeros(3)], [plain.zeros(2)], r"shape \(2,\), and has to be .*shape \(3,\)"),
        ([plain.zeros(3)], [plain.zeros(3)] * 2, "tuple of 2 values, .* a tuple of 1 values"),
        ([[1.0, 2.0]], [plain.zeros(2)], "has to be a list of 2 values"),
        ([{"a": 1.0}], [{"b": 1.0}], "has to be a dict with the keys a"),
    ],
)
def test_tangents_of_another_form_are_refused(params, tangents, message):
    def total(w):
        return w["a"] if isinstance(params[0], dict) else w[0]

    with pytest.raises(InvalidTangent, match=message):
        jvp(total, params, tangents)

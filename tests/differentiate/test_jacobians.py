from __future__ import annotations

import inspect
import warnings

import numpy as plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qgate import numpy as np
from qgate.differentiate.jacobians import grad, jacobian, value_and_grad
from qgate.exceptions import (
    ArgnumsGivenTwice,
    DifferentiationError,
    InvalidArgnums,
    InvalidParameters,
    NonDifferentiableError,
    UndifferentiableOutput,
)

vectors = arrays(float, (3,), elements=st.floats(-2, 2))
matrices = arrays(float, (2, 3), elements=st.floats(-2, 2))


def weighted(x, scale):
    """Gradient by x: 2 x scale; by scale: x**2 (both arrays)."""
    return np.sum(x**2 * scale)


def product(a, b):
    return a * b


@pytest.fixture
def x():
    return np.array([1.0, 2.0])


@pytest.fixture
def data():
    return np.array([3.0, 4.0], requires_grad=False)


# Which arguments -------------------------------------------------------------------------


def test_one_trainable_argument_gives_a_bare_gradient(x, data):
    gradient = grad(weighted)(x, data)

    assert isinstance(gradient, np.tensor)
    assert gradient.requires_grad
    assert gradient.tolist() == [6.0, 16.0]


def test_several_trainable_arguments_give_a_tuple(x):
    gradients = grad(weighted)(x, np.array([3.0, 4.0]))

    assert isinstance(gradients, tuple)
    assert [gradient.tolist() for gradient in gradients] == [[6.0, 16.0], [1.0, 4.0]]


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 12.0),
        (1, 4.0),
        (-1, 4.0),
        (plain.int64(0), 12.0),
        ([0], (12.0,)),
        ((1, 0), (4.0, 12.0)),
        (plain.array([0, 1]), (12.0, 4.0)),
    ],
)
@pytest.mark.parametrize("keyword", ["argnums", "argnum"])
def test_positions_can_be_named_for_plain_numbers(keyword, argnums, expected):
    assert grad(weighted, **{keyword: argnums})(2.0, 3.0) == expected


def test_named_positions_override_the_marks(x, data):
    assert grad(weighted, argnums=1)(x, data).tolist() == [1.0, 4.0]


@pytest.mark.parametrize("derivative", [grad, jacobian])
def test_both_spellings_at_once_are_refused(derivative):
    with pytest.raises(
        ArgnumsGivenTwice, match=r"argnums=0, argnum=1\. Give one of the two"
    ) as caught:
        derivative(weighted, 0, argnum=1)

    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("positions", [range(10**12), "01"])
def test_positions_that_are_no_short_sequence_are_refused(positions):
    with pytest.raises(InvalidArgnums, match="positions are whole numbers"):
        grad(weighted, argnums=positions)(2.0, 3.0)


@pytest.mark.parametrize("derivative", [grad, jacobian])
@pytest.mark.parametrize("value", [1.0, plain.array([1.0, 2.0]), [np.array(1.0)]])
def test_nothing_trainable_warns_and_gives_an_empty_tuple(derivative, value):
    calls = []
    function = derivative(calls.append)

    with pytest.warns(UserWarning, match=r"requires_grad=True.*argnums"):
        assert function(value) == ()

    assert calls == []
    assert function.forward is None


def test_the_warning_names_trainable_keyword_arguments(x):
    with pytest.warns(UserWarning, match="Pass 'scale' by position"):
        grad(weighted)(1.0, scale=x)


@pytest.mark.parametrize(
    ("argnums", "reason"),
    [
        (2, "no argument at position 2"),
        (-3, "no argument at position -3"),
        ([0, 0], "twice"),
        ([0, -2], "twice"),
        ("x", "whole numbers"),
        (0.5, "whole numbers"),
    ],
)
def test_positions_that_do_not_fit_are_refused(argnums, reason):
    with pytest.raises(InvalidArgnums, match=reason) as caught:
        grad(weighted, argnums)(1.0, 2.0)

    assert f"argnums={argnums!r}" in str(caught.value)
    assert "arguments in the call is 2" in str(caught.value)


# Gradients -------------------------------------------------------------------------------


@given(matrices, st.integers(0, 2**32 - 1))
def test_gradients_agree_with_central_differences(values, seed):
    direction = plain.random.default_rng(seed).normal(size=values.shape)

    def cost(w, k):
        return np.sum(np.sin(w) @ np.cos(w).T) + k * np.mean(w**3)

    step = 1e-5
    difference = cost(values + step * direction, 0.3) - cost(values - step * direction, 0.3)
    found = grad(cost)(np.array(values), 0.3)
    assert found.shape == values.shape
    assert np.sum(found * direction) == pytest.approx(difference / (2 * step), rel=1e-6, abs=1e-7)


def test_the_forward_value_comes_from_the_same_single_run(x, data):
    runs = []

    def cost(w, scale):
        runs.append(1)
        return weighted(w, scale)

    gradient = grad(cost)
    assert gradient.forward is None

    gradient(x, data)

    assert len(runs) == 1
    assert isinstance(gradient.forward, np.tensor)
    assert gradient.forward == 19.0


def test_keyword_arguments_pass_through():
    def cost(w, *, power=1, scale=1.0):
        return scale * w**power

    assert grad(cost)(np.array(3.0), power=2, scale=5.0) == 30.0


@pytest.mark.parametrize("container", [list, tuple])
def test_sequences_give_gradients_in_the_same_form(container):
    weights = container([np.array([1.0, 2.0]), 3.0, [np.array(4.0)]])

    gradient = grad(lambda w: np.sum(w[0] ** 2) * w[1] * w[2][0], argnums=0)(weights)

    assert type(gradient) is container
    assert isinstance(gradient[0], np.tensor)
    assert gradient[0].tolist() == [24.0, 48.0]
    assert gradient[1] == 20.0
    assert gradient[2] == [15.0]


def test_dicts_give_gradients_under_the_same_keys(data):
    weights = {"a": np.array(2.0), "b": {"c": data, "unused": 1.0}}

    gradient = grad(lambda w: w["a"] ** 2 * np.sum(w["b"]["c"]), argnums=0)(weights)

    assert gradient["a"] == 28.0
    assert gradient["b"]["c"].tolist() == [4.0, 4.0]
    assert gradient["b"]["unused"] == 0.0


@pytest.mark.parametrize("value", [3, plain.int64(3), np.array(3), [3]])
def test_integers_are_differentiated_as_floats(value):
    def square(w):
        return (w[0] if isinstance(value, list) else w) ** 2

    gradient = grad(square, argnums=0)(value)

    assert gradient == ([6.0] if isinstance(value, list) else 6.0)


@pytest.mark.parametrize(
    ("value", "described"),
    [
        ("angle", "argument 0, which is str 'angle'"),
        (None, "NoneType None"),
        (True, "bool True"),
        (np.array([True]), "tensor of dtype bool"),
        ({"a": [1.0, "b"]}, r"argument 0\['a'\]\[1\], which is str"),
    ],
)
def test_what_is_not_a_number_is_refused(value, described):
    with pytest.raises(NonDifferentiableError, match=described):
        grad(lambda w: 1.0, argnums=0)(value)


@pytest.mark.parametrize("dtype", [plain.float16, plain.float32, plain.float64])
@pytest.mark.parametrize("derivative", [grad, jacobian])
def test_the_precision_of_the_argument_is_kept(derivative, dtype):
    weights = np.array([1.0, 2.0], dtype=dtype)

    found = derivative(lambda w: np.sum(w * plain.array([1.0, 3.0])))(weights)

    assert found.dtype == dtype
    assert found.tolist() == [1.0, 3.0]


def test_the_gradient_of_a_number_is_a_number_and_of_an_array_an_array():
    assert type(grad(lambda w: w**2, argnums=0)(3.0)) is plain.float64
    assert type(grad(lambda w: np.sum(w), argnums=0)(plain.ones(2))) is plain.ndarray


def test_a_single_number_in_an_array_has_a_gradient():
    assert grad(lambda w: w**2)(np.array([3.0])).tolist() == [6.0]


@pytest.mark.parametrize(
    ("function", "returned"),
    [
        (lambda w: w * w, r"an array of numbers of shape \(2,\)"),
        (lambda w: 1j * np.sum(w), "a complex number"),
    ],
)
def test_the_gradient_of_several_numbers_points_to_the_jacobian(function, returned, x):
    with pytest.raises(UndifferentiableOutput, match=rf"returned {returned}.*qg\.jacobian"):
        grad(function)(x)


@pytest.mark.parametrize("derivative", [grad, jacobian])
@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda w: (w[0], w[1]), r"a tuple of 2 values.*qgate\.numpy\.hstack"),
        (lambda w: [w, w, w], r"a list of 3 values.*stack"),
        (lambda w: {"a": w}, "a dict of 1 values"),
        (lambda w: None, "returned None"),
        (lambda w: plain.array([w[0], "b"], dtype=object), r"qgate\.numpy in place of numpy"),
    ],
)
def test_what_is_not_an_array_is_refused_as_a_value(derivative, function, message, x):
    with pytest.raises(UndifferentiableOutput, match=message) as caught:
        derivative(function)(x)

    assert isinstance(caught.value, DifferentiationError | TypeError | ValueError)


@pytest.mark.parametrize("constant", [3.0, 3, plain.float32(3.0)])
def test_a_constant_has_a_zero_derivative_and_a_warning(constant, x):
    for derivative in (grad, jacobian):
        with pytest.warns(UserWarning, match="independent") as caught:
            found = derivative(lambda w: constant)(x)

        assert found.tolist() == [0.0, 0.0]
        assert caught[0].filename == __file__


# Jacobians -------------------------------------------------------------------------------


@given(vectors)
def test_the_jacobian_of_an_elementwise_function_is_diagonal(values):
    found = jacobian(np.sin)(np.array(values))

    plain.testing.assert_allclose(found, plain.diag(plain.cos(values)), atol=1e-15)
    assert type(found) is plain.ndarray


@given(matrices)
def test_the_jacobian_has_the_axes_of_the_value_then_of_the_argument(values):
    left = plain.arange(8.0).reshape(4, 2)

    found = jacobian(lambda w: left @ w)(np.array(values))

    expected = plain.einsum("ia,jb->ijab", left, plain.eye(3))
    plain.testing.assert_allclose(found, expected, atol=1e-13)


def test_several_arguments_give_a_tuple_of_jacobians(x, data):
    by_x, by_data = jacobian(product, argnums=[0, 1])(x, data)

    assert by_x.tolist() == [[3.0, 0.0], [0.0, 4.0]]
    assert by_data.tolist() == [[1.0, 0.0], [0.0, 2.0]]
    assert jacobian(product)(x, data).tolist() == by_x.tolist()
    assert isinstance(jacobian(product, argnums=[0])(x, data), tuple)


def test_the_jacobian_of_a_number_has_the_shape_of_the_argument(x):
    assert jacobian(lambda w: np.sum(w**2))(x).tolist() == [2.0, 4.0]
    assert jacobian(lambda w: w**2, argnums=0)(3.0).shape == ()


def test_the_jacobian_by_a_container_has_its_form():
    weights = {"a": np.array([1.0, 2.0]), "b": [3.0]}

    found = jacobian(lambda w: w["a"] * w["b"][0], argnums=0)(weights)

    assert found["a"].tolist() == [[3.0, 0.0], [0.0, 3.0]]
    assert found["b"][0].tolist() == [1.0, 2.0]


@given(vectors)
def test_complex_values_have_complex_jacobians(angles):
    found = jacobian(lambda w: np.exp(1j * w) * (1 + 2j))(np.array(angles))

    expected = plain.diag(1j * plain.exp(1j * angles) * (1 + 2j))
    plain.testing.assert_allclose(found, expected, atol=1e-14)


def test_complex_values_by_complex_arguments_are_refused():
    with pytest.raises(UndifferentiableOutput, match="real and imaginary parts"):
        jacobian(lambda w: w**2)(np.array([1j]))


def test_the_forward_value_of_a_jacobian_is_kept(x):
    function = jacobian(lambda w: w**2)

    function(x)

    assert function.forward.tolist() == [1.0, 4.0]


# Derivatives of derivatives --------------------------------------------------------------


@given(vectors)
def test_the_jacobian_of_a_gradient_is_the_hessian(values):
    coupling = plain.arange(9.0).reshape(3, 3)

    hessian = jacobian(grad(lambda w: w @ coupling @ w + np.sum(w**3)))(np.array(values))

    expected = coupling + coupling.T + plain.diag(6 * values)
    plain.testing.assert_allclose(hessian, expected, atol=1e-12)


def test_gradients_of_gradients():
    cube = grad(grad(grad(lambda w: w**5)))

    assert cube(np.array(2.0)) == 60 * 2.0**2


def test_third_derivatives_of_arrays(x):
    found = jacobian(jacobian(jacobian(lambda w: np.sum(w**4))))(x)

    expected = plain.zeros((2, 2, 2))
    expected[0, 0, 0], expected[1, 1, 1] = 24.0, 48.0
    plain.testing.assert_allclose(found, expected)


def test_mixed_second_derivatives():
    def cost(a, b):
        return np.sum(a**2 * b**3)

    inner = grad(cost, argnums=0)
    found = jacobian(inner, argnums=1)(np.array([1.0, 2.0]), np.array([3.0, 4.0]))

    plain.testing.assert_allclose(found, plain.diag([2 * 1 * 3 * 9.0, 2 * 2 * 3 * 16.0]))


def test_an_inner_gradient_by_a_constant_is_differentiated_by_the_outer_argument():
    def slope(w):
        return grad(lambda v, w: v**3 * w**2, argnums=0)(2.0, w)

    assert grad(slope)(np.array(5.0)) == 3 * 2.0**2 * 2 * 5.0


def test_second_derivatives_by_containers():
    def cost(weights):
        return weights["a"] ** 3 * weights["b"] ** 2

    def slope(weights):
        return grad(cost, argnums=0)(weights)["a"]

    found = grad(slope, argnums=0)({"a": np.array(2.0), "b": np.array(3.0)})

    assert found == {"a": 6 * 2.0 * 9.0, "b": 3 * 4.0 * 2 * 3.0}


def test_gradients_of_tuple_gradients():
    def sum_of_slopes(a, b):
        by_a, by_b = grad(lambda a, b: a**2 * b, argnums=(0, 1))(a, b)
        return by_a + by_b

    found = grad(sum_of_slopes, argnums=(0, 1))(3.0, 5.0)

    assert found == (2 * 5.0 + 2 * 3.0, 2 * 3.0)


# As functions ----------------------------------------------------------------------------


def test_a_derivative_looks_like_its_function():
    gradient = grad(weighted)

    assert gradient.__name__ == "<grad: weighted>"
    assert gradient.__doc__ == weighted.__doc__
    assert inspect.signature(gradient) == inspect.signature(weighted)
    assert gradient.function is weighted


def test_a_callable_object_needs_no_name(x):
    class Cost:
        def __call__(self, w):
            return w

    with pytest.raises(UndifferentiableOutput, match="Cost returned an array"):
        grad(Cost())(x)


def test_a_failing_function_leaves_later_derivatives_intact(x):
    def fail(w):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        grad(fail)(x)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad(lambda w: np.sum(w**2))(x).tolist() == [2.0, 4.0]


def test_value_and_gradient_come_together():
    value, gradient = value_and_grad(weighted, argnums=[0, 1])(plain.ones(3), 2.0)

    assert value == 6.0
    np.testing.assert_array_equal(gradient[0], [4.0, 4.0, 4.0])
    assert gradient[1] == 3.0
    assert value_and_grad(lambda x: x**2)(3.0) == (9.0, 6.0)


@pytest.mark.parametrize("derivative", [grad, jacobian, value_and_grad])
def test_a_derivative_of_something_that_is_no_function_is_refused(derivative):
    with pytest.raises(InvalidParameters, match=r"was given func=3\. Give a function"):
        derivative(3)

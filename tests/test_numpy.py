from __future__ import annotations

import copy
import pickle

import autograd
import numpy as plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from qgate import numpy as np
from qgate.exceptions import NonDifferentiableError

finite = st.floats(-1e3, 1e3)
marks = st.booleans()


@pytest.fixture
def trainable():
    return np.array([1.0, 2.0])


@pytest.fixture
def data():
    return np.array([3.0, 4.0], requires_grad=False)


# Marks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda **mark: np.array([1.0, 2.0], **mark),
        lambda **mark: np.tensor([1.0, 2.0], **mark),
        lambda **mark: np.asarray([1, 2], **mark),
        lambda **mark: np.zeros((2, 3), **mark),
        lambda **mark: np.ones(2, **mark),
        lambda **mark: np.eye(2, **mark),
        lambda **mark: np.arange(3, **mark),
        lambda **mark: np.linspace(0, 1, 3, **mark),
        lambda **mark: np.full((2,), 3.0, **mark),
        lambda **mark: np.sin(plain.ones(2), **mark),
        lambda **mark: np.random.random(3, **mark),
        lambda **mark: np.random.uniform(0, 1, (2,), **mark),
        lambda **mark: np.random.default_rng(3).normal(size=2, **mark),
        lambda **mark: np.linalg.inv(plain.eye(2), **mark),
        lambda **mark: np.fft.fftfreq(3, **mark),
    ],
)
def test_what_the_module_makes_is_trainable_unless_said_otherwise(make):
    default, off = make(), make(requires_grad=False)

    assert isinstance(default, np.tensor)
    assert default.requires_grad is True
    assert off.requires_grad is False


@given(marks, marks)
@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a + b,
        lambda a, b: a @ b,
        lambda a, b: a * 2 - b,
        lambda a, b: np.multiply(a, b),
        lambda a, b: plain.multiply(a, b),
        lambda a, b: np.stack([a, b]),
        lambda a, b: np.hstack((a, 1.0, b)),
        lambda a, b: np.array([[a], [b]]),
        lambda a, b: np.where([True, False], a, b),
        lambda a, b: np.sum(a * b),
        lambda a, b: np.full_like(a, fill_value=b),
    ],
)
def test_a_result_is_trainable_if_one_of_its_tensors_is(combine, first, second):
    a = np.array([1.0, 2.0], requires_grad=first)
    b = np.array([3.0, 4.0], requires_grad=second)

    assert combine(a, b).requires_grad is (first or second)


def test_plain_arrays_and_numbers_count_as_data(data):
    for result in (data + 1, 2 * data, data + plain.ones(2), plain.ones(2) + data, data**2.0):
        assert isinstance(result, np.tensor)
        assert result.requires_grad is False


def test_views_elements_and_methods_inherit_the_mark(data):
    derived = [
        data[0],
        data[:1],
        data[data > 3],
        data.T,
        data.reshape(2, 1),
        data.copy(),
        data.astype(int),
        data.sum(),
        data.mean(),
        data.max(),
        -data,
        *data,
        *np.split(data, 2),
        *np.meshgrid(data, data),
        np.array(data),
        np.zeros_like(data),
    ]

    assert all(isinstance(value, np.tensor) for value in derived)
    assert not any(value.requires_grad for value in derived)


def test_the_mark_can_be_changed_by_assignment_and_by_copy(trainable):
    np.array(trainable, requires_grad=False)
    assert trainable.requires_grad is True

    trainable.requires_grad = False
    assert (trainable * 2).requires_grad is False


def test_an_element_without_axes_is_a_tensor(trainable):
    element = trainable[0]

    assert isinstance(element, np.tensor)
    assert element.shape == ()
    assert element[()] == 1.0
    assert f"{element:.2f}" == "1.00"


def test_in_place_arithmetic_keeps_the_object_and_its_mark(data, trainable):
    before = data

    data += trainable

    assert data is before
    assert data.requires_grad is False
    assert data.tolist() == [4.0, 6.0]


def test_named_tuples_keep_their_names():
    answer = np.linalg.eigh(np.array([[2.0, 0.0], [0.0, 1.0]], requires_grad=False))

    assert answer.eigenvalues.tolist() == [1.0, 2.0]
    assert answer.eigenvectors.requires_grad is False


# Leaving the module ----------------------------------------------------------------------


def test_unwrap_gives_a_view_or_a_python_number(trainable):
    assert type(trainable.unwrap()) is plain.ndarray
    assert plain.shares_memory(trainable.unwrap(), trainable)
    assert type(np.array(3.0).unwrap()) is float
    assert type(np.array(3).numpy()) is int


def test_asarray_of_numpy_forgets_the_mark(trainable):
    assert type(plain.asarray(trainable)) is plain.ndarray


@given(arrays(float, array_shapes(min_dims=0), elements=finite), marks, st.integers(2, 5))
def test_copies_and_pickles_are_equal(values, mark, protocol):
    original = np.array(values, requires_grad=mark)

    for other in (
        copy.copy(original),
        copy.deepcopy(original),
        pickle.loads(pickle.dumps(original, protocol)),
    ):
        assert type(other) is np.tensor
        assert other.requires_grad is mark
        assert not plain.shares_memory(other, original) or not original.size
        plain.testing.assert_array_equal(plain.asarray(other), values)


def test_deep_copies_inside_containers_are_tensors(data):
    copied = copy.deepcopy({"weights": [data]})

    assert copied["weights"][0].requires_grad is False


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, 2.0]), "tensor([1., 2.], requires_grad=True)"),
        (np.array(3.0, requires_grad=False), "tensor(3., requires_grad=False)"),
        (
            np.array([1.0], dtype=plain.float32),
            "tensor([1.], dtype=float32, requires_grad=True)",
        ),
        (
            np.array([[1, 2], [3, 4]], requires_grad=False),
            "tensor([[1, 2],\n        [3, 4]], requires_grad=False)",
        ),
    ],
)
def test_it_prints_its_mark(value, text):
    assert repr(value) == text


def test_str_is_that_of_the_numbers(trainable):
    assert str(trainable) == "[1. 2.]"


def test_tensors_without_axes_are_keys_equal_to_their_numbers(trainable):
    table = {0: "zero", 1: "one"}

    assert table[np.arange(2)[1]] == "one"
    with pytest.raises(TypeError, match=r"shape \(2,\) has no hash"):
        hash(trainable)


# The names of numpy ----------------------------------------------------------------------


def test_every_public_name_of_numpy_is_there():
    for module, original in (
        (np, plain),
        (np.linalg, plain.linalg),
        (np.fft, plain.fft),
        (np.random, plain.random),
    ):
        public = {name for name in original.__all__ if not name.startswith("__")}
        assert public <= set(dir(module))
        assert all(hasattr(module, name) for name in public)


def test_types_constants_and_modules_are_those_of_numpy():
    assert np.float64 is plain.float64
    assert np.ndarray is plain.ndarray
    assert np.pi == plain.pi
    assert np.newaxis is None
    assert np.linalg.LinAlgError is plain.linalg.LinAlgError
    assert np.NonDifferentiableError is NonDifferentiableError


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"qgate\.numpy.*'sine'"):
        np.sine  # noqa: B018
    with pytest.raises(AttributeError, match=r"qgate\.numpy\.linalg.*'inverse'"):
        np.linalg.inverse  # noqa: B018


def test_functions_keep_their_names_and_documents():
    assert np.linalg.norm.__name__ == "norm"
    assert np.sin.__doc__ == plain.sin.__doc__


# Random numbers --------------------------------------------------------------------------


def test_a_generator_draws_the_numbers_of_numpy():
    ours, theirs = np.random.default_rng(7), plain.random.default_rng(7)

    plain.testing.assert_array_equal(ours.normal(size=3), theirs.normal(size=3))
    assert ours.random() == theirs.random()
    assert type(ours.random()) is float


def test_a_generator_survives_pickling_and_spawning():
    generator = np.random.default_rng(7)

    again = pickle.loads(pickle.dumps(generator))

    assert isinstance(again, np.random.Generator)
    assert again.random(2).tolist() == generator.random(2).tolist()
    assert all(isinstance(child.random(1), np.tensor) for child in generator.spawn(2))


def test_seeded_functions_draw_the_numbers_of_numpy():
    state = np.random.get_state()
    try:
        np.random.seed(5)
        ours = np.random.normal(size=2)
        plain.random.seed(5)
        theirs = plain.random.normal(size=2)
    finally:
        np.random.set_state(state)

    assert ours.tolist() == theirs.tolist()


# Inside autograd -------------------------------------------------------------------------


def test_autograd_differentiates_by_tensors():
    gradient = autograd.grad(lambda x: np.sum(np.sin(x) ** 2))(np.array([0.1, 0.2]))

    plain.testing.assert_allclose(gradient, plain.sin([0.2, 0.4]), rtol=1e-14)


@given(arrays(float, (3,), elements=st.floats(-2, 2)), st.integers(0, 2**32 - 1))
def test_wrapped_functions_have_the_derivatives_of_central_differences(values, seed):
    direction = plain.random.default_rng(seed).normal(size=3)
    data = np.array([0.3, -0.2, 0.5], requires_grad=False)

    def cost(x):
        pieces = [data * np.cos(x), np.exp(x) * data, np.array([x[0], x[1] * x[2], 1.0])]
        matrix = np.stack(pieces) + 5 * np.eye(3)
        return np.linalg.norm(np.linalg.solve(matrix, np.hstack([x[:1], data[:2]]))) + data @ x

    step = 1e-5
    difference = (cost(values + step * direction) - cost(values - step * direction)) / (2 * step)
    assert autograd.grad(cost)(values) @ direction == pytest.approx(difference, rel=1e-6, abs=1e-7)


def test_a_traced_value_next_to_tensors_stays_traced(data):
    for combine in (
        lambda x: np.sum(x * data),
        lambda x: np.sum(data * x),
        lambda x: data @ x,
        lambda x: np.dot(data, x),
        lambda x: np.sum(np.multiply(data, x)),
    ):
        gradient = autograd.grad(combine)(plain.ones(2))
        plain.testing.assert_array_equal(gradient, [3.0, 4.0])


def test_extract_tensors_finds_marked_arrays_in_containers():
    first, second = np.array(1.0), np.array([2.0, 3.0], requires_grad=False)

    found = list(np.extract_tensors([first, 5.0, {"a": (second, "text")}]))

    assert found[0] is first
    assert found[1] is second
    assert len(found) == 2

"""Results have the structure that the quantum function returned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.autodiff.returns import arrange, leaves, measurements_of, rebuilt
from qgate.exceptions import NoMeasurement
from qgate.tape import Tape

TREES = st.recursive(
    st.integers(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
    ),
)


@given(TREES)
def test_a_container_is_rebuilt_from_its_leaves(tree):
    assert rebuilt(tree, iter(leaves(tree))) == tree


@given(TREES)
def test_leaves_are_put_in_place_in_order(tree):
    numbers = range(len(leaves(tree)))

    assert leaves(rebuilt(tree, iter(numbers))) == list(numbers)


def f():
    """Stand for a quantum function in errors."""


def test_measurements_are_found_in_any_container():
    first, second, third = (qg.expval(qg.Z(wire)) for wire in range(3))

    assert measurements_of({"a": first, "b": (second, [third])}, f) == (first, second, third)


@pytest.mark.parametrize("returned", [None, 3.0, (), [], {}, (qg.expval(qg.Z(0)), 1)])
def test_anything_else_is_refused(returned):
    with pytest.raises(NoMeasurement, match="The quantum function f returned"):
        measurements_of(returned, f)


# Through QNodes ---------------------------------------------------------------------------


def call(returned, x=0.3, **options):
    @qg.qnode("local?seed=2", **options)
    def circuit(x):
        qg.RX(x, 0)
        return returned()

    return circuit(x)


MEAN = pytest.approx(np.cos(0.3))


def test_one_measurement_is_a_number():
    assert call(lambda: qg.expval(qg.Z(0))) == MEAN


def test_a_tuple_stays_a_tuple():
    found = call(lambda: (qg.expval(qg.Z(0)), qg.probs(wires=0)))

    assert isinstance(found, tuple)
    assert (found[0], found[1].shape) == (MEAN, (2,))


def test_a_tuple_of_one_stays_a_tuple():
    assert call(lambda: (qg.expval(qg.Z(0)),)) == (MEAN,)


def test_a_list_stays_a_list():
    found = call(lambda: [qg.expval(qg.Z(0)), qg.expval(qg.Z(1))])

    assert isinstance(found, list)
    assert found == [MEAN, pytest.approx(1.0)]


def test_a_dict_keeps_its_keys_and_what_is_nested():
    found = call(lambda: {"z": qg.expval(qg.Z(0)), "rest": (qg.expval(qg.Z(1)), [qg.purity(0)])})

    one = pytest.approx(1.0)
    assert found == {"z": MEAN, "rest": (one, [one])}


@pytest.mark.parametrize(
    ("measurement", "shape"),
    [
        (lambda: qg.expval(qg.Z(0)), ()),
        (lambda: qg.var(qg.Z(0)), ()),
        (lambda: qg.probs(wires=[0, 1]), (4,)),
        (lambda: qg.probs(op=qg.Y(0)), (2,)),
        (qg.state, (2,)),
        (lambda: qg.density_matrix([0]), (2, 2)),
        (lambda: qg.purity([0]), ()),
        (lambda: qg.vn_entropy([0]), ()),
        (lambda: qg.mutual_info([0], [1]), ()),
    ],
)
def test_a_broadcast_adds_a_leading_axis(measurement, shape):
    assert np.shape(call(measurement)) == shape
    assert np.shape(call(measurement, np.array([0.1, 0.2, 0.3]))) == (3, *shape)


@pytest.mark.parametrize(
    ("measurement", "shape"),
    [
        (lambda: qg.expval(qg.Z(0)), ()),
        (lambda: qg.probs(wires=[0, 1]), (4,)),
        (lambda: qg.sample(qg.Z(0)), (10,)),
        (lambda: qg.sample(wires=[0, 1]), (10, 2)),
        (lambda: qg.sample(wires=0), (10, 1)),
    ],
)
def test_shapes_with_shots(measurement, shape):
    assert np.shape(call(measurement, shots=10)) == shape
    assert np.shape(call(measurement, np.array([0.1, 0.2]), shots=10)) == (2, *shape)


def test_counts_of_a_broadcast_are_a_list():
    found = call(lambda: qg.counts(wires=0), np.array([0.0, np.pi]), shots=10)

    assert found == [{"0": 10}, {"1": 10}]


def test_a_shot_vector_is_a_tuple_of_results():
    found = call(lambda: qg.sample(wires=0), shots=(10, (20, 2)))

    assert [part.shape for part in found] == [(10, 1), (20, 1), (20, 1)]


def test_a_shot_vector_of_several_measurements_is_a_tuple_of_tuples():
    found = call(lambda: (qg.counts(wires=0), qg.probs(wires=0)), shots=(10, 20))

    assert [sum(counts.values()) for counts, _ in found] == [10, 20]


def test_a_shot_vector_and_a_broadcast():
    found = call(lambda: qg.counts(wires=0), np.array([0.0, np.pi]), shots=(10, 20))

    assert found == ([{"0": 10}, {"1": 10}], [{"0": 20}, {"1": 20}])


def test_a_vector_of_one_number_is_that_number():
    assert np.shape(call(lambda: qg.sample(wires=0), shots=[10])) == (10, 1)


# Precision and marks ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measurement", "dtype"),
    [
        (lambda: qg.expval(qg.Z(0)), np.float32),
        (lambda: qg.probs(wires=0), np.float32),
        (qg.state, np.complex64),
        (lambda: qg.density_matrix(0), np.complex64),
    ],
)
def test_single_precision_in_gives_single_precision_out(measurement, dtype):
    x = qnp.array(0.3, dtype=np.float32)

    assert call(measurement, x).dtype == dtype


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
def test_gradients_keep_single_precision(method):
    @qg.qnode("local", diff_method=method)
    def circuit(x):
        qg.RX(x[0], 0)
        qg.RY(x[1], 0)
        return qg.expval(qg.Z(0))

    x = qnp.array([0.3, 0.5], dtype=np.float32)
    gradient = qg.grad(circuit)

    assert gradient(x).dtype == np.float32
    assert gradient.forward.dtype == np.float32


def test_double_precision_wins():
    @qg.qnode("local")
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y, 0)
        return qg.expval(qg.Z(0))

    assert circuit(np.float32(0.3), np.array(0.5)).dtype == np.float64


def test_coefficients_do_not_count_for_the_precision():
    coefficients = np.array([0.5, 0.2])

    found = call(
        lambda: qg.expval(qg.dot(coefficients, [qg.Z(0), qg.X(0)])), np.array(0.3, np.float32)
    )

    assert found.dtype == np.float32


@pytest.mark.parametrize("trainable", [True, False])
def test_the_result_of_tensors_is_a_tensor_with_their_mark(trainable):
    found = call(lambda: qg.probs(wires=0), qnp.array(0.3, requires_grad=trainable))

    assert isinstance(found, qnp.tensor)
    assert found.requires_grad is trainable


@pytest.mark.parametrize("x", [0.3, np.float64(0.3), np.array(0.3)])
def test_the_result_of_plain_numbers_is_plain(x):
    assert not isinstance(call(lambda: qg.expval(qg.Z(0)), x), qnp.tensor)


def test_rows_of_shot_parts_are_told_apart():
    tape = Tape([qg.RX(np.array([0.1, 0.2]), 0)], [qg.expval(qg.Z(0))], shots=(10, 20, 30))
    entry = np.arange(6.0)  # two rows, each with three parts side by side

    found = arrange(tape, [entry], tape.measurements[0])

    assert [part.tolist() for part in found] == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_measurements_in_an_array_have_their_values_in_an_array(shape):
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        return np.array([qg.expval(qg.Z(0)), qg.expval(qg.Y(0))]).reshape(shape)

    expected = np.reshape([np.cos(0.3), -np.sin(0.3)], shape)
    np.testing.assert_allclose(circuit(0.3), expected)
    slopes = qg.jacobian(circuit)(qg.numpy.array(0.3))
    np.testing.assert_allclose(slopes, np.reshape([-np.sin(0.3), -np.cos(0.3)], shape))

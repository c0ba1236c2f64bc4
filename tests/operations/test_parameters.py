"""Numbers as parameters of operators."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.operations.parameters import as_angle, as_array, check_shape, is_numeric, is_scalar
from qgate.operations.slots import Affine

SLOTS = np.array([Affine.slot(0), 2.0], dtype=object)
NO_NUMBERS = ["a", b"a", None, {}, ["a"], [1.0, None], qg.X(0), qg.expval(qg.X(0)), lambda x: x]


def test_lists_of_traced_numbers_are_traced_arrays():
    def total(x, y):
        return anp.sum(as_array([[x, y], [y, 2.0]]) ** 2)

    np.testing.assert_allclose(autograd.grad(total, (0, 1))(1.0, 3.0), (2, 12))


def test_arrays_and_numbers_are_kept_as_they_are():
    array = np.ones(2)

    assert as_array(array) is array
    assert as_array(0.5) == 0.5


def test_object_arrays_of_complex_numbers_are_states_and_matrices():
    amplitudes = np.array([1, np.array(1j)], dtype=object)

    state = qg.StatePrep(amplitudes, wires=0, normalize=True).parameters[0]
    matrix = qg.QubitUnitary(np.array([[0, 1j], [-1j, 0]], dtype=object), wires=0).matrix()

    np.testing.assert_allclose(state, np.array([1, 1j]) / np.sqrt(2))
    np.testing.assert_allclose(matrix, -qg.Y(0).matrix())


def test_rows_of_different_length_are_no_array():
    with pytest.raises(InvalidParameters, match="rows differ in length"):
        as_array([[1, 2], [3]])


@pytest.mark.parametrize("value", [1, 1.5, True, np.float32(2), np.ones((2, 2)), SLOTS, SLOTS[0]])
def test_real_numbers_arrays_of_them_and_slots_are_real(value):
    assert is_numeric(value, real=True)


@pytest.mark.parametrize("value", [1j, np.complex64(1), np.ones(2) * 1j])
def test_complex_numbers_are_numbers_and_not_real(value):
    assert is_numeric(value)
    assert not is_numeric(value, real=True)


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_anything_else_is_no_number(value):
    assert not is_numeric(as_array(value))
    assert not is_scalar(as_array(value))


class OtherTensor:
    """An array of an unknown framework."""

    shape, dtype = (2,), "other.float"


def test_tensors_of_other_frameworks_are_taken_for_numbers():
    tensor = OtherTensor()

    assert as_angle("RX", "phi", tensor) is tensor


@given(shape=st.lists(st.integers(0, 4), max_size=4).map(tuple))
@settings(deadline=None)
def test_a_shape_fits_with_or_without_a_leading_axis(shape):
    fits = shape[-2:] in {(n, 3) for n in range(5)} and len(shape) in (2, 3)

    if fits:
        check_shape("Layers", "weights", np.ones(shape), ("n_layers", 3))
    else:
        with pytest.raises(InvalidParameters, match=r"\(n_layers, 3\)"):
            check_shape("Layers", "weights", np.ones(shape), ("n_layers", 3))


def test_a_shape_without_a_batch_has_no_leading_axis():
    with pytest.raises(InvalidParameters, match=r"has to be \(3,\)\. Reshape"):
        check_shape("Hermitian", "A", np.ones((2, 3)), (3,), batch=False)


# Representations for users ------------------------------------------------------------

MAKE = [
    lambda value: qg.RX(value, 0),
    lambda value: qg.Rot(0.1, value, 0.2, wires=0),
    lambda value: qg.PauliRot(value, "XY", wires=[0, 1]),
    lambda value: qg.StronglyEntanglingLayers(value, wires=[0, 1]),
    lambda value: qg.AngleEmbedding(value, wires=[0, 1]),
    lambda value: qg.FermionicSingleExcitation(value, wires=[0, 1]),
    lambda value: qg.TrotterProduct(qg.X(0) + qg.Z(0), value),
    lambda value: qg.CommutingEvolution(qg.X(0) + qg.X(1), value),
    lambda value: qg.UCCSD(value, range(4), s_wires=[[0, 1, 2]], init_state=[1, 1, 0, 0]),
    lambda value: qg.BasisState(value, wires=[0, 1]),
]


@pytest.mark.parametrize("value", [*NO_NUMBERS, 0.5j, np.array([0.1j])])
@pytest.mark.parametrize("make", MAKE)
def test_what_is_not_real_is_refused_where_it_is_given(make, value):
    with pytest.raises(InvalidParameters, match=r"cannot take .*Give real numbers"):
        make(value)


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize(
    "make",
    [
        lambda value: qg.QubitUnitary(value, 0),
        lambda value: qg.DiagonalQubitUnitary(value, 0),
        lambda value: qg.ControlledQubitUnitary(value, [0, 1]),
        lambda value: qg.Hermitian(value, 0),
        lambda value: qg.Projector(value, 0),
        lambda value: qg.StatePrep(value, 0),
        lambda value: qg.StatePrep(value, 0, pad_with=0.0),
        lambda value: qg.pauli_decompose(value),
        lambda value: qg.exp(qg.X(0), value),
        lambda value: qg.evolve(qg.X(0), value),
    ],
)
def test_what_is_no_number_is_refused_where_it_is_given(make, value):
    with pytest.raises(InvalidParameters, match=r"cannot take .*Give numbers"):
        make(value)


def test_the_message_shows_long_values_in_part():
    with pytest.raises(InvalidParameters) as error:
        qg.RX(["a"] * 1000, 0)

    assert len(str(error.value)) < 250

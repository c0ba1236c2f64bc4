"""Derivatives of tapes by their trainable arrays, against differences of dense matrices."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import DifferentiationError, InvalidTransform, UnsupportedDiffMethod

EXACT = [
    (qg.gradients.param_shift, 1e-7),
    (qg.gradients.finite_diff, 1e-5),
    (qg.gradients.hadamard_grad, 1e-7),
]

RANDOM = np.random.default_rng(5)
Z = np.diag([1.0, -1.0])
STATE = RANDOM.normal(size=4) + 1j * RANDOM.normal(size=4)
STATE /= np.linalg.norm(STATE)
UNITARY = np.linalg.qr(RANDOM.normal(size=(2, 2)) + 1j * RANDOM.normal(size=(2, 2)))[0]
ROTATION = np.linalg.qr(RANDOM.normal(size=(2, 2)))[0]


def turned(angle):
    """RY as a dense matrix."""
    c, s = np.cos(angle / 2), np.sin(angle / 2)
    return np.array([[c, -s], [s, c]])


def mean(angle, unitary, state):
    """The value of the tape below; along directions that keep norm and unitarity."""
    column = (np.kron(turned(angle) @ unitary, np.eye(2)) @ state).reshape(2, 2)
    return float(np.real(np.vdot(column, Z @ column)))


def recorded(angle, unitary, state, measure=lambda: qg.expval(qg.Z(0))):
    with qg.QuantumTape() as tape:
        qg.StatePrep(state, wires=[0, 1])
        qg.QubitUnitary(unitary, wires=0)
        qg.RY(angle, wires=0)
        measure()
    return tape


def derivatives(transform, tape, **options):
    tapes, finish = transform(tape, **options)
    return finish(qg.execute(tapes, "local"))


def along(gradient, direction):
    """The derivative along a direction, of which the real and the imaginary part are numbers."""
    return float(np.real(np.sum(gradient * direction)))


@pytest.mark.parametrize(("transform", "tolerance"), EXACT)
@pytest.mark.parametrize("unitary", [UNITARY, ROTATION], ids=["complex", "real"])
def test_a_recorded_tape_has_a_derivative_for_each_of_its_arrays(transform, tolerance, unitary):
    tape = recorded(0.4, unitary, STATE)
    generator = np.array([[0.0, 0.7], [-0.7, 0.0]])
    by_unitary = unitary @ generator
    by_state = 1j * np.kron(Z, np.array([[0.3, 0.2], [0.2, -0.5]])) @ STATE
    by_state = by_state + 0.2 * np.array([STATE[3], STATE[2], -STATE[1], -STATE[0]]).conj()
    by_state = by_state - STATE * np.real(np.vdot(STATE, by_state))
    step = 1e-6

    state, matrix, angle = derivatives(transform, tape)

    for found, direction, moved in (
        (state, by_state, lambda t: mean(0.4, unitary, STATE + t * by_state)),
        (matrix, by_unitary, lambda t: mean(0.4, unitary + t * by_unitary, STATE)),
        (angle, 1.0, lambda t: mean(0.4 + t, unitary, STATE)),
    ):
        expected = (moved(step) - moved(-step)) / (2 * step)
        assert np.shape(found) == np.shape(direction)
        assert along(found, direction) == pytest.approx(expected, abs=max(tolerance, 1e-8))


def test_an_array_that_is_chosen_alone_stands_bare():
    tape = recorded(0.4, ROTATION, STATE)
    tape.trainable_params = [1]

    bare = derivatives(qg.gradients.param_shift, tape)

    (_, matrix, _) = derivatives(qg.gradients.param_shift, recorded(0.4, ROTATION, STATE))
    np.testing.assert_allclose(bare, matrix, atol=1e-12)


def test_positions_count_arrays_too():
    tape = recorded(0.4, ROTATION, STATE)
    tape.trainable_params = [1, 2]

    matrix, angle = derivatives(qg.gradients.param_shift, tape, argnum=0)

    assert np.abs(matrix).max() > 0.1
    assert angle == 0.0


def test_several_measurements_and_shot_vectors_have_their_tuples():
    tape = recorded(
        0.4, ROTATION, STATE, lambda: (qg.probs(wires=[0, 1]), qg.var(qg.Z(0)))
    ).with_shots([200_000, 100_000])

    tapes, finish = qg.gradients.param_shift(tape)
    found = finish(qg.execute(tapes, qg.device("local", seed=3)))

    assert [len(part) for part in found] == [2, 2]
    exact = derivatives(qg.gradients.param_shift, tape.with_shots(None))
    for part in found:
        for measured, true in zip(part, exact, strict=True):
            for estimate, value in zip(measured, true, strict=True):
                assert np.shape(estimate) == np.shape(value)
                np.testing.assert_allclose(estimate, value, atol=0.1)


def test_numbers_of_an_observable_are_refused_where_they_were_chosen():
    with qg.QuantumTape() as tape:
        qg.RX(0.4, wires=0)
        qg.expval(qg.Hamiltonian([1.0, 2.0], [qg.Z(0), qg.X(0)]))

    by_angle = derivatives(qg.gradients.param_shift, tape)
    tape.trainable_params = [0, 1]

    assert by_angle == pytest.approx(-np.sin(0.4), abs=1e-12)
    with pytest.raises(UnsupportedDiffMethod, match="coefficients of an observable are among"):
        qg.gradients.param_shift(tape)


def test_the_matrix_of_an_observable_is_refused_where_it_was_chosen():
    with qg.QuantumTape() as tape:
        qg.RX(0.4, wires=0)
        qg.expval(qg.Hermitian(Z, wires=0))

    by_angle = derivatives(qg.gradients.param_shift, tape)
    tape.trainable_params = [0, 1]

    assert by_angle == pytest.approx(-np.sin(0.4), abs=1e-12)
    with pytest.raises(UnsupportedDiffMethod, match="expval is trained by a whole array"):
        qg.gradients.param_shift(tape)


def test_a_product_of_paulis_has_no_trainable_number_unless_it_is_chosen():
    with qg.QuantumTape() as tape:
        qg.prod(qg.Z(0), qg.X(1))
        qg.RX(0.4, wires=0)
        qg.expval(qg.Z(0))

    by_angle = derivatives(qg.gradients.param_shift, tape)

    assert by_angle == pytest.approx(-np.sin(0.4), abs=1e-12)


def test_an_array_too_large_to_be_written_is_refused_or_left_out():
    with qg.QuantumTape() as tape:
        qg.QubitUnitary(np.eye(64), wires=range(6))
        qg.RX(0.4, wires=0)
        qg.expval(qg.Z(0))

    with pytest.raises(UnsupportedDiffMethod, match="QubitUnitary is trained by a whole array"):
        qg.gradients.param_shift(tape)
    tape.trainable_params = [1]

    assert derivatives(qg.gradients.param_shift, tape) == pytest.approx(-np.sin(0.4), abs=1e-12)


def test_a_position_beyond_the_parameters_is_refused():
    with pytest.raises(DifferentiationError, match="among the 3 trainable parameters"):
        qg.gradients.param_shift(recorded(0.4, ROTATION, STATE), argnum=3)


@pytest.mark.parametrize(
    "transform",
    [
        qg.metric_tensor,
        qg.adjoint_metric_tensor,
        qg.gradients.param_shift_hessian,
        qg.gradients.quantum_fisher,
        qg.gradients.classical_fisher,
    ],
)
def test_transforms_of_angles_refuse_arrays_and_say_which(transform):
    tape = recorded(0.4, ROTATION, STATE, lambda: qg.probs(wires=0))

    with pytest.raises(InvalidTransform, match=r"\[0, 1\] of the tape are whole arrays.*= \[2\]"):
        transform(tape)
    tape.trainable_params = [2]

    transform(tape)

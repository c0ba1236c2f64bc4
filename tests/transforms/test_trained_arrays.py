"""Operations written with angles, and the positions of their trainable parameters."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.tape import Tape
from qgate.transforms.trained_arrays import expressible, with_angles

UNITARY = qg.matrix(qg.Rot(0.1, 0.2, 0.3, 0))


def whole(tape: Tape) -> np.ndarray:
    """Return the probabilities of all wires."""
    return np.asarray(qg.execute([tape], "local")[0])


def trained_tape() -> Tape:
    operations = [
        qg.StatePrep(np.array([0.6, 0.8j]), wires=0),
        qg.RX(0.1, wires=0),
        qg.QubitUnitary(UNITARY, wires=0),
        qg.RY(0.2, wires=1),
        qg.QubitUnitary(UNITARY.T, wires=1),
    ]
    return Tape(operations, [qg.probs(wires=[0, 1])], None, [1, 2, 3])


def test_only_trained_arrays_are_written():
    written, order = with_angles(trained_tape(), [1, 2, 3])

    names = [item.name for item in written.operations]
    wanted = ["StatePrep", "RX", "WordRotations", "QubitUnitary", "RY", "QubitUnitary"]
    assert names == wanted
    assert written.trainable_params == [1, 2, 4]
    assert order == 2


def test_the_circuit_stays_what_it_is():
    tape = trained_tape()

    written, _ = with_angles(tape, range(5))
    apart, _ = with_angles(tape, range(5), apart=True)

    np.testing.assert_allclose(whole(written), whole(tape), atol=1e-15)
    np.testing.assert_allclose(whole(apart), whole(tape), atol=1e-15)


def test_angles_can_stand_apart():
    written, _ = with_angles(trained_tape(), [1, 2], apart=True)

    names = [item.name for item in written.operations]
    wanted = ["StatePrep", "RX", *["PauliRot"] * 3, "QubitUnitary", "RY", "QubitUnitary"]
    assert names == wanted
    assert written.trainable_params == [1, 2, 3, 4]


def test_a_tape_without_trained_arrays_is_returned():
    tape = trained_tape()

    assert with_angles(tape, [1, 3]) == (tape, None)
    assert with_angles(tape, [1, 3])[0] is tape


def test_positions_of_measurements_follow():
    tape = Tape(
        [qg.QubitUnitary(UNITARY, wires=0)],
        [qg.expval(qg.Hamiltonian(np.array([0.5]), [qg.Z(0)]))],
        None,
        [0, 1],
    )

    written, _ = with_angles(tape, [0, 1])

    assert written.trainable_params == [0, 2]


@pytest.mark.parametrize(
    ("operation", "wanted"),
    [
        (lambda: qg.StatePrep(np.eye(2**10)[0], wires=range(10)), True),
        (lambda: qg.StatePrep(np.eye(2**11)[0], wires=range(11)), False),
        (lambda: qg.QubitUnitary(np.eye(2**5), wires=range(5)), True),
        (lambda: qg.QubitUnitary(np.eye(2**6), wires=range(6)), False),
        (lambda: qg.DiagonalQubitUnitary(np.ones(2**6), wires=range(6)), True),
        (lambda: qg.ControlledQubitUnitary(UNITARY, wires=range(3)), True),
        (lambda: qg.adjoint(qg.ControlledQubitUnitary(UNITARY, wires=range(3))), True),
        (lambda: qg.adjoint(qg.StatePrep(np.array([0.6, 0.8]), wires=0)), False),
        (lambda: qg.RX(0.1, wires=0), False),
    ],
)
def test_what_can_be_written(operation, wanted):
    assert expressible(operation()) is wanted

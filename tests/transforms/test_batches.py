"""A tape with a batch of matrices is expanded to one tape for each member."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.tape import Tape
from qgate.transforms.batches import split_batched_arrays

MATRICES = np.stack([np.eye(2), [[0, 1], [1, 0]], [[1, 0], [0, -1]]])
ANGLES = np.array([0.1, 0.2, 0.3])


def test_each_member_has_its_matrix_and_its_angle():
    tape = Tape([qg.RX(ANGLES, 0), qg.QubitUnitary(MATRICES, 0), qg.RY(0.5, 0)], [qg.state()])

    members, _ = split_batched_arrays(tape)

    assert [member.batch_size for member in members] == [None] * 3
    for member, angle, matrix in zip(members, ANGLES, MATRICES, strict=True):
        assert member.operations == [qg.RX(angle, 0), qg.QubitUnitary(matrix, 0), qg.RY(0.5, 0)]
        assert member.structure is members[0].structure


@pytest.mark.parametrize(
    "operations",
    [[qg.RX(ANGLES, 0)], [qg.QubitUnitary(MATRICES[0], 0), qg.RX(ANGLES, 0)], [qg.X(0)]],
)
def test_batches_of_angles_stay_rows(operations):
    tape = Tape(operations, [qg.state()])

    members, together = split_batched_arrays(tape)

    assert members == (tape,)
    assert together([["entries"]]) == ["entries"]


def test_shots_and_trainable_parameters_stay():
    tape = Tape([qg.QubitUnitary(MATRICES, 0), qg.RX(0.1, 0)], [qg.state()], (5, 6), [1])

    members, _ = split_batched_arrays(tape)

    assert {tuple(member.shots) for member in members} == {(5, 6)}
    assert [member.trainable_params for member in members] == [[1]] * 3


def test_entries_come_one_after_the_other():
    tape = Tape([qg.QubitUnitary(MATRICES, 0)], [qg.probs(), qg.counts()])
    _, together = split_batched_arrays(tape)

    arrays, lists = together([[np.full((2, 3), k), [f"{k}a", f"{k}b"]] for k in range(3)])

    assert arrays[:, 0].tolist() == [0, 0, 1, 1, 2, 2]
    assert lists == ["0a", "0b", "1a", "1b", "2a", "2b"]


def test_batches_of_different_lengths_are_refused():
    tape = Tape([qg.QubitUnitary(MATRICES, 0), qg.RX(np.zeros(2), 0)], [qg.state()])

    with pytest.raises(InvalidParameters, match=r"\[2, 3\]"):
        split_batched_arrays(tape)


def test_members_stay_differentiable():
    def function(vectors):
        tape = Tape([qg.StatePrep(vectors, wires=0, validate_norm=False)], [qg.state()])
        members, together = split_batched_arrays(tape)
        (entries,) = together([[anp.reshape(m.parameters[0] ** 2, (1, 2))] for m in members])
        return anp.sum(entries * np.array([[1.0, 2.0], [3.0, 4.0]]))

    found = autograd.grad(function)(np.array([[1.0, 2.0], [3.0, 4.0]]))

    assert_allclose(found, [[2.0, 8.0], [18.0, 32.0]])

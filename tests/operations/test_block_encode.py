"""Unitaries that hold a matrix in their upper left corner."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import qgate as qg
from qgate.exceptions import InvalidParameters

MATRICES = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: arrays(complex, shape, elements=st.complex_numbers(max_magnitude=2))
)


@given(MATRICES, st.integers(0, 1))
@settings(deadline=None, max_examples=25)
def test_the_matrix_is_in_the_corner_of_a_unitary(matrix, spare):
    wires = range(int(np.ceil(np.log2(sum(matrix.shape)))) + spare)

    gate = qg.BlockEncode(matrix, wires)

    unitary = gate.matrix()
    rows, columns = matrix.shape
    norm = max(1.0, float(gate.hyperparameters["norm"]))
    np.testing.assert_allclose(unitary[:rows, :columns] * norm, matrix, atol=1e-6)
    np.testing.assert_allclose(unitary @ unitary.conj().T, np.eye(len(unitary)), atol=1e-6)
    np.testing.assert_allclose(gate.adjoint().matrix()[:columns, :rows], (matrix / norm).conj().T)


def test_numbers_and_vectors_are_matrices():
    np.testing.assert_allclose(qg.BlockEncode(0.6, 0).matrix(), [[0.6, 0.8], [0.8, -0.6]])
    assert qg.BlockEncode([0.1, 0.2, 0.3], range(2)).hyperparameters["subspace"] == (1, 3, 4)


def test_it_runs_controlled_and_draws_under_its_name():
    @qg.qnode(qg.device("local", wires=3))
    def circuit():
        qg.Hadamard(0)
        qg.ctrl(qg.BlockEncode, control=0)([[0.1, 0.2], [0.3, 0.4]], wires=[1, 2])
        return qg.state()

    state = circuit()

    np.testing.assert_allclose(state[4:6] * np.sqrt(2), [0.1, 0.3], atol=1e-12)
    assert "BlockEncode" in qg.draw(circuit)()
    gate = qg.BlockEncode(0.6, wires="a")
    assert pickle.loads(pickle.dumps(gate)) == gate


def test_derivatives_by_the_matrix_are_exact():
    @qg.qnode(qg.device("local", wires=1), diff_method="backprop")
    def probability(angle):
        qg.BlockEncode(qg.numpy.cos(angle), wires=0)
        return qg.probs(wires=0)

    slope = qg.jacobian(probability)(qg.numpy.array(0.4, requires_grad=True))

    np.testing.assert_allclose(slope, [-np.sin(0.8), np.sin(0.8)], atol=1e-6)


@pytest.mark.parametrize(
    ("matrix", "text"),
    [(np.eye(2), "Give 2 wires or more"), (np.ones((1, 1, 1)), "3 axes"), ("a", "A")],
)
def test_wrong_matrices_are_explained(matrix, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.BlockEncode(matrix, wires=0)

"""Changes of orbitals against creation operators."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from scipy.stats import ortho_group, unitary_group

import qgate as qg
from qgate.exceptions import InvalidParameters

RAISE = np.array([[0, 0], [1, 0]])


def creation(orbital, count):
    """Return the creation operator of an orbital in the Jordan-Wigner representation."""
    letters = [np.diag([1, -1])] * orbital + [RAISE] + [np.eye(2)] * (count - orbital - 1)
    return reduce(np.kron, letters)


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("kind", [ortho_group, unitary_group])
def test_creation_operators_are_mapped_to_their_combinations(n, kind):
    for seed in range(3):  # determinants of both signs
        matrix = kind.rvs(n, random_state=seed)
        operators = [creation(orbital, n) for orbital in range(n)]

        unitary = qg.BasisRotation(range(n), matrix).matrix()

        mapped = [unitary @ operator @ unitary.conj().T for operator in operators]
        np.testing.assert_allclose(mapped, np.tensordot(matrix, operators, 1), atol=1e-12)


def test_a_real_matrix_has_real_gates():
    real = qg.BasisRotation(range(4), ortho_group.rvs(4, random_state=1).astype(complex))

    assert {gate.name for gate in real.decomposition()} <= {"SingleExcitation", "PhaseShift"}
    assert len(real.decomposition()) <= 7


def test_every_device_can_run_it():
    matrix = unitary_group.rvs(3, random_state=2)

    @qg.qnode(qg.device("local", wires=3))
    def probabilities():
        qg.X(0)
        qg.BasisRotation(range(3), matrix)
        return qg.probs()

    np.testing.assert_allclose(probabilities()[[4, 2, 1]], abs(matrix[0]) ** 2, atol=1e-12)


@pytest.mark.parametrize(
    ("wires", "matrix", "text"),
    [
        ([0, 1], np.ones((2, 2)), "not unitary"),
        ([0, 1], np.eye(3), "a row for each"),
        ([0], np.eye(1), "at least two"),
        ([0, 1], [1.0, 0.0], "a row for each"),
        ([0, 1], "u", "unitary_matrix"),
        ([0, 1], np.full((2, 2), np.nan), "not unitary"),
    ],
)
def test_matrices_that_do_not_fit_are_refused(wires, matrix, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.BasisRotation(wires, matrix)


def test_a_derivative_by_the_matrix_is_refused():
    @qg.qnode(qg.device("local"))
    def value(matrix):
        qg.BasisRotation([0, 1], matrix)
        return qg.expval(qg.Z(0))

    with pytest.raises(InvalidParameters, match="Give a constant"):
        qg.grad(value)(qg.numpy.eye(2, requires_grad=True))

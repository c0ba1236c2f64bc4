"""Excitations against exponentials of fermionic operators."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from qgate.exceptions import InvalidParameters
from qgate.templates.subroutines.fermionic import (
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
)


@pytest.fixture
def ladder(pauli_matrix):
    """The matrix that destroys the fermion on a wire, after Jordan and Wigner."""

    def destroy(wire, n):
        before, after = "Z" * wire, "I" * (n - wire - 1)
        return (pauli_matrix(before + "X" + after) + 1j * pauli_matrix(before + "Y" + after)) / 2

    return destroy


def evolved(operator, angle):
    return scipy.linalg.expm(angle / 2 * (operator - operator.conj().T))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_single_excitation_moves_a_fermion_from_the_first_wire_to_the_last(ladder, n):
    expected = evolved(ladder(n - 1, n).conj().T @ ladder(0, n), 0.7)

    found = FermionicSingleExcitation(0.7, wires=range(n)).matrix()

    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(("first", "second"), [(2, 2), (3, 2), (2, 3)])
def test_a_double_excitation_moves_two_fermions(ladder, first, second):
    n = first + second
    destroyed = ladder(first - 1, n) @ ladder(0, n)
    made = ladder(n - 1, n).conj().T @ ladder(first, n).conj().T

    gate = FermionicDoubleExcitation(0.7, range(first), range(first, n))

    np.testing.assert_allclose(gate.matrix(), evolved(made @ destroyed, 0.7), atol=1e-12)


@pytest.mark.parametrize(
    "gate",
    [
        lambda x: FermionicSingleExcitation(x, wires=range(3)),
        lambda x: FermionicDoubleExcitation(x, [0, 1], [2, 3]),
    ],
)
def test_the_frequencies_of_an_excitation_are_differences_of_its_eigenphases(gate):
    small = 0.1
    phases = np.unique(np.round(np.angle(np.linalg.eigvals(gate(small).matrix())) / small, 8))

    gaps = np.unique(np.round(np.abs(phases[:, None] - phases), 8))

    assert gate(small).parameter_frequencies == [tuple(gaps[gaps > 0])]


@pytest.mark.parametrize(
    "make",
    [
        lambda: FermionicSingleExcitation(0.1, wires=[0]),
        lambda: FermionicDoubleExcitation(0.1, wires1=[0], wires2=[1, 2]),
        lambda: FermionicDoubleExcitation(0.1, wires1=[0, 1], wires2=[2]),
    ],
)
def test_an_excitation_of_a_single_wire_is_refused(make):
    with pytest.raises(InvalidParameters, match="at least two wires"):
        make()

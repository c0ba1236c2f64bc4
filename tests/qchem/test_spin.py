"""Number of electrons and spin as observables."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

qchem = qg.qchem


def matrix(observable, orbitals):
    return qg.matrix(observable, wire_order=range(orbitals))


@pytest.mark.parametrize("orbitals", [2, 4, 6])
def test_numbers_and_spins_of_determinants(orbitals):
    number = np.diag(matrix(qchem.particle_number(orbitals), orbitals))
    projection = np.diag(matrix(qchem.spinz(orbitals), orbitals))

    for index in range(2**orbitals):
        bits = [int(bit) for bit in format(index, f"0{orbitals}b")]
        assert number[index] == sum(bits)
        assert projection[index] == (sum(bits[::2]) - sum(bits[1::2])) / 2


@pytest.mark.parametrize("orbitals", [2, 4, 6])
def test_the_square_of_the_spin_belongs_to_multiplets(orbitals):
    square, projection = (
        matrix(observable, orbitals)
        for observable in (qchem.spin2(2, orbitals), qchem.spinz(orbitals))
    )

    np.testing.assert_allclose(square @ projection, projection @ square, atol=1e-12)
    spins = (np.sqrt(1 + 4 * np.linalg.eigvalsh(square).clip(0)) - 1) / 2
    np.testing.assert_allclose(2 * spins, np.rint(2 * spins), atol=1e-7)
    top = np.zeros(2**orbitals)
    top[int("10" * (orbitals // 2), 2)] = 1.0  # all spins up: s = projection
    s = orbitals / 4
    np.testing.assert_allclose(square @ top, s * (s + 1) * top, atol=1e-12)


def test_two_electrons_in_two_orbitals_are_three_singlets_and_a_triplet():
    square, number = matrix(qchem.spin2(2, 4), 4), np.diag(matrix(qchem.particle_number(4), 4))
    two = np.flatnonzero(number == 2)

    found = np.linalg.eigvalsh(square[np.ix_(two, two)])

    np.testing.assert_allclose(found, [0, 0, 0, 2, 2, 2], atol=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: qchem.particle_number(0),
        lambda: qchem.spinz("a"),
        lambda: qchem.spin2(2, 3),
        lambda: qchem.spin2(0, 4),
    ],
)
def test_wrong_numbers_are_refused(call):
    with pytest.raises(InvalidParameters):
        call()

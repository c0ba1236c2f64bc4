"""Fermionic operators of integrals."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters


def test_two_electrons_in_one_orbital_repel_each_other():
    operator = qg.qchem.fermionic_observable([0.5], np.array([[-1.0]]), np.array([[[[0.7]]]]))

    for mapping in ("jordan_wigner", "parity", "bravyi_kitaev"):
        levels = np.linalg.eigvalsh(qg.matrix(qg.qchem.qubit_observable(operator, mapping=mapping)))
        np.testing.assert_allclose(levels, sorted([0.5, -0.5, -0.5, 0.5 - 2 + 0.7]), atol=1e-12)


def test_small_integrals_are_left_out():
    operator = qg.qchem.fermionic_observable([0.0], np.array([[1.0, 1e-13], [1e-13, 2.0]]))

    assert len(operator) == 4


def test_unknown_mapping_is_explained():
    with pytest.raises(InvalidParameters, match="Did you mean 'parity'"):
        qg.qchem.qubit_observable(qg.FermiC(0), mapping="parities")

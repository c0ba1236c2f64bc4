"""Hartree-Fock energy and integrals as functions."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters

H2 = [[0.0, 0.0, 0.0], [0.0, 0.0, 1.4]]


def test_the_energy_follows_from_the_integrals():
    pytest.importorskip("pyscf")
    molecule = qg.qchem.Molecule(["H", "H"], H2)

    constant, one, two = qg.qchem.electron_integrals(molecule)()

    energy = constant[0] + 2 * one[0, 0] + two[0, 0, 0, 0]
    assert qg.qchem.hf_energy(molecule)() == pytest.approx(energy)
    assert constant == pytest.approx([1 / 1.4])


def test_core_orbitals_are_part_of_the_constant():
    pytest.importorskip("pyscf")
    molecule = qg.qchem.Molecule(["H", "H"], H2)

    constant, one, two = qg.qchem.electron_integrals(molecule, core=[0], active=[1])()

    assert constant == pytest.approx([qg.qchem.hf_energy(molecule)()])
    assert one.shape + two.shape == (1,) * 6


def test_coordinates_may_be_given_in_the_call():
    pytest.importorskip("pyscf")
    stretched = np.array(H2) * 1.5
    energy = qg.qchem.hf_energy(qg.qchem.Molecule(["H", "H"], H2))

    assert energy(stretched) == qg.qchem.Molecule(["H", "H"], stretched).hf_energy
    with pytest.raises(InvalidParameters, match="finite differences"):
        qg.grad(energy)(qnp.array(H2))
    with pytest.raises(InvalidParameters, match=r"qg\.qchem\.Molecule"):
        qg.qchem.hf_energy("H2")()

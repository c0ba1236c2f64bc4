"""Data of molecules, computed where PennyLane downloads them."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters


def test_data_of_a_molecule_are_computed():
    pytest.importorskip("pyscf")

    (found,) = qg.data.load("qchem", molname="H2", bondlength=0.742, progress_bar=False)

    energies = qg.eigvals(found.hamiltonian)
    assert found.hf_state.tolist() == [1, 1, 0, 0]
    assert found.fci_energy == pytest.approx(min(energies))
    assert found.fci_energy == pytest.approx(-1.1372, abs=1e-4)


def test_distances_give_one_molecule_each():
    found = qg.data.load("qchem", molname="H3+", bondlength=[0.8, 0.9])

    places = [item.molecule.coordinates for item in found]
    sides = [np.linalg.norm(each - np.roll(each, 1, axis=0), axis=1) for each in places]
    np.testing.assert_allclose(sides, [[0.8] * 3, [0.9] * 3])
    assert {item.molecule.charge for item in found} == {1}
    assert qg.data.load("qchem", molname="LiH")[0].molecule.coordinates[1, 2] == 1.596


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qg.data.load("qspin"), "Nothing is downloaded"),
        (lambda: qg.data.load("qchem", molname="C60"), "BeH2, H2"),
        (lambda: qg.data.load("qchem", molname="H2", bondlength="full"), "in angstrom"),
        (lambda: qg.data.load("qchem", molname="H2", bondlength=-1), "a positive number"),
        (lambda: qg.data.load("qchem", molname="H2", bond=1), "no keyword 'bond'"),
    ],
)
def test_what_cannot_be_computed_is_refused(call, text):
    with pytest.raises(InvalidParameters, match=text):
        call()


def test_a_property_that_is_not_computed_is_no_attribute():
    with pytest.raises(AttributeError, match="have no 'vqe_energy'"):
        qg.data.load("qchem", molname="H2")[0].vqe_energy  # noqa: B018

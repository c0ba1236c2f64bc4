"""Hamiltonians of molecules, compared with published energies and with PySCF's own methods."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, MissingExtra

qchem = qg.qchem
pytest.importorskip("pyscf")

H2 = ["H", "H"]
BOND = [0.0, 0.0, 0.0, 0.0, 0.0, 1.4]
LIH = qchem.Molecule(["Li", "H"], np.array([[0, 0, 0], [0, 0, 3.0]]))


def number(qubits):
    """Return the number of electrons in the encoding of Jordan and Wigner."""
    return qg.sum(*(0.5 * (qg.I(wire) - qg.Z(wire)) for wire in range(qubits)))


def lowest(hamiltonian, qubits, electrons):
    """Return the lowest energy with a number of electrons."""
    matrix = qg.matrix(hamiltonian, wire_order=range(qubits))
    counts = np.diag(qg.matrix(number(qubits), wire_order=range(qubits))).real
    assert np.abs(matrix[counts[:, None] != counts]).max() < 1e-10  # it is conserved
    kept = np.flatnonzero(np.isclose(counts, electrons))
    return np.linalg.eigvalsh(matrix[np.ix_(kept, kept)])[0]


def test_the_energies_of_hydrogen_are_those_of_the_literature():
    """Szabo and Ostlund, Modern Quantum Chemistry (1989): H2, STO-3G, 1.4 bohr."""
    hamiltonian, qubits = qchem.molecular_hamiltonian(H2, BOND)

    assert (qubits, len(hamiltonian)) == (4, 15)
    assert qchem.Molecule(H2, BOND).hf_energy == pytest.approx(-1.1167, abs=5e-5)
    assert lowest(hamiltonian, 4, 2) == pytest.approx(-1.1373, abs=5e-5)


@pytest.mark.parametrize("mapping", ["jordan_wigner", "parity", "bravyi_kitaev"])
def test_every_encoding_has_the_same_spectrum_and_reference_energy(mapping):
    basis = "occupation_number" if mapping == "jordan_wigner" else mapping
    plain, _ = qchem.molecular_hamiltonian(LIH, active_electrons=2, active_orbitals=3)
    hamiltonian, qubits = qchem.molecular_hamiltonian(
        LIH, active_electrons=2, active_orbitals=3, mapping=mapping
    )

    @qg.qnode("local")
    def energy():
        qg.BasisState(qchem.hf_state(2, qubits, basis), wires=range(qubits))
        return qg.expval(hamiltonian)

    assert energy() == pytest.approx(LIH.hf_energy)
    found, wanted = (
        np.linalg.eigvalsh(qg.matrix(h, wire_order=range(6))) for h in (hamiltonian, plain)
    )
    np.testing.assert_allclose(found, wanted, atol=1e-10)


def test_active_spaces_have_the_energies_of_casci():
    from pyscf import mcscf

    for electrons, orbitals in ((2, 2), (2, 4), (4, 5)):
        hamiltonian, qubits = qchem.molecular_hamiltonian(
            LIH, active_electrons=electrons, active_orbitals=orbitals
        )
        wanted = mcscf.CASCI(LIH._mean_field, orbitals, electrons).run(verbose=0).e_tot

        assert qubits == 2 * orbitals
        assert lowest(hamiltonian, qubits, electrons) == pytest.approx(wanted, abs=1e-7)


def test_open_shells_have_the_energy_of_full_configuration_interaction():
    from pyscf import fci

    molecule = qchem.Molecule(
        ["H"] * 3, [[0, 0, 0], [0, 0, 1], [0, 0.9, 0.3]], mult=2, unit="angstrom"
    )
    hamiltonian, qubits = qchem.molecular_hamiltonian(molecule=molecule)

    wanted = fci.FCI(molecule._mean_field).kernel()[0]
    assert lowest(hamiltonian, qubits, 3) == pytest.approx(wanted, abs=1e-8)


def test_units_charges_and_labels_are_applied():
    bohr = 0.529177210903
    ion, _ = qchem.molecular_hamiltonian(["He", "H"], BOND, charge=1)
    same, _ = qchem.molecular_hamiltonian(
        ["He", "H"], np.array(BOND) * bohr, unit="angstrom", charge=1, wires=["a", "b", "c", "d"]
    )
    partly, _ = qchem.molecular_hamiltonian(["He", "H"], BOND, charge=1, wires={1: "x"})

    assert same.wires == ("a", "b", "c", "d")
    assert partly.wires == (0, "x", 2, 3)
    assert lowest(same.map_wires(dict(zip("abcd", range(4), strict=True))), 4, 2) == pytest.approx(
        lowest(ion, 4, 2), abs=1e-6
    )


def test_an_excitation_reaches_the_ground_state_of_hydrogen():
    hamiltonian, qubits = qchem.molecular_hamiltonian(H2, BOND)

    @qg.qnode("local")
    def energy(angle):
        qg.BasisState(qchem.hf_state(2, qubits), wires=range(qubits))
        qg.DoubleExcitation(angle, wires=range(qubits))
        return qg.expval(hamiltonian)

    angle, optimizer = qg.numpy.array(0.0, requires_grad=True), qg.RotosolveOptimizer()
    for _ in range(2):
        angle = optimizer.step(energy, angle, nums_frequency={"angle": {(): 2}})

    assert energy(angle) == pytest.approx(lowest(hamiltonian, 4, 2), abs=1e-6)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qchem.molecular_hamiltonian("H2", BOND), "symbols='H2'"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND[:4]), "2 atoms"),
        (lambda: qchem.molecular_hamiltonian(H2), "coordinates=None"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, unit="m"), "unit='m'"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, method="dft"), "method='dft'"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, mapping="jw"), "mapping='jw'"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, args=[1]), "cannot be differentiated"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, wires=[0]), "1 wires for 4"),
        (lambda: qchem.molecular_hamiltonian(LIH, BOND), "one of them"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, mult=2), "multiplicity"),
        (lambda: qchem.molecular_hamiltonian(["Qq", "H"], BOND), "Qq"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, basis="none"), "basis set"),
        (lambda: qchem.molecular_hamiltonian(H2, BOND, charge=0.5), "charge=0.5"),
    ],
)
def test_wrong_use_is_refused(call, text):
    with pytest.raises(InvalidParameters, match=text):
        call()


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyscf", None)

    with pytest.raises(MissingExtra, match=r"qgate\[qchem\]"):
        qchem.molecular_hamiltonian(H2, BOND)

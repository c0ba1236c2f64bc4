"""Quantum chemistry: Hamiltonians and integrals of molecules, reference states and excitations."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.qchem.fermionic import fermionic_observable, qubit_observable
from qgate.qchem.hamiltonian import molecular_hamiltonian
from qgate.qchem.integrals import electron_integrals, hf_energy
from qgate.qchem.molecule import Molecule
from qgate.qchem.reference import active_space, excitations, excitations_to_wires, hf_state
from qgate.qchem.spin import particle_number, spin2, spinz

__all__ = [
    "Molecule",
    "active_space",
    "electron_integrals",
    "excitations",
    "excitations_to_wires",
    "fermionic_observable",
    "hf_energy",
    "hf_state",
    "molecular_hamiltonian",
    "particle_number",
    "qubit_observable",
    "spin2",
    "spinz",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

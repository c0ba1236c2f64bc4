"""Data sets by PennyLane's names, computed on this machine: nothing is downloaded.

Molecules are computed with PySCF, from the extra ``qchem``. Other data sets cannot be computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arguments import finite_number, items_of
from qgate.exceptions import InvalidParameters, described
from qgate.lazy_names import refuse_unknown
from qgate.operations.operator import Operator
from qgate.qchem import Molecule, hf_state, molecular_hamiltonian
from qgate.typing import FloatArray, IntArray

__all__ = ["MoleculeData", "load"]

MOLECULES: Mapping[str, tuple[Sequence[str], int, float, Any]] = {
    "BeH2": (("H", "Be", "H"), 0, 1.326, [[0, 0, -1], [0, 0, 0], [0, 0, 1]]),
    "H2": (("H", "H"), 0, 0.742, [[0, 0, 0], [0, 0, 1]]),
    "H3+": (("H", "H", "H"), 1, 0.873, [[0, 0, 0], [0, 0, 1], [0, np.sqrt(0.75), 0.5]]),
    "HeH+": (("He", "H"), 1, 0.774, [[0, 0, 0], [0, 0, 1]]),
    "LiH": (("Li", "H"), 0, 1.596, [[0, 0, 0], [0, 0, 1]]),
    "OH-": (("O", "H"), -1, 0.964, [[0, 0, 0], [0, 0, 1]]),
}
"""Symbols, charge, equilibrium distance of neighbours in angstrom, and places in units of it."""

WITHOUT_EFFECT = frozenset(
    {"attributes", "folder_path", "force", "num_threads", "block_size", "progress_bar"}
)
"""Keywords of downloads."""


class MoleculeData:
    """Computed properties of a molecule, each at its first use.

    Parameters
    ----------
    molecule : Molecule
    """

    def __init__(self, molecule: Molecule) -> None:
        self.molecule = molecule

    @cached_property
    def hamiltonian(self) -> Operator:
        """Hamiltonian of the electrons, in hartree, by Jordan and Wigner."""
        return molecular_hamiltonian(self.molecule)[0]

    @cached_property
    def hf_state(self) -> IntArray:
        """Bits of the Hartree-Fock state."""
        found: IntArray = hf_state(self.molecule.n_electrons, 2 * self.molecule.n_orbitals)
        return found

    @cached_property
    def fci_energy(self) -> float:
        """Lowest energy of this number of electrons in this basis, in hartree."""
        return self.molecule.fci_energy

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"The data of a molecule have no {name!r}. They are computed here: molecule, "
            "hamiltonian, hf_state and fci_energy.",
            name=name,
        )

    def __repr__(self) -> str:
        return f"<MoleculeData: {self.molecule!r}>"


def load(
    data_name: str,
    *,
    molname: str = "",
    bondlength: float | Sequence[float] | None = None,
    basis: str = "STO-3G",
    **options: Any,
) -> list[MoleculeData]:
    """Return data of a molecule, computed when they are used.

    Parameters
    ----------
    data_name : str
        ``"qchem"``.
    molname : str
        ``"H2"``, ``"H3+"``, ``"HeH+"``, ``"LiH"``, ``"BeH2"`` or ``"OH-"``.
    bondlength : float or sequence of float, optional
        Distance of neighbours in angstrom; default: that of the equilibrium.
    basis : str
        Any basis set of PySCF.
    **options
        Keywords of PennyLane's downloads, without effect.

    Returns
    -------
    list of MoleculeData
        One for each distance.

    Raises
    ------
    InvalidParameters
        Another data set or molecule, or no positive distance.
    MissingExtra
        On use: PySCF is not installed. Install ``qgate[qchem]``.
    """
    if data_name != "qchem" or molname not in MOLECULES:
        raise InvalidParameters(
            f"qg.data.load was given {described(data_name)} with molname={described(molname)}. "
            f"Nothing is downloaded. The data of {', '.join(sorted(MOLECULES))} are computed by "
            "qg.data.load('qchem', molname=...); for other molecules call "
            "qg.qchem.molecular_hamiltonian, and load files with numpy or h5py."
        )
    unknown = sorted(set(options) - WITHOUT_EFFECT)
    if unknown:
        raise InvalidParameters(
            f"qg.data.load has no keyword {unknown[0]!r}. Those of molecules are molname, "
            "bondlength and basis."
        )
    symbols, charge, equilibrium, places = MOLECULES[molname]
    lengths = [equilibrium] if bondlength is None else _lengths(bondlength)
    shape: FloatArray = np.asarray(places, dtype=float)
    return [
        MoleculeData(
            Molecule(
                symbols,
                length * shape,
                charge=charge,
                basis_name=basis.lower(),
                name=molname,
                unit="angstrom",
            )
        )
        for length in lengths
    ]


def _lengths(given: Any) -> list[float]:
    items = items_of(given)
    numbers = [finite_number(item) for item in ([given] if items is None else items)]
    if not numbers or not all(number is not None and number > 0 for number in numbers):
        raise InvalidParameters(
            f"qg.data.load was given bondlength={described(given)}. Give a positive number in "
            "angstrom, or a sequence of them."
        )
    return [float(number) for number in numbers if number is not None]


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

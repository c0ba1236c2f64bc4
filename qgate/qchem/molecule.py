"""Molecule: its atoms, charge and basis set, and the integrals of its orbitals from PySCF."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from qgate.arguments import array_of, items_of, whole_number
from qgate.arrays import unwrap
from qgate.exceptions import InvalidParameters, MissingExtra, OptimizationError, described
from qgate.typing import FloatArray, Tensor

UNITS = ("bohr", "angstrom")


class Integrals(NamedTuple):
    """Integrals over the spatial orbitals of a Hartree-Fock calculation, in hartree.

    ``core``: the constant energy; ``one``: (p|h|q); ``two``: (pq|rs), in the order of chemists.
    """

    core: float
    one: FloatArray
    two: FloatArray


@dataclass(eq=False)
class Molecule:
    """Atoms of a molecule, its charge and its basis set.

    Parameters
    ----------
    symbols : sequence of str
        Of N atoms.
    coordinates : array, shape (N, 3) or (3 N,)
    charge : int
    mult : int
        Multiplicity, one more than the number of unpaired electrons.
    basis_name : str
        Any basis set of PySCF.
    name : str
    load_data, normalize : bool
        Accepted for compatibility with PennyLane, without effect.
    l, alpha, coeff : None
        Not available: the functions of the basis set are PySCF's.
    unit : {"bohr", "angstrom"}

    Raises
    ------
    InvalidParameters
        The arguments do not fit together.
    MissingExtra
        On use: PySCF is not installed. Install ``qgate[qchem]``.

    Examples
    --------
    >>> import qgate as qg
    >>> molecule = qg.qchem.Molecule(["H", "H"], [[0, 0, 0], [0, 0, 0.74]], unit="angstrom")
    >>> molecule.n_electrons, molecule.n_orbitals
    (2, 2)
    """

    symbols: Sequence[str]
    coordinates: Tensor
    charge: int = 0
    mult: int = 1
    basis_name: str = "sto-3g"
    name: str = "molecule"
    load_data: bool = False
    l: None = None  # noqa: E741  # PennyLane's name
    alpha: None = None
    coeff: None = None
    normalize: bool = True
    unit: str = "bohr"

    def __post_init__(self) -> None:
        atoms = items_of(self.symbols)
        if not atoms or not all(isinstance(atom, str) for atom in atoms):
            raise _refused("symbols", self.symbols, "a sequence of symbols of atoms, as ['H', 'H']")
        places = array_of(unwrap(self.coordinates))
        if places.dtype.kind not in "iuf" or places.size != 3 * len(atoms):
            needed = f"three numbers for each of the {len(atoms)} atoms"
            raise _refused("coordinates", self.coordinates, needed)
        unit = self.unit.strip().lower() if isinstance(self.unit, str) else ""
        if unit not in UNITS:
            raise _refused("unit", self.unit, "bohr or angstrom")
        if not all(item is None for item in (self.l, self.alpha, self.coeff)):
            raise InvalidParameters(
                "A molecule was given l, alpha or coeff. Its basis functions are those of PySCF's "
                "set basis_name, and cannot be differentiated. Leave them out."
            )
        if whole_number(self.charge) is None:
            raise _refused("charge", self.charge, "a whole number")
        if (whole_number(self.mult) or 0) < 1:
            raise _refused("mult", self.mult, "a multiplicity: 1, 2, 3, ...")
        self.symbols, self.unit = atoms, unit
        self.coordinates = np.asarray(places, dtype=float).reshape(-1, 3)

    @cached_property
    def _mole(self) -> Any:
        """The molecule as PySCF has it."""
        try:
            from pyscf import gto  # takes seconds, and most programs have no molecule
        except ImportError:
            raise MissingExtra(what="A molecule", package="pyscf", extra="qchem") from None
        atoms = list(zip(self.symbols, self.coordinates.tolist(), strict=True))
        options = {"charge": int(self.charge), "spin": int(self.mult) - 1, "unit": self.unit}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # advice for unknown basis sets, which raise
                return gto.M(atom=atoms, basis=self.basis_name, verbose=0, **options)
        except (RuntimeError, KeyError, ValueError) as error:
            raise InvalidParameters(
                f"PySCF does not accept the molecule {self!r}: {error}. Correct its symbols, basis "
                "set, charge or multiplicity."
            ) from error

    @property
    def n_electrons(self) -> int:
        """Number of electrons."""
        return int(self._mole.nelectron)

    @property
    def n_orbitals(self) -> int:
        """Number of spatial orbitals, half that of spin orbitals."""
        return int(self._mole.nao)

    @property
    def nuclear_charges(self) -> list[int]:
        """Charge of each nucleus."""
        return [int(charge) for charge in self._mole.atom_charges()]

    @cached_property
    def hf_energy(self) -> float:
        """Energy of the Hartree-Fock state, in hartree."""
        return float(self._mean_field.e_tot)

    @cached_property
    def fci_energy(self) -> float:
        """Lowest energy of its electrons in the basis set, in hartree."""
        from pyscf import fci

        return float(fci.FCI(self._mean_field).kernel()[0])

    @cached_property
    def _mean_field(self) -> Any:
        from pyscf import scf

        solver = scf.RHF(self._mole)  # restricted open shell, if electrons are unpaired
        solver.kernel()
        if not solver.converged:
            raise OptimizationError(
                f"The Hartree-Fock calculation of {self!r} has not converged. Change its "
                "coordinates, basis set, charge or multiplicity."
            )
        return solver

    def integrals(self, core: Sequence[int], active: Sequence[int]) -> Integrals:
        """Return the integrals over active orbitals; core orbitals contribute a mean field."""
        from pyscf import ao2mo

        solver = self._mean_field
        orbitals = solver.mo_coeff
        count = orbitals.shape[1]
        one = orbitals.T @ solver.get_hcore() @ orbitals
        two = ao2mo.restore(1, ao2mo.kernel(self._mole, orbitals), count)
        inner, outer = list(core), list(active)
        direct = 2 * np.einsum("pqcc->pq", two[:, :, inner][..., inner])
        field = direct - np.einsum("pccq->pq", two[:, inner][:, :, inner])
        energy = self._mole.energy_nuc() + np.trace((2 * one + field)[np.ix_(inner, inner)])
        effective = one + field
        return Integrals(
            float(energy),
            effective[np.ix_(outer, outer)],
            two[np.ix_(outer, outer, outer, outer)],
        )

    def __repr__(self) -> str:
        atoms = "".join(self.symbols)
        return f"<Molecule: {atoms}, charge {self.charge}, basis {self.basis_name}>"


def _refused(argument: str, value: object, needed: str) -> InvalidParameters:
    return InvalidParameters(f"A molecule was given {argument}={described(value)}. Give {needed}.")

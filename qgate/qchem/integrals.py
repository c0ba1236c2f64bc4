"""Hartree-Fock energy and integrals of a molecule as functions, with PennyLane's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from qgate.arrays import is_traced
from qgate.exceptions import InvalidParameters, described
from qgate.qchem.molecule import Molecule
from qgate.typing import FloatArray, Tensor


def hf_energy(mol: Molecule) -> Callable[..., np.float64]:
    """Return a function of the coordinates that returns the Hartree-Fock energy in hartree.

    Parameters
    ----------
    mol : Molecule

    Returns
    -------
    callable
        Takes no argument, or coordinates in place of the molecule's. It has no derivative.

    Raises
    ------
    InvalidParameters
        The function was given something else.
    MissingExtra
        On use: PySCF is not installed. Install ``qgate[qchem]``.

    Examples
    --------
    >>> import qgate as qg
    >>> molecule = qg.qchem.Molecule(["H", "H"], [[0, 0, 0], [0, 0, 1.4]])
    >>> print(round(qg.qchem.hf_energy(molecule)(), 6))
    -1.116714
    """
    return lambda *coordinates: np.float64(_at("hf_energy", mol, coordinates).hf_energy)


def electron_integrals(
    mol: Molecule, core: Sequence[int] | None = None, active: Sequence[int] | None = None
) -> Callable[..., tuple[FloatArray, FloatArray, FloatArray]]:
    """Return a function of the coordinates that returns the integrals over active orbitals.

    Parameters
    ----------
    mol : Molecule
    core, active : sequence of int, optional
        Orbitals as ``active_space`` returns them; default none, and all.

    Returns
    -------
    callable
        Takes no argument, or coordinates. It returns in hartree the constant energy, shape (1,),
        the integrals of one electron, shape (n, n), and those of two electrons in the order of
        physicists, (ps|qr) at (p, q, r, s), shape (n, n, n, n). They have no derivative.

    Raises
    ------
    InvalidParameters, MissingExtra
        As for ``hf_energy``.
    """

    def integrals(*coordinates: Tensor) -> tuple[FloatArray, FloatArray, FloatArray]:
        placed = _at("electron_integrals", mol, coordinates)
        every = range(placed.n_orbitals) if active is None else active
        found = placed.integrals(core or [], every)
        return np.array([found.core]), found.one, found.two.transpose(0, 2, 3, 1)

    return integrals


def _at(owner: str, mol: Molecule, coordinates: Sequence[Tensor]) -> Molecule:
    """Return the molecule at other coordinates, if some are given."""
    if not isinstance(mol, Molecule):
        raise InvalidParameters(f"{owner} was given {described(mol)}. Give a qg.qchem.Molecule.")
    if not coordinates:
        return mol
    if len(coordinates) > 1 or is_traced(coordinates[0]):
        raise InvalidParameters(
            f"The function of {owner} was given {described(coordinates)}. Call it without "
            "arguments or with coordinates, and differentiate by finite differences of these."
        )
    return replace(mol, coordinates=coordinates[0])

"""Fermionic operators of integrals, and the qubit operators that they are mapped to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qgate.arrays import is_traced, unwrap
from qgate.exceptions import InvalidParameters, described, suggest
from qgate.fermi.conversion import pauli_words
from qgate.fermi.encodings import ENCODINGS
from qgate.fermi.fermionic import FermiSentence, FermiWord
from qgate.operations.operator import Operator
from qgate.typing import Tensor

SPINS = {2: ((0, 0), (1, 1)), 4: ((0, 0, 0, 0), (0, 1, 1, 0), (1, 0, 0, 1), (1, 1, 1, 1))}
"""Spins of the operators of an integral over 2 or 4 orbitals: each electron keeps its own."""


def fermionic_observable(
    constant: Tensor, one: Tensor | None = None, two: Tensor | None = None, cutoff: float = 1e-12
) -> FermiSentence:
    """Return the energy of electrons as a fermionic operator.

    Parameters
    ----------
    constant : array, shape (1,)
        Energy of the nuclei and of the core.
    one : array, shape (n, n), optional
        Integrals over one electron, in molecular orbitals.
    two : array, shape (n, n, n, n), optional
        Integrals over two electrons, in the order of ``qg.qchem.electron_integrals``.
    cutoff : float
        Integrals below this are left out.

    Returns
    -------
    FermiSentence
        Spin orbital 2 p is orbital p with spin up, 2 p + 1 with spin down.

    Examples
    --------
    >>> print(fermionic_observable([1.0], np.array([[0.5]])))
    1.0 * I
    + 0.5 * a⁺(0) a(0)
    + 0.5 * a⁺(1) a(1)
    """
    terms = [*_terms(one, 1.0, cutoff), *_terms(two, 0.5, cutoff)]
    sentence = FermiSentence({FermiWord({}): constant[0]})
    for orbitals, weight in sorted(terms, key=lambda term: term[0]):
        signs = ["+", "-"] * (len(orbitals) // 2)
        sentence[FermiWord.of(list(zip(orbitals, sorted(signs), strict=True)))] = weight
    sentence.simplify()
    return sentence


def _terms(
    integrals: Tensor | None, factor: float, cutoff: float
) -> Iterator[tuple[list[int], Tensor]]:
    """Yield the spin orbitals and the weight of each term."""
    if integrals is None:
        return
    for index in np.argwhere(np.abs(np.asarray(unwrap(integrals))) >= cutoff).tolist():
        weight = factor * integrals[tuple(index)]
        plain = weight if is_traced(weight) else float(weight)
        for spins in SPINS[len(index)]:
            yield [2 * orbital + spin for orbital, spin in zip(index, spins, strict=True)], plain


def qubit_observable(
    o_ferm: FermiWord | FermiSentence, cutoff: float = 1e-12, mapping: str = "jordan_wigner"
) -> Operator:
    """Return a fermionic operator as a qubit operator.

    Parameters
    ----------
    o_ferm : FermiWord or FermiSentence
        Orbital j is mapped to wire j.
    cutoff : float
        Terms with weights up to this are left out.
    mapping : {"jordan_wigner", "parity", "bravyi_kitaev"}

    Raises
    ------
    InvalidParameters
        The mapping is unknown, or it is no fermionic operator.

    Examples
    --------
    >>> import qgate as qg
    >>> qubit_observable(qg.FermiC(0) * qg.FermiA(0))
    0.5 * I() + -0.5 * Z(0)
    """
    name = mapping.strip().lower() if isinstance(mapping, str) else ""
    if name not in ENCODINGS:
        raise InvalidParameters(
            f"qubit_observable was given mapping={described(mapping)}.{suggest(name, ENCODINGS)} "
            f"Give one of {', '.join(ENCODINGS)}."
        )
    words = pauli_words(name, o_ferm, tol=cutoff)
    words.simplify(tol=cutoff)
    return words.operation([0])

"""Number of electrons and spin as observables, in the encoding of Jordan and Wigner.

Spin orbital 2 p has spin up, 2 p + 1 spin down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.pauli import PauliSum


def particle_number(orbitals: int) -> PauliSum:
    """Return the number of electrons.

    Parameters
    ----------
    orbitals : int
        Number of spin orbitals.

    Returns
    -------
    PauliSum
        On the wires from 0 on.

    Raises
    ------
    InvalidParameters
        It is no number above 0.

    Examples
    --------
    >>> import qgate as qg
    >>> qg.qchem.particle_number(2)
    I() + -0.5 * Z(0) + -0.5 * Z(1)
    """
    return _occupations([1.0] * _count("particle_number", orbitals))


def spinz(orbitals: int) -> PauliSum:
    """Return the projection of the total spin; parameters and errors as for ``particle_number``."""
    count = _count("spinz", orbitals)
    return _occupations([0.5 - orbital % 2 for orbital in range(count)])


def spin2(electrons: int, orbitals: int) -> PauliSum:
    r"""Return the square of the total spin, with the eigenvalues s (s + 1).

    It is :math:`\tfrac12 (S_+ S_- + S_- S_+) + S_z^2`.

    Parameters
    ----------
    electrons : int
        Accepted for compatibility with PennyLane, whose operator holds for this number only.
    orbitals : int
        Number of spin orbitals, even.

    Returns
    -------
    PauliSum

    Raises
    ------
    InvalidParameters
        The numbers are not above 0, or that of the orbitals is odd.
    """
    _count("spin2", electrons)
    count = _count("spin2", orbitals)
    if count % 2:
        raise InvalidParameters(
            f"spin2 was given orbitals={count}. Each orbital has two spins: give an even number."
        )
    raising = PauliSum.total([_raised(orbital) for orbital in range(0, count, 2)])
    lowering = raising.adjoint()
    flips = [raising.times(lowering).scaled(0.5), lowering.times(raising).scaled(0.5)]
    return PauliSum.total([*flips, spinz(count).squared()]).real().simplify()


def _raised(orbital: int) -> PauliSum:
    """Return the operator that turns the spin of an electron from down to up."""
    pairs = {"XX": 0.25, "XY": 0.25j, "YX": -0.25j, "YY": 0.25}
    return PauliSum.from_words(np.array([*pairs.values()]), [*pairs], [orbital, orbital + 1])


def _occupations(weights: Sequence[float]) -> PauliSum:
    """Return the sum of the occupation numbers, (1 - Z) / 2, times their weights."""
    words = [PauliSum.word({wire: "Z"}, -weight / 2) for wire, weight in enumerate(weights)]
    constant = PauliSum.identity(sum(weights) / 2, range(len(weights)))
    return PauliSum.total([constant, *words]).simplify()


def _count(owner: str, number: object) -> int:
    found = whole_number(number)
    if found is None or found < 1:
        raise InvalidParameters(
            f"{owner} was given {described(number)}. Give a whole number of at least 1."
        )
    return found

"""Hartree-Fock reference state, its excitations, and the active space.

Spin orbitals are numbered by energy; even ones have spin up, odd ones spin down. No package is
needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, overload

import numpy as np

from qgate.arguments import items_of, whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.fermi.encodings import encoding
from qgate.fermi.fermionic import FermiWord
from qgate.typing import IntArray, Wire, WiresLike
from qgate.wires import Wires

Singles = list[list[int]]
Doubles = list[list[int]]


def hf_state(electrons: int, orbitals: int, basis: str = "occupation_number") -> IntArray:
    """Return the bits of the Hartree-Fock state, in which the lowest spin orbitals are occupied.

    Parameters
    ----------
    electrons, orbitals : int
        Number of electrons, and of spin orbitals; of the active ones, if there is an active space.
    basis : {"occupation_number", "parity", "bravyi_kitaev"}
        Encoding of the occupation numbers.

    Returns
    -------
    array of int, shape (orbitals,)
        For ``qg.BasisState``.

    Raises
    ------
    InvalidParameters
        The numbers do not fit together, or the encoding is unknown.

    Examples
    --------
    >>> import qgate as qg
    >>> qg.qchem.hf_state(2, 4).tolist()
    [1, 1, 0, 0]
    """
    occupied, count = _numbers("hf_state", electrons, orbitals, at_least=0)
    state = (np.arange(count) < occupied).astype(np.int64)
    return np.asarray(encoding("hf_state", "basis", basis, count) @ state % 2)


@overload
def excitations(
    electrons: int, orbitals: int, delta_sz: int = 0, fermionic: Literal[False] = False
) -> tuple[Singles, Doubles]: ...
@overload
def excitations(
    electrons: int, orbitals: int, delta_sz: int = 0, *, fermionic: Literal[True]
) -> tuple[list[FermiWord], list[FermiWord]]: ...
def excitations(
    electrons: int, orbitals: int, delta_sz: int = 0, fermionic: bool = False
) -> tuple[Singles | list[FermiWord], Doubles | list[FermiWord]]:
    """Return the single and double excitations of the Hartree-Fock state.

    Parameters
    ----------
    electrons, orbitals : int
        As for ``hf_state``.
    delta_sz : {0, 1, -1, 2, -2}
        Change of the spin projection.
    fermionic : bool
        Whether to return Fermi words, with creation operators for the occupied orbitals.

    Returns
    -------
    singles : list of [r, p]
        From the occupied spin orbital r to p.
    doubles : list of [s, r, q, p]
        From s and r to q and p.

    Both are lists of ``qg.FermiWord`` if ``fermionic``.

    Raises
    ------
    InvalidParameters
        The numbers do not fit together.

    Examples
    --------
    >>> import qgate as qg
    >>> qg.qchem.excitations(2, 4)
    ([[0, 2], [1, 3]], [[0, 1, 2, 3]])
    """
    occupied, count = _numbers("excitations", electrons, orbitals, at_least=1)
    if whole_number(delta_sz) not in (0, 1, -1, 2, -2):
        raise InvalidParameters(
            f"excitations was given delta_sz={described(delta_sz)}. Give 0, 1, -1, 2 or -2."
        )
    spins = [0.5 - index % 2 for index in range(count)]
    filled, empty = range(occupied), range(occupied, count)
    singles = [[r, p] for r in filled for p in empty if spins[p] - spins[r] == delta_sz]
    doubles = [
        [s, r, q, p]
        for s, r in combinations(filled, 2)
        for q, p in combinations(empty, 2)
        if spins[p] + spins[q] - spins[r] - spins[s] == delta_sz
    ]
    if fermionic:
        return [_word(single) for single in singles], [_word(double) for double in doubles]
    return singles, doubles


def _word(orbitals: Sequence[int]) -> FermiWord:
    """Return creation operators for the first half of the orbitals, annihilation ones for the rest.

    PennyLane's words are these, the adjoints of the excitations.
    """
    signs = ["+", "-"] * (len(orbitals) // 2)
    return FermiWord.of(list(zip(orbitals, sorted(signs), strict=True)))


def excitations_to_wires(
    singles: Sequence[Sequence[int]],
    doubles: Sequence[Sequence[int]],
    wires: WiresLike | None = None,
) -> tuple[list[list[Wire]], list[list[list[Wire]]]]:
    """Return the wires on which the excitations of ``UCCSD`` act.

    Parameters
    ----------
    singles, doubles : list
        As ``excitations`` returns them.
    wires : wires, optional
        One for each spin orbital; default ``range``.

    Returns
    -------
    s_wires : list of list of wire
        All wires from r to p.
    d_wires : list of [list of wire, list of wire]
        All wires from s to r, and from q to p.

    Raises
    ------
    InvalidParameters
        There is no excitation, or the wires are not as many as the orbitals.
    """
    one = [_orbitals("singles", item, 2) for item in items_of(singles) or ()]
    two = [_orbitals("doubles", item, 4) for item in items_of(doubles) or ()]
    if not one and not two:
        raise InvalidParameters(
            "excitations_to_wires was given neither single nor double excitations. Give those of "
            "qg.qchem.excitations."
        )
    count = 1 + max(max(item) for item in [*one, *two])
    labels = Wires(range(count) if wires is None else wires)
    if len(labels) != count:
        raise InvalidParameters(
            f"excitations_to_wires was given {len(labels)} wires for {count} spin orbitals. Give "
            "one for each."
        )
    single_wires = [list(labels[r : p + 1]) for r, p in one]
    double_wires = [[list(labels[s : r + 1]), list(labels[q : p + 1])] for s, r, q, p in two]
    return single_wires, double_wires


def active_space(
    electrons: int,
    orbitals: int,
    mult: int = 1,
    active_electrons: int | None = None,
    active_orbitals: int | None = None,
) -> tuple[list[int], list[int]]:
    """Return the core orbitals, which stay doubly occupied, and the active ones.

    Parameters
    ----------
    electrons, orbitals : int
        Number of electrons, and of orbitals (with both spins).
    mult : int
        Multiplicity, one more than the number of unpaired electrons.
    active_electrons, active_orbitals : int, optional
        Default: all.

    Returns
    -------
    core, active : list of int

    Raises
    ------
    InvalidParameters
        There is no such active space.

    Examples
    --------
    >>> import qgate as qg
    >>> qg.qchem.active_space(4, 4, active_electrons=2, active_orbitals=2)
    ([0], [1, 2])
    """
    if any((whole_number(item) or 0) < 1 for item in (electrons, orbitals, mult)):
        raise InvalidParameters(
            f"active_space was given electrons={described(electrons)}, orbitals="
            f"{described(orbitals)} and mult={described(mult)}. Give whole numbers above 0."
        )
    moving = electrons if active_electrons is None else whole_number(active_electrons)
    unpaired = mult - 1
    if moving is None or not max(1, unpaired) <= moving <= electrons or (moving - unpaired) % 2:
        raise InvalidParameters(
            f"active_electrons={described(active_electrons)} is no number of active electrons of "
            f"{electrons}, of which {unpaired} are unpaired. Give a number up to {electrons} that "
            "leaves pairs of others."
        )
    core = (electrons - moving) // 2
    count = orbitals - core if active_orbitals is None else whole_number(active_orbitals)
    occupied = (electrons + unpaired) / 2
    if count is None or core + count > orbitals or core + count < occupied or count < 1:
        raise InvalidParameters(
            f"active_orbitals={described(active_orbitals)} is no number of active orbitals beside "
            f"{core} core orbitals: there are {orbitals} in all, and {int(occupied)} are occupied."
        )
    return list(range(core)), list(range(core, core + count))


def _numbers(owner: str, electrons: object, orbitals: object, *, at_least: int) -> tuple[int, int]:
    """Return the numbers of electrons and spin orbitals, at least some of which are empty."""
    occupied, count = whole_number(electrons), whole_number(orbitals)
    if occupied is None or count is None or not 0 < occupied <= count - at_least:
        raise InvalidParameters(
            f"{owner} was given electrons={described(electrons)} and orbitals="
            f"{described(orbitals)}. Give at least one electron, and "
            f"{'more' if at_least else 'at least as many'} spin orbitals."
        )
    return occupied, count


def _orbitals(argument: str, given: object, size: int) -> list[int]:
    found = [whole_number(item) for item in items_of(given) or ()]
    numbers = [number for number in found if number is not None and number >= 0]
    if len(found) != size or len(numbers) != size:
        raise InvalidParameters(
            f"excitations_to_wires was given {described(given)} among {argument}. Each has {size} "
            "numbers of spin orbitals."
        )
    return numbers

"""Mappings of fermionic operators to qubits: Jordan-Wigner, parity and Bravyi-Kitaev.

Jordan-Wigner maps the annihilation operator of orbital j to Z on the qubits before j, times
(X + i Y) / 2 on qubit j. The other mappings are that one in another encoding of the occupation
numbers (``qgate.fermi.encodings``).
"""

from __future__ import annotations

from collections.abc import Mapping

from qgate.arguments import finite_number, mapping_of, truth, whole_number
from qgate.arrays import is_traced
from qgate.exceptions import InvalidParameters, described
from qgate.fermi.encodings import encoded_products
from qgate.fermi.fermionic import FermiOperator, FermiSentence, FermiWord
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.pauli.dictionaries import PauliSentence
from qgate.typing import Wire
from qgate.wires import Wires

MOST_ORBITALS = 4096
"""Maximum number of orbitals: the matrix of an encoding has an entry for each pair of them."""

NEGLIGIBLE = 1e-16
"""Weights up to this are left out of mapped sums."""


def jordan_wigner(
    fermi_operator: FermiWord | FermiSentence,
    ps: bool = False,
    wire_map: Mapping[int, Wire] | None = None,
    tol: float | None = None,
) -> Operator | PauliSentence:
    """Map a fermionic operator to qubits: qubit j holds the occupation number of orbital j.

    Parameters
    ----------
    fermi_operator : FermiWord or FermiSentence
        Weights may be traced.
    ps : bool
        Whether to return a dictionary, ``qg.pauli.PauliSentence``.
    wire_map : mapping of int to wire, optional
        Wire of each orbital; default: the orbital itself.
    tol : float, optional
        Imaginary parts of weights up to this are dropped.

    Returns
    -------
    Operator or PauliSentence

    Raises
    ------
    InvalidParameters
        It is not a fermionic operator.

    Notes
    -----
    Cost: 2**k Pauli words for a product of k operators, merged.

    Examples
    --------
    >>> word = qg.FermiC(0) * qg.FermiA(0)
    >>> jordan_wigner(word)
    0.5 * I() + -0.5 * Z(0)
    """
    return _mapped("jordan_wigner", fermi_operator, None, ps, wire_map, tol)


def parity_transform(
    fermi_operator: FermiWord | FermiSentence,
    n: int,
    ps: bool = False,
    wire_map: Mapping[int, Wire] | None = None,
    tol: float | None = None,
) -> Operator | PauliSentence:
    """Map a fermionic operator to qubits: qubit j holds the parity of the orbitals up to j.

    ``n`` is the number of orbitals, which are those of the system, not only of the operator. The
    other parameters and errors are those of ``jordan_wigner``.

    Examples
    --------
    >>> parity_transform(qg.FermiC(0) * qg.FermiA(0), n=2)
    0.5 * I() + -0.5 * Z(0)
    """
    return _mapped("parity", fermi_operator, n, ps, wire_map, tol)


def bravyi_kitaev(
    fermi_operator: FermiWord | FermiSentence,
    n: int,
    ps: bool = False,
    wire_map: Mapping[int, Wire] | None = None,
    tol: float | None = None,
) -> Operator | PauliSentence:
    """Map a fermionic operator to qubits: qubit j holds the parity of a part of the orbitals.

    Even qubits hold their own orbital, odd ones the sum of those in their subtree, so that each
    operator acts on about log2(n) qubits. Parameters and errors are those of ``parity_transform``.

    Examples
    --------
    >>> bravyi_kitaev(qg.FermiC(1) * qg.FermiA(1), n=2)
    0.5 * I() + -0.5 * (Z(0) @ Z(1))
    """
    return _mapped("bravyi_kitaev", fermi_operator, n, ps, wire_map, tol)


def _mapped(
    mapping: str,
    operator: FermiWord | FermiSentence,
    n: int | None,
    ps: bool,
    wire_map: Mapping[int, Wire] | None,
    tol: float | None,
) -> Operator | PauliSentence:
    limit = None if tol is None else finite_number(tol)
    if tol is not None and limit is None:
        raise InvalidParameters(
            f"The mapping {mapping} was given tol={described(tol)}. Give a number, or None."
        )
    ps, tol = truth(mapping, "ps", ps), limit
    if tol is None and not ps:
        tol = 0.0  # observables have real weights
    found = pauli_words(mapping, operator, n, tol)
    renamed: dict[Wire, Wire] = dict(mapping_of(mapping, "wire_map", wire_map))
    Wires(list(renamed.values()))  # refuses what is no wire, and a wire that is given twice
    if renamed:
        found = found.map_wires(renamed)
    first = next(iter(operator.wires), 0)  # the wire of an identity
    return found if ps else found.operation([renamed.get(first, first)])


def pauli_words(
    mapping: str,
    operator: FermiWord | FermiSentence,
    n: int | None = None,
    tol: float | None = None,
) -> PauliSentence:
    """Return the Pauli words of a fermionic operator, with complex weights where ``tol`` is None.

    ``mapping`` is a name of ``qgate.fermi.encodings``; the other parameters and the errors are
    those of ``parity_transform``, where ``n`` is by default the highest orbital and one.
    """
    if not isinstance(operator, FermiOperator):
        raise InvalidParameters(
            f"The mapping {mapping} was given {described(operator)}. Give a FermiWord or a "
            "FermiSentence, such as qg.FermiC(0) * qg.FermiA(1)."
        )
    sentence = operator.to_sentence()
    ladders = [word.ladder for word in sentence]
    orbitals = _orbitals(mapping, operator, n)
    words = encoded_products(mapping, ladders, list(sentence.values()), orbitals)
    found = _dictionary(words, tol)
    if isinstance(operator, FermiWord):
        return found
    kept = [word for word, c in found.items() if is_traced(c) or abs(c) > NEGLIGIBLE]
    return PauliSentence({word: found[word] for word in kept})


def _orbitals(mapping: str, operator: FermiWord | FermiSentence, n: int | None) -> int:
    """Return the number of orbitals; refuse fewer than the operator has."""
    needed = max(operator.wires, default=-1) + 1
    given = needed if n is None else whole_number(n)
    if given is not None and given > MOST_ORBITALS:
        raise InvalidParameters(
            f"The mapping {mapping} was given n={given}. Give at most {MOST_ORBITALS} orbitals."
        )
    if given is None or given < needed:
        raise InvalidParameters(
            f"The mapping {mapping} was given n={described(n)}, and an operator on orbital "
            f"{needed - 1}. Give the number of orbitals of the system, at least {needed}."
        )
    return given


def _dictionary(words: PauliSum, tol: float | None) -> PauliSentence:
    weights = words.coefficients
    values = list(weights) if is_traced(weights) else (weights + 0j).tolist()
    if tol is not None:
        values = [
            value.real if not is_traced(value) and abs(value.imag) <= tol else value
            for value in values
        ]
    return PauliSentence(zip(PauliSentence.of_sum(words), values, strict=True))

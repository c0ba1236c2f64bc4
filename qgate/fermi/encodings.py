"""Encodings of occupation numbers in qubits: Jordan-Wigner, parity and Bravyi-Kitaev.

Each is a matrix beta of bits: the qubits are beta times the occupation numbers of the spin
orbitals, modulo 2. Jordan-Wigner is the identity. The others follow from it by the circuit of CNOTs
that computes beta: it maps the X of a Pauli word by beta and its Z by the inverse of the transpose.
Reference: Seeley, Richard and Love, J. Chem. Phys. 137, 224109 (2012).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from qgate.exceptions import InvalidParameters, described, suggest
from qgate.operations.pauli import PauliSum
from qgate.typing import BoolArray, IntArray, Tensor

Ladder = tuple[int, str]
"""Orbital on which a ladder operator acts, and "+" (creation) or "-" (annihilation)."""


def _identity(orbitals: int) -> IntArray:
    return np.eye(orbitals, dtype=np.int64)


def _parities(orbitals: int) -> IntArray:
    return np.tril(np.ones((orbitals, orbitals), dtype=np.int64))


def _partial_sums(orbitals: int) -> IntArray:
    """Return the matrix of a binary indexed tree: row j sums the orbitals from j & (j + 1) to j."""
    rows, columns = np.indices((orbitals, orbitals))
    return ((rows & (rows + 1)) <= columns).astype(np.int64) * (columns <= rows)


ENCODINGS: Mapping[str, Callable[[int], IntArray]] = {
    "jordan_wigner": _identity,
    "parity": _parities,
    "bravyi_kitaev": _partial_sums,
}


def encoding(owner: str, argument: str, name: object, orbitals: int) -> IntArray:
    """Return the matrix of an encoding by its name.

    Raises
    ------
    InvalidParameters
        The name is unknown.
    """
    known = {**ENCODINGS, "occupation_number": _identity}
    plain = name.strip().lower() if isinstance(name, str) else ""
    if plain not in known:
        raise InvalidParameters(
            f"{owner} was given {argument}={described(name)}.{suggest(name, known)} Give one of "
            f"{', '.join(known)}."
        )
    return known[plain](orbitals)


def encoded(words: PauliSum, matrix: IntArray) -> PauliSum:
    """Return a sum of Jordan-Wigner's words in another encoding.

    A word is i**(number of Y) times X's and then Z's, and the circuit adds no sign to these.
    """
    inverse = np.rint(np.linalg.inv(matrix)).astype(np.int64) % 2
    x, z = _product(words.x, matrix.T), _product(words.z, inverse)
    quarter_turns = (words.x & words.z).sum(axis=1) - (x & z).sum(axis=1)
    signs = np.real(1j**quarter_turns)
    return PauliSum(words.coefficients * signs, x, z, words.wires)


def encoded_products(
    mapping: str, products: Sequence[Sequence[Ladder]], weights: Sequence[Tensor], orbitals: int
) -> PauliSum:
    """Return a weighted sum of products of ladder operators, with distinct Pauli words.

    Parameters
    ----------
    mapping : str
        Name of an encoding.
    products : sequence of sequence of (int, str)
        Orbital and sign of the factors of each product, the first to the left.
    weights : sequence of number
        May be traced.
    orbitals : int
        Number of orbitals, and of the wires, which are numbered from 0 on.
    """
    if not products:
        return PauliSum.identity(0.0, range(orbitals))
    matrix = encoding("A mapping", "mapping", mapping, orbitals)
    ladder = {factor for product in products for factor in product}
    factors = {factor: encoded(_jordan_wigner(factor, orbitals), matrix) for factor in ladder}
    sums = [
        PauliSum.product([factors[factor] for factor in product]).expanded(range(orbitals))
        for product in products
    ]
    return PauliSum.weighted(list(weights), sums).merged()


def _jordan_wigner(factor: Ladder, orbitals: int) -> PauliSum:
    orbital, sign = factor
    after = "I" * (orbitals - orbital - 1)
    weights = np.array([0.5, 0.5j if sign == "-" else -0.5j])
    return PauliSum.from_words(weights, ["Z" * orbital + letter + after for letter in "XY"])


def _product(bits: BoolArray, matrix: IntArray) -> BoolArray:
    return np.asarray(bits.astype(np.int64) @ matrix % 2, dtype=bool)

"""Conversion of Pauli words: operators, strings, binary vectors, matrices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from qgate.arrays import opened
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_decomposition import pauli_decompose as decompose
from qgate.operations.pauli_groups import is_qubit_wise
from qgate.pauli.dictionaries import PauliSentence, PauliWord, pauli_sentence, word_operator
from qgate.typing import BoolArray, FloatArray, NumericArray, Tensor, Wire, WiresLike
from qgate.wires import Wires

WireMap = Mapping[Wire, int]
"""Position of each wire."""


def is_pauli_word(observable: object) -> bool:
    """Return whether an operator is a single Pauli word, with any weight."""
    if isinstance(observable, PauliWord):
        return True
    words = observable.pauli_rep if isinstance(observable, Operator) else observable
    if isinstance(words, PauliSum):
        words = words.merged()
    return isinstance(words, PauliSum | PauliSentence) and len(words) == 1


def word_of(observable: Operator | PauliWord) -> PauliWord:
    """Return the word of an operator, without its weight."""
    if isinstance(observable, PauliWord):
        return observable
    if not is_pauli_word(observable):
        raise InvalidParameters(
            f"{described(observable)} is not a Pauli word. Give a product of qg.X, qg.Y and qg.Z."
        )
    (word,) = pauli_sentence(observable)
    return word


def pauli_word_prefactor(observable: Operator) -> Tensor:
    """Return the weight of a Pauli word."""
    word_of(observable)
    (weight,) = pauli_sentence(observable).values()
    return weight


def are_identical_pauli_words(pauli_1: Operator, pauli_2: Operator) -> bool:
    """Return whether two Pauli words have the same letters on the same wires.

    The weights have no influence.
    """
    return word_of(pauli_1) == word_of(pauli_2)


# Binary vectors -------------------------------------------------------------------------


def pauli_to_binary(
    pauli_word: Operator | PauliWord,
    n_qubits: int | None = None,
    wire_map: WireMap | None = None,
    check_is_pauli_word: bool = True,
) -> FloatArray:
    """Return a Pauli word as a vector of 2n bits, first those of X and then those of Z.

    Parameters
    ----------
    pauli_word : Operator
    n_qubits : int, optional
        n; default the number of wires.
    wire_map : mapping of wire to int, optional
        Position of each wire; default in the order of the word.
    check_is_pauli_word : bool
        Without effect: other operators are always refused.

    Examples
    --------
    >>> pauli_to_binary(qg.X("a") @ qg.Y("b") @ qg.Z("c"))
    array([1., 1., 0., 0., 1., 1.])
    """
    word = word_of(pauli_word)
    places = _places(word.wires, wire_map)
    count = max([n for n in (n_qubits, *(place + 1 for place in places.values())) if n] or [1])
    if n_qubits is not None and count != n_qubits:
        raise InvalidParameters(
            f"n_qubits={described(n_qubits)} is too small for {word} at the positions {places}. "
            f"Give at least {count}."
        )
    vector = np.zeros(2 * count)
    for wire, letter in word.items():
        vector[places[wire]] = letter in "XY"
        vector[count + places[wire]] = letter in "YZ"
    return vector


def _places(wires: Wires, wire_map: WireMap | None) -> WireMap:
    """Return the position of each wire, by default in order."""
    if wire_map is None:
        return {wire: place for place, wire in enumerate(wires)}
    missing = [wire for wire in wires if wire not in wire_map]
    if missing:
        raise InvalidParameters(f"wire_map has no position of the wires {missing}. Add them.")
    return wire_map


def binary_to_pauli(
    binary_vector: Sequence[int] | NumericArray, wire_map: WireMap | None = None
) -> Operator:
    """Return the Pauli word of a vector of bits; see ``pauli_to_binary``.

    >>> binary_to_pauli([0, 1, 1, 0, 1, 0])
    Y(1) @ X(2)
    """
    bits = np.asarray(binary_vector)
    if bits.ndim != 1 or bits.size % 2 or not np.isin(bits, (0, 1)).all():
        raise InvalidParameters(
            f"{described(binary_vector)} is no vector of bits of a Pauli word. Give 2n zeros and "
            "ones, first those of X and then those of Z."
        )
    x, z = bits.reshape(2, -1).astype(bool)
    letters = {place: "IXZY"[a + 2 * b] for place, (a, b) in enumerate(zip(x, z, strict=True))}
    order = _order(len(x), wire_map)
    return word_operator({order[place]: letters[place] for place in letters}, [order[0]])


def _order(count: int, wire_map: WireMap | None) -> list[Wire]:
    """Return the wire at each position."""
    if wire_map is None:
        return list(range(count))
    if sorted(wire_map.values()) != list(range(len(wire_map))) or len(wire_map) < count:
        raise InvalidParameters(
            f"wire_map={described(wire_map)} does not number {count} wires. "
            "Give each wire a position, counted from 0."
        )
    return sorted(wire_map, key=wire_map.__getitem__)


def observables_to_binary_matrix(
    observables: Sequence[Operator], n_qubits: int | None = None, wire_map: WireMap | None = None
) -> FloatArray:
    """Return Pauli words as rows of bits, shape (T, 2n); see ``pauli_to_binary``."""
    words = [word_of(observable) for observable in observables]
    places = _places(Wires.all_wires([word.wires for word in words]), wire_map)
    count = n_qubits or max([place + 1 for place in places.values()], default=1)
    return np.array([pauli_to_binary(word, count, places) for word in words])


def bits_of(vectors: NumericArray) -> tuple[BoolArray, BoolArray]:
    """Return the bits of X and of Z of rows of bits, each of shape (T, n)."""
    rows = np.atleast_2d(np.asarray(vectors)).astype(bool)
    count = rows.shape[1] // 2
    return rows[:, :count], rows[:, count:]


def is_qwc(pauli_vec_1: NumericArray, pauli_vec_2: NumericArray) -> bool:
    """Return whether two Pauli words, as vectors of bits, commute qubit-wise."""
    return is_qubit_wise(*bits_of(np.stack([pauli_vec_1, pauli_vec_2])))


def are_pauli_words_qwc(lst_pauli_words: Sequence[Operator]) -> bool:
    """Return whether Pauli words commute qubit-wise: no wire has two different letters."""
    if len(lst_pauli_words) < 2:
        return True
    return is_qubit_wise(*bits_of(observables_to_binary_matrix(lst_pauli_words)))


# Strings and matrices -------------------------------------------------------------------


def pauli_word_to_string(pauli_word: Operator | PauliWord, wire_map: WireMap | None = None) -> str:
    """Return a Pauli word as a string, a letter for each position.

    >>> pauli_word_to_string(qg.X("a") @ qg.Y("c"), wire_map={"a": 0, "b": 1, "c": 2})
    'XIY'
    """
    word = word_of(pauli_word)
    places = _places(word.wires, wire_map)
    return "".join(word[wire] for wire in sorted(places, key=places.__getitem__)) or "I"


def string_to_pauli_word(pauli_string: str, wire_map: WireMap | None = None) -> Operator:
    """Return the Pauli word of a string such as "XIY"; see ``pauli_word_to_string``."""
    if not isinstance(pauli_string, str) or not set(pauli_string) <= set("IXYZ"):
        raise InvalidParameters(
            f"{described(pauli_string)} is no string of the letters I, X, Y and Z. Give one."
        )
    order = _order(max(len(pauli_string), 1), wire_map)
    letters = dict(zip(order, pauli_string, strict=False))
    return word_operator(letters, [order[0]])


def pauli_word_to_matrix(
    pauli_word: Operator | PauliWord, wire_map: WireMap | None = None
) -> Tensor:
    """Return the matrix of a Pauli word, by default on its own wires."""
    word = word_of(pauli_word)
    places = _places(word.wires, wire_map)
    order = sorted(places, key=places.__getitem__)
    return opened(word_operator(word, order[:1] or [0]).matrix(order or [0]))


def pauli_group(n_qubits: int, wire_map: WireMap | None = None) -> Iterator[Operator]:
    """Yield the 4**n Pauli words on n wires, in the order of their bits."""
    for bits in product((0, 1), repeat=2 * n_qubits):
        yield binary_to_pauli(bits, wire_map)


def pauli_eigs(n: int) -> NumericArray:
    """Return the eigenvalues of a product of n letters, shape (2**n,), in the order of bits."""
    signs = np.ones(1)
    for _ in range(n):
        signs = np.concatenate([signs, -signs])
    return signs


def pauli_decompose(
    H: Tensor,
    hide_identity: bool = False,
    wire_order: WiresLike | None = None,
    pauli: bool = False,
    check_hermitian: bool = True,
) -> Operator | PauliSentence:
    """Return a matrix as a sum of Pauli words.

    Parameters
    ----------
    H : array, shape (2**n, 2**n)
    hide_identity : bool
        Accepted for compatibility with PennyLane; identities in words are never written.
    wire_order : wires, optional
        Default ``range(n)``.
    pauli : bool
        Whether to return a ``PauliSentence`` instead of an operator.
    check_hermitian : bool
        Whether to refuse a matrix that is not Hermitian.
    """
    found = decompose(H, wire_order=wire_order, check_hermitian=check_hermitian)
    return PauliSentence.of_sum(found) if pauli else found


def trace_inner_product(A: Tensor, B: Tensor) -> Tensor:
    """Return tr(A^H B) divided by the size, for operators, Pauli sums or matrices."""
    if all(isinstance(value, Operator | PauliWord | PauliSentence) for value in (A, B)):
        two = pauli_sentence(B)
        return sum(np.conj(weight) * two[word] for word, weight in pauli_sentence(A).items())
    left, right = np.asarray(A), np.asarray(B)
    return np.sum(np.conj(left) * right, axis=(-2, -1)) / left.shape[-1]

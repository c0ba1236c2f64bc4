"""Pauli words as two rows of bits: x where they flip a bit, z where they change the sign.

The word with bits x and z is i^|x & z| X^x Z^z: the letter X where only x is set, Z where
only z is, Y where both are. T words are two Boolean arrays of shape (T, n).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from qgate.arrays import enclosed, framework_of, isbox, namespace
from qgate.exceptions import InvalidParameters
from qgate.typing import BoolArray, ComplexArray, FloatArray, IntArray, NumericArray, Tensor, Wire

LETTERS = "IXZY"
"""Letter of each value of x + 2 z."""

PHASES = np.array([1, 1j, -1, -1j])
"""Powers of i."""

SHOWN_TERMS = 12
"""Longest sum that is printed in full."""

UnsignedArray = NDArray[np.uint64]


def from_letters(words: Sequence[str]) -> tuple[BoolArray, BoolArray]:
    """Return the bits x and z, each of shape (T, n), of words such as "XIZY"; refuse others."""
    lengths = {len(word) for word in words}
    if len(lengths) > 1 or not set("".join(words)) <= set(LETTERS):
        raise InvalidParameters(
            f"These are not Pauli words of one length: {', '.join(map(repr, words[:5]))}. "
            "Write each with one of the letters I, X, Y, Z for every wire, such as 'XIZY'."
        )
    codes = np.array([LETTERS.index(letter) for word in words for letter in word], dtype=np.uint8)
    codes = codes.reshape(len(words), max(lengths, default=0))
    return (codes & 1).astype(bool), (codes & 2).astype(bool)


@lru_cache(maxsize=1024)
def bits_of(word: str) -> tuple[BoolArray, BoolArray]:
    """Return the bits x and z of one word, each of shape (1, n); read-only shared arrays."""
    x, z = from_letters([word])
    x.setflags(write=False)
    z.setflags(write=False)
    return x, z


def to_letters(x: BoolArray, z: BoolArray) -> list[str]:
    """Return the words, one string each, of bits of shape (T, n)."""
    letters = np.array(list(LETTERS))[x + 2 * z]
    return ["".join(word) for word in letters]


def spell_sum(weights: NumericArray, x: BoolArray, z: BoolArray, wires: Sequence[Wire]) -> str:
    """Return a weighted sum of words as a user would write it; a long one is truncated."""
    words = to_letters(x[:SHOWN_TERMS], z[:SHOWN_TERMS])
    pairs = zip(weights[:SHOWN_TERMS].tolist(), words, strict=True)
    parts = [_spell_term(weight, word, wires) for weight, word in pairs]
    rest = [f"... ({len(x)} terms)"] if len(x) > SHOWN_TERMS else []
    return " + ".join([*parts, *rest]) or "0.0 * I()"


def spell_label(weight: complex, word: str, decimals: int | None) -> str:
    """Return a weighted word without its wires, such as ``0.5*X@Z``."""
    text = "@".join(letter for letter in word if letter != "I") or "I"
    if weight == 1:
        return text
    return f"{weight}*{text}" if decimals is None else f"{weight:.{decimals}f}*{text}"


def _spell_term(weight: complex, word: str, wires: Sequence[Wire]) -> str:
    """Return a weighted word, such as ``0.5 * (X(0) @ Z(1))``."""
    pairs = zip(word, wires, strict=True)
    letters = [f"{letter}({wire!r})" for letter, wire in pairs if letter != "I"]
    text = " @ ".join(letters) or "I()"
    if weight == 1:
        return text
    return f"{weight} * " + (f"({text})" if len(letters) > 1 else text)


def packed(x: BoolArray, z: BoolArray) -> UnsignedArray:
    """Return the bits of each word packed into 64-bit integers, shape (T, w)."""
    return pack(np.concatenate([x, z], axis=1))


def pack(bits: BoolArray) -> UnsignedArray:
    """Return rows of bits packed into rows of 64-bit integers, at least one per row."""
    rows, width = bits.shape
    whole = max(1, -(-width // 64))
    filled = np.zeros((rows, 8 * whole), dtype=np.uint8)
    filled[:, : -(-width // 8)] = np.packbits(bits, axis=1)
    return filled.view(np.uint64)


def distinct(keys: UnsignedArray) -> tuple[IntArray, IntArray]:
    """Find equal rows of integers, shape (T, w); one sort.

    Returns
    -------
    first : array, shape (D,)
        Where each distinct row occurs first, ascending.
    index : array, shape (T,)
        Index of each row among the distinct ones.
    """
    order = np.argsort(keys[:, 0], kind="stable") if keys.shape[1] == 1 else np.lexsort(keys.T)
    ordered = keys[order]
    opens = np.ones(len(keys), dtype=bool)
    opens[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    first = order[opens]
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    index = np.empty(len(keys), dtype=np.int64)
    index[order] = rank[np.cumsum(opens) - 1]
    return np.sort(first), index


def product_phases(
    left: tuple[BoolArray, BoolArray], right: tuple[BoolArray, BoolArray]
) -> IntArray:
    """Return k, modulo 4, of P Q = i^k R for all pairs of words, shape (T, S).

    R has the bits of P and Q combined by exclusive or. The words anticommute where k is odd.
    With y = x & z the exponent is |y_P| + |y_Q| - |y_R| + 2 |z_P & x_Q|, written here as one
    product of matrices.
    """
    (x, z), (u, v) = left, right
    y, w = x & z, u & v
    rows = np.concatenate([x, z, y], axis=1).astype(np.float32)
    columns = np.concatenate([2.0 * w - v, 2.0 * w + u, 2.0 * u + 2.0 * v], axis=1)
    return np.asarray(rows @ columns.astype(np.float32).T).astype(np.int64) & 3


def gather_sum(values: Tensor, index: IntArray, size: int) -> Tensor:
    """Return the sums of the values that share an index, shape (size,); differentiable."""
    if isbox(values):
        return _primitives()[0](values, index, size)
    if framework_of(values) is None:
        return sums(values, index, size)
    counts = np.bincount(index, minlength=size)
    order = np.argsort(index, kind="stable")
    places = np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.full((size, counts.max(initial=1)), len(index))
    table[index[order], places] = order
    xp = namespace([values])
    padded = xp.concatenate([values, np.zeros(1)])
    return xp.sum(xp.reshape(padded[table.ravel()], table.shape), axis=-1)


def spread(values: Tensor, index: IntArray) -> Tensor:
    """Return ``values[index]``; the transpose of ``gather_sum``."""
    if isbox(values):
        return _primitives()[1](values, index)
    return enclosed(values)[index]


@cache
def _primitives() -> tuple[Callable[..., Tensor], Callable[..., Tensor]]:
    """Return ``gather_sum`` and ``spread`` for values that autograd traces.

    Both are linear, and each is the transpose of the other.
    """
    from autograd.extend import defjvp, defvjp, primitive  # loaded by the first derivative

    gather, scatter = primitive(sums), primitive(lambda values, index: values[index])
    defvjp(gather, lambda _, values, index, size: lambda g: scatter(g, index))
    defvjp(scatter, lambda _, values, index: lambda g: gather(g, index, len(values)))
    defjvp(gather, lambda g, _, values, index, size: gather(g, index, size))
    defjvp(scatter, lambda g, _, values, index: scatter(g, index))
    return gather, scatter


def sums(values: ComplexArray | FloatArray, index: IntArray, size: int) -> NumericArray:
    """Return the sums of the numbers that share an index, shape (size,)."""
    if np.iscomplexobj(values):
        real, imaginary = (np.bincount(index, part, size) for part in (values.real, values.imag))
        return real + 1j * imaginary
    return np.bincount(index, values, size)

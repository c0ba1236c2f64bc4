"""Factorisation of permutations into moves within tiles, which fit into a cache.

A permutation that is linear in the bits of the index (any circuit of CNOT, SWAP and X) is an
invertible matrix over GF(2) and a shift. Moving amplitudes within a tile changes only the rows of
the tile's bits, so the matrix is reduced to the identity row by row, as in Gaussian elimination,
with as many rows at a time as a tile has bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from qgate.devices.local.bits import Masks, identity, inverse, product, through, transposed

TILE_BITS = 13
"""Bits of a tile: it has 2**13 amplitudes, the size of the buffers of the kernels."""

WHOLE_BITS = 16
"""A state of up to 2**16 amplitudes is one tile; the kernels have a spare buffer for these."""

GATHERED = 8
"""Maximum number of bits of a tile above its lowest, contiguous bits."""


@dataclass(frozen=True)
class Tiled:
    """Permutation within tiles, which are sets of indices that differ only in some bits.

    Parameters
    ----------
    bits : tuple of int
        These bits, ascending.
    columns : tuple of int
        For each bit of an index, its contribution to the source index (exclusive or).
    shift : int
        Constant contribution to every source index (exclusive or).
    """

    bits: tuple[int, ...]
    columns: tuple[int, ...]
    shift: int


@lru_cache(maxsize=1024)
def tiled(columns: tuple[int, ...], shift: int) -> tuple[Tiled, ...]:
    """Factorise a linear permutation into moves within tiles, in the order of application.

    Parameters
    ----------
    columns : tuple of int
        The source of index i is the exclusive or of the columns at its set bits,
    shift : int
        and of this shift.

    Notes
    -----
    Typically one move for up to 16 bits, two for up to 21, three for up to 29.
    """
    found: list[Tiled] = []
    rows = transposed(columns)
    while shift or rows != identity(len(rows)):
        bits, left = _best_tile(rows, shift)
        if _num_solved(left) <= _num_solved(rows) and not shift & _mask(bits):
            return (*found, *_one_by_one(rows, shift))
        done = transposed(product(rows, inverse(left)))
        outside = shift & ~_mask(bits)
        found.append(Tiled(bits, done, shift ^ through(done, outside)))
        rows, shift = left, outside
    return tuple(found)


def inverted(step: Tiled) -> Tiled:
    """Return the inverse of moves within tiles."""
    columns = inverse(step.columns)
    return Tiled(step.bits, columns, through(columns, step.shift))


def _best_tile(rows: Masks, shift: int) -> tuple[tuple[int, ...], Masks]:
    """Return the bits of the tile that solves the most rows, and the resulting rows."""
    size = len(rows)
    if size <= WHOLE_BITS:
        return tuple(range(size)), _solved(rows, range(size))
    tiles = [tuple(range(TILE_BITS)), *_windows(size), _gathered(rows)]
    solved = [(bits, _solved(rows, bits)) for bits in tiles]
    return max(
        solved, key=lambda item: (_num_solved(item[1]), (shift & _mask(item[0])).bit_count())
    )


def _windows(size: int) -> list[tuple[int, ...]]:
    """Return tiles of contiguous bits above the lowest ones."""
    starts = {max(TILE_BITS - GATHERED, size - GATHERED * part) for part in range(1, size)}
    return [
        (*range(TILE_BITS - GATHERED), *range(start, start + GATHERED)) for start in sorted(starts)
    ]


def _gathered(rows: Masks) -> tuple[int, ...]:
    """Choose the bits of a tile greedily, each time the one that solves the most rows."""
    size, chosen = len(rows), list(range(TILE_BITS - GATHERED))
    while len(chosen) < TILE_BITS:
        left = [bit for bit in range(size) if bit not in chosen]
        solved = {bit: _num_solved(_solved(rows, [*chosen, bit])) for bit in left}
        related = reduce(or_, (rows[bit] for bit in chosen))
        chosen.append(
            max(left, key=lambda bit: (solved[bit], rows[bit] != 1 << bit, related >> bit & 1))
        )
    return tuple(sorted(chosen))


def _solved(rows: Masks, bits: Sequence[int]) -> Masks:
    """Reduce as many rows of some bits as possible to the identity's; keep all independent."""
    basis: dict[int, int] = {}
    for bit, row in enumerate(rows):
        if bit not in bits:
            _added(basis, row)
    free = [bit for bit in bits if not _added(basis, 1 << bit)]
    own = (rows[bit] for bit in bits)
    fill = [row for row in own if len(basis) < len(rows) and _added(basis, row)]
    replaced = dict(zip(free, fill, strict=True))
    return tuple(
        replaced.get(bit, 1 << bit) if bit in bits else row for bit, row in enumerate(rows)
    )


def _added(basis: dict[int, int], row: int) -> bool:
    """Add a row to a basis, by their highest bits; return False if it depends on the basis."""
    while row:
        highest = row.bit_length()
        if highest not in basis:
            basis[highest] = row
            return True
        row ^= basis[highest]
    return False


def _one_by_one(rows: Masks, shift: int) -> Iterator[Tiled]:
    """Solve one row after the other by exclusive or with another row, which always terminates."""
    size, left = len(rows), list(rows)

    def added(target: int, other: int) -> Tiled:
        left[target] ^= left[other]
        columns = (1 << bit | (1 << target if bit == other else 0) for bit in range(size))
        return Tiled(_tile_with(target, size), tuple(columns), 0)

    yield from (
        Tiled(_tile_with(bit, size), identity(size), 1 << bit)
        for bit in range(size)
        if shift >> bit & 1
    )
    for bit in range(size):
        if not left[bit] >> bit & 1:
            yield added(bit, next(row for row in range(bit + 1, size) if left[row] >> bit & 1))
        for row in range(size):
            if row != bit and left[row] >> bit & 1:
                yield added(row, bit)


def _tile_with(bit: int, size: int) -> tuple[int, ...]:
    low = range(min(size, TILE_BITS))
    return tuple(low) if bit in low else (*low[: TILE_BITS - 1], bit)


def _num_solved(rows: Masks) -> int:
    return sum(row == 1 << bit for bit, row in enumerate(rows))


def _mask(bits: Sequence[int]) -> int:
    return sum(1 << bit for bit in bits)

"""Steps of a plan: operations on the amplitudes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Factor:
    """Factor of a fused gate: exp(i x (m + w n.sigma)), or a fixed matrix of determinant 1.

    ``data`` is the index of its first number: m, w and n, or the matrix by rows.
    """

    angle: int | None
    data: int


@dataclass(frozen=True, eq=False)
class Fused:
    """Consecutive gates on one bit, fused to one.

    ``axis``: the common rotation axis X, Y or Z; else an empty string.
    """

    bit: int
    axis: str
    factors: tuple[Factor, ...]


@dataclass(frozen=True, eq=False)
class Layer:
    """Layer of fused gates on different bits, the lowest bit first."""

    fused: tuple[Fused, ...]


TABLE_BITS = 22
"""Maximum number of bits of states for which a table of the classes of all indices is kept."""


@dataclass(frozen=True, eq=False)
class PhaseGroup:
    """Gate exp(i x D), where D is the sum of weight times (-1)**parity(mask & index)."""

    angle: int
    masks: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Phases:
    """Group of diagonal gates."""

    groups: tuple[PhaseGroup, ...]

    def total(self) -> tuple[tuple[int, float], ...]:
        """Return the masks of all groups in ascending order, each with its total weight."""
        weights: dict[int, float] = {}
        for group in self.groups:
            for mask, weight in zip(group.masks, group.weights, strict=True):
                weights[mask] = weights.get(mask, 0.0) + weight
        return tuple(sorted(weights.items()))


@dataclass(frozen=True, eq=False)
class Moves:
    """Permutation: the source of an index is the exclusive or of the columns at its set bits."""

    columns: tuple[int, ...]
    shift: int


@dataclass(frozen=True, eq=False)
class Pairs:
    """2x2 matrix on the amplitudes of i and i ^ flip, for all i where i & select is the pattern."""

    flip: int
    select: int
    pattern: int
    factor: Factor


@dataclass(frozen=True, eq=False)
class Dense:
    """Matrix on some bits: fixed, or the sum of exp(i value x) times a projector.

    ``data``: index of the first number of the matrix, or of the values, then the projectors, then
    G.
    """

    bits: tuple[int, ...]
    angle: int | None
    data: int
    num_values: int


Step = Layer | Phases | Moves | Pairs | Dense

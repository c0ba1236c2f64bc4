"""The steps of a plan: what is done to the amplitudes, one after the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Factor:
    """A gate of a fused one: exp(i x (m + w n.sigma)), or a fixed matrix of determinant 1.

    ``data`` is where its numbers begin: m, w and n, or the matrix by rows.
    """

    angle: int | None
    data: int


@dataclass(frozen=True, eq=False)
class Fused:
    """All gates on one bit that follow one another.

    ``axis``: the one axis that all of them turn about, X, Y or Z; else an empty string.
    """

    bit: int
    axis: str
    factors: tuple[Factor, ...]


@dataclass(frozen=True, eq=False)
class Layer:
    """Fused gates on different bits, the lowest bit first."""

    fused: tuple[Fused, ...]


@dataclass(frozen=True, eq=False)
class PhaseGroup:
    """exp(i x D) with D the sum of weight times (-1)**parity(mask & index)."""

    angle: int
    masks: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Phases:
    """Diagonal gates together."""

    groups: tuple[PhaseGroup, ...]


@dataclass(frozen=True, eq=False)
class Moves:
    """Let each index take the amplitude of the exclusive or of the columns of its bits."""

    columns: tuple[int, ...]
    shift: int


@dataclass(frozen=True, eq=False)
class Pairs:
    """A 2x2 matrix on the amplitudes of i and i ^ flip where i & select is the pattern."""

    flip: int
    select: int
    pattern: int
    factor: Factor


@dataclass(frozen=True, eq=False)
class Dense:
    """A matrix on some bits: fixed, or the sum of exp(i value x) times a projector.

    ``data``: where the matrix begins, or the values, then the projectors, then G.
    """

    bits: tuple[int, ...]
    angle: int | None
    data: int
    num_values: int


Step = Layer | Phases | Moves | Pairs | Dense

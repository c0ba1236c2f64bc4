"""Serialisation of plans and observables to arrays of integers and doubles, for the C libraries.

``qgate_plan_new`` and ``qgate_observable_new`` in ``csrc/engine.c`` read these arrays; both sides
must agree on the order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from qgate.devices.local.bits import identity
from qgate.devices.local.plan import Plan
from qgate.devices.local.steps import TABLE_BITS, Factor, Layer, Moves, Pairs, Phases, Step
from qgate.devices.local.tiles import inverted, tiled
from qgate.typing import FloatArray, IntArray

LEAST_BITS = 4
"""Minimum number of bits of a state in the library: one whole vector; extra bits are 0."""

BLOCK_BITS, GATHERED = 10, 5
"""Sums of Pauli words are applied in blocks of 2**10 amplitudes, with at most 5 gathered bits."""

LAYER, PHASES, MOVES, PAIRS, DENSE = range(5)
AXES = {"": 0, "Z": 1, "Y": 2, "X": 3}

Terms = tuple[tuple[int, float], ...]
"""Masks and their weights."""


def written_plan(plan: Plan) -> tuple[IntArray, FloatArray]:
    """Serialise a plan for ``qgate_plan_new``."""
    written = _Steps(max(plan.num_bits, LEAST_BITS))
    for step in plan.steps:
        written.add(step)
    starts, slots, factors = _entries(plan)
    counts = [
        written.num_bits,
        plan.angles.num_slots,
        plan.one + 1,
        len(plan.steps),
        int(not plan.preparations and bool(plan.steps) and isinstance(plan.steps[0], Layer)),
        len(plan.phases),
        len(written.elements) // 2,
        len(written.fused) // 4,
        len(written.groups) // 3,
        len(written.masks),
        len(factors),
        len(written.tables),
    ]
    phases = [angle for angle, _ in plan.phases]
    ints = [*counts, *starts, *slots, *phases, *written.ints()]
    turns = [weight for _, weight in plan.phases]
    doubles = [*plan.angles.offset, 1.0, *factors, *turns, *written.weights]
    return np.array(ints, dtype=np.int64), np.array(doubles, dtype=float)


class _Steps:
    """Serialised steps: one list of numbers for each struct of ``csrc/plan.h``."""

    def __init__(self, num_bits: int) -> None:
        self.num_bits = num_bits
        self.elements: list[int] = []
        self.fused: list[int] = []
        self.groups: list[int] = []
        self.masks: list[int] = []
        self.weights: list[float] = []
        self.tables: dict[Terms, tuple[int, int, int]] = {}
        self.steps: list[int] = []

    def ints(self) -> list[int]:
        """Return all integers, in the order in which the library reads them."""
        spans = [bound for _, first, last in self.tables.values() for bound in (first, last)]
        return [*self.elements, *self.fused, *self.groups, *self.masks, *spans, *self.steps]

    def add(self, step: Step) -> None:
        """Add a step of a plan."""
        if isinstance(step, Layer):
            self.steps += [LAYER, *self._layer(step)]
        elif isinstance(step, Phases):
            self.steps += [PHASES, *self._phases(step)]
        elif isinstance(step, Moves):
            self.steps += [MOVES, *_written_moves(step, self.num_bits)]
        elif isinstance(step, Pairs):
            factor = self._factor(step.factor)
            self.steps += [PAIRS, step.flip, step.select, step.pattern, factor]
        else:
            angle = -1 if step.angle is None else step.angle
            self.steps += [DENSE, len(step.bits), *step.bits, angle, step.data, step.num_values]

    def _layer(self, step: Layer) -> tuple[int, int]:
        """Add the fused gates of a layer; return their range."""
        first = len(self.fused) // 4
        for item in step.fused:
            start = len(self.elements) // 2
            for factor in item.factors:
                self._factor(factor)
            self.fused += [item.bit, AXES[item.axis], start, len(self.elements) // 2]
        return first, len(self.fused) // 4

    def _phases(self, step: Phases) -> tuple[int, int, int]:
        """Add groups of diagonal gates; return their range, and the number of their table or -1."""
        first = len(self.groups) // 3
        for group in step.groups:
            terms = tuple(zip(group.masks, group.weights, strict=True))
            self.groups += [group.angle, *self._terms(terms)]
        last, total = len(self.groups) // 3, step.total()
        if self.num_bits > TABLE_BITS:
            return first, last, -1
        if total not in self.tables:
            self.tables[total] = (len(self.tables), *self._terms(total))
        return first, last, self.tables[total][0]

    def _factor(self, factor: Factor) -> int:
        """Add a factor; return its index."""
        self.elements += [-1 if factor.angle is None else factor.angle, factor.data]
        return len(self.elements) // 2 - 1

    def _terms(self, terms: Terms) -> tuple[int, int]:
        """Add masks and their weights; return their range."""
        first = len(self.masks)
        self.masks += [mask for mask, _ in terms]
        self.weights += [weight for _, weight in terms]
        return first, len(self.masks)


def _entries(plan: Plan) -> tuple[list[int], list[int], list[float]]:
    """Return the terms of the angles sorted by angle: their starts, slots and factors."""
    angles = plan.angles
    by_angle = np.argsort(angles.columns, kind="stable")
    counts = np.bincount(angles.columns, minlength=plan.one + 1)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts.tolist(), angles.slots[by_angle].tolist(), angles.factors[by_angle].tolist()


def _written_moves(step: Moves, num_bits: int) -> list[int]:
    """Serialise a permutation and its inverse as moves within tiles."""
    columns = (*step.columns, *identity(num_bits)[len(step.columns) :])
    moves = tiled(columns, step.shift)
    written = [len(moves)]
    for move in (*moves, *map(inverted, reversed(moves))):
        num_low = next(i for i, bit in enumerate((*move.bits, -1)) if bit != i)
        high = move.bits[num_low:]
        inner = [_gathered(column, move.bits) for column in (*move.columns, move.shift)]
        written += [len(move.bits), len(high), *high, *inner]
    return written


def _gathered(mask: int, bits: Sequence[int]) -> int:
    """Return the bits of a mask as bits of the index in a tile."""
    return sum((mask >> bit & 1) << place for place, bit in enumerate(bits))


def written_words(x: ArrayLike, z: ArrayLike, num_bits: int) -> IntArray:
    """Serialise Pauli words for ``qgate_observable_new``.

    Words with the same bit flips form a group; groups whose flips stay within a block form a pass.
    """
    num_bits = max(num_bits, LEAST_BITS)
    x, z = np.asarray(x, dtype=np.int64), np.asarray(z, dtype=np.int64)
    # Not np.unique, which imports numpy.ma: a fifth of the time to a first value.
    passes = _passes(sorted(set(x.tolist())), num_bits)
    heads: list[int] = []
    groups: list[int] = []
    words: list[tuple[int, ...]] = []
    for high, flips in passes:
        bits = min(num_bits, BLOCK_BITS)
        first = len(groups) // 5
        for flip in flips:
            members = np.flatnonzero(x == flip).tolist()
            begin = len(words)
            words += [
                (z[w], _inside(int(z[w]), bits, high), int(x[w] & z[w]).bit_count() % 4, w)
                for w in members
            ]
            outer = 0 if high else flip >> bits << bits
            groups += [flip, outer, _inside(flip, bits, high), begin, len(words)]
        heads += [bits, len(high), first, len(groups) // 5, *high]
    columns = [number for column in zip(*words, strict=True) for number in column]
    counts = [len(passes), len(groups) // 5, len(words)]
    return np.array([*counts, *heads, *groups, *columns], dtype=np.int64)


def _passes(flips: Sequence[int], num_bits: int) -> list[tuple[list[int], list[int]]]:
    """Split bit flips into passes that load few blocks: their gathered bits, and their flips.

    The first pass uses blocks of neighbours, and reads other blocks for flips that leave them. If
    several flips leave them by the same few bits, blocks are gathered over these bits.
    """
    size = min(num_bits, BLOCK_BITS)
    gathered: list[tuple[set[int], list[int]]] = []
    for flip in flips:
        if not flip >> size:
            continue
        high = {bit for bit in range(size - GATHERED, num_bits) if flip >> bit & 1}
        if len(high) > 2:
            continue
        for bits, members in gathered:
            if len(bits | high) <= GATHERED:
                bits |= high
                members.append(flip)
                break
        else:
            gathered.append((high, [flip]))
    shared = [(sorted(bits), members) for bits, members in gathered if len(members) > 2]
    taken = {flip for _, members in shared for flip in members}
    return [([], [flip for flip in flips if flip not in taken]), *shared]


def _inside(mask: int, bits: int, high: Sequence[int]) -> int:
    """Return the part of a mask within the index of a block."""
    low = bits - len(high)
    found = mask & ((1 << low) - 1)
    for place, bit in enumerate(high):
        found |= (mask >> bit & 1) << (low + place)
    return found

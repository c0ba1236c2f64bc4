"""Reordering of gates, so that gates of a kind become adjacent and can be fused.

Gates that share no wire commute, and so do gates that both commute with Z, or both with X, on every
wire they share. This defines a partial order. Each step takes all gates of one kind that are ready
in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qgate.devices.local.gate_action import Element

ONE = "one"


def stages(elements: Sequence[Element]) -> Iterator[tuple[str, list[Element]]]:
    """Yield the elements in an equivalent order, grouped by kind.

    Gates on one bit are delayed, to be fused with later ones, until another gate depends on them.
    """
    before, after = _order(elements)
    waiting = [len(needs) for needs in before]
    ready = {index for index, count in enumerate(waiting) if not count}
    left = len(elements)

    def done(index: int) -> None:
        ready.discard(index)
        for later in after[index]:
            waiting[later] -= 1
            if not waiting[later]:
                ready.add(later)

    while left:
        kinds = {elements[index].kind.name for index in ready} - {ONE}
        if kinds:
            kind = min(kinds, key=_rank)
            taken = _closure(elements, ready, kind, done)
        else:
            kind = ONE
            taken = _needed_ones(elements, ready, waiting, after, done)
        left -= len(taken)
        yield kind, [elements[index] for index in taken]


def _rank(kind: str) -> int:
    return ("moves", "phase", "parity", "phases", "pairs", "dense").index(kind)


def _closure(
    elements: Sequence[Element], ready: set[int], kind: str, done: Callable[[int], None]
) -> list[int]:
    """Take the ready elements of a kind, and those of the kind that become ready thereby."""
    alike = {kind} if kind in ("moves", "pairs", "dense") else {"phase", "parity", "phases"}
    taken: list[int] = []
    while True:
        found = sorted(index for index in ready if elements[index].kind.name in alike)
        if not found:
            return taken
        for index in found:
            done(index)
        taken += found


def _needed_ones(
    elements: Sequence[Element],
    ready: set[int],
    waiting: Sequence[int],
    after: Sequence[set[int]],
    done: Callable[[int], None],
) -> list[int]:
    """Take the gates on one bit that other gates wait for; all of them if there are none."""
    chain, blocked = sorted(ready), dict[int, int]()
    for index in chain:  # grows during the loop
        for later in after[index]:
            blocked[later] = blocked.get(later, waiting[later]) - 1
            if not blocked[later] and elements[later].kind.name == ONE:
                chain.append(later)
    kept = set[int]()
    for index in reversed(chain):
        if any(elements[later].kind.name != ONE or later in kept for later in after[index]):
            kept.add(index)
    taken = [index for index in chain if index in kept or not kept]
    for index in taken:
        done(index)
    return taken


def _order(elements: Sequence[Element]) -> tuple[list[set[int]], list[set[int]]]:
    """Return, for each element, those that must come before it, and those after it."""
    before: list[set[int]] = [set() for _ in elements]
    after: list[set[int]] = [set() for _ in elements]
    current: dict[int, tuple[str, list[int]]] = {}
    previous: dict[int, list[int]] = {}
    for index, element in enumerate(elements):
        for bit, axis in zip(element.bits, element.kind.axes, strict=True):
            known, members = current.get(bit, ("", []))
            if members and axis and axis == known:
                members.append(index)
            else:
                previous[bit] = members
                current[bit] = (axis, [index])
            for earlier in previous[bit]:
                before[index].add(earlier)
                after[earlier].add(index)
    return before, after

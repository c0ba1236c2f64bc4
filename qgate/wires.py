"""Wire labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from qgate.exceptions import DuplicateWires, WireError
from qgate.typing import Wire, WiresLike

PLAIN = frozenset({int, str})
"""Types of labels that need no further look."""


class TupleLabel(tuple[Any, ...]):
    """One label that is a tuple; equal to that tuple, but not taken for several labels."""

    __slots__ = ()


class Wires(tuple[Any, ...]):
    """An ordered collection of distinct wire labels.

    Parameters
    ----------
    labels : hashable or iterable of hashable
        One label, or several. A tuple stands for several; inside of a sequence it is one
        label, and stays one label where it is taken out of the wires again.

    Raises
    ------
    DuplicateWires
        A label is named twice.
    WireError
        A label is not hashable.
    """

    __slots__ = ()

    def __new__(cls, labels: WiresLike = ()) -> Wires:
        if type(labels) is cls:
            return labels
        if type(labels) is int:
            return super().__new__(cls, (labels,))
        if type(labels) is list and _are_plain(labels):
            return super().__new__(cls, labels)
        members = tuple(_label(label) for label in _as_iterable(labels))
        try:
            distinct = len(set(members))
        except TypeError:
            raise WireError(
                f"Wire labels have to be hashable, and {members!r} are not. "
                "Use integers or strings."
            ) from None
        if distinct != len(members):
            raise DuplicateWires(what="This operation or measurement", wires=members)
        return super().__new__(cls, members)

    @classmethod
    def of(cls, labels: WiresLike, *, owner: str) -> Wires:
        """Return the wires of something, and name that in the error."""
        if type(labels) is int:
            return super().__new__(cls, (labels,))
        try:
            return cls(labels)
        except DuplicateWires as error:
            raise DuplicateWires(what=owner, wires=error.wires) from None

    @classmethod
    def all_wires(cls, several: Iterable[Iterable[Wire]]) -> Wires:
        """Return every label that occurs, in order of first appearance."""
        return cls(dict.fromkeys(label for wires in several for label in wires))

    @property
    def labels(self) -> tuple[Any, ...]:
        """The labels as a plain tuple."""
        return tuple(self)

    def tolist(self) -> list[Any]:
        """The labels as a list."""
        return list(self)

    def toset(self) -> set[Any]:
        """The labels as a set."""
        return set(self)

    def contains_wires(self, wires: WiresLike) -> bool:
        """Say whether every one of ``wires`` is among these."""
        return set(Wires(wires)) <= set(self)

    def indices(self, wires: WiresLike) -> list[int]:
        """Return the position of each of ``wires`` among these."""
        position = {label: index for index, label in enumerate(self)}
        try:
            return [position[label] for label in Wires(wires)]
        except KeyError as error:
            raise WireError(
                f"Wire {error.args[0]!r} is not among the wires {list(self)}. Name one of these."
            ) from None

    def map(self, wire_map: Mapping[Any, Any]) -> Wires:
        """Return these wires under other labels; labels not in the map stay."""
        return Wires([wire_map.get(label, label) for label in self])

    def __repr__(self) -> str:
        return f"Wires({list(self)})"


def _are_plain(labels: list[Any]) -> bool:
    """Say whether labels are distinct, and as they are kept."""
    return PLAIN.issuperset(map(type, labels)) and len(set(labels)) == len(labels)


def _as_iterable(labels: WiresLike) -> Iterable[Wire]:
    if isinstance(labels, np.ndarray):
        return np.atleast_1d(labels)
    if isinstance(labels, str | TupleLabel) or not isinstance(labels, Iterable):
        return (labels,)
    return labels


def _label(label: Any) -> Any:
    """Turn numpy integers into plain ones, so that equal labels look equal; mark tuples."""
    if type(label) is tuple:
        return TupleLabel(label)
    if isinstance(label, np.integer | np.ndarray) and np.ndim(label) == 0:
        return label.item()
    return label

"""Wire labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.arrays import framework_of, getval, isbox, unwrap
from qgate.exceptions import DuplicateWires, WireError, described
from qgate.lazy_names import refuse_unknown
from qgate.typing import NumericArray, Tensor, Wire, WiresLike

PLAIN = frozenset({int, str})
"""Types of labels that need no further check."""

MOST_WIRES = 100_000
"""Maximum number of wires of a device, checked before labels are stored."""


class TupleLabel(tuple[Wire, ...]):
    """A label that is a tuple; equal to that tuple, but not read as several labels."""

    __slots__ = ()


class Wires(tuple[Any, ...]):
    """Ordered collection of distinct wire labels.

    Parameters
    ----------
    labels : hashable or iterable of hashable
        One label, or several. A tuple stands for several labels; inside a sequence it is a single
        label, and remains one when it is taken from the wires again.

    Raises
    ------
    DuplicateWires
        A label occurs twice.
    WireError
        A label is not hashable, or is a traced number, or there are more labels than
        ``MOST_WIRES``.
    """

    __slots__ = ()

    def __new__(cls, labels: WiresLike = ()) -> Wires:
        if type(labels) is cls:
            return labels
        if type(labels) is int:
            return super().__new__(cls, (labels,))
        if type(labels) is list and _are_plain(labels):
            return super().__new__(cls, labels)
        members = tuple(map(_label, islice(_as_iterable(labels), MOST_WIRES + 1)))
        if len(members) > MOST_WIRES:
            raise too_many_wires("more than " + str(MOST_WIRES))
        try:
            distinct = len(set(members))
        except TypeError:
            raise WireError(
                f"Wire labels have to be hashable, and {described(members)} are not. "
                "Use integers or strings."
            ) from None
        if distinct != len(members):
            raise DuplicateWires(what="This operation or measurement", wires=members)
        return super().__new__(cls, members)

    @classmethod
    def of(cls, labels: WiresLike, *, owner: str) -> Wires:
        """Return wires for an operator or option, which is named in the error."""
        if type(labels) is int:
            return super().__new__(cls, (labels,))
        try:
            return cls(labels)
        except DuplicateWires as error:
            raise DuplicateWires(what=owner, wires=error.wires) from None

    @classmethod
    def counted(cls, number: int) -> Wires:
        """Return the wires 0, 1, ..., ``number`` - 1.

        Raises
        ------
        WireError
            The number is below 1 or above ``MOST_WIRES``.
        """
        if number < 1:
            raise WireError(f"A device was given wires={number}. It has at least one wire.")
        if number > MOST_WIRES:
            raise too_many_wires(number)
        return cls(range(number))

    @classmethod
    def all_wires(cls, list_of_wires: Iterable[Iterable[Wire]], sort: bool = False) -> Wires:
        """Return every label that occurs, in order of first appearance, or sorted."""
        several = list(list_of_wires)
        labels = dict.fromkeys(chain.from_iterable(several))
        if sort:
            are_numbers = all(isinstance(label, int) for label in labels)
            key: Any = int if are_numbers else str
            return cls(sorted(labels, key=key))
        if len(labels) > MOST_WIRES or not all(type(wires) is cls for wires in several):
            return cls(labels)
        return super().__new__(cls, labels)  # labels of wires are checked

    @property
    def labels(self) -> tuple[Wire, ...]:
        """The labels as a plain tuple."""
        return tuple(self)

    def tolist(self) -> list[Wire]:
        """The labels as a list."""
        return list(self)

    def toset(self) -> set[Wire]:
        """The labels as a set."""
        return set(self)

    def contains_wires(self, wires: WiresLike) -> bool:
        """Return whether all of ``wires`` are among these."""
        return set(Wires(wires)) <= set(self)

    def indices(self, wires: WiresLike) -> list[int]:
        """Return the position of each of ``wires`` among these."""
        position = {label: index for index, label in enumerate(self)}
        try:
            return [position[label] for label in Wires(wires)]
        except KeyError as error:
            raise WireError(
                f"Wire {described(error.args[0])} is not among the wires {list(self)}. Name one "
                "of these."
            ) from None

    # Sets --------------------------------------------------------------------------------

    @classmethod
    def shared_wires(cls, list_of_wires: Iterable[Iterable[Wire]]) -> Wires:
        """Return the labels that all of several wires have, in the order of the first."""
        first, *rest = map(cls, list_of_wires)
        return cls([label for label in first if all(label in wires for wires in rest)])

    @classmethod
    def unique_wires(cls, list_of_wires: Iterable[Iterable[Wire]]) -> Wires:
        """Return the labels that only one of several wires has, in order of appearance."""
        times = Counter(chain.from_iterable(map(cls, list_of_wires)))
        return cls([label for label, number in times.items() if number == 1])

    def union(self, other: WiresLike) -> Wires:
        """Return the labels of both, in order of first appearance; also ``wires | other``."""
        return self.all_wires([self, Wires(other)])

    def intersection(self, other: WiresLike) -> Wires:
        """Return the labels that are in both, in this order; also ``wires & other``."""
        return self.shared_wires([self, Wires(other)])

    def difference(self, other: WiresLike) -> Wires:
        """Return the labels that are not in ``other``, in this order; also ``wires - other``."""
        others = set(Wires(other))
        return Wires([label for label in self if label not in others])

    def symmetric_difference(self, other: WiresLike) -> Wires:
        """Return the labels that are in one of both; also ``wires ^ other``."""
        return self.unique_wires([self, Wires(other)])

    __or__ = __ror__ = union
    __and__ = __rand__ = intersection
    __sub__ = difference
    __xor__ = __rxor__ = symmetric_difference

    def __rsub__(self, other: WiresLike) -> Wires:
        return Wires(other).difference(self)

    def subset(self, indices: int | Iterable[int], periodic_boundary: bool = False) -> Wires:
        """Return the labels at some positions.

        Parameters
        ----------
        indices : int or iterable of int
            Positions, counted from 0.
        periodic_boundary : bool
            Whether positions are taken modulo the number of wires.

        Raises
        ------
        WireError
            There is no such position.
        """
        places = [indices] if isinstance(indices, int) else list(indices)
        numbers = all(isinstance(place, int | np.integer) for place in places)
        if periodic_boundary and self and numbers:
            places = [place % len(self) for place in places]
        if not numbers or not all(0 <= place < len(self) for place in places):
            raise WireError(
                f"The positions {described(places)} are not all among the {len(self)} wires "
                f"{list(self)}. Give positions below {len(self)}, or periodic_boundary=True."
            )
        return Wires([self[place] for place in places])

    def select_random(self, n_samples: int, seed: Any = None) -> Wires:
        """Return some of the labels, chosen at random, in the order of their choice.

        Raises
        ------
        WireError
            There are fewer wires.
        """
        if not isinstance(n_samples, int | np.integer) or not 0 <= n_samples <= len(self):
            raise WireError(
                f"{described(n_samples)} of the {len(self)} wires {list(self)} cannot be chosen. "
                f"Choose at most {len(self)}."
            )
        chosen = np.random.default_rng(seed).choice(len(self), size=n_samples, replace=False)
        return self.subset(chosen.tolist())

    def toarray(self) -> NumericArray:
        """Return the labels as a NumPy array."""
        return np.array(self.tolist())

    def map(self, wire_map: Mapping[Wire, Wire]) -> Wires:
        """Return the wires with other labels; labels not in the map stay."""
        return Wires([wire_map.get(label, label) for label in self])

    def __repr__(self) -> str:
        return f"Wires({list(self)})"


def known_wires(labels: WiresLike) -> Wires | None:
    """Return the wires of two integers, or wires; None: ``Wires`` has to check the labels."""
    if isinstance(labels, list | tuple) and len(labels) == 2 and type(labels) is not TupleLabel:
        first, second = labels
        if type(first) is int and type(second) is int:
            return _pair(first, second)
    return labels if type(labels) is Wires else None


@lru_cache(maxsize=4096)
def _pair(first: int, second: int) -> Wires | None:
    return None if first == second else Wires([first, second])


NUMBERED = {label: Wires(label) for label in range(64)}
"""Single wires that many circuits have."""


def too_many_wires(number: object) -> WireError:
    """Return the error for a number of wires above the limit."""
    return WireError(
        f"{number} wires were named. The limit is {MOST_WIRES}. Name the wires that are used."
    )


def _are_plain(labels: list[Wire]) -> bool:
    """Return whether labels are distinct, of plain types and within the limit."""
    if not PLAIN.issuperset(map(type, labels)):
        return False
    return len(set(labels)) == len(labels) <= MOST_WIRES


def registers(register_dict: Mapping[str, Any]) -> dict[str, Wires]:
    """Number the wires of named registers from 0, in the order in which they are written.

    Parameters
    ----------
    register_dict : mapping
        Numbers of wires by name, from 1; a mapping is a register made of registers.

    Returns
    -------
    dict
        Wires by name, those of inner registers before the register around them.

    Raises
    ------
    WireError
        A number of wires is not a positive integer, or a mapping is empty.
    DuplicateWires
        Two registers have the same name.
    """
    named: list[tuple[str, Wires]] = []
    _number_registers(register_dict, 0, named)
    repeated = [name for name, count in Counter(name for name, _ in named).items() if count > 1]
    if repeated:
        raise DuplicateWires(
            f"Two registers are named {repeated[0]!r}. Give each a name of its own."
        )
    return dict(named)


def _number_registers(sizes: object, start: int, named: list[tuple[str, Wires]]) -> int:
    """Append the registers of ``sizes`` from wire ``start``, and return the wire after them."""
    if not isinstance(sizes, Mapping) or not sizes:
        raise WireError(
            f"Registers cannot be made from {described(sizes)}. Give numbers of wires by name, "
            "such as {'control': 1, 'target': 3}."
        )
    for name, size in sizes.items():
        if isinstance(size, Mapping):
            end = _number_registers(size, start, named)
        elif isinstance(size, int | np.integer) and not isinstance(size, bool) and size > 0:
            end = start + int(size)
        else:
            raise WireError(
                f"The register {name!r} cannot have {described(size)} as its number of wires. "
                "Give an integer from 1, or a dictionary of registers."
            )
        if end > MOST_WIRES:
            raise WireError(f"Registers have up to {MOST_WIRES} wires; {name!r} ends at {end}.")
        named.append((name, Wires(range(start, end))))
        start = end
    return start


def _as_iterable(labels: WiresLike) -> Iterable[Wire]:
    if isinstance(labels, str | TupleLabel):
        return (labels,)
    if isinstance(labels, list | tuple | range):
        return labels
    number = _number(labels)
    if isinstance(number, np.ndarray):
        return np.atleast_1d(number)
    return number if isinstance(number, Iterable) else (number,)


def _label(label: Wire) -> Wire:
    """Turn integers of numpy and of frameworks into plain ones, so that equal labels are equal.

    Tuples become ``TupleLabel``.
    """
    if type(label) in PLAIN:
        return label
    if type(label) is tuple:
        return TupleLabel(label)
    label = _number(label)
    if isinstance(label, np.integer | np.ndarray) and np.ndim(label) == 0:
        return label.item()
    return label


def _number(value: Tensor) -> Tensor:
    """Return the numpy equivalent of a framework's array; other values unchanged."""
    if isbox(value):
        return getval(value)
    if framework_of(value) is None:
        return value
    number = unwrap(value)
    if framework_of(number) is not None:
        raise WireError(
            f"The wire label {described(value)} is traced by its framework, so that its number "
            "is not known. Name wires by plain integers or strings."
        )
    return number


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

"""Row of a circuit's parameters, gathered from autograd's arrays in one operation.

Most angles of a circuit are entries of the function's arguments, or sums of them with constant
factors: ``x[0]``, ``2 * x[1, 2]``, ``x[0] - y / 2 + 0.1``. autograd would record each operation
separately, and go back through each. So a quantum function is called with ``Argument`` arrays,
whose entries know their array and index, and sums of entries their terms. One primitive then
gathers all of them into a row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import EllipsisType
from typing import TypeAlias

import numpy as np
from autograd.core import VJPNode
from autograd.extend import defjvp, defjvp_argnums, defvjp, defvjp_argnums, primitive, vspace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import untake
from autograd.tracer import Box, getval

from qgate.arrays import shape_of
from qgate.numpy.boxes import TracedArray
from qgate.typing import FloatArray, Index, IntArray, Tensor

Indices: TypeAlias = tuple[Index, ...]
"""Indices that are applied one after the other."""

NoOptions: TypeAlias = Mapping[str, Tensor]
"""Keyword arguments of a primitive, which have none here."""

BASIC = frozenset({int, slice, EllipsisType, type(None)})
"""Index types of numpy's basic indexing."""


TRACED = frozenset({ArrayBox, TracedArray})
"""Types of traced arrays that are seen before this module replaces autograd's own."""


class Entry:
    """Gradient rule of ``array[index]``, in the form that autograd stores with a node."""

    __slots__ = ("array", "index")

    def __init__(self, array: Box, index: Index) -> None:
        self.array, self.index = array, index

    def __call__(self, cotangent: Tensor) -> tuple[Tensor]:
        return (untake(cotangent, self.index, vspace(self.array._value)),)


Term: TypeAlias = tuple[Box, Indices, float]
"""An array, the indices of its entry, and a factor."""

REAL = (int, float, np.floating, np.integer)


class Sum:
    """Gradient rule of a sum of entries with factors, in the form of ``Entry``."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self.terms = terms

    def __call__(self, cotangent: Tensor) -> tuple[Tensor, ...]:
        return tuple([_back(cotangent * factor, *entry) for *entry, factor in self.terms])


def _back(cotangent: Tensor, array: Box, indices: Indices) -> Tensor:
    """Return the cotangent of an array from that of its entry."""
    shape = shape_of(array)
    if not shape:
        return cotangent
    place = np.arange(math.prod(shape)).reshape(shape)
    for index in indices:
        place = place[index]
    return untake(cotangent, np.unravel_index(int(place), shape), vspace(array._value))


def terms_of(value: Tensor) -> tuple[Term, ...]:
    """Return the terms of a traced value, of which most are a single entry."""
    indices: Indices = ()
    while type(value) is Argument:
        rule = value._node.vjp
        if type(rule) is Sum:
            return rule.terms
        if type(rule) is not Entry:
            break
        indices, value = (rule.index, *indices), rule.array
    return ((value, indices, 1.0),)


def _sum(value: Tensor, terms: tuple[Term, ...], like: Box) -> Tensor:
    node = VJPNode.__new__(VJPNode)
    node.parents, node.vjp = tuple([array._node for array, _, _ in terms]), Sum(terms)
    return Argument(value, like._trace, node)


def _scaled(self: Box, value: Tensor, factor: float) -> Tensor:
    """Return a multiple of a number, or a number with a constant added."""
    terms = terms_of(self)
    if factor != 1.0:
        terms = tuple([(array, indices, factor * own) for array, indices, own in terms])
    return _sum(value, terms, self)


def _is_number(value: Box) -> bool:
    return shape_of(value) == ()


def _arithmetic(name: str) -> Callable[[Box, Tensor], Tensor]:
    """Return the operator of arguments: linear ones with numbers stay sums of entries."""
    usual, linear = getattr(TracedArray, name), LINEAR[name]

    def method(self: Box, other: Tensor) -> Tensor:
        if not _is_number(self):
            made = usual(self, other)
            return made if made is NotImplemented else _as_argument(made)
        if isinstance(other, REAL):
            value, factor = linear(self._value, other)
            return _scaled(self, value, factor)
        if name in ("__add__", "__sub__") and _adds_up(self, other):
            sign = 1.0 if name == "__add__" else -1.0
            more = [(array, indices, sign * own) for array, indices, own in terms_of(other)]
            return _sum(self._value + sign * other._value, (*terms_of(self), *more), self)
        return usual(self, other)

    method.__name__ = name
    return method


def _adds_up(one: Box, other: Tensor) -> bool:
    return type(other) is Argument and _is_number(other) and other._trace == one._trace


LINEAR: dict[str, Callable[[Tensor, Tensor], tuple[Tensor, float]]] = {
    "__add__": lambda value, other: (value + other, 1.0),
    "__radd__": lambda value, other: (other + value, 1.0),
    "__sub__": lambda value, other: (value - other, 1.0),
    "__rsub__": lambda value, other: (other - value, -1.0),
    "__mul__": lambda value, other: (value * other, float(other)),
    "__rmul__": lambda value, other: (other * value, float(other)),
    "__truediv__": lambda value, other: (value / other, 1.0 / float(other)),
}
"""Operators of a number with a constant: the result, and its derivative by the number."""


def _negative(self: Box) -> Tensor:
    return _scaled(self, -self._value, -1.0) if _is_number(self) else TracedArray.__neg__(self)


def _entry(self: Box, index: Index) -> Tensor:
    kinds = map(type, index) if type(index) is tuple else (type(index),)
    if not BASIC.issuperset(kinds):
        return TracedArray.__getitem__(self, index)
    node = VJPNode.__new__(VJPNode)
    node.parents, node.vjp = (self._node,), Entry(self, index)
    return Argument(self._value[index], self._trace, node)


Argument: type[Box] = type(
    "Argument",
    (TracedArray,),
    {
        "__slots__": (),
        "__getitem__": _entry,
        "__neg__": _negative,
        **{name: _arithmetic(name) for name in LINEAR},
    },
)
"""Traced array, differentiated in reverse, whose entries know their array and index."""

Box.types.add(Argument)
Box.type_mappings[Argument] = TracedArray


def as_arguments(values: Sequence[Tensor]) -> Sequence[Tensor]:
    """Return values with traced arrays replaced by ``Argument`` arrays."""
    if TRACED.isdisjoint(map(type, values)):
        return values
    return [_as_argument(value) for value in values]


def _as_argument(value: Tensor) -> Tensor:
    if type(value) not in TRACED or type(value._node) is not VJPNode:
        return value
    return Argument(value._value, value._trace, value._node)


# The row ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Places:
    """Positions of the numbers of some arrays in a row.

    Parameters
    ----------
    length : int
        Length of the row.
    parts : tuple of (int, array, array, array)
        Number of the array, flat indices in it, indices in the row, and factors.
    shapes : tuple of tuple of int
        Shapes of the arrays.
    """

    length: int
    parts: tuple[tuple[int, IntArray, IntArray, FloatArray], ...]
    shapes: tuple[tuple[int, ...], ...]

    @cached_property
    def whole(self) -> bool:
        """Whether the row consists of one whole array, in order."""
        size = math.prod(self.shapes[0])
        return (
            len(self.parts) == 1
            and size == self.length
            and all(np.array_equal(places, np.arange(size)) for places in self.parts[0][1:3])
            and bool((self.parts[0][3] == 1.0).all())
        )

    @cached_property
    def alone(self) -> tuple[Places, ...]:
        """The layout of each array alone; the rest of the row is zero."""
        if len(self.parts) == 1:
            return (self,)
        return tuple(
            Places(self.length, ((0, *part[1:]),), (self.shapes[part[0]],)) for part in self.parts
        )


def row(values: Sequence[Tensor]) -> Tensor:
    """Concatenate the numbers of traced arrays to a row, shape (1, n)."""
    origins, numbers = list[Tensor](), dict[int, int]()
    members, plain = list[tuple[Member, ...]](), True
    for value in values:
        terms = []
        for array, indices, factor in terms_of(value):
            number = numbers.setdefault(id(array), len(numbers))
            if number == len(origins):
                origins.append(array)
            terms.append((number, indices, factor))
        plain = plain and not (type(value) is Argument and type(value._node.vjp) is Sum)
        members.append(tuple(terms))
    shapes = tuple(map(shape_of, origins))
    try:
        places = places_of(shapes, tuple(members))
    except TypeError:  # slices are not hashable
        places = _find_places(shapes, tuple(members))
    if plain:
        return _row(places, *origins)
    # Rounded as the user's own arithmetic has rounded them.
    known = np.concatenate([np.ravel(getval(value)) for value in values])
    return _row(places, *origins, known=known)


Member: TypeAlias = tuple[int, Indices, float]
"""Number of an array, the indices of an entry or a part of it, and a factor."""


def _find_places(
    shapes: tuple[tuple[int, ...], ...], members: tuple[tuple[Member, ...], ...]
) -> Places:
    found: list[tuple[list[int], list[int], list[float]]] = [([], [], []) for _ in shapes]
    numbered = [np.arange(math.prod(shape)).reshape(shape) for shape in shapes]
    length = 0
    for terms in members:
        size = 0
        for number, indices, factor in terms:
            positions = numbered[number]
            for index in indices:
                positions = positions[index]
            size = int(np.size(positions))
            found[number][0].extend(np.ravel(positions).tolist())
            found[number][1].extend(range(length, length + size))
            found[number][2].extend([factor] * size)
        length += size
    parts = tuple(
        (number, np.array(positions, dtype=int), np.array(columns, dtype=int), np.array(factors))
        for number, (positions, columns, factors) in enumerate(found)
    )
    return Places(length, parts, shapes)


places_of = lru_cache(maxsize=256)(_find_places)


def _compute_row(places: Places, *arrays: Tensor, known: FloatArray | None = None) -> FloatArray:
    """Return the row; ``known`` are its numbers, if they were computed already."""
    if known is not None:
        return known.astype(float).reshape(1, -1)
    if places.whole:
        return np.array(arrays[0], dtype=float).reshape(1, -1)
    found = np.zeros(places.length)
    for number, positions, columns, factors in places.parts:
        found += np.bincount(
            columns, np.ravel(arrays[number])[positions] * factors, minlength=places.length
        )
    return found.reshape(1, -1)


def _compute_parts(cotangent: Tensor, places: Places) -> FloatArray:
    """Scatter the numbers of a row to the single array that they come from."""
    (shape,), ((_, positions, columns, factors),) = places.shapes, places.parts
    if places.whole:
        return np.reshape(cotangent, shape)
    found = np.zeros(math.prod(shape))
    np.add.at(found, positions, cotangent[0, columns] * factors)
    return found.reshape(shape)


_row = primitive(_compute_row)
parts_of_row = primitive(_compute_parts)
# Both are linear, and each is the transpose of the other.


def _row_vjp(
    argnums: Sequence[int], answer: Tensor, args: tuple[Tensor, ...], kwargs: NoOptions
) -> Callable[[Tensor], tuple[Tensor, ...]]:
    alone = args[0].alone
    return lambda cotangent: tuple([parts_of_row(cotangent, alone[at - 1]) for at in argnums])


def _row_jvp(
    argnums: Sequence[int],
    tangents: Sequence[Tensor],
    answer: Tensor,
    args: tuple[Tensor, ...],
    kwargs: NoOptions,
) -> Tensor:
    alone = args[0].alone
    return sum(_row(alone[at - 1], step) for at, step in zip(argnums, tangents, strict=True))


defvjp_argnums(_row, _row_vjp)
defjvp_argnums(_row, _row_jvp)
defvjp(parts_of_row, lambda _, cotangent, places: lambda g: _row(places, g), argnums=(0,))
defjvp(parts_of_row, "same", argnums=(0,))  # linear: the tangent is mapped as the argument is


# One result -----------------------------------------------------------------------------------


def _compute_result(values: Tensor, start: int, shape: tuple[int, ...]) -> Tensor:
    if not shape:
        return values[0, start]
    return np.array(values[0, start : start + math.prod(shape)]).reshape(shape)


def _compute_values(cotangent: Tensor, start: int, width: int) -> FloatArray:
    """Place the cotangent of one result among those of all results, (1, M)."""
    found = np.zeros((1, width))
    found[0, start : start + np.size(cotangent)] = np.ravel(cotangent)
    return found


result = primitive(_compute_result)
_values = primitive(_compute_values)

defvjp(
    result,
    lambda _, values, start, shape: lambda g: _values(g, start, values.shape[1]),
    argnums=(0,),
)
defvjp(
    _values,
    lambda _, cotangent, start, width: lambda g: result(g, start, shape_of(cotangent)),
    argnums=(0,),
)
defjvp(result, "same", argnums=(0,))
defjvp(_values, "same", argnums=(0,))

"""Wrapper that keeps objects with credentials out of ``vars`` and ``repr``.

A vendor's client, backend or session contains the key of an account. Printing ``vars`` of a device,
or logging all of its attributes, would reveal the key; a ``Sealed`` attribute prevents this.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

_values: WeakKeyDictionary[Sealed[Any], Any] = WeakKeyDictionary()


class Sealed(Generic[T]):
    """Wrapper of an object that neither ``vars`` nor ``repr`` of its owner shows.

    Copies and pickles contain the object; an owner whose pickle must not contain it has to omit it.

    >>> sealed = Sealed({"token": "abc"})
    >>> sealed
    <sealed>
    >>> sealed.value
    {'token': 'abc'}

    Parameters
    ----------
    value : object
    """

    __slots__ = ("__weakref__",)

    def __init__(self, value: T) -> None:
        _values[self] = value

    @property
    def value(self) -> T:
        """The wrapped object."""
        found: T = _values[self]
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.value,)

    def __repr__(self) -> str:
        return "<sealed>"

"""Objects that hold credentials, out of sight.

A vendor's client, backend or session holds the key of an account somewhere inside. Printing
``vars`` of a device, or logging all of its attributes, would reveal the key; a ``Sealed`` attribute
prevents this.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

_values: WeakKeyDictionary[Sealed[Any], Any] = WeakKeyDictionary()


class Sealed(Generic[T]):
    """Holds an object that neither ``vars`` nor ``repr`` of its owner shows.

    Copies and pickles hold the object; an owner whose pickle must not have it leaves it out.

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
        """The object."""
        found: T = _values[self]
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.value,)

    def __repr__(self) -> str:
        return "<sealed>"

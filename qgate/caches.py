"""Caches whose size is limited in bytes, not in entries.

``functools.lru_cache`` limits the number of entries, whatever their size: 25 matrices on 11 wires
take 1.6 GiB. These caches add up the sizes of arrays and strings in keys and values. Eviction is
second-chance FIFO: the oldest entry is dropped, unless it was hit since it was last the oldest;
then it moves to the end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

import numpy as np

from qgate.forks import ForkSafeLock

P = ParamSpec("P")
R = TypeVar("R")

MIB = 2**20

SMALL_OBJECT = 64
"""Bytes counted for an object, without the objects that it refers to."""

PLAIN = (type, int, float, complex, type(None), type(Ellipsis))
"""Types of objects that refer to no others."""

DEEPEST = 8
"""Number of levels down which references are followed."""


class CacheInfo(NamedTuple):
    """Statistics of a cache."""

    hits: int
    misses: int
    size: int
    max_size: int


@dataclass(slots=True)
class Entry(Generic[R]):
    """A cached result, and whether it was hit since it became the newest."""

    value: R
    size: int
    is_used: bool = False


class SizedCache(Generic[P, R]):
    """Function that caches its results by its arguments, up to a number of bytes.

    A result larger than the whole cache is not kept. Threads may compute the same result at the
    same time; one of the results is kept.

    Parameters
    ----------
    function : callable
        Takes hashable positional arguments.
    max_bytes : int
    """

    def __init__(self, function: Callable[P, R], max_bytes: int) -> None:
        self._function, self._max_bytes = function, max_bytes
        self._lock = ForkSafeLock()
        self.cache_clear()
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (*args, *kwargs.items()) if kwargs else args
        found = self._entries.get(key)
        if found is not None:
            found.is_used = True
            self._hits += 1
            return found.value
        value = self._function(*args, **kwargs)
        size = bytes_of((key, value))
        with self._lock:
            self._misses += 1
            if size <= self._max_bytes:
                self._keep(key, value, size)
        return value

    def _keep(self, key: Hashable, value: R, size: int) -> None:
        before = self._entries.pop(key, None)
        self._size += size - (0 if before is None else before.size)
        self._entries[key] = Entry(value, size)
        while self._size > self._max_bytes:
            self._drop_one()

    def _drop_one(self) -> None:
        """Evict the oldest result; one that was hit meanwhile becomes the newest instead."""
        key, oldest = self._entries.popitem(last=False)
        if oldest.is_used:
            oldest.is_used = False
            self._entries[key] = oldest
        else:
            self._size -= oldest.size

    def cache_clear(self) -> None:
        """Clear the cache."""
        with self._lock:
            self._entries: OrderedDict[Hashable, Entry[R]] = OrderedDict()
            self._size = self._hits = self._misses = 0

    def cache_info(self) -> CacheInfo:
        """Return the number of hits and the bytes in use."""
        return CacheInfo(self._hits, self._misses, self._size, self._max_bytes)


def sized_cache(max_bytes: int) -> Callable[[Callable[P, R]], SizedCache[P, R]]:
    """Cache the results of a function by its arguments, up to a number of bytes."""
    return lambda function: SizedCache(function, max_bytes)


def bytes_of(value: Any) -> int:
    """Return the approximate size in bytes of an object with everything that it refers to."""
    return _bytes(value, set(), DEEPEST)


def _bytes(value: Any, seen: set[int], levels: int) -> int:
    if isinstance(value, np.ndarray):
        own = value if value.base is None else value.base
        if id(own) in seen:
            return SMALL_OBJECT
        seen.add(id(own))
        return SMALL_OBJECT + value.nbytes
    if isinstance(value, bytes | str):
        return SMALL_OBJECT + len(value)
    if not levels or isinstance(value, PLAIN) or id(value) in seen:
        return SMALL_OBJECT
    seen.add(id(value))
    known = getattr(value, "num_bytes", None)
    if isinstance(known, int):
        return known
    return SMALL_OBJECT + sum(_bytes(part, seen, levels - 1) for part in _parts(value))


def _parts(value: Any) -> list[Any]:
    """Return the objects that an object refers to."""
    if isinstance(value, tuple | list | set | frozenset):
        return list(value)
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    slots = getattr(type(value), "__slots__", ())
    names = (slots,) if isinstance(slots, str) else slots
    held = [getattr(value, name, None) for name in names if not name.startswith("__")]
    return [*held, *getattr(value, "__dict__", {}).values()]

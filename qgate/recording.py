"""Recording of a quantum function: the list of its operations and measurements.

Operators and measurements register themselves when they are created. Without an active recorder
that costs one look-up and has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R", bound="Recorder | None")


class Recorder:
    """Context manager that records the operators created inside its ``with`` block, in order.

    An operator that becomes part of another one (``X(0) @ Z(1)``, ``adjoint(op)``,
    ``expval(op)``) is removed again, so that the remaining items are the circuit.
    """

    def __init__(self) -> None:
        self._items: dict[int, Any] = {}

    @property
    def items(self) -> tuple[Any, ...]:
        """Recorded items that were not removed again, in order."""
        return tuple(self._items.values())

    def add(self, item: Any) -> None:
        """Record ``item``; recording it again moves it to the end."""
        items, key = self._items, id(item)
        items.pop(key, None)
        items[key] = item

    def remove(self, item: Any) -> None:
        """Remove ``item``, if it is recorded."""
        self._items.pop(id(item), None)


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


class Recording(Generic[R]):
    """Context manager that makes ``recorder`` the active recorder; None disables recording."""

    __slots__ = ("_token", "recorder")

    def __init__(self, recorder: R) -> None:
        self.recorder = recorder

    def __enter__(self) -> R:
        self._token = _recorder.set(self.recorder)
        return self.recorder

    def __exit__(self, *error: object) -> None:
        _recorder.reset(self._token)


def recording() -> Recording[Recorder]:
    """Context manager that records the block, separately from any outer recorder."""
    return Recording(Recorder())


def paused() -> Recording[None]:
    """Context manager that disables recording."""
    return Recording(None)


def is_recording() -> bool:
    """Return whether a quantum function is being recorded."""
    return _recorder.get() is not None


def record(item: T) -> T:
    """Add ``item`` to the active recorder, if there is one, and return it."""
    recorder = _recorder.get()
    if recorder is not None:
        recorder.add(item)
    return item


def replace(parts: Iterable[Any], whole: T) -> T:
    """Record ``whole`` in place of the ``parts`` of which it consists, and return it."""
    absorb(*parts)
    return record(whole)


def absorb(*items: Any) -> None:
    """Remove ``items`` from the recorder because they became parts of another object."""
    recorder = _recorder.get()
    if recorder is not None:
        for item in items:
            recorder.remove(item)

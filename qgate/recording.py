"""What a quantum function does while it runs: a list of operations and measurements.

Operators and measurements announce themselves when they are made. Where
nobody records, that costs one look-up and has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R", bound="Recorder | None")


class Recorder:
    """Keeps what is made inside its ``with`` block, in order.

    An operator that becomes part of another one (``X(0) @ Z(1)``, ``adjoint(op)``,
    ``expval(op)``) is taken back out, so that what remains is what the circuit does.
    """

    def __init__(self) -> None:
        self._items: dict[int, Any] = {}

    @property
    def items(self) -> tuple[Any, ...]:
        """What has been recorded and not taken back, in order."""
        return tuple(self._items.values())

    def add(self, item: Any) -> None:
        """Record ``item``; a second time moves it to the end."""
        items, key = self._items, id(item)
        items.pop(key, None)
        items[key] = item

    def remove(self, item: Any) -> None:
        """Take ``item`` back, if it is here."""
        self._items.pop(id(item), None)


_recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


class Recording(Generic[R]):
    """A block in which ``recorder`` is the one that hears of operators; None: nobody does."""

    __slots__ = ("_token", "recorder")

    def __init__(self, recorder: R) -> None:
        self.recorder = recorder

    def __enter__(self) -> R:
        self._token = _recorder.set(self.recorder)
        return self.recorder

    def __exit__(self, *error: object) -> None:
        _recorder.reset(self._token)


def recording() -> Recording[Recorder]:
    """Record what is made inside the block, apart from any recorder outside."""
    return Recording(Recorder())


def paused() -> Recording[None]:
    """Make operators inside the block without recording them."""
    return Recording(None)


def is_recording() -> bool:
    """Say whether a quantum function is being recorded."""
    return _recorder.get() is not None


def record(item: T) -> T:
    """Announce ``item`` to the recorder, if there is one, and return it."""
    recorder = _recorder.get()
    if recorder is not None:
        recorder.add(item)
    return item


def replace(parts: Iterable[Any], whole: T) -> T:
    """Record ``whole`` in the place of the ``parts`` it was made of, and return it."""
    absorb(*parts)
    return record(whole)


def absorb(*items: Any) -> None:
    """Take ``items`` back from the recorder: they are parts of something else now."""
    recorder = _recorder.get()
    if recorder is not None:
        for item in items:
            recorder.remove(item)

"""Recording of a quantum function: the list of its operations and measurements.

Operators and measurements register themselves when they are created. Without an active recorder
that costs one look-up and has no effect.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from qgate.context import HERE, entered
from qgate.exceptions import NotRecording, QuantumFunctionError, described
from qgate.short_repr import summary

T = TypeVar("T")


class Recorder:
    """Context manager that records the operators created inside its ``with`` block, in order.

    An operator that becomes part of another one (``X(0) @ Z(1)``, ``adjoint(op)``,
    ``expval(op)``) is removed again, so that the remaining items are the circuit.
    """

    def __init__(self) -> None:
        self.recorded: dict[int, Any] = {}
        """Recorded items by their ``id``, in order."""

    @property
    def items(self) -> tuple[Any, ...]:
        """Recorded items that were not removed again, in order."""
        return tuple(self.recorded.values())

    def add(self, item: Any) -> None:
        """Record ``item``; recording it again moves it to the end."""
        items, key = self.recorded, id(item)
        items.pop(key, None)
        items[key] = item

    def remove(self, item: Any) -> None:
        """Remove ``item``, if it is recorded."""
        self.recorded.pop(id(item), None)

    def __repr__(self) -> str:
        return summary(self, items=len(self.items))


@contextmanager
def recording() -> Iterator[Recorder]:
    """Context manager that records the block, separately from any outer recorder."""
    recorder = Recorder()
    with entered(recorder=recorder):
        yield recorder


def paused() -> entered:
    """Context manager that disables recording."""
    return entered(recorder=None)


def record(item: T) -> T:
    """Add ``item`` to the active recorder, if there is one, and return it."""
    recorder = HERE.get().recorder
    if recorder is not None:
        recorder.add(item)
    return item


def apply(op: T, context: Recorder | None = None) -> T:
    """Apply an operator or measurement that exists already, and return it.

    Parameters
    ----------
    op : Operator or Measurement
        An object that was made outside of the quantum function, or one to be applied once more.
    context : Recorder, optional
        Where to record it; default the quantum function that is being recorded.

    Raises
    ------
    NotRecording
        No quantum function is being recorded.
    QuantumFunctionError
        ``context`` does not record.

    Examples
    --------
    >>> gate = qg.RX(0.1, wires=0)
    >>> with qg.QuantumTape() as tape:
    ...     first, second = qg.apply(gate), qg.apply(gate)
    >>> tape.operations
    [RX(0.1, wires=[0]), RX(0.1, wires=[0])]
    """
    recorder = HERE.get().recorder if context is None else context
    if recorder is None:
        raise NotRecording(item=described(op))
    if not isinstance(recorder, Recorder):
        raise QuantumFunctionError(
            f"apply was given context={described(context)}. Give what records operators, such as "
            "an AnnotatedQueue, or leave it out."
        )
    recorded = any(item is op for item in recorder.items)
    recorder.add(copy.copy(op) if recorded else op)
    return op


def replace(parts: Iterable[Any], whole: T) -> T:
    """Record ``whole`` in place of the ``parts`` of which it consists, and return it."""
    absorb(*parts)
    return record(whole)


def absorb(*items: Any) -> None:
    """Remove ``items`` from the recorder because they became parts of another object."""
    recorder = HERE.get().recorder
    if recorder is not None:
        for item in items:
            recorder.remove(item)

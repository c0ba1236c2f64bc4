"""Recording of operators outside of quantum functions, with PennyLane's names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ContextDecorator
from typing import TYPE_CHECKING, Any, Self

from qgate.context import HERE, entered
from qgate.exceptions import QuantumFunctionError, QueuingError, described
from qgate.lazy_names import refuse_unknown
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.recording import Recorder, apply, paused

__all__ = ["AnnotatedQueue", "QueuingError", "QueuingManager", "apply", "process_queue"]


class AnnotatedQueue(Recorder):
    """Context manager that records the operators and measurements created in its block.

    Examples
    --------
    >>> with AnnotatedQueue() as q:
    ...     base = qg.X("a")
    ...     power = base**1.5
    >>> q.queue
    [X('a')**1.5]
    """

    def __init__(self) -> None:
        super().__init__()
        self._entered: list[entered] = []

    @property
    def queue(self) -> list[Any]:
        """The recorded objects, in order."""
        return list(self.items)

    append = Recorder.add

    def __enter__(self) -> Self:
        self._entered.append(entered(recorder=self))
        self._entered[-1].__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._entered.pop().__exit__(*error)

    def __contains__(self, item: object) -> bool:
        return any(found is item for found in self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class StopRecording(ContextDecorator):
    """Context manager and decorator inside which nothing is recorded."""

    def __enter__(self) -> None:
        self._paused = paused()
        self._paused.__enter__()

    def __exit__(self, *error: object) -> None:
        self._paused.__exit__(*error)

    def _recreate_cm(self) -> StopRecording:
        return StopRecording()  # calls of a decorated function may be nested


class QueuingManager:
    """Access to the innermost recording; the class itself is used, not an instance.

    Examples
    --------
    >>> with AnnotatedQueue() as q:
    ...     with QueuingManager.stop_recording():
    ...         gate = qg.Y(1)
    ...     recorded = QueuingManager.recording(), QueuingManager.active_context() is q
    >>> q.queue, recorded
    ([], (True, True))
    """

    @staticmethod
    def recording() -> bool:
        """Return whether operators are being recorded."""
        return HERE.get().recorder is not None

    @staticmethod
    def active_context() -> Recorder | None:
        """Return what records operators, or None."""
        return HERE.get().recorder

    stop_recording: Callable[[], AbstractContextManager[None]] = StopRecording
    """Return a context manager, or decorator, inside which nothing is recorded."""

    @staticmethod
    def append(obj: Operator | Measurement) -> None:
        """Record an object, if operators are being recorded."""
        recorder = HERE.get().recorder
        if recorder is not None:
            recorder.add(obj)

    @staticmethod
    def remove(obj: Operator | Measurement) -> None:
        """Remove an object from the recording, if it is there."""
        recorder = HERE.get().recorder
        if recorder is not None:
            recorder.remove(obj)


def process_queue(queue: Recorder) -> tuple[list[Operator], list[Measurement]]:
    """Return the operators and the measurements of a recording.

    Raises
    ------
    QuantumFunctionError
        ``queue`` is no recording.
    """
    if not isinstance(queue, Recorder):
        raise QuantumFunctionError(
            f"process_queue was given {described(queue)}. Give an AnnotatedQueue."
        )
    operators = [item for item in queue.items if isinstance(item, Operator)]
    return operators, [item for item in queue.items if isinstance(item, Measurement)]


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

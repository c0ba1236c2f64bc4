"""Which derivatives are given, and the errors that frameworks would hide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from qgate.exceptions import DifferentiationError


@dataclass(frozen=True)
class Limits:
    """Which derivatives are given.

    Parameters
    ----------
    method : str
        The gradient method, as errors name it.
    max_order : int or None
        The highest order that the user allows; None: any.
    refusal : DifferentiationError or None
        Why no derivative can be had at all.
    arrays : DifferentiationError or None
        Why none can be had by matrices and states, where they turn out to be trained.
    """

    method: str = ""
    max_order: int | None = None
    refusal: DifferentiationError | None = None
    arrays: DifferentiationError | None = None

    def check(self, order: int) -> None:
        """Refuse a derivative of this order.

        Raises
        ------
        DifferentiationError
        """
        if self.refusal is not None:
            raise self.refusal
        if self.max_order is not None and order > self.max_order:
            raise DifferentiationError(
                f"A derivative of order {order} is being taken, and the QNode was made with "
                f"max_diff={self.max_order}. Give it max_diff={order}, or leave max_diff out."
            )


class KeptError:
    """Keeps the error of a circuit that a framework runs, for whoever called the framework."""

    def __init__(self) -> None:
        self._kept: list[BaseException] = []

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep what is raised inside."""
        try:
            yield
        except BaseException as error:
            self._kept[:] = [error]
            raise

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Raise what was kept in place of what a framework made of it."""
        self._kept.clear()
        try:
            yield
        except BaseException as error:
            if not self._kept or error is self._kept[0]:
                raise
            raise self._kept.pop() from None

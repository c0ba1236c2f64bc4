"""What the steps of a minimization gave, and what they took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.exceptions import MissingExtra
from qgate.typing import FloatArray


@dataclass(frozen=True)
class Record:
    """One step.

    Parameters
    ----------
    step : int
        Counted from 1.
    value : float
        Before the step.
    error : float or None
        Its standard error; 0 without shots, None where it is not known.
    signal : float or None
        The squared slopes over their squared standard errors, added up, divided by how many
        there are; about 1 where there is nothing but noise. None where errors are not known.
    shots, submissions : int
        Of this step.
    usd : float or None
        What it cost, in US dollars; None where that is not known.
    seconds : float
        How long it took.
    """

    step: int
    value: float
    error: float | None
    signal: float | None
    shots: int
    submissions: int
    usd: float | None
    seconds: float


@dataclass(frozen=True)
class History:
    """The steps of a minimization, in order.

    Parameters
    ----------
    records : tuple of Record
    """

    records: tuple[Record, ...] = ()

    def __len__(self) -> int:
        return len(self.records)

    def with_record(self, record: Record) -> History:
        """Return the history with one step more."""
        return History((*self.records, record))

    @property
    def values(self) -> FloatArray:
        """The value before each step."""
        return np.array([record.value for record in self.records])

    @property
    def errors(self) -> FloatArray:
        """The standard error of each value; NaN where it is not known."""
        errors = [record.error for record in self.records]
        return np.array([np.nan if error is None else error for error in errors])

    @property
    def shots(self) -> int:
        """All shots."""
        return sum(record.shots for record in self.records)

    @property
    def submissions(self) -> int:
        """All requests to a provider."""
        return sum(record.submissions for record in self.records)

    @property
    def usd(self) -> float | None:
        """What all steps cost, in US dollars; None if that is not known of all."""
        costs = [record.usd for record in self.records]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if costs and len(known) == len(costs) else None

    @property
    def seconds(self) -> float:
        """How long all steps took."""
        return sum(record.seconds for record in self.records)

    def plot(self, axes: Any = None) -> Any:
        """Draw the values against the shots before them, or against steps where there are none.

        Parameters
        ----------
        axes : matplotlib.axes.Axes, optional
            Where to draw; default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        MissingExtra
            matplotlib is not installed.
        """
        axes = _new_axes() if axes is None else axes
        if self.shots:
            places: Sequence[float] = np.cumsum([0, *(r.shots for r in self.records[:-1])]).tolist()
            axes.set_xlabel("shots")
        else:
            places = [record.step for record in self.records]
            axes.set_xlabel("step")
        errors = np.nan_to_num(self.errors)
        axes.errorbar(places, self.values, yerr=errors if errors.any() else None, marker=".")
        axes.set_ylabel("value")
        return axes


def _new_axes() -> Any:
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError:
        raise MissingExtra(
            "A history is drawn by matplotlib, which is not installed. Install it with: "
            "pip install 'qgate[viz]'"
        ) from None
    return pyplot.subplots(layout="constrained")[1]

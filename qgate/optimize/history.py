"""History of a minimization: values, errors and usage of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.exceptions import MissingExtra
from qgate.short_repr import fields_summary, summary
from qgate.typing import FloatArray, Nested


@dataclass(frozen=True)
class Record:
    """Record of one step.

    Parameters
    ----------
    step : int
        Counted from 1.
    value : float
        Before the step.
    error : float or None
        Its standard error; 0 without shots, None if it is unknown.
    signal : float or None
        Mean of the squared derivatives over their squared standard errors; about 1 for pure noise.
        None if errors are unknown.
    shots, submissions : int
        Of this step.
    usd : float or None
        Cost in US dollars; None if it is unknown.
    seconds : float
        Duration.
    systematic : float or None
        Systematic error of the value, which shots do not lower; None: unknown.
    total_signal : float or None
        As ``signal``, of total errors: those of shots and systematic ones. None: unknown.
    """

    step: int
    value: float
    error: float | None
    signal: float | None
    shots: int
    submissions: int
    usd: float | None
    seconds: float
    systematic: float | None = None
    total_signal: float | None = None

    __repr__ = fields_summary


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

    def __repr__(self) -> str:
        last = self.records[-1].value if self.records else None
        return summary(self, "shots", "submissions", "usd", steps=len(self), last_value=last)

    def with_record(self, record: Record) -> History:
        """Return the history with one more step."""
        return History((*self.records, record))

    @property
    def values(self) -> FloatArray:
        """The value before each step."""
        return np.array([record.value for record in self.records])

    @property
    def errors(self) -> FloatArray:
        """The standard error of each value; NaN if it is unknown."""
        return _numbers([record.error for record in self.records])

    @property
    def systematic_errors(self) -> FloatArray:
        """The systematic error of each value, which shots do not lower; NaN if it is unknown."""
        return _numbers([record.systematic for record in self.records])

    @property
    def shots(self) -> int:
        """Number of shots of all steps."""
        return sum(record.shots for record in self.records)

    @property
    def submissions(self) -> int:
        """Number of requests to a provider of all steps."""
        return sum(record.submissions for record in self.records)

    @property
    def usd(self) -> float | None:
        """Cost of all steps in US dollars; None if that of any step is unknown."""
        costs = [record.usd for record in self.records]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if costs and len(known) == len(costs) else None

    @property
    def seconds(self) -> float:
        """Duration of all steps."""
        return sum(record.seconds for record in self.records)

    def plot(self, axes: Any = None) -> Nested:
        """Plot the values against the shots before them, or against steps if there are no shots.

        Bars are standard errors; with mitigation, the outer ones are total errors.

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
        errors, floors = np.nan_to_num(self.errors), np.nan_to_num(self.systematic_errors)
        shown = axes.errorbar(
            places, self.values, yerr=errors if errors.any() else None, marker="."
        )
        if floors.any():
            whole = np.hypot(errors, floors)
            outer = axes.errorbar(
                places, self.values, yerr=whole, fmt="none", capsize=4, ecolor="C1", zorder=1
            )
            axes.legend([shown, outer], ["shots", "total"])
        axes.set_ylabel("value")
        return axes


def _numbers(values: Sequence[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values])


def _new_axes() -> Nested:
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError:
        raise MissingExtra(
            "A history is drawn by matplotlib, which is not installed. Install it with: "
            "pip install 'qgate[viz]'"
        ) from None
    return pyplot.subplots(layout="constrained")[1]

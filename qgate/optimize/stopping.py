"""When a minimization has come to its end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.budget import Budget
from qgate.optimize.history import History
from qgate.typing import FloatArray

WINDOW = 5
"""How many values are averaged before two averages are compared."""

CONSECUTIVE = 2
"""How often in a row slopes have to be lost in noise."""

NORMAL_95 = 1.6449
"""What 95 % of a standard normal distribution are below."""


@dataclass(frozen=True)
class Stopping:
    """What ends a minimization.

    Parameters
    ----------
    steps : int
        The most steps.
    numbers : int
        How many numbers change.
    tol : float, optional
        The least change of a value that is worth a step, in the unit of the value.
    budget : Budget, optional
        Shots and submissions that all steps may take.
    """

    steps: int
    numbers: int
    tol: float | None = None
    budget: Budget | None = None

    def before(self, history: History) -> str | None:
        """Say why no step is taken after these; None: one is."""
        if len(history) >= self.steps:
            return "steps"
        return "budget" if self._is_spent(history) else None

    def after(self, history: History) -> str | None:
        """Say why the last step was the last; None: it was not."""
        if _is_noise(history, self.numbers):
            return "noise"
        if self.tol is not None and _stands_still(history, self.tol):
            return "tol"
        return None

    def _is_spent(self, history: History) -> bool:
        """Say whether what is left does not buy a step like the last one."""
        if self.budget is None or not history.records:
            return False
        last = history.records[-1]
        pairs = [
            (self.budget.shots, history.shots + last.shots),
            (self.budget.submissions, history.submissions + last.submissions),
            (self.budget.usd, (history.usd or 0.0) + (last.usd or 0.0)),
        ]
        return any(limit is not None and needed > limit for limit, needed in pairs)


def most_noise(count: int) -> float:
    """Return what the mean of ``count`` squared standard normal numbers is below, in 95 of 100.

    By the approximation of Wilson and Hilferty, Proc. Natl. Acad. Sci. 17, 684 (1931).
    """
    width = 2 / (9 * count)
    return float((1 - width + NORMAL_95 * np.sqrt(width)) ** 3)


def _is_noise(history: History, numbers: int) -> bool:
    """Say whether the last slopes cannot be told from zero."""
    last = [record.signal for record in history.records[-CONSECUTIVE:]]
    return len(last) == CONSECUTIVE and all(
        signal is not None and signal <= most_noise(numbers) for signal in last
    )


def _stands_still(history: History, tol: float) -> bool:
    """Say whether the last values differ from those before by less than is worth it, or is seen."""
    values = history.values[-2 * WINDOW :]
    if len(values) < 2 * WINDOW:
        return False
    change = abs(values[:WINDOW].mean() - values[WINDOW:].mean())
    return bool(change < max(tol, 2 * _noise(history, values) * np.sqrt(2 / WINDOW)))


def _noise(history: History, values: FloatArray) -> float:
    """Return the standard error of a value: as known, or from the scatter around a line."""
    errors = history.errors[-2 * WINDOW :]
    if not np.isnan(errors).any():
        return float(np.sqrt(np.mean(errors**2)))
    bends = np.diff(values, 2)
    return float(np.sqrt(np.mean(bends**2) / 6))

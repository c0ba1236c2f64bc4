"""Stopping rules of a minimization."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.budget import Budget
from qgate.optimize.history import History
from qgate.typing import FloatArray

WINDOW = 5
"""Number of values in each of the two averages that are compared."""

CONSECUTIVE = 2
"""Number of consecutive steps whose gradient must be lost in noise."""

NORMAL_95 = 1.6449
"""95 % quantile of the standard normal distribution."""


@dataclass(frozen=True)
class Stopping:
    """Rules that end a minimization."""

    steps: int  # maximum number of steps
    numbers: int  # number of trainable numbers
    tol: float | None = None  # minimum change of the value that justifies a step
    budget: Budget | None = None  # for all steps

    def before(self, history: History) -> str | None:
        """Return the reason for not taking another step; None: take one."""
        if len(history) >= self.steps:
            return "steps"
        return "budget" if self._is_spent(history) else None

    def after(self, history: History) -> str | None:
        """Return the reason for which the last step ends the minimization; None: continue."""
        last = history.records[-CONSECUTIVE:]
        if _is_noise([record.signal for record in last], self.numbers):
            return "noise"
        if _is_noise([record.total_signal for record in last], self.numbers):
            return "floor"
        if self.tol is not None and _stands_still(history, self.tol):
            return "tol"
        return None

    def _is_spent(self, history: History) -> bool:
        """Return whether the rest of the budget is less than the usage of the last step."""
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
    """Return the 95 % quantile of the mean of ``count`` squared standard normal numbers.

    By the approximation of Wilson and Hilferty, Proc. Natl. Acad. Sci. 17, 684 (1931).
    """
    width = 2 / (9 * count)
    return float((1 - width + NORMAL_95 * np.sqrt(width)) ** 3)


def _is_noise(signals: Sequence[float | None], numbers: int) -> bool:
    """Return whether the last gradients are not significantly different from zero."""
    return len(signals) == CONSECUTIVE and all(
        signal is not None and signal <= most_noise(numbers) for signal in signals
    )


def _stands_still(history: History, tol: float) -> bool:
    """Return whether the mean of the last ``WINDOW`` values changed too little.

    The limit is ``tol`` or twice the standard error of the difference, whichever is larger.
    """
    values = history.values[-2 * WINDOW :]
    if len(values) < 2 * WINDOW:
        return False
    change = abs(values[:WINDOW].mean() - values[WINDOW:].mean())
    return bool(change < max(tol, 2 * _noise(history, values) * np.sqrt(2 / WINDOW)))


def _noise(history: History, values: FloatArray) -> float:
    """Return the standard error of a value: the known one, or from the scatter around a line."""
    errors = history.errors[-2 * WINDOW :]
    if not np.isnan(errors).any():
        return float(np.sqrt(np.mean(errors**2)))
    bends = np.diff(values, 2)
    return float(np.sqrt(np.mean(bends**2) / 6))

"""Averages of trajectories, with their standard errors."""

from __future__ import annotations

import numpy as np

from qgate.typing import FloatArray, NumericArray


class Moments:
    """Sums of the values of independent trajectories.

    Parameters
    ----------
    size : int
        Number of values of a trajectory, V.
    crossed : bool
        Whether covariances are requested.
    """

    def __init__(self, size: int, *, crossed: bool = False) -> None:
        self.count = 0
        self.crossed = crossed
        self.total: NumericArray = np.zeros(size)
        self.squares: FloatArray = np.zeros((size, size) if crossed else size)

    def add(self, values: NumericArray, weights: NumericArray | None = None) -> None:
        """Add values (M, V), each row as often as its weight says."""
        counts = np.ones(len(values)) if weights is None else weights
        self.count += int(counts.sum())
        self.total = self.total + counts @ values
        if self.crossed:
            self.squares += (values.T * counts) @ values
        else:
            self.squares += counts @ np.abs(values) ** 2

    @property
    def mean(self) -> NumericArray:
        """Averages, shape (V,)."""
        return self.total / self.count

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the averages, shape (V, V); without cross terms their variances, (V,).

        NaN for a single trajectory.
        """
        if self.count < 2:
            return np.full(self.squares.shape, np.nan)
        mean = self.mean
        squared = np.outer(mean, mean) if self.crossed else np.abs(mean) ** 2
        spread = self.squares / self.count - squared
        if not self.crossed:
            spread = np.maximum(spread, 0.0)
        return np.asarray(spread / (self.count - 1))

"""Minimum of a function of one variable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.fourier.series import Series
from qgate.typing import Function, Nested

Bounds = Sequence[tuple[float, float]]


def of_one_frequency(series: Series) -> tuple[float, float]:
    r"""Return the minimum of a series of one frequency, within half a period, and its value.

    With distance :math:`d` from the center it is
    :math:`c_0 + c_1 \cos(\Omega d) + c_2 \sin(\Omega d)`.
    """
    constant, cosine, sine = (float(value) for value in series.coefficients)
    distance = np.arctan2(-sine, -cosine) / series.frequencies[0]
    return float(series.center + distance), constant - float(np.hypot(cosine, sine))


def by_grid(function: Function, *, num_steps: int, Ns: int, bounds: Bounds) -> tuple[float, float]:
    """Search a grid of ``Ns`` points, and ``num_steps - 1`` times finer ones around its minima."""
    ((low, high),) = bounds
    grid = np.linspace(low, high, Ns)
    values = np.asarray(function(grid))
    left, right = np.roll(values, 1), np.roll(values, -1)
    width = (high - low) / (Ns - 1)
    starts = grid[(values <= left) & (values <= right)]
    found = [_refined(function, start, width, Ns, num_steps - 1) for start in starts]
    return min(found, key=lambda pair: pair[1])


def _refined(
    function: Function, center: float, width: float, points: int, times: int
) -> tuple[float, float]:
    """Search successively finer grids around a point."""
    value = float(function(center))
    for _ in range(times):
        grid = np.linspace(center - width, center + width, points)
        values = np.asarray(function(grid))
        best, width = int(np.argmin(values)), 2 * width / (points - 1)
        center, value = float(grid[best]), float(values[best])
    return float(center), value


def by_shgo(function: Function, **options: Nested) -> tuple[float, float]:
    """Search with ``scipy.optimize.shgo``."""
    from scipy.optimize import shgo

    found = shgo(function, **options)
    return float(found.x[0]), float(found.fun)

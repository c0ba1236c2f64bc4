"""The minimum of a function of one variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from qgate.fourier.series import Series

Bounds = Sequence[tuple[float, float]]


def of_one_frequency(series: Series) -> tuple[float, float]:
    r"""Return where a series of one frequency is least, within half a period, and its value there.

    With distance :math:`d` from the center it is
    :math:`c_0 + c_1 \cos(\Omega d) + c_2 \sin(\Omega d)`.
    """
    constant, cosine, sine = (float(value) for value in series.coefficients)
    distance = np.arctan2(-sine, -cosine) / series.frequencies[0]
    return float(series.center + distance), constant - float(np.hypot(cosine, sine))


def by_grid(
    function: Callable[..., Any], *, num_steps: int, Ns: int, bounds: Bounds
) -> tuple[float, float]:
    """Search a grid of ``Ns`` points, and ``num_steps - 1`` times a finer one around the best."""
    ((low, high),) = bounds
    for _ in range(num_steps):
        grid = np.linspace(low, high, Ns)
        values = function(grid)
        best, width = int(np.argmin(values)), (high - low) / (Ns - 1)
        low, high = grid[best] - width, grid[best] + width
    return float(grid[best]), float(values[best])


def by_shgo(function: Callable[..., Any], **options: Any) -> tuple[float, float]:
    """Search with ``scipy.optimize.shgo``."""
    from scipy.optimize import shgo

    found = shgo(function, **options)
    return float(found.x[0]), float(found.fun)

r"""Fourier series in one variable, interpolated from values at a few points.

A real series with the frequencies :math:`\Omega_1, \ldots, \Omega_R` has 2R + 1 coefficients,
and its value at any point is linear in them. So its values at 2R + 1 points determine all
coefficients.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from qgate.arrays import enclosed, finished, framework_of, namespace, shape_of
from qgate.exceptions import InvalidReconstruction, described
from qgate.typing import FloatArray, Tensor

WELL_CONDITIONED = 1e4
"""Condition number up to which evenly spaced shifts are kept."""

ILL_CONDITIONED = 1e8
"""Condition number above which the loss of digits is reported by a warning."""

SINGULAR = 1e14
"""Condition number above which the values do not determine the series."""

SAME = 1e-10
"""Frequencies whose distance, relative to the highest, is below this are treated as equal."""


@dataclass(frozen=True, eq=False)
class Series:
    r"""A Fourier series, called with a point or an array of points.

    The coefficients are those of 1, of the cosines and of the sines of :math:`\Omega_k (x - x_0)`;
    further axes are those of the value.
    """

    frequencies: FloatArray  # (R,), positive
    coefficients: Tensor  # (2R + 1, ...)
    center: Tensor = 0.0  # x_0, in the unit of x

    def __call__(self, x: Tensor) -> Tensor:
        """Return the values at x, whose shape is that of x followed by that of a value.

        The values are differentiable by x to any order. For arrays of a framework the result is its
        array, in the precision of x and of the parameter.
        """
        distance = enclosed(x) - enclosed(self.center)
        xp = namespace([distance, self.coefficients])
        angles = xp.reshape(distance, (*shape_of(distance), 1)) * self.frequencies
        ones = np.ones((*shape_of(distance), 1))
        waves = xp.concatenate([ones, xp.cos(angles), xp.sin(angles)], axis=-1)
        found = xp.tensordot(waves, self.coefficients, axes=1)
        return finished(found, [value for value in (x, self.center) if framework_of(value)])


MOST_FREQUENCIES = 1000
"""Frequencies of a series, whose coefficients solve a linear system."""


def _check_count(count: int) -> None:
    if count > MOST_FREQUENCIES:
        raise InvalidReconstruction(
            reason=f"a series of {described(count)} frequencies was asked for, and at most "
            f"{MOST_FREQUENCIES} are possible",
            remedy="Give fewer frequencies.",
        )


@dataclass(frozen=True, eq=False)
class Interpolation:
    """Interpolation of a series: frequencies, shifts around a center, matrix to coefficients.

    Raises
    ------
    InvalidReconstruction
        Values at these points do not determine the series.

    Warns
    -----
    UserWarning
        The system is ill-conditioned: errors of the values are amplified by a factor of 1e8 or
        more.
    """

    frequencies: FloatArray  # (R,), positive and different
    shifts: FloatArray  # (2R + 1,), in the unit of the variable
    matrix: FloatArray = field(init=False, repr=False)  # (2R + 1, 2R + 1), values to coefficients

    def __post_init__(self) -> None:
        _check_count(len(self.frequencies))
        system = _system(self.frequencies, self.shifts)
        condition = float(np.linalg.cond(system))
        if not condition < SINGULAR:
            raise InvalidReconstruction(
                reason=f"the values at the shifts {_listed(self.shifts)} do not determine a "
                f"series with the frequencies {_listed(self.frequencies)}",
                remedy="Give shifts that differ by other than a period of the series, or leave "
                "them out; take frequencies that all but agree as one.",
            )
        if condition > ILL_CONDITIONED:
            warnings.warn(
                f"The condition number of the Fourier system is very large: {condition:.1e} for "
                f"the frequencies {_listed(self.frequencies)} and the shifts "
                f"{_listed(self.shifts)}. Small errors of the values, shot noise above all, "
                "become large errors of the reconstruction. Space the shifts more evenly, or "
                "leave them out.",
                UserWarning,
                stacklevel=2,
            )
        object.__setattr__(self, "matrix", np.linalg.inv(system))

    @classmethod
    def equidistant(cls, count: int) -> Interpolation:
        """Interpolate a series with the frequencies 1 to ``count``, by evenly spaced points.

        The matrix is orthogonal up to factors; it is the interpolation by Dirichlet kernels.
        """
        _check_count(count)
        whole = np.arange(-count, count + 1).astype(np.float64)
        return cls(whole[count + 1 :], whole * (2 * np.pi / (2 * count + 1)))

    @classmethod
    def of_spectrum(
        cls, spectrum: Iterable[float], shifts: Iterable[float] | None = None
    ) -> Interpolation:
        """Interpolate a series with any frequencies; 0 and negative ones are optional.

        The shifts are by default multiples of one shift; where those within a period of the highest
        frequency are ill-conditioned, as for close frequencies, of a larger one.
        """
        frequencies = positive(spectrum)
        chosen = _default_shifts(frequencies) if shifts is None else np.array([*shifts], float)
        if len(chosen) != 2 * len(frequencies) + 1 or not np.isfinite(chosen).all():
            raise InvalidReconstruction(
                reason=f"{len(chosen)} shifts, {_listed(chosen)}, were given for the "
                f"{len(frequencies)} positive frequencies {_listed(frequencies)}",
                remedy=f"Give 2R + 1 = {2 * len(frequencies) + 1} finite shifts in radians, or "
                "leave them out.",
            )
        return cls(frequencies, chosen)

    def series(self, values: Tensor, center: Tensor) -> Series:
        """Return the series with these values, shape (2R + 1, ...), at ``center + shifts``."""
        xp = namespace([values])
        return Series(self.frequencies, xp.tensordot(self.matrix, values, axes=1), center)


def positive(spectrum: Iterable[float]) -> FloatArray:
    """Return the distinct positive frequencies of a spectrum, ascending.

    Raises
    ------
    InvalidReconstruction
        It contains other values than finite real numbers.
    """
    given = [*spectrum]
    values = np.sort(np.abs(np.array(given, dtype=float)))
    if not np.isfinite(values).all():
        raise InvalidReconstruction(
            reason=f"the spectrum {given} has other than finite numbers",
            remedy="Give frequencies as qg.fourier.qnode_spectrum does, such as [0, 1, 2].",
        )
    steps = np.diff(values, prepend=0.0)
    return np.asarray(values[steps > SAME * values.max(initial=0.0)])


def _system(frequencies: FloatArray, shifts: FloatArray) -> FloatArray:
    """Return 1, the cosines and the sines at the shifts, shape (..., 2R + 1)."""
    angles = shifts[..., None] * frequencies
    ones = np.ones((*shifts.shape, 1))
    return np.concatenate([ones, np.cos(angles), np.sin(angles)], axis=-1)


def _default_shifts(frequencies: FloatArray) -> FloatArray:
    r"""Return multiples -R, ..., R of one shift.

    Multiples of :math:`2\pi R / ((2R + 1)\Omega_R)` distinguish all frequencies, and are the evenly
    spaced points where these are 1, 2, ..., R.
    """
    count = len(frequencies)
    if not count:
        return np.zeros(1)
    multiples = np.arange(-count, count + 1)
    usual = 2 * np.pi * count / ((2 * count + 1) * frequencies[-1])
    if np.linalg.cond(_system(frequencies, usual * multiples)) <= WELL_CONDITIONED:
        return np.asarray(usual * multiples)
    finest = np.diff(frequencies, prepend=0.0).min()
    trials = usual * np.linspace(1.0, max(2.0, 2 * frequencies[-1] / finest), 512)
    conditions = np.linalg.cond(_system(frequencies, trials[:, None] * multiples))
    return np.asarray(trials[np.argmin(conditions)] * multiples)


def _listed(numbers: FloatArray) -> str:
    return f"[{', '.join(f'{number:.6g}' for number in numbers)}]"

"""Fourier coefficients of a function of several angles, from its values on a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from qgate.arguments import items_of, truth
from qgate.arrays import enclosed, finished, framework_of, is_traced, namespace
from qgate.exceptions import InvalidFourierGrid, described
from qgate.numpy.tensors import plain
from qgate.sizes import MOST_POINTS
from qgate.typing import FloatArray, Function, IntArray, Nested, Tensor

MOST_INPUTS = 32
"""Axes of an array of coefficients."""


def coefficients(
    f: Function,
    n_inputs: int,
    degree: int | Sequence[int],
    lowpass_filter: bool = False,
    filter_threshold: int | Sequence[int] | None = None,
    use_broadcasting: bool = False,
) -> Tensor:
    r"""Fourier coefficients of a real function with period :math:`2\pi` in each input.

    For :math:`f(x) = \sum_n c_n e^{i n \cdot x}` with :math:`|n_j| \le d_j` they are the discrete
    Fourier transform of the values on a grid with :math:`2d_j + 1` points along input j.

    Parameters
    ----------
    f : callable
        Takes an array of ``n_inputs`` angles (radians) and returns one real number.
    n_inputs : int
        N, the number of inputs.
    degree : int or sequence of int
        The highest frequency d, of all inputs or of each. Where ``f`` has higher frequencies,
        they alias onto lower ones, whose coefficients are then wrong.
    lowpass_filter : bool
        Compute up to ``filter_threshold`` and drop frequencies above ``degree``.
    filter_threshold : int or sequence of int, optional
        By default ``2 * degree``.
    use_broadcasting : bool
        Call ``f`` once, with a list of N arrays of shape (K,), one for each input, where K is the
        number of points; it returns an array of shape (K,).

    Returns
    -------
    complex array, shape (2 d_1 + 1, ..., 2 d_N + 1)
        Entry ``[n_1, ..., n_N]`` is :math:`c_n`; negative frequencies count from the end, as in
        numpy's Fourier transforms. An array of the framework whose arrays ``f`` returns,
        differentiable by it.

    Raises
    ------
    InvalidFourierGrid
        Degrees, thresholds or the number of inputs are invalid, or ``f`` did not return one real
        number for each point.

    Notes
    -----
    Cost: K calls of ``f``, or one with K rows, where K is the product of ``2 d_j + 1`` (of
    ``2 t_j + 1`` with thresholds t). Reference: Schuld, Sweke, Meyer, Phys. Rev. A 103, 032430
    (2021), arXiv:2008.08605.

    Examples
    --------
    >>> coefficients(lambda x: np.cos(x[0]) + 3, 1, 1).real.round(6).tolist()
    [3.0, 0.5, 0.5]
    """
    if not _is_count(n_inputs) or n_inputs < 1:
        raise InvalidFourierGrid(
            reason=f"n_inputs={described(n_inputs)} is no number of inputs",
            remedy="Give a whole number from 1 on.",
        )
    if n_inputs > MOST_INPUTS:
        raise InvalidFourierGrid(
            reason=f"n_inputs={described(n_inputs)} is above {MOST_INPUTS}",
            remedy="Give fewer inputs.",
        )
    degrees = _one_each("degree", degree, n_inputs)
    if not truth("coefficients", "lowpass_filter", lowpass_filter):
        return _transformed(f, degrees, batched=use_broadcasting)
    given = [2 * d for d in degrees] if filter_threshold is None else filter_threshold
    thresholds = _one_each("filter_threshold", given, n_inputs)
    if any(threshold < d for threshold, d in zip(thresholds, degrees, strict=True)):
        raise InvalidFourierGrid(
            reason=f"filter_threshold={described(filter_threshold)} is below "
            f"degree={described(degree)}",
            remedy="Give a threshold of at least the degree, 2 * degree for example.",
        )
    whole = _transformed(f, thresholds, batched=use_broadcasting)
    return _chosen(whole, [np.array(_frequencies(degree)) for degree in degrees])


def _is_count(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and bool(value >= 0)


def _one_each(name: str, value: Any, count: int) -> list[int]:
    """Return one whole number for each input."""
    items = items_of(value)
    numbers = [value] * count if items is None else items
    if len(numbers) != count or not all(map(_is_count, numbers)):
        raise InvalidFourierGrid(
            reason=f"{name}={described(value)} is no frequency, nor one for each of {count} inputs",
            remedy=f"Give a whole number from 0 on, or a sequence of {count} such numbers.",
        )
    return [int(number) for number in numbers]


def _frequencies(degree: int) -> list[int]:
    """Return 0, 1, ..., d, -d, ..., -1: the order of the coefficients."""
    return [*range(degree + 1), *range(-degree, 0)]


def _transformed(f: Function, degrees: Sequence[int], *, batched: bool) -> Tensor:
    count = math.prod(2 * degree + 1 for degree in degrees)
    if count > MOST_POINTS or len(degrees) > MOST_INPUTS:
        raise InvalidFourierGrid(
            reason=f"the grid has {described(count)} points in {len(degrees)} inputs, and at most "
            f"{MOST_POINTS} in {MOST_INPUTS} are possible",
            remedy="Give lower degrees or fewer inputs.",
        )
    axes = [2 * np.pi / (2 * d + 1) * np.array(_frequencies(d)) for d in degrees]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")])
    values = _values(f, points, batched=batched)
    xp, shape = namespace([values]), [len(axis) for axis in axes]
    if xp is np:
        return np.asarray(np.fft.fftn(values.reshape(shape)) / values.size)
    found = xp.reshape(values, shape)
    for axis in axes:  # each axis is transformed as the first, then moved to the end
        count = len(axis)
        waves = np.exp(-1j * np.outer(np.array(_frequencies(count // 2)), axis)) / count
        found = xp.tensordot(found, waves.T, axes=[[0], [0]])
    return finished(found, [values])


def _chosen(coefficients: Tensor, frequencies: Sequence[IntArray]) -> Tensor:
    """Return the coefficients of some frequencies along each axis."""
    xp = namespace([coefficients])
    if xp is np:
        return np.asarray(coefficients[np.ix_(*frequencies)])
    found = enclosed(coefficients)
    for chosen in frequencies:
        found = xp.moveaxis(found[chosen], 0, -1)
    return finished(found, [coefficients])


def _values(f: Function, points: FloatArray, *, batched: bool) -> Tensor:
    """Return the values of ``f`` at points, shape (N, K), as an array of shape (K,)."""
    if batched:
        values = _array(f(list(points)))
        _check(values, (points.shape[1],), "use_broadcasting=True", "leave use_broadcasting out")
        return values
    found = []
    for point in points.T:
        value = _array(f(point))
        if value.shape == (1,):  # of a circuit whose angle is the whole array of one input
            value = namespace([value]).reshape(value, ())
        _check(value, (), "one point", "choose one of its values")
        found.append(value)
    return namespace(found).stack(found)


def _array(value: Nested) -> Tensor:
    is_theirs = is_traced(value) or framework_of(value) is not None
    return enclosed(value) if is_theirs else np.asarray(plain(value))


def _check(values: Tensor, shape: tuple[int, ...], call: str, remedy: str) -> None:
    if values.shape != shape or values.dtype.kind not in "iuf":
        raise InvalidFourierGrid(
            reason=f"for {call} the function returned values of shape {values.shape} and type "
            f"{values.dtype}, and real numbers of shape {shape} are needed",
            remedy=f"Return one real number for each point, such as qg.expval, or {remedy}.",
        )

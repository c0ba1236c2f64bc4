r"""Finite-difference rules, and the step that balances bias and noise.

A rule approximates :math:`f^{(n)}(x) \approx h^{-n} \sum_j c_j f(x + s_j h)` with integers
:math:`s_j` and an error of order :math:`h^p`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from qgate.arguments import is_text_among, whole_number
from qgate.exceptions import InvalidDifferenceRule, described, suggest
from qgate.typing import FloatArray

_STENCILS: Mapping[str, Callable[[int, int], tuple[int, ...]]] = {
    "forward": lambda n, p: tuple(range(n + p)),
    "backward": lambda n, p: tuple(range(0, -n - p, -1)),
    # Symmetry gives one order for free, so an odd number of points with half of them on each side
    # is enough. Order: 0, -1, 1, -2, 2, ...
    "center": lambda n, p: (
        0,
        *(sign * i for i in range(1, (n + 1) // 2 + p // 2) for sign in (-1, 1)),
    ),
}
"""Points of each strategy for a derivative of order n with an error of order p."""

MOST_ORDER = 64
"""Maximum order of derivatives and rules; the coefficients grow as binomials, to 64 bits here."""

_EXACT_VARIANCE = 1e-28 / 8
"""Variance of a value computed without shots, in units of the squared size of the function.

It is the square of about 16 rounding errors, typical of some tens of gates in double precision, and
leads to the step 1e-7 for the first derivative by forward difference.
"""


def finite_diff_coeffs(n: int, approx_order: int, strategy: str) -> FloatArray:
    r"""Return the coefficients and shifts of a finite-difference rule.

    The rule differentiates the polynomial through its points: :math:`c_j` is :math:`n!` times the
    coefficient of :math:`x^n` in the Lagrange polynomial of point :math:`s_j`, computed in integers
    and rounded once. Points with coefficient zero are omitted.

    Parameters
    ----------
    n : int
        Order of the derivative, 1 or more.
    approx_order : int
        Power of the step to which the error is proportional, 1 or more; even for ``"center"``.
    strategy : str
        ``"forward"`` (points 0, 1, 2, ...), ``"backward"`` (0, -1, -2, ...) or ``"center"``
        (0, -1, 1, -2, 2, ...).

    Returns
    -------
    array of shape (2, points)
        Row 0: the coefficients for a step of 1 (divide by ``h**n``). Row 1: the shifts in steps, by
        increasing absolute value.

    Raises
    ------
    InvalidDifferenceRule
        An order is not a positive integer, ``approx_order`` is odd for ``"center"``, or the
        strategy is unknown.

    Notes
    -----
    Cost: ``n + approx_order`` points forward and backward, one fewer for ``"center"``.
    Reference: Fornberg, Math. Comp. 51, 699 (1988).

    Examples
    --------
    >>> finite_diff_coeffs(1, 2, "center")
    array([[-0.5,  0.5],
           [-1. ,  1. ]])
    >>> finite_diff_coeffs(2, 1, "forward")
    array([[ 1., -2.,  1.],
           [ 0.,  1.,  2.]])
    """
    return _rule(*checked_rule(n, approx_order, strategy)).copy()


def sensible_step(
    shots: int | None,
    order: int = 1,
    *,
    approx_order: int = 1,
    strategy: str = "forward",
    frequency: float = 1.0,
) -> float:
    r"""Return the step of a finite difference that balances noise and bias.

    With N shots at each point and one-shot variance V, a rule of coefficients :math:`c_j` and
    shifts :math:`s_j` for the derivative of order n has the mean squared error

    .. math:: \frac{V \sum_j c_j^2}{N h^{2n}} + h^{2p} E^2 F^2,
        \quad E = \frac{1}{(n+p)!} \sum_j c_j s_j^{n+p}, \quad F = |f^{(n+p)}|,

    the second term being the square of the first term of the Taylor series that the rule does
    not cancel. Its derivative by h vanishes at

    .. math:: h^{2(n+p)} = \frac{n V \sum_j c_j^2}{p N E^2 F^2},

    for the central first derivative :math:`h^6 = 9V/(NF^2)`. A function of an angle with
    frequency w has derivatives of about :math:`w^{n+p}` times its own size, and the size of an
    expectation value is about its one-shot standard deviation, so :math:`F = w^{n+p}\sqrt V`.

    Parameters
    ----------
    shots : int or None
        Shots at each point. None means exact values; their noise is the rounding of double
        precision, about 16 units in the last place after some tens of gates.
    order : int
        Order n of the derivative.
    approx_order, strategy
        As in `finite_diff_coeffs`.
    frequency : float
        Largest frequency w of the function, in 1/radian; 1 for a rotation gate.

    Returns
    -------
    float
        Step h in radians; below 2.5 / frequency even for a single shot.

    Raises
    ------
    InvalidDifferenceRule
        As `finite_diff_coeffs`; or shots or frequency are not positive.

    Notes
    -----
    Without shots: 1e-7 for the first derivative by forward difference, where the truncation
    h/2 and the rounding error over h are both below 1e-7; 2e-5 for the central one and 6e-4 for
    the second derivative by central difference, whose rounding error is divided by h squared.
    Reference: Mari et al., Phys. Rev. A 103, 012405 (2021), arXiv:2008.06517, for the central
    first derivative.

    Examples
    --------
    >>> round(sensible_step(None), 12)
    1e-07
    >>> round(sensible_step(9000, approx_order=2, strategy="center"), 6)  # (9 / 9000)**(1 / 6)
    0.316228
    """
    if (shots is not None and shots < 1) or not frequency > 0:
        raise InvalidDifferenceRule(
            reason=f"there is no step for shots={described(shots)} and "
            f"frequency={described(frequency)}",
            remedy="Give a positive number of shots, or None for exact values, and a positive "
            "frequency.",
        )
    order, approx_order, strategy = checked_rule(order, approx_order, strategy)
    return _step(shots, order, approx_order, strategy) / frequency


@lru_cache(maxsize=256)
def _step(shots: int | None, order: int, approx_order: int, strategy: str) -> float:
    """Return the step for validated arguments and a function of frequency 1."""
    coefficients, shifts = _rule(order, approx_order, strategy)
    total = order + approx_order
    variance = (_EXACT_VARIANCE if shots is None else 1 / shots) * float(
        coefficients @ coefficients
    )
    bias = float(coefficients @ shifts**total) / math.factorial(total)
    return math.pow(order * variance / (approx_order * bias**2), 1 / (2 * total))


@lru_cache(maxsize=256)
def _rule(n: int, approx_order: int, strategy: str) -> FloatArray:
    """Return the rule for validated arguments; the array is cached, so callers copy it."""
    points = _STENCILS[strategy](n, approx_order)
    rule = np.array([[_coefficient(point, points, n) for point in points], points], float)
    return rule[:, rule[0] != 0]


def checked_rule(n: object, approx_order: object, strategy: str) -> tuple[int, int, str]:
    """Return the arguments of ``finite_diff_coeffs``, validated; errors as there."""
    if not is_text_among(strategy, _STENCILS):
        raise InvalidDifferenceRule(
            reason=f"{described(strategy)} is not a strategy",
            remedy=f"Give one of {', '.join(_STENCILS)}.{suggest(strategy, _STENCILS)}",
        )
    n, approx_order = _order("n", n), _order("approx_order", approx_order)
    if strategy == "center" and approx_order % 2:
        raise InvalidDifferenceRule(
            reason=f"approx_order={approx_order} is odd, and the order of a centered difference "
            "is even",
            remedy=f"Give approx_order={approx_order + 1}, or the strategy forward or backward.",
        )
    return n, approx_order, strategy


def _order(name: str, value: object) -> int:
    order = value if type(value) is int else whole_number(value)
    if order is None or order < 1:
        raise InvalidDifferenceRule(
            reason=f"{name}={described(value)} is not a positive integer",
            remedy="Give 1, 2, 3, ...",
        )
    if order > MOST_ORDER:
        raise InvalidDifferenceRule(
            reason=f"{name}={described(value)} is above {MOST_ORDER}, and such a rule has "
            "no correct digit in double precision",
            remedy="Give an order of 2 or 4.",
        )
    return order


def _coefficient(point: int, points: tuple[int, ...], n: int) -> float:
    """Return the n-th derivative at 0 of the polynomial that is 1 at point and 0 at the others."""
    powers, divisor = [1], 1  # powers[k] multiplies x**k
    for other in points:
        if other != point:
            lower, raised = [*powers, 0], [0, *powers]
            powers = [high - other * low for high, low in zip(raised, lower, strict=True)]
            divisor *= point - other
    return math.factorial(n) * powers[n] / divisor

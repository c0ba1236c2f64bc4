r"""Shift rules: coefficients and shifts computed from the frequencies of a gate.

The expectation value as a function of one gate parameter is :math:`f(x) = \sum_\Omega a_\Omega
e^{i\Omega x}`, with the frequencies :math:`\Omega` the differences of the eigenvalues of the gate's
generator. A shift rule :math:`f^{(k)}(x) = \sum_\mu c_\mu f(x + s_\mu)` holds exactly for every
such function. Rules are arrays of numbers; they are applied to tapes elsewhere.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from qgate.arguments import finite_numbers, sequence_of, whole_number
from qgate.exceptions import InvalidShiftRule, described
from qgate.sizes import MOST_POINTS, check_size
from qgate.typing import FloatArray

MOST_ORDER = 64
"""Highest order of a derivative; default rules lose their precision long before."""

_LOWEST, _HIGHEST = 1e-100, 1e9
"""Range of frequencies. The shifts of higher ones are closer than ``_SAME``."""

_SAME = 1e-10
"""Shifts (radians), coefficients and relative frequencies this close count as equal."""

_SINGULAR = 1e-8
"""Smallest singular value of a system that is solved; its entries are at most 2."""

_WELL_CONDITIONED = 1e4
"""Condition number up to which default shifts are considered."""

_LITTLE_NOISE = 1.5
"""Noise, in units of its lower bound, up to which the equidistant shifts are used."""

_MAX_TRIALS = 4096
"""Maximum number of spacings that are tried if the equidistant shifts are unsuitable."""

_MAX_ENTRIES = 10**7
"""Maximum number of entries of all systems that are tried together."""

MOST_FREQUENCIES = 1000
"""Maximum number of frequencies of a rule that solves a linear system."""

MOST_EVEN_FREQUENCIES = 100_000
"""Maximum number of evenly spaced frequencies, whose rule is a formula."""

MOST_EIGENVALUES = 4096
"""Maximum number of distinct eigenvalues of a generator whose differences are computed."""

_MAX_TURNS = 1e5
"""Maximum number of turns of the highest frequency in a period by which shifts are reduced."""


def generate_shift_rule(
    frequencies: Sequence[float], shifts: Sequence[float] | None = None, order: int = 1
) -> FloatArray:
    r"""Return coefficients and shifts of a derivative by a gate parameter.

    For ``R`` frequencies :math:`f_0, 2f_0, \ldots, Rf_0` the first derivative has the shifts
    :math:`\pm s_\mu`, :math:`s_\mu = x_\mu/f_0 = (2\mu-1)\pi/(2Rf_0)`, and the coefficients
    :math:`\pm f_0 (-1)^{\mu-1}/(4R\sin^2(x_\mu/2))`. For other frequencies, and for higher
    orders, the coefficients solve a linear system with one equation for each frequency.

    Parameters
    ----------
    frequencies : sequence of float
        Positive and distinct, in any order.
    shifts : sequence of float, optional
        As many as frequencies, in radians, distinct up to sign; each is used in both directions.
        With ``order`` above 1 the first-order rule with these shifts is applied ``order`` times.
        Default: the shifts above. If these make the system ill-conditioned (as for the frequencies
        1 and 3) or the rule noisy, odd multiples of another angle: the one of least noise (see
        Notes) among well-conditioned ones. Even orders use even multiples, and 0.
    order : int
        Order of the derivative, 1 or more.

    Returns
    -------
    array of shape (terms, 2)
        Rows (coefficient, shift in radians), by increasing absolute shift, the positive one first.
        Shifts that are equal modulo the period of the function are combined; for orders above 1
        they are in [-period/2, period/2).

    Raises
    ------
    InvalidShiftRule
        Frequencies are not positive and distinct; shifts are repeated, of the wrong number, or do
        not determine the derivative; or the order is below 1.

    Notes
    -----
    Cost: 2R terms, 2R+1 for an even order of unevenly spaced frequencies, more for an order above 1
    with given shifts. With the same variance V of each value and n shots in total, distributed in
    proportion to ``abs(coefficient)``, the variance of the derivative is ``V *
    sum(abs(coefficients))**2 / n``. The sum is at least the highest frequency to the power
    ``order`` (Bernstein); default rules come close to it. Rules are cached. Reference: Wierichs et
    al., Quantum 6, 677 (2022), arXiv:2107.12390.

    Examples
    --------
    >>> generate_shift_rule((1,)).round(4)
    array([[ 0.5   ,  1.5708],
           [-0.5   , -1.5708]])
    >>> generate_shift_rule((0.5, 1.0)).round(4)  # a controlled rotation
    array([[ 0.4268,  1.5708],
           [-0.4268, -1.5708],
           [-0.0732,  4.7124],
           [ 0.0732, -4.7124]])
    """
    known = _numbers("frequencies", frequencies)
    given = None if shifts is None else _numbers("shifts", shifts)
    with np.errstate(all="ignore"):  # the result is checked
        rule = _rule(known, given, _checked_order(known, order))
    if not len(rule) or not np.isfinite(rule).all():
        raise _refusal(known, "coefficients are beyond float64", "Rescale the parameter.")
    return rule.copy()


def generate_multi_shift_rule(
    frequencies: Sequence[Sequence[float]],
    shifts: Sequence[Sequence[float] | None] | None = None,
    orders: Sequence[int] | None = None,
) -> FloatArray:
    r"""Return coefficients and shifts of a mixed derivative by several parameters.

    The rule is the product of the rules of the single parameters: every combination of their
    terms, with the product of the coefficients.

    Parameters
    ----------
    frequencies : sequence of sequences of float
        Frequencies of each parameter.
    shifts : sequence, optional
        For each parameter its shifts in radians, or None for the default ones.
    orders : sequence of int, optional
        For each parameter the order of differentiation by it; default 1.

    Returns
    -------
    array of shape (terms, 1 + parameters)
        Rows (coefficient, shift of the first parameter, shift of the second, ...).

    Raises
    ------
    InvalidShiftRule
        As `generate_shift_rule`; or the arguments differ in length.

    Notes
    -----
    Cost: the product of the numbers of terms of the single rules.

    Examples
    --------
    >>> generate_multi_shift_rule([(1,), (1,)]).round(4)
    array([[ 0.25  ,  1.5708,  1.5708],
           [-0.25  ,  1.5708, -1.5708],
           [-0.25  , -1.5708,  1.5708],
           [ 0.25  , -1.5708, -1.5708]])
    """
    name = "generate_multi_shift_rule"
    frequencies = sequence_of(name, "frequencies", frequencies)
    count = len(frequencies)
    shifts = [None] * count if shifts is None else sequence_of(name, "shifts", shifts)
    orders = [1] * count if orders is None else sequence_of(name, "orders", orders)
    if not count or len(shifts) != count or len(orders) != count:
        raise InvalidShiftRule(
            frequencies=frequencies,
            reason=f"{count} parameters have {len(shifts)} sets of shifts and {len(orders)} orders",
            remedy="Give frequencies, shifts and orders for the same parameters, at least one.",
        )
    rules = list(map(generate_shift_rule, frequencies, shifts, orders))
    remedy = "Take derivatives by fewer parameters at once."
    count = math.prod(map(len, rules))
    check_size("This shift rule", count, MOST_POINTS, unit="terms", remedy=remedy)
    terms = itertools.product(*rules)
    return np.array(
        [[math.prod(row[0] for row in term), *(row[1] for row in term)] for term in terms]
    )


def eigvals_to_frequencies(eigvals: Sequence[float]) -> tuple[float, ...]:
    """Return the frequencies of a gate: the positive differences of its generator's eigenvalues.

    Differences that agree up to rounding (relative to the largest) are one frequency.

    Parameters
    ----------
    eigvals : sequence of float
        Eigenvalues of the generator G of the gate exp(i x G), repeated or not, in any order.

    Returns
    -------
    tuple of float
        Ascending frequencies; empty if all eigenvalues are equal.

    Examples
    --------
    >>> eigvals_to_frequencies((0.5, -0.5))
    (1.0,)
    >>> eigvals_to_frequencies((-0.5, 0, 0, 0.5))
    (0.5, 1.0)
    """
    values = np.unique(np.array(_numbers("eigvals", eigvals)))
    remedy = "Give the frequencies themselves, or write the gate as several."
    check_size("This spectrum", len(values), MOST_EIGENVALUES, unit="eigenvalues", remedy=remedy)
    differences = np.sort((values[:, None] - values)[np.tril_indices(len(values), -1)])
    if not len(differences):
        return ()
    steps = np.diff(differences, prepend=0.0)
    return tuple(differences[steps > _SAME * differences[-1]].tolist())


def frequencies_to_period(frequencies: Sequence[float], decimals: int = 5) -> float:
    """Return the period of functions with these frequencies, ``2 pi / gcd(frequencies)``.

    Parameters
    ----------
    frequencies : sequence of float
        Positive numbers.
    decimals : int
        Each frequency is rounded to the nearest fraction with a denominator of at most
        ``10**decimals``.

    Returns
    -------
    float
        Period in radians; infinite without frequencies. For frequencies that are not such
        fractions, an angle after which the function nearly repeats.

    Examples
    --------
    >>> round(frequencies_to_period((0.5, 1.0)) / np.pi, 6)
    4.0
    """
    known = _numbers("frequencies", frequencies)
    fractions = [Fraction(value).limit_denominator(10**decimals) for value in known]
    divisor = Fraction(
        math.gcd(*(value.numerator for value in fractions)),
        math.lcm(*(value.denominator for value in fractions)),
    )
    return 2 * math.pi / float(divisor) if divisor else math.inf


@lru_cache(maxsize=1024)
def _rule(
    frequencies: tuple[float, ...], shifts: tuple[float, ...] | None, order: int
) -> FloatArray:
    """Validate the arguments and compute the rule; the array is cached, so callers copy it."""
    remedy = "Write the gate as several of fewer frequencies."
    size = len(frequencies)
    check_size("A shift rule", size, MOST_EVEN_FREQUENCIES, unit="frequencies", remedy=remedy)
    _check_frequencies(frequencies)
    rising = np.sort(frequencies)
    if shifts is not None:
        check_size("A shift rule", size, MOST_FREQUENCIES, unit="shifts", remedy=remedy)
        _check_shifts(frequencies, shifts)
        return _repeated(_solved(rising, np.array(shifts), 1), order, _exact_period(rising))
    multiples = rising[0] * np.arange(1, len(rising) + 1)
    if order == 1 and np.allclose(rising, multiples, rtol=_SAME, atol=0):
        return _closed_form(rising[0], len(rising))
    check_size("A shift rule", size, MOST_FREQUENCIES, unit="uneven frequencies", remedy=remedy)
    rule = _solved(rising, _default_shifts(rising, order), order)
    return rule if order == 1 else _merged(rule, _exact_period(rising))


def _numbers(name: str, given: object) -> tuple[float, ...]:
    numbers = finite_numbers(given)
    if numbers is None:
        reason = f"{name}={described(given)} is no sequence of finite numbers"
        kind = "positive" if name == "frequencies" else "real"
        raise _refusal((), reason, f"Give a sequence of {kind} numbers, for example (0.5, 1.0).")
    return numbers


def _checked_order(frequencies: Sequence[float], order: object) -> int:
    number = whole_number(order)
    if number is None or number < 1:
        raise _refusal(
            frequencies, f"{described(order)} is no order of a derivative", "Give 1, 2, 3, ..."
        )
    if number > MOST_ORDER:
        raise _refusal(
            frequencies,
            f"{described(order)} is above {MOST_ORDER}, and coefficients of higher derivatives "
            "are lost in rounding",
            "Take a lower order.",
        )
    return number


def _refusal(frequencies: Sequence[float], reason: str, remedy: str) -> InvalidShiftRule:
    return InvalidShiftRule(frequencies=tuple(frequencies), reason=reason, remedy=remedy)


def _check_frequencies(frequencies: tuple[float, ...]) -> None:
    rising = np.sort(frequencies)
    # Written so that NaN fails the comparison as well.
    if not len(rising) or not (rising[0] > 0 and np.isfinite(rising[-1])):
        raise _refusal(
            frequencies,
            "frequencies are positive, and there is at least one",
            "Leave out zeros and signs; eigvals_to_frequencies gives the frequencies of a gate.",
        )
    if not _LOWEST <= rising[0] <= rising[-1] <= _HIGHEST:
        raise _refusal(
            frequencies,
            f"frequencies are from {_LOWEST:g} to {_HIGHEST:g}; float64 rounds other shifts off",
            "Rescale the parameter.",
        )
    if np.any(np.diff(rising) <= _SAME * rising[-1]):
        raise _refusal(
            frequencies, "some of them are equal", "Frequencies are unique; name each of them once."
        )


def _check_shifts(frequencies: tuple[float, ...], shifts: tuple[float, ...]) -> None:
    listed = ", ".join(map(str, shifts))
    if len(shifts) != len(frequencies) or not np.all(np.isfinite(shifts)):
        raise _refusal(
            frequencies,
            f"the shifts [{listed}] are not {len(frequencies)} finite numbers",
            "Give as many shifts as frequencies.",
        )
    if np.any(np.diff(np.sort(np.abs(shifts))) <= _SAME):
        raise _refusal(
            frequencies,
            f"the shifts [{listed}] repeat a value",
            "Shifts are unique up to sign, since each is used in both directions.",
        )


def _exact_period(frequencies: FloatArray) -> float:
    """Return the period of the function, or infinity if it is only approximately periodic."""
    period = frequencies_to_period(frequencies.tolist())
    turns = frequencies * period / (2 * np.pi)
    # Rounding makes every large number an integer, so only a moderate number of turns is
    # conclusive.
    exact = turns[-1] < _MAX_TURNS and np.allclose(turns, np.round(turns), rtol=0, atol=_SAME)
    return period if exact else math.inf


def _closed_form(base: float, count: int) -> FloatArray:
    """Return the rule of the first derivative for the frequencies base, 2 base, ..., count base."""
    index = np.arange(1, count + 1)
    angles = (2 * index - 1) * np.pi / (2 * count)
    coefficients = base * (-1.0) ** (index - 1) / (4 * count * np.sin(angles / 2) ** 2)
    return _both_ways(coefficients, angles / base, sign=-1)


def _both_ways(coefficients: FloatArray, shifts: FloatArray, *, sign: int) -> FloatArray:
    """Return merged rows for the shifts and, with the coefficients times sign, their negatives."""
    forward = np.stack([coefficients, shifts], axis=1)
    return _merged(np.concatenate([forward, forward * [sign, -1]]))


def _system(frequencies: FloatArray, shifts: FloatArray, order: int) -> FloatArray:
    """Return the response of each frequency to each pair of shifts; stacks of shifts give stacks.

    A pair of equal sign (even order) also responds to the constant part of the function, as
    frequency 0.
    """
    if order % 2:
        return np.asarray(2 * np.sin(frequencies[:, None] * shifts[..., None, :]))
    return np.asarray(2 * np.cos(np.append(0.0, frequencies)[:, None] * shifts[..., None, :]))


def _wanted(frequencies: FloatArray, order: int) -> FloatArray:
    """Return the response of the exact derivative, in the rows of the system."""
    derivatives = (-1.0) ** (order // 2) * frequencies**order
    return np.asarray(derivatives if order % 2 else np.append(0.0, derivatives))


def _solved(frequencies: FloatArray, shifts: FloatArray, order: int) -> FloatArray:
    """Return the rule with pairs of the given shifts: sums (even order) or differences (odd)."""
    system = _system(frequencies, shifts, order)
    finite = np.isfinite(system).all()
    if not finite or np.linalg.svd(system, compute_uv=False)[-1] < _SINGULAR:
        listed = ", ".join(f"{shift:.6g}" for shift in shifts)
        raise _refusal(
            frequencies.tolist(),
            f"the system for the shifts [{listed}] is singular",
            "Choose shifts that are neither zero nor equal up to the period of the function, or "
            "leave them out; take frequencies that all but agree as one.",
        )
    coefficients = np.linalg.solve(system, _wanted(frequencies, order))
    return _both_ways(np.asarray(coefficients, np.float64), shifts, sign=(-1) ** order)


def _default_shifts(frequencies: FloatArray, order: int) -> FloatArray:
    """Return odd (for even orders: even) multiples of one angle that give a good rule.

    The angle pi / (2 R f) of evenly spaced frequencies is used if it is suitable. Below pi / (2
    f_max) every angle gives a regular system; close frequencies require larger ones.
    """
    count = len(frequencies)
    multiples = 2.0 * np.arange(count) + 1 if order % 2 else 2.0 * np.arange(count + 1)
    usual = multiples * np.pi / (2 * count * frequencies[0])
    if _noise(frequencies, usual[None], order)[0] <= _LITTLE_NOISE:
        return np.asarray(usual)
    finest = np.diff(frequencies, prepend=0.0).min()
    trials = min(_MAX_TRIALS, _MAX_ENTRIES // count**2, 16 * math.ceil(frequencies[-1] / finest))
    candidates = multiples * (np.pi / (32 * frequencies[-1]) * np.arange(1, trials + 1))[:, None]
    return np.asarray(candidates[np.argmin(_noise(frequencies, candidates, order))])


def _noise(frequencies: FloatArray, candidates: FloatArray, order: int) -> FloatArray:
    """Return the sum of absolute coefficients for each row of shifts, over its lower bound."""
    systems = _system(frequencies, candidates, order)
    good = np.linalg.cond(systems) <= _WELL_CONDITIONED
    wanted = _wanted(frequencies, order)[:, None]
    noise = np.full(len(candidates), math.inf)
    sums = np.abs(np.linalg.solve(systems[good], wanted[None])).sum(axis=(1, 2))
    noise[good] = 2 * sums / frequencies[-1] ** order
    return noise


def _repeated(rule: FloatArray, order: int, period: float) -> FloatArray:
    """Apply a first-order rule order times."""
    result = rule
    for _ in range(order - 1):
        coefficients = np.multiply.outer(result[:, 0], rule[:, 0]).ravel()
        shifts = np.add.outer(result[:, 1], rule[:, 1]).ravel()
        result = _merged(np.stack([coefficients, shifts], axis=1), period)
    return result


def _merged(rule: FloatArray, period: float = math.inf) -> FloatArray:
    """Combine rows with the same shift modulo the period, drop zeros, sort by absolute shift."""
    if not rule.any():  # powers of small frequencies may all be 0 in float64
        return rule[:0]
    coefficients, shifts = rule.T
    if math.isfinite(period):
        # Half a period is mapped to its negative, also if rounding leaves it just below.
        shifts = (shifts + period / 2 + _SAME / 2) % period - period / 2 - _SAME / 2
    rising = np.argsort(shifts, kind="stable")
    coefficients, shifts = coefficients[rising], shifts[rising]
    first = np.flatnonzero(np.diff(shifts, prepend=-math.inf) > _SAME)
    coefficients, shifts = np.add.reduceat(coefficients, first), shifts[first]
    kept = np.abs(coefficients) > _SAME * np.max(np.abs(coefficients))
    coefficients, shifts = coefficients[kept], shifts[kept]
    # Two rows of the same |shift| tie up to rounding; the positive one comes first.
    ranks = np.lexsort((-shifts, np.round(np.abs(shifts), 9)))
    return np.stack([coefficients[ranks], shifts[ranks]], axis=1)

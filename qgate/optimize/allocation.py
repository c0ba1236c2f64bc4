"""Allocation of a step's shots: rules for their number, strategies for circuits, the state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qgate.optimize.randomness import Randomness
from qgate.typing import FloatArray, IntArray

TINY = np.finfo(float).tiny

WORTH_IT = 1.05
"""Minimum ratio of shots, groups to budget, for the first step to use a budgeted allocation."""


class Allocations(StrEnum):
    """Strategies for allocating shots to circuits."""

    AUTO = "auto"
    GROUPS = "groups"
    BUDGET = "budget"
    TERMS = "terms"
    """Terms drawn at random; chosen by ``term_sampling``."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """State of the optimizer: noise, derivatives, and the allocation of shots."""

    steps: int
    random: Randomness  # state of the generator of terms
    shots: IntArray | None = None  # (n,), of each derivative in the next step; None: min_shots
    mean: FloatArray | None = None  # (n,), moving average of the derivatives
    variance: FloatArray | None = None  # (n,), moving average of their one-shot variances
    latest: int = 0  # shots of the last step
    total: int = 0  # shots of all steps
    used: str = ""  # strategy of the last step
    reason: str = ""
    gain: float | None = None
    """Number of shots with groups, relative to a budget, for the same error; None: unknown."""
    grouped: FloatArray | None = None
    """With a budget: moving average of the one-shot variances of each group, (n,)."""
    circuits: FloatArray | None = None
    """With a budget: one-shot variances of circuits in the last step, (S, B)."""


def started_with(gain: float) -> tuple[Allocations, str]:
    """Return the first strategy, from the gain expected by coefficients, and the reason."""
    if gain > WORTH_IT:
        return (
            Allocations.BUDGET,
            f"by the coefficients of the Pauli words, groups take {in_words(gain)}",
        )
    return Allocations.GROUPS, f"by the coefficients, they take only {in_words(gain)}"


def in_words(gain: float) -> str:
    """Return the text of a gain."""
    return f"{gain:.3g} times the shots of a budget for the same error"


def averaged(mean: FloatArray, value: FloatArray | None, mu: float) -> FloatArray | None:
    """Return a moving average with one more value."""
    return None if value is None else np.asarray(mu * mean + (1 - mu) * value)


def icans(
    mean: FloatArray, variance: FloatArray, *, lipschitz: float, stepsize: float, bias: float
) -> FloatArray:
    r"""Return the shots of each derivative with the largest gain per shot, for each separately.

    .. math:: s_i = \left\lceil\frac{2 L\eta}{2 - L\eta}
        \frac{\xi_i}{\chi_i^2 + \beta}\right\rceil

    limited to the shots of the derivative with the largest gain per shot.

    Parameters
    ----------
    mean, variance : array, shape (n,)
        Moving averages of the derivatives, and of their one-shot variances.
    lipschitz, stepsize : float
        :math:`L` and :math:`\eta`.
    bias : float
        :math:`\beta`, which keeps shots finite where a derivative is 0.

    Notes
    -----
    Reference: Kübler et al., Quantum 4, 263 (2020).
    """
    rate = lipschitz * stepsize
    wanted = np.ceil(2 * rate * variance / ((2 - rate) * np.maximum(mean**2 + bias, TINY)))
    wanted = np.maximum(wanted, 1.0)
    gain = (stepsize - rate * stepsize / 2) * mean**2 - variance * rate * stepsize / (2 * wanted)
    most = wanted[np.argmax(gain / wanted)]
    return np.asarray(np.minimum(wanted, most))


def gcans(
    mean: FloatArray, variance: FloatArray, *, lipschitz: float, stepsize: float, bias: float
) -> FloatArray:
    r"""Return the shots of each derivative with the largest gain per shot, for all together.

    .. math:: s_i = \left\lceil\frac{2 L\eta}{2 - L\eta}
        \frac{\sqrt{\xi_i}\sum_j\sqrt{\xi_j}}{\lVert\chi\rVert^2 + \beta}\right\rceil

    Parameters
    ----------
    mean, variance, lipschitz, stepsize, bias
        As for ``icans``.

    Notes
    -----
    Reference: Gu et al., arXiv:2108.10434.
    """
    rate = lipschitz * stepsize
    spread = np.sqrt(variance)
    below = max(float(mean @ mean) + bias, TINY)
    return np.asarray(np.ceil(2 * rate / (2 - rate) * spread * spread.sum() / below))


def clipped(shots: FloatArray, least: int | IntArray) -> IntArray:
    """Return whole numbers of shots, at least ``least``."""
    return np.asarray(np.maximum(shots, least), dtype=np.int64)

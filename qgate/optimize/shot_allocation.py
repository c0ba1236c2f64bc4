"""Rules for the number of shots of the next step: iCANS and gCANS."""

from __future__ import annotations

import numpy as np

from qgate.typing import FloatArray, IntArray

TINY = np.finfo(float).tiny


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

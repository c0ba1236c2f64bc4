r"""Zero-noise extrapolation: outputs of circuits with repeated gates, extrapolated to none.

Along a line (or a polynomial) all outputs are extrapolated by themselves. The exponential fit takes
the contribution of a Pauli word w to an output at the factor s as :math:`C e^{-b_w s}`, where the
decay belongs to the word: all outputs and rows show it, so repeated gates get few of the shots, and
the outputs are those of the plain circuits, multiplied by :math:`e^{b_w}` word by word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from qgate.exceptions import InvalidExtrapolation, described
from qgate.mitigation.method import Added, Measured, Mitigated, Target
from qgate.mitigation.readout import calibration_share, readout_text
from qgate.typing import FloatArray

EXTRAPOLATIONS = ("exponential", "linear", "richardson")

FOLDED_SHARE = 0.3
"""Share of the shots for repeated gates where they show decays only."""

RATIO_SPREAD = 0.05
"""Standard deviation of the ratios of Pauli words around the common one."""

LEAST_INFORMATION = 400.0
"""Inverse variance of the common ratio below which outputs are extrapolated along a line."""

MODEL_ERROR = 0.25
"""Error of the exponential model, relative to its correction."""


@dataclass(frozen=True)
class ZNE:
    """Extrapolate outputs from circuits with repeated gates to none.

    Parameters
    ----------
    scale_factors : tuple of int
        Odd numbers of times that each gate on several wires runs, increasing from 1.
    readout : bool
        Whether outcomes are corrected for readout errors, which folding does not enlarge, on
        devices that can run the calibration on the same qubits.
    extrapolation : str
        "linear": the best straight line; "richardson": the polynomial through all factors;
        "exponential": a decay of each Pauli word, or a line where the decay is not significant.

    Raises
    ------
    InvalidExtrapolation
        Factors or extrapolation are not as described.
    """

    scale_factors: tuple[int, ...] = (1, 3)
    readout: bool = True
    extrapolation: str = "linear"
    name = "zne"

    def __post_init__(self) -> None:
        factors = self.scale_factors
        odd = all(isinstance(each, int) and each % 2 == 1 for each in factors)
        rising = all(low < high for low, high in pairwise(factors))
        if not odd or not rising or len(factors) < 2 or factors[0] != 1:
            raise InvalidExtrapolation(
                option="scale_factors",
                value=described(factors),
                remedy="Give odd integers that increase from 1, such as (1, 3) or (1, 3, 5).",
            )
        if self.extrapolation not in EXTRAPOLATIONS:
            raise InvalidExtrapolation(
                option="extrapolation",
                value=described(self.extrapolation),
                remedy=f"It is one of {', '.join(EXTRAPOLATIONS)}.",
            )

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return the requested rows again, once for each further factor."""
        further, size = self.scale_factors[1:], len(target.rows)
        weights = abs(self._weights)
        if self.extrapolation == "exponential":
            weights = np.array([1 - FOLDED_SHARE, *[FOLDED_SHARE / len(further)] * len(further)])
        shares = np.repeat(weights[1:] / weights.sum() / size, size)
        rows = np.tile(target.rows, (len(further), 1))
        calibration = calibration_share(target) if self.readout and target.calibrates else 0.0
        return Added(rows, shares, np.repeat(further, size), calibration=calibration)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the extrapolated outputs with their systematic error.

        That of a line or polynomial is half the correction, that of the exponential fit a quarter,
        and the spread of the decays of Pauli words.
        """
        decays = self._decays(measured) if self.extrapolation == "exponential" else None
        found = self._straight(measured) if decays is None else _decayed(measured, *decays)
        if measured.readout_errors is None:
            return found
        return replace(found, text=f"{found.text}, {readout_text(measured)}")

    def _straight(self, measured: Measured) -> Mitigated:
        """Return outputs that are extrapolated by fixed weights."""
        outputs = measured.outputs.reshape(len(self.scale_factors), measured.num_targets, -1)
        shared = measured.shared
        spread = measured.covariance - shared @ shared.swapaxes(1, 2)
        spread = spread.reshape(*outputs.shape, outputs.shape[-1])
        found = np.einsum("f,fro->ro", self._weights, outputs)
        covariance = np.einsum("f,froq->roq", self._weights**2, spread)
        common = np.einsum(
            "f,frod->rod", self._weights, shared.reshape(*outputs.shape, shared.shape[-1])
        )
        covariance += common @ common.swapaxes(1, 2)
        text = f"extrapolated from gates repeated {self.scale_factors} times"
        return Mitigated(found, covariance, abs(found - outputs[0]) / 2, text)

    @property
    def _weights(self) -> FloatArray:
        """Weights at a factor of zero of the best line, or of the polynomial."""
        factors = np.array(self.scale_factors, dtype=float)
        terms = len(factors) if self.extrapolation == "richardson" else 2
        powers = np.vander(factors, terms, increasing=True)
        return np.asarray(np.linalg.pinv(powers)[0])

    def _decays(self, measured: Measured) -> tuple[FloatArray, FloatArray, float] | None:
        """Return decays of Pauli words (T,), their variances (T,), and that of the common one.

        None: the common decay is not significant.
        """
        shape = len(self.scale_factors), measured.num_targets, *measured.contributions.shape[1:]
        parts = measured.contributions.reshape(shape)
        variances = measured.contribution_variances.reshape(shape)
        found, precisions, known = [], [], 0.0
        for place, factor in enumerate(self.scale_factors[1:], start=1):
            ratios = _ratios(parts[[0, place]], variances[[0, place]])
            if ratios is None:
                return None
            ratio, information, whole = ratios
            found.append(-np.log(ratio) / (factor - 1))
            precisions.append(information * (ratio * (factor - 1)) ** 2)
            known += whole * float(np.mean(ratio)) ** 2 * (factor - 1) ** 2
        total = np.sum(precisions, axis=0)
        return np.sum(np.multiply(found, precisions), axis=0) / total, 1 / total, 1 / known


def _ratios(
    parts: Sequence[FloatArray] | FloatArray, variances: FloatArray
) -> tuple[FloatArray, FloatArray, float] | None:
    """Return ratios of Pauli words between two factors, their information, and the common one's.

    Shapes: (2, R, O, T) to (T,). Ratios shrink to the common one. None: it is not significant.
    """
    usable = np.isfinite(variances).all(axis=0)
    first, later = np.where(usable, parts, 0.0)
    noise = np.where(usable, variances, 0.0)
    precision = usable / np.maximum(noise.sum(axis=0), 1e-18)
    # squares of measured contributions are too large by their variance
    information = np.maximum(((first**2 - noise[0]) * precision).sum(axis=(0, 1)), 0.0)
    sums, whole = (first * later * precision).sum(axis=(0, 1)), float(information.sum())
    if whole < LEAST_INFORMATION:
        return None
    common, prior = float(sums.sum()) / whole, RATIO_SPREAD**-2
    if not 0.05 < common < 1 - whole**-0.5:
        return None
    ratios = (sums + common * prior) / (information + prior)
    return np.clip(ratios, common / 2, 1.0), information + prior, whole


def _decayed(
    measured: Measured, decays: FloatArray, variances: FloatArray, common: float
) -> Mitigated:
    """Return outputs whose contributions are larger by the decays of their Pauli words."""
    size, factors = measured.num_targets, np.exp(decays)
    weights = np.broadcast_to(factors, measured.contributions.shape[1:])
    outputs, covariance = measured.weighted(weights)
    effects = measured.contributions[:size] * factors
    whole = effects.sum(axis=2)
    covariance = covariance + common * whole[:, :, None] * whole[:, None, :]
    correction = effects * (1 - 1 / factors)
    model = MODEL_ERROR**2 * (correction.sum(axis=2) ** 2 + (correction**2).sum(axis=2))
    systematic = np.sqrt((effects**2 * variances).sum(axis=2) + model)
    low, high = factors.min(), factors.max()
    text = f"extrapolated by decays of Pauli words, factors of {low:.2f} to {high:.2f}"
    return Mitigated(outputs, covariance, systematic, text)

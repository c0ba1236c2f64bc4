"""Choice between a method and the outputs as they were measured, by their expected errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qgate.mitigation.factors import COMMON
from qgate.mitigation.learned import MOST_SOLVED_WIRES, Learned
from qgate.mitigation.method import Added, Measured, Mitigated, Mitigation, Target
from qgate.mitigation.readout import LEAST_SHARE
from qgate.mitigation.zne import ZNE
from qgate.typing import FloatArray

FEWEST_SHOTS = 600
"""Shots for each circuit from which rows are added: with fewer, shots are the larger error."""


@dataclass(frozen=True)
class Auto:
    """Weigh a method against no mitigation, for the least expected squared error.

    With few shots nothing is added, and the outputs stay as they were measured. With more, factors
    are learned, or outputs extrapolated where the circuit is too wide to be solved, and all
    outcomes are corrected for readout errors where the device can calibrate them. The systematic
    error of the outputs as they were measured is what the method corrects beyond its own errors.
    Values and derivatives have a weight each.

    Parameters
    ----------
    fewest_shots : int
        Shots for each circuit from which rows are added.
    """

    fewest_shots: int = FEWEST_SHOTS
    name = "auto"

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return the rows of the method, or none where there are few shots."""
        if target.shots and target.shots < self.fewest_shots * target.circuits:
            return Added.nothing(target.rows.shape[1])
        added = _method(target.wires).added(target, random)
        return replace(added, calibration=LEAST_SHARE if target.calibrates else 0.0)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return weighted means of the outputs as they were measured, and of the method's."""
        raw = _as_measured(measured)
        if len(measured.outputs) == measured.num_targets:
            return raw
        better = _method(measured.wires).mitigated(measured)
        floor = _floor(raw, better)
        weights = _weights(measured.num_values, raw, better, floor)
        outputs = raw.outputs + weights * (better.outputs - raw.outputs)
        scale = weights[:, :, None] * weights[:, None, :]
        # both are from the same shots, so their errors have the covariance of what was measured
        covariance = raw.covariance + scale * (better.covariance - raw.covariance)
        rest_of_bias = (1 - weights) * abs(better.outputs - raw.outputs)
        systematic = np.hypot(weights * better.systematic_error, rest_of_bias)
        return Mitigated(
            outputs,
            covariance,
            systematic,
            _text(better, weights, measured.num_values),
            (raw, better),
        )


def _method(wires: int) -> Mitigation:
    return Learned() if wires <= MOST_SOLVED_WIRES else ZNE()


def _as_measured(measured: Measured) -> Mitigated:
    """Return the outputs without mitigation, with the systematic error of an average device."""
    size = measured.num_targets
    lengths = np.sqrt((measured.contributions[:size] ** 2).sum(axis=2))
    return Mitigated(
        measured.outputs[:size],
        measured.covariance[:size],
        (1 / COMMON - 1) * lengths,
        "as measured: there are too few shots to learn more",
    )


def _floor(raw: Mitigated, better: Mitigated) -> FloatArray:
    """Return the expected systematic error of the outputs as they were measured, shape (R, O)."""
    noise = np.diagonal(better.covariance, axis1=1, axis2=2) + better.systematic_error**2
    return np.asarray(np.sqrt(np.maximum((better.outputs - raw.outputs) ** 2 - noise, 0.0)))


def _weights(num_values: int, raw: Mitigated, better: Mitigated, floor: FloatArray) -> FloatArray:
    """Return the weight of the method for each output, shape (R, O): of values, of derivatives.

    With independent errors the expected squared error is least at the share of the other one in
    the sum of both.
    """
    own = np.diagonal(better.covariance, axis1=1, axis2=2) + better.systematic_error**2
    other = np.diagonal(raw.covariance, axis1=1, axis2=2) + floor**2
    weights = np.zeros(raw.outputs.shape)
    for part in (slice(0, num_values), slice(num_values, None)):
        if weights[:, part].size:
            ours, theirs = float(own[:, part].sum()), float(other[:, part].sum())
            weights[:, part] = theirs / (ours + theirs) if ours + theirs > 0 else 1.0
    return weights


def _text(better: Mitigated, weights: FloatArray, num_values: int) -> str:
    parts = {"values": weights[:, :num_values], "derivatives": weights[:, num_values:]}
    shares = [f"{part.flat[0]:.0%} of the {name}" for name, part in parts.items() if part.size]
    return f"{better.text}; counts for {' and '.join(shares)}, the rest is as measured"

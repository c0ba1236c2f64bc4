"""Readout mitigation: outcomes corrected for the readout errors of each wire."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qgate.mitigation.method import Added, Measured, Mitigated, Target

LEAST_SHARE, MOST_SHARE = 0.05, 0.2
"""Share of the shots for the calibration, if there are many circuits, and if there is one."""


@dataclass(frozen=True)
class Readout:
    """Correct all outcomes for readout errors, from preparations of known bits.

    The preparations run in the same submission, on the qubits that the circuits measure. Errors of
    different wires are taken to be independent.

    Parameters
    ----------
    share : float, optional
        Share of the shots for the preparations; default: 5 to 20 percent, more for few circuits
        and for Pauli words of many wires.
    """

    share: float | None = None
    name = "readout"

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return no rows, but a calibration."""
        nothing = Added.nothing(target.rows.shape[1])
        share = calibration_share(target) if self.share is None else self.share
        return replace(nothing, calibration=share)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the corrected outputs; their systematic error, that of gates, is not known."""
        outputs, covariance = measured.outputs, measured.covariance
        unknown = np.full(outputs.shape, np.nan)
        return Mitigated(outputs, covariance, unknown, readout_text(measured))


def calibration_share(target: Target) -> float:
    """Return the share of the shots for which both sources of error are about the best."""
    share = target.word_wires / (target.word_wires + max(target.circuits, 1))
    return min(max(share, LEAST_SHARE), MOST_SHARE)


def readout_text(measured: Measured) -> str:
    """Return a sentence about the calibration."""
    errors = measured.readout_errors
    if errors is None:
        return "as measured: too few shots for a calibration of the readout"
    low, high = errors.min(), errors.max()
    return f"corrected for readout errors of {low:.1%} to {high:.1%}"

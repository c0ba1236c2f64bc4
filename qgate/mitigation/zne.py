"""Zero-noise extrapolation: outputs of folded circuits, extrapolated to none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.mitigation.method import Added, Measured, Mitigated, Target
from qgate.mitigation.readout import calibration_share, readout_text
from qgate.typing import FloatArray


@dataclass(frozen=True)
class ZNE:
    """Extrapolate outputs from circuits with folded gates to none.

    Parameters
    ----------
    scale_factors : tuple of int
        Odd numbers of times that each gate on several wires runs; the first is 1.
    readout : bool
        Whether outcomes are corrected for readout errors, which folding does not enlarge, on
        devices that can run the calibration on the same qubits.
    """

    scale_factors: tuple[int, ...] = (1, 3)
    readout: bool = True
    name = "zne"

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return the requested rows again, once for each further factor."""
        further, size = self.scale_factors[1:], len(target.rows)
        weights = abs(self._weights)
        shares = np.repeat(weights[1:] / weights.sum() / size, size)
        rows = np.tile(target.rows, (len(further), 1))
        calibration = calibration_share(target) if self.readout and target.calibrates else 0.0
        return Added(rows, shares, np.repeat(further, size), calibration=calibration)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the extrapolated outputs; their systematic error is half the correction."""
        size = measured.num_targets
        outputs = measured.outputs.reshape(len(self.scale_factors), size, -1)
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
        if measured.readout_errors is not None:
            text += f", {readout_text(measured)}"
        return Mitigated(found, covariance, abs(found - outputs[0]) / 2, text)

    @property
    def _weights(self) -> FloatArray:
        """Weights of the best straight line at a factor of zero."""
        factors = np.array(self.scale_factors, dtype=float)
        line = np.stack([np.ones_like(factors), factors])
        return np.asarray(np.linalg.pinv(line.T)[0])

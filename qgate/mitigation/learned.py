r"""Learned factors: added rows whose exact outputs are known show what noise does to each output.

Noise multiplies the contribution of a Pauli word to an output by a factor, which hardly depends on
the angles. Added rows are the same circuit at other angles: half of the trained ones at 0, of the
others half moved away, where derivatives are large. The factors follow from these rows by least
squares, with a weak prior around the common factor of each Pauli word.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.mitigation.method import Added, Measured, Mitigated, Target
from qgate.typing import FloatArray

COMMON, COMMON_SPREAD = 0.75, 0.25
"""Mean and standard deviation of the factor that all contributions share, before measurements."""

MOST_SOLVED_WIRES = 24
"""Maximum number of wires of circuits whose exact outputs the local device computes."""

LEAST, MOST = 0.1, 1.5
"""Range of factors."""

MOVED = (0.5, 1.0)
"""Range of the sizes of moved angles, in radians."""

LEAST_RESIDUAL = 0.005
"""Minimum systematic error relative to the contributions."""


@dataclass(frozen=True)
class Learned:
    """Divide the contribution of each Pauli word by a factor that added rows show.

    The systematic error is the error of each added row with the factors of the others, relative to
    the size of its contributions, beyond what shots explain.

    Parameters
    ----------
    rows : int
        Number of added rows, at least 2.
    share : float
        Share of the shots for them.
    spread : float
        Expected standard deviation of factors around the common one of their Pauli word.
    """

    rows: int = 6
    share: float = 0.45
    spread: float = 0.1
    name = "learned"

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return requested rows with half of their trained angles at 0, in complementary pairs."""
        trained, rows = np.array(target.trained), []
        order = random.permutation(trained)
        for index in range(self.rows):
            if index % 2 == 0:
                order = random.permutation(trained)
            half = (len(trained) + 1) // 2
            off = order[:half] if index % 2 == 0 else order[half:]
            row = target.rows[index % len(target.rows)].copy()
            moved = random.random(len(trained)) < 0.5 if len(off) else np.ones(len(trained), bool)
            sizes = random.uniform(*MOVED, len(trained))
            signs = np.where(row[trained] < 0, -1.0, 1.0)
            row[trained] = np.where(moved, signs * sizes, row[trained])
            row[off] = 0.0
            rows.append(row)
        shares = np.full(self.rows, self.share / self.rows)
        return Added(np.array(rows), shares, np.ones(self.rows, dtype=np.int64), solved=True)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the outputs with divided contributions, and both errors."""
        first = measured.num_targets
        exact, seen = measured.exact, measured.contributions[first:]
        variances = measured.contribution_variances[first:]
        factors, spreads = self._factors(exact, seen, variances)
        outputs, covariance = measured.weighted(1 / factors)
        contributions = measured.contributions[:first] / factors
        doubt = (contributions**2 * spreads / factors**2).sum(axis=2)
        places = np.arange(outputs.shape[1])
        covariance[:, places, places] += doubt
        sizes = np.sqrt((contributions**2).sum(axis=2))
        relative = self._residuals(exact, seen, variances, measured.num_values)
        text = f"factors of {self.rows} rows, {np.median(factors):.2f} in the middle"
        return Mitigated(outputs, covariance, relative * sizes, text)

    def _factors(
        self, exact: FloatArray, seen: FloatArray, variances: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the factor of each contribution and its variance, shape (O, T) each.

        All arguments have the shape (N, O, T).
        """
        weights = np.divide(exact, variances, out=np.zeros_like(exact), where=variances > 0)
        known, total = (weights * exact).sum(axis=0), (weights * seen).sum(axis=0)
        prior = COMMON_SPREAD**-2
        common = (total.sum() + prior * COMMON) / (known.sum() + prior)
        own = known.sum(axis=0)
        excess = total.sum(axis=0) - common * own
        words = common + excess / (own + self.spread**-2)
        tight = self.spread**-2
        factors = (total + tight * words) / (known + tight)
        return np.clip(factors, LEAST, MOST), 1 / (known + tight)

    def _residuals(
        self, exact: FloatArray, seen: FloatArray, variances: FloatArray, num_values: int
    ) -> FloatArray:
        """Return the systematic error relative to the contributions, shape (O,)."""
        errors, noise, sizes = (np.zeros(exact.shape[:2]) for _ in range(3))
        for row in range(len(exact)):
            others = np.arange(len(exact)) != row
            factors, spreads = self._factors(exact[others], seen[others], variances[others])
            errors[row] = (seen[row] / factors - exact[row]).sum(axis=1)
            shots = np.where(np.isfinite(variances[row]), variances[row], 0.0) / factors**2
            doubt = exact[row] ** 2 * spreads / factors**2
            noise[row] = (shots + doubt).sum(axis=1)
            sizes[row] = (exact[row] ** 2).sum(axis=1)
        relative = np.zeros(exact.shape[1])
        for part in (slice(0, num_values), slice(num_values, None)):
            size = float(sizes[:, part].sum())
            if size > 0:
                excess = float((errors[:, part] ** 2 - noise[:, part]).sum())
                doubt = float(np.sqrt(2 * (noise[:, part] ** 2).sum()))
                relative[part] = np.sqrt(max(excess, 0.5 * doubt) / size)
        return np.maximum(relative, LEAST_RESIDUAL)

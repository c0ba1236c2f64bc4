"""Learned factors: added rows whose exact outputs are known show what noise does to each output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.mitigation.method import Added, Measured, Mitigated, Target


@dataclass(frozen=True)
class Learned:
    """Divide the contribution of each Pauli word by a factor that added rows show.

    Parameters
    ----------
    rows : int
        Number of added rows.
    share : float
        Share of the shots for them.
    """

    rows: int = 4
    share: float = 0.5
    name = "learned"

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return requested rows with half of their trained angles at 0."""
        rows = []
        for index in range(self.rows):
            row = target.rows[index % len(target.rows)].copy()
            off = random.permutation(np.array(target.trained))[: (len(target.trained) + 1) // 2]
            row[off] = 0.0
            rows.append(row)
        count = self.rows
        shares = np.full(count, self.share / count)
        return Added(np.array(rows), shares, np.ones(count, dtype=np.int64), solved=True)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the outputs with weighted contributions."""
        exact = measured.exact
        trained = measured.contributions[measured.num_targets :]
        information = (exact**2).sum(axis=0)
        common = (exact * trained).sum() / information.sum()
        factors = np.where(
            information > 1e-6,
            (exact * trained).sum(axis=0) / np.maximum(information, 1e-6),
            common,
        )
        outputs, covariance = measured.weighted(1 / np.clip(factors, 0.05, 20.0))
        return Mitigated(outputs, covariance, np.zeros_like(outputs), "learned")

"""Learned factors: added rows whose exact outputs are known show what noise does to each output.

The added rows are the circuit itself at other angles, at least half of the trained ones known: at
0, or, if there are only one or two, at multiples of a quarter turn. So they are no rehearsal of the
requested rows, and stay solvable where these are not: beside Clifford gates only the other half of
the angles counts. Factors of Pauli words hardly depend on the angles, so half of the other angles
are moved to sizes at which derivatives are large beside their shot noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qgate.mitigation.factors import Factors, learned_factors, unexplained_error
from qgate.mitigation.method import Added, Measured, Mitigated, Target
from qgate.typing import FloatArray

MOST_SOLVED_WIRES = 24
"""Maximum number of wires of circuits whose exact outputs the local device computes."""

MOVED = (0.5, 1.0)
"""Range of the sizes of moved angles, in radians."""

VALUE_SHARE = 0.2
"""Share of an added row's shots for its values: they show the factors of most Pauli words best."""


@dataclass(frozen=True)
class Learned:
    """Divide the contribution of each Pauli word to each output by a factor that added rows show.

    The standard error has the shots of all rows. The systematic error is the uncertainty of the
    factors beyond shots, and what they do not explain in added rows that are left out.

    Parameters
    ----------
    rows : int
        Number of added rows, at least 2.
    share : float
        Share of the shots for the added rows, between 0 and 1.
    moved : float
        Share of the angles that are not at 0 that are moved to sizes of 0.5 to 1.

    Notes
    -----
    Cost: all circuits of the requested rows again for each added row, in the same submission; their
    exact outputs on ``local``; some products of arrays of one number for each output and Pauli word
    for the factors. Reference: Czarnik et al., Quantum 5, 592 (2021), for one factor of a value.
    """

    rows: int = 4
    share: float = 0.25
    moved: float = 0.5
    name = "learned"

    def added(self, target: Target, random: np.random.Generator) -> Added:
        """Return requested rows with half of their trained angles at 0, each angle in turn."""
        trained, rows = np.array(target.trained, dtype=np.int64), []
        times_on, num_off = np.zeros(len(trained)), (len(trained) + 1) // 2
        for index in range(self.rows):
            order = np.lexsort((random.random(len(trained)), -times_on))
            off, others = trained[order[:num_off]], trained[order[num_off:]]
            times_on[order[num_off:]] += 1
            row = target.rows[index % len(target.rows)].copy()
            row[others] = self._moved(row[others], random)
            row[off] = 0.0
            if index % 2 and len(trained) < 3:
                row[off] = np.pi / 2 * random.choice([-1, 1], num_off)
            rows.append(row)
        shares = np.full(self.rows, self.share / self.rows)
        folds = np.ones(self.rows, dtype=np.int64)
        return Added(np.array(rows), shares, folds, solved=True, value_share=VALUE_SHARE)

    def _moved(self, angles: FloatArray, random: np.random.Generator) -> FloatArray:
        """Return angles of which some have other sizes, with their signs."""
        sizes = np.where(angles < 0, -1.0, 1.0) * random.uniform(*MOVED, len(angles))
        return np.where(random.random(len(angles)) < self.moved, sizes, angles)

    def mitigated(self, measured: Measured) -> Mitigated:
        """Return the outputs with weighted contributions, and both errors."""
        first = measured.num_targets
        variances = measured.contribution_variances[first:]
        known = (measured.exact, measured.contributions[first:], variances, measured.supports)
        factors, scales = learned_factors(*known), _correlations(measured)
        outputs, covariance = measured.weighted(factors.weights)
        rest = unexplained_error(*known, scales, measured.num_values)
        systematic = np.zeros_like(outputs)
        for row, own in enumerate(measured.contributions[:first]):
            by_shots, beyond = factors.covariances(own)
            covariance[row] += by_shots * np.sqrt(np.outer(scales, scales))
            systematic[row] = np.hypot(rest, np.sqrt(np.diag(beyond)))
        return Mitigated(outputs, covariance, systematic, _text(factors, len(variances)))


def _correlations(measured: Measured) -> FloatArray:
    """Return by what Pauli words of the same shots raise the variances of outputs, shape (O,).

    Contributions of near-classical states are correlated: one wrong bit changes many of them.
    """
    first, values = measured.num_targets, measured.num_values
    seen = np.diagonal(measured.covariance, axis1=1, axis2=2)
    variances = measured.contribution_variances
    single = np.where(np.isfinite(variances), variances, 0.0).sum(axis=2)
    # with few shots, shifted points of added rows run at random, which has a variance of its own
    rows = (slice(first, None), slice(0, first))
    parts = (slice(0, values), slice(values, None))
    found = [
        seen[row, part].sum(axis=0) / np.maximum(single[row, part].sum(axis=0), 1e-300)
        for row, part in zip(rows, parts, strict=True)
    ]
    return np.asarray(np.maximum(np.concatenate(found), 1.0))


def _text(factors: Factors, rows: int) -> str:
    low, middle, high = np.quantile(factors.means, (0.1, 0.5, 0.9))
    return f"factors of {rows} rows: {middle:.2f}, most between {low:.2f} and {high:.2f}"

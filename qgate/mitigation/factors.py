r"""Factors by which noise shrinks the contribution of each Pauli word to each output.

Rows with known exact contributions E and measured contributions N give the factors F of outputs o
and Pauli words w, :math:`N_{now} = F_{ow} E_{now} + \epsilon`. Most contributions are small beside
their shot noise, so the factors share information in a hierarchical Gaussian model, whose posterior
has a closed form (Gelman et al., Bayesian Data Analysis, 3rd edition, section 5.4):

.. math:: F_{ow} \sim N(b_w, \tau_o^2), \quad b_w \sim N(g_s, \tau_w^2), \quad
   g_s \sim N(0.75 + \beta_0 + \sum_{q \in s} \beta_q, \tau_s^2),

where s is the set of wires on which w acts: noise on these wires, and in the gates before their
measurement, shrinks all Pauli words there alike. One common factor is wrong by a multiple of its
error wherever contributions cancel, as they do in derivatives near a minimum.

Shapes: N rows, O outputs, T Pauli words, n wires. Pauli words count as independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qgate.typing import BoolArray, FloatArray

COMMON = 0.75
"""Factor that is expected before anything is measured."""

WORD_SPREAD = 0.015
"""Standard deviation of the factors of Pauli words on the same wires."""

SUPPORT_SPREAD = 0.03
"""Standard deviation of the factors of sets of wires around the sum over their wires."""

WIRE_SPREADS = (0.4, 0.15)
"""Standard deviations of a factor that all Pauli words share, and of the effect of each wire."""

OUTPUT_SPREADS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
"""Candidates for the standard deviation of the factors of one Pauli word in different outputs."""

USUAL_OUTPUT_SPREAD = 0.03
"""Most frequent one, on models of superconducting devices: the centre of its prior."""

OUTPUT_SPREAD_WIDTH = 0.25
"""Standard deviation of the logarithm of the spread in its prior."""

OFFSET_SPREAD = 0.03
"""Standard deviation of what the factors of all Pauli words in one output may have in common.

It widens the error only: deviations of one sign add up over the Pauli words of an output.
"""

ROW_SPREAD = 0.01
"""Deviation of a row from its factors, relative to the largest contribution of a Pauli word."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Likelihood :math:`exp(-J x^2 / 2 + S x)` of parameters x, from shots of known noise."""

    information: FloatArray  # J
    sums: FloatArray  # S
    noise: FloatArray  # variance of S by shots

    def about_parents(self, spread: float) -> Evidence:
        """Return the evidence about the means of the parameters, which vary by ``spread``."""
        shrunk = 1 / (1 + spread**2 * self.information)
        return Evidence(self.information * shrunk, self.sums * shrunk, self.noise * shrunk**2)

    def merged_outputs(self) -> Evidence:
        """Return the evidence about Pauli words from all their outputs, (O, T) to (T,)."""
        parts = (self.information, self.sums, self.noise)
        return Evidence(*(part.sum(axis=0) for part in parts))

    def merged(self, members: FloatArray) -> Evidence:
        """Return the evidence about common parameters; members: (parameters, common ones)."""
        parts = (self.information, self.sums, self.noise)
        return Evidence(*(part @ members for part in parts))

    def log_likelihood(self, spread: float) -> float:
        """Return the logarithm of the factor by which spread parameters change the evidence."""
        shrunk = 1 / (1 + spread**2 * self.information)
        return float(0.5 * (spread**2 * self.sums**2 * shrunk + np.log(shrunk)).sum())


@dataclass(frozen=True, eq=False)
class Level:
    """Posterior of parameters given those of the level above."""

    evidence: Evidence
    spread: float

    @property
    def own(self) -> FloatArray:
        """Variances, given the parents."""
        return np.asarray(1 / (self.evidence.information + self.spread**-2))

    @property
    def by_shots(self) -> FloatArray:
        """Part of the variances that more shots would lower."""
        return self.own**2 * self.evidence.noise

    @property
    def slopes(self) -> FloatArray:
        """Derivatives of the means by the parents."""
        return self.own / self.spread**2

    def means(self, parents: FloatArray) -> FloatArray:
        """Return the means, given the parents."""
        return self.own * self.evidence.sums + self.slopes * parents


@dataclass(frozen=True, eq=False)
class Factors:
    """Posterior of the factors."""

    outputs: Level  # (O, T)
    words: Level  # (T,)
    supports: Level  # (s,)
    members: FloatArray  # (T, s), 1 where the Pauli word acts on this set of wires
    wires: FloatArray  # (s, 1 + n), 1 in the first column and where the set has the wire
    log_likelihood: float

    @property
    def _precision(self) -> FloatArray:
        """Inverse covariance of the effects of wires, shape (1 + n, 1 + n)."""
        evidence = self.supports.evidence.about_parents(self.supports.spread)
        return (self.wires.T * evidence.information) @ self.wires + _wire_precision(self.wires)

    @cached_property
    def means(self) -> FloatArray:
        """Most probable factors, shape (O, T)."""
        evidence = self.supports.evidence.about_parents(self.supports.spread)
        effects = np.linalg.solve(self._precision, evidence.sums @ self.wires)
        words = self.words.means(self.members @ self.supports.means(self.wires @ effects))
        return COMMON + self.outputs.means(words)

    @cached_property
    def weights(self) -> FloatArray:
        """Weights for measured contributions, shape (O, T): 1 / F, less for uncertain factors."""
        means = np.maximum(self.means, 0.0)
        return np.asarray(means / np.maximum(means**2 + self.outputs.own, 1e-12))

    def covariances(self, contributions: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the covariances of weighted contributions because of uncertain factors.

        Parameters
        ----------
        contributions : array, shape (O, T)
            As measured, at a requested row.

        Returns
        -------
        by_shots, beyond_shots : array, shape (O, O)
            What more shots of the added rows would lower, and the rest.
        """
        effects = contributions * self.weights**2
        by_shots = np.diag((effects**2 * self.outputs.by_shots).sum(axis=1))
        total = np.diag((effects**2 * self.outputs.own).sum(axis=1))
        effects = effects * self.outputs.slopes
        known = self.outputs.evidence.about_parents(self.outputs.spread).information.sum(axis=1)
        total = total + np.diag(effects.sum(axis=1) ** 2 / (known + OFFSET_SPREAD**-2))
        for level, members in ((self.words, self.members), (self.supports, self.wires)):
            by_shots = by_shots + (effects * level.by_shots) @ effects.T
            total = total + (effects * level.own) @ effects.T
            effects = (effects * level.slopes) @ members
        shared = effects @ np.linalg.solve(self._precision, effects.T)
        return by_shots + shared, total - by_shots


def learned_factors(
    exact: FloatArray, measured: FloatArray, variances: FloatArray, supports: BoolArray
) -> Factors:
    """Return the factors that rows with known exact contributions show.

    Parameters
    ----------
    exact, measured : array, shape (N, O, T)
        Contributions without noise and shots, and as measured.
    variances : array, shape (N, O, T)
        Of the measured ones, by shots; infinite: not measured.
    supports : array of bool, shape (T, n)
        Whether each Pauli word acts on each wire.
    """
    evidence = _evidence(exact, measured, variances)
    sets, own = np.unique(supports, axis=0, return_inverse=True)
    members = np.eye(len(sets))[own.ravel()]
    wires = np.column_stack([np.ones(len(sets)), sets])
    found = [_fitted(evidence, spread, members, wires) for spread in OUTPUT_SPREADS]
    return max(found, key=lambda each: each.log_likelihood)


def _evidence(exact: FloatArray, measured: FloatArray, variances: FloatArray) -> Evidence:
    """Return the evidence about the factors less ``COMMON``, shape (O, T)."""
    usable = np.isfinite(variances)
    # the same variance for all rows: weights that follow each row's noise would bias the factors
    pooled = np.where(usable, variances, 0.0).sum(axis=0) / np.maximum(usable.sum(axis=0), 1)
    scale = ROW_SPREAD * abs(exact).max(axis=(0, 1), initial=0.0)
    precisions = usable / np.maximum(pooled + scale**2, 1e-18)
    information = (exact**2 * precisions).sum(axis=0)
    lost = np.where(usable, measured, 0.0) - COMMON * exact
    sums = (exact * lost * precisions).sum(axis=0)
    return Evidence(information, sums, (exact**2 * pooled * precisions**2).sum(axis=0))


def _fitted(evidence: Evidence, spread: float, members: FloatArray, wires: FloatArray) -> Factors:
    """Return the factors for one spread of outputs, with its log likelihood and log prior."""
    by_word = evidence.about_parents(spread).merged_outputs()
    by_support = by_word.about_parents(WORD_SPREAD).merged(members)
    top = by_support.about_parents(SUPPORT_SPREAD)
    prior = _wire_precision(wires)
    precision, sums = (wires.T * top.information) @ wires + prior, top.sums @ wires
    levels = ((evidence, spread), (by_word, WORD_SPREAD), (by_support, SUPPORT_SPREAD))
    likelihood = sum(known.log_likelihood(width) for known, width in levels)
    likelihood += 0.5 * float(sums @ np.linalg.solve(precision, sums))
    likelihood -= 0.5 * float(np.linalg.slogdet(precision)[1])
    likelihood -= 0.5 * (np.log(spread / USUAL_OUTPUT_SPREAD) / OUTPUT_SPREAD_WIDTH) ** 2
    outputs, words, supports = (Level(*level) for level in levels)
    return Factors(outputs, words, supports, members, wires, likelihood)


def _wire_precision(wires: FloatArray) -> FloatArray:
    """Return the inverse covariance of the effects of wires before anything is measured."""
    widths = np.full(wires.shape[1], WIRE_SPREADS[1])
    widths[0] = WIRE_SPREADS[0]
    return np.diag(widths**-2)


def unexplained_error(
    exact: FloatArray,
    measured: FloatArray,
    variances: FloatArray,
    supports: BoolArray,
    scales: FloatArray,
    num_values: int,
) -> FloatArray:
    """Return root mean squared errors of left-out rows that neither shots nor factors explain.

    Each row is predicted with the factors of all other rows. Values and derivatives have one error
    each, as there are few rows. Only what exceeds the expectation by one standard deviation counts.
    ``scales``, shape (O,): by what correlations of Pauli words raise the variances by shots.

    Returns
    -------
    array, shape (O,)
    """
    usable = np.isfinite(variances)
    own, right = np.where(usable, measured, 0.0), np.where(usable, exact, 0.0)
    spread = np.where(usable, variances, 0.0)
    seen, expected = (np.zeros(exact.shape[:2]) for _ in range(2))
    for row in range(len(exact)):
        rest = np.arange(len(exact)) != row
        found = learned_factors(exact[rest], measured[rest], variances[rest], supports)
        seen[row] = (found.weights * own[row] - right[row]).sum(axis=1) ** 2
        by_shots, beyond = map(np.diag, found.covariances(own[row]))
        expected[row] = scales * ((spread[row] * found.weights**2).sum(axis=1) + by_shots) + beyond
    errors = np.zeros(exact.shape[1])
    for part in (slice(0, num_values), slice(num_values, None)):
        if seen[:, part].size:
            slack = 1 + np.sqrt(2 / seen[:, part].size)
            rest = seen[:, part].mean() - slack * expected[:, part].mean()
            errors[part] = np.sqrt(max(rest, 0.0))
    return errors

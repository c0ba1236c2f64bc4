"""Factors from rows of known contributions: right means, honest errors, little data."""

import numpy as np
import pytest

from qgate.mitigation.factors import COMMON, ROW_SPREAD, learned_factors, unexplained_error

SUPPORTS = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [1, 1, 0], [0, 1, 1]], dtype=bool)


def rows(random, count=6, deviation=1e-2, spread=0.03, misfit=0.0):
    """Return true factors (O, T) and exact, measured contributions and variances (N, O, T)."""
    words = 0.95 - 0.06 * SUPPORTS.sum(axis=1) + random.normal(0, 0.01, len(SUPPORTS))
    factors = words + random.normal(0, spread, (3, len(words)))
    exact = random.normal(0, 0.3, (count, *factors.shape))
    scale = misfit * abs(exact).max(axis=(0, 1))
    noise = random.normal(0, 1, exact.shape) * np.sqrt(deviation**2 + scale**2)
    measured = factors * exact + noise
    return factors, exact, measured, np.full(exact.shape, deviation**2)


def test_many_shots_show_every_factor():
    factors, *known = rows(np.random.default_rng(1), count=20, deviation=1e-6, spread=0.1)
    found = learned_factors(*known, SUPPORTS)
    assert np.allclose(found.means, factors, atol=2e-3)
    assert np.allclose(found.weights * factors, 1, atol=5e-3)


def test_few_shots_show_what_factors_have_in_common():
    random = np.random.default_rng(2)
    factors, *known = rows(random, deviation=0.2, spread=0.0)
    found = learned_factors(*known, SUPPORTS).means
    single = (known[0] * known[1]).sum(axis=0) / (known[0] ** 2).sum(axis=0)
    assert np.sqrt(np.mean((found - factors) ** 2)) < 0.3 * np.sqrt(
        np.mean((single - factors) ** 2)
    )


def test_contributions_without_shots_change_nothing():
    _, *known = rows(np.random.default_rng(3))
    hidden = [part.copy() for part in known]
    hidden[1][0, 0, 0], hidden[2][0, 0, 0] = 1e9, np.inf
    rest = [part.copy() for part in known]
    rest[0][0, 0, 0] = rest[1][0, 0, 0] = 0.0  # a row without this contribution
    found, right = (learned_factors(*each, SUPPORTS).means for each in (hidden, rest))
    assert np.allclose(found, right, atol=1e-3)


def test_factors_of_nothing_measured_are_the_expected_one():
    found = learned_factors(*np.zeros((3, 0, 2, 5)), SUPPORTS)
    assert np.allclose(found.means, COMMON)
    assert (np.diag(sum(found.covariances(np.ones((2, 5))))) > 0.05).all()


@pytest.mark.parametrize("deviation", [1e-3, 0.03, 0.3])
def test_errors_of_corrected_outputs_are_as_announced(deviation):
    random, ratios = np.random.default_rng(4), []
    for _ in range(60):
        factors, *known = rows(random, deviation=deviation, misfit=ROW_SPREAD)
        found = learned_factors(*known, SUPPORTS)
        contributions = random.normal(0, 0.3, factors.shape)
        errors = (factors * contributions * found.weights - contributions).sum(axis=1)
        variances = np.diag(sum(found.covariances(factors * contributions)))
        ratios.append(errors**2 / variances)
    assert 0.5 < np.mean(ratios) < 1.5


def test_shots_lower_only_their_part_of_the_error():
    random = np.random.default_rng(5)
    _, exact, measured, variances = rows(random, deviation=0.05)
    contributions = measured[0]
    many, few = (
        learned_factors(exact, measured, variances * scale, SUPPORTS).covariances(contributions)
        for scale in (1e-6, 1.0)
    )
    assert (np.diag(many[0]) < 1e-3 * np.diag(few[0])).all()
    assert (np.diag(many[1]) > 0).all()


def test_rows_that_the_factors_do_not_explain_have_an_unexplained_error():
    random = np.random.default_rng(6)
    _, exact, measured, variances = rows(random, deviation=1e-3)
    offsets = random.normal(0, 0.05, (len(exact), 2, 1))
    scales = np.ones(3)
    none = unexplained_error(exact, measured, variances, SUPPORTS, scales, 1)
    measured[:, 1:] += offsets
    found = unexplained_error(exact, measured, variances, SUPPORTS, scales, 1)
    assert none.max() < 0.03
    assert found[0] == pytest.approx(none[0], abs=0.02)
    assert (found[1:] > 0.1).all()

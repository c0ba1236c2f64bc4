"""Extrapolation from repeated gates: exact on exponential decays, its options, its limits."""

from types import SimpleNamespace

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidExtrapolation

EXACT = np.array([[1.0, -0.6], [0.5, 0.8]])  # of two outputs and two Pauli words
RATES = np.array([0.1, 0.25])


def measured(factors, noise=1e-4):
    """Return contributions that decay exponentially, as a method reads them."""
    parts = np.array([EXACT * np.exp(-RATES * factor) for factor in factors])
    rows, size, _ = parts.shape
    variances = np.full(parts.shape, noise**2)

    def weighted(weights):
        outputs = (parts[:1] * weights).sum(axis=2)
        return outputs, np.array([np.diag((weights**2 * variances[0]).sum(axis=1))])

    return SimpleNamespace(
        num_targets=1,
        outputs=parts.sum(axis=2),
        covariance=np.array([np.eye(size) * 2 * noise**2] * rows),
        shared=np.zeros((rows, size, 0)),
        readout_errors=None,
        contributions=parts,
        contribution_variances=variances,
        weighted=weighted,
    )


@pytest.mark.parametrize("factors", [(1, 3), (1, 3, 5)])
def test_exponential_decays_of_each_pauli_word_are_found(factors):
    found = qg.mitigation.ZNE(factors, extrapolation="exponential").mitigated(measured(factors))
    line = qg.mitigation.ZNE(factors, extrapolation="linear").mitigated(measured(factors))
    off = abs(found.outputs[0] - EXACT.sum(axis=1))
    assert np.all(off < 2e-3)
    assert np.all(off < abs(line.outputs[0] - EXACT.sum(axis=1)))
    assert np.all(off < found.total_error[0])


def test_decays_within_the_noise_are_extrapolated_along_a_line():
    few = measured((1, 3), noise=0.5)
    found = qg.mitigation.ZNE(extrapolation="exponential").mitigated(few)
    assert np.allclose(found.outputs, 1.5 * few.outputs[0] - 0.5 * few.outputs[1])
    assert "repeated (1, 3) times" in found.text


def test_a_polynomial_passes_through_all_factors():
    data = measured((1, 3, 5))
    found = qg.mitigation.ZNE((1, 3, 5), extrapolation="richardson").mitigated(data)
    assert np.allclose(found.outputs[0], np.array([15, -10, 3]) / 8 @ data.outputs)


@pytest.mark.parametrize("factors", [(), (1,), (1, 2), (3, 5), (1, 5, 3), (1, 3.0)])
def test_other_factors_are_refused(factors):
    with pytest.raises(InvalidExtrapolation, match="odd integers that increase from 1"):
        qg.mitigation.ZNE(factors)


def test_an_unknown_extrapolation_is_refused():
    with pytest.raises(InvalidExtrapolation, match="one of exponential, linear, richardson"):
        qg.mitigation.ZNE(extrapolation="cubic")

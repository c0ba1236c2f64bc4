"""Cosine windows against their amplitudes."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, WireError


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_amplitudes_are_a_half_wave(n):
    x = np.arange(2**n) / 2**n
    expected = np.sqrt(2 / 2**n) * np.cos(np.pi * x - np.pi / 2)

    template = qg.CosineWindow(wires=range(n))

    np.testing.assert_allclose(template.matrix()[:, 0], expected, atol=1e-12)
    np.testing.assert_allclose(template.state_vector().ravel(), expected, atol=1e-12)


def test_its_state_has_the_wires_of_an_order():
    state = qg.CosineWindow(wires=[0, 1]).state_vector(wire_order=[1, "more", 0])

    np.testing.assert_allclose(state[:, 0], [[0, np.sqrt(0.5)], [0.5, 0.5]], atol=1e-12)
    np.testing.assert_array_equal(state[:, 1], np.zeros((2, 2)))
    with pytest.raises(WireError):
        qg.CosineWindow(wires=[0, 1]).state_vector(wire_order=[1])


def test_it_refuses_an_empty_list_of_wires():
    with pytest.raises(InvalidParameters, match="at least one"):
        qg.CosineWindow(wires=[])

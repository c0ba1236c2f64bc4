"""The quantum Fourier transform against the discrete one."""

from __future__ import annotations

import numpy as np
import pytest

from qgate.templates.base import Template
from qgate.templates.subroutines.qft import QFT


def by_gates(template):
    return Template.canonical_matrix(template, (), np)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_qft_is_the_inverse_discrete_fourier_transform(n):
    expected = np.fft.ifft(np.eye(2**n), norm="ortho")

    template = QFT(wires=range(n))

    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)
    np.testing.assert_allclose(by_gates(template), expected, atol=1e-12)

"""Controlled powers against their matrix."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidParameters, OperatorError


@pytest.mark.parametrize("base", [qg.Rot(0.1, 0.2, 0.3, wires="t"), qg.S("t") @ qg.X("u")])
def test_the_number_on_the_controls_is_the_power(base):
    powers = [np.linalg.matrix_power(base.matrix(), number) for number in range(8)]

    template = qg.ControlledSequence(base, control=[0, 1, 2])

    np.testing.assert_allclose(template.matrix(), scipy.linalg.block_diag(*powers), atol=1e-12)
    assert template.base == base
    assert list(template.control) == [0, 1, 2]


def test_powers_are_simplified_where_they_are_known():
    gates = qg.ControlledSequence(qg.RX(0.25, wires=3), control=[0, 1, 2]).decomposition()

    assert gates == [qg.CRX(1.0, [0, 3]), qg.CRX(0.5, [1, 3]), qg.CRX(0.25, [2, 3])]


@pytest.mark.parametrize(
    ("base", "control"), [(qg.RX(0.1, 0), [0, 1]), (qg.RX(0.1, 0), []), ("RX", [1])]
)
def test_a_base_and_controls_that_do_not_fit_are_refused(base, control):
    with pytest.raises((InvalidParameters, OperatorError)):
        qg.ControlledSequence(base, control)

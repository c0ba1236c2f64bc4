"""Selected operators against block-diagonal matrices."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidParameters

OPS = (qg.X(2), qg.RX(0.3, 3), qg.SWAP([2, 3]))


def test_the_number_on_the_controls_chooses_the_operator():
    blocks = [qg.matrix(op, wire_order=[2, 3]) for op in OPS]

    template = qg.Select(OPS, control=[0, 1])

    expected = scipy.linalg.block_diag(*blocks, np.eye(4))
    np.testing.assert_allclose(template.matrix(wire_order=range(4)), expected, atol=1e-12)
    assert template.ops == OPS
    assert list(template.control) == [0, 1]
    assert list(template.target_wires) == [2, 3]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_numbers_that_do_not_occur_need_fewer_controls(count):
    whole = qg.Select(OPS[:count], control=[0, 1])

    partial = qg.Select(OPS[:count], control=[0, 1], partial=True)

    occurring = slice(None, 4 * count)
    found, expected = (op.matrix(wire_order=range(4))[:, occurring] for op in (partial, whole))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    sizes = [len(gate.wires) for gate in partial.decomposition()]
    assert sum(sizes) < sum(len(gate.wires) for gate in whole.decomposition())


@pytest.mark.parametrize(
    ("ops", "control", "text"),
    [
        (OPS, [0], "Give 2 control wires"),
        (OPS, [0, 2], "share the wires"),
        ([], [0], "sequence of operators"),
        ([qg.X(2), "Z"], [0], "sequence of operators"),
    ],
)
def test_operators_and_controls_that_do_not_fit_are_refused(ops, control, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.Select(ops, control)

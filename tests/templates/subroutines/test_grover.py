"""Grover's diffusion against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from qgate.exceptions import InvalidParameters
from qgate.templates.base import Template
from qgate.templates.subroutines.grover import GroverOperator


def by_gates(template):
    return Template.canonical_matrix(template, (), np)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_grover_operator_reflects_about_the_uniform_state(n):
    uniform = np.full(2**n, 2 ** (-n / 2))
    expected = 2 * np.outer(uniform, uniform) - np.eye(2**n)

    template = GroverOperator(wires=range(n), work_wires="w")

    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)
    np.testing.assert_allclose(by_gates(template), expected, atol=1e-12)
    assert list(template.wires) == list(range(n))


@pytest.mark.parametrize(("wires", "work"), [([0], []), ([0, 1], [1])])
def test_grover_operator_refuses_one_wire_and_shared_work_wires(wires, work):
    with pytest.raises(InvalidParameters, match="at least two wires"):
        GroverOperator(wires=wires, work_wires=work)

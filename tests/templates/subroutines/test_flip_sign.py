"""Sign changes against their diagonals."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.templates.base import Template


@pytest.mark.parametrize(("state", "n"), [(0, 1), (1, 1), (2, 2), (3, 3), (6, 3)])
def test_it_changes_the_sign_of_one_basis_state(state, n):
    expected = np.diag([-1.0 if number == state else 1.0 for number in range(2**n)])

    template = qg.FlipSign(state, wires=range(n))

    np.testing.assert_array_equal(template.matrix(), expected)
    np.testing.assert_allclose(Template.canonical_matrix(template, (), np), expected, atol=1e-12)
    assert template == qg.FlipSign(qg.FlipSign.to_list(state, n), wires=range(n))
    assert template.is_diagonal


@pytest.mark.parametrize(
    ("state", "wires"), [(4, [0, 1]), (-1, [0, 1]), ([1], [0, 1]), ([2, 0], [0, 1]), ([], [])]
)
def test_states_that_the_wires_do_not_have_are_refused(state, wires):
    with pytest.raises(InvalidParameters):
        qg.FlipSign(state, wires=wires)

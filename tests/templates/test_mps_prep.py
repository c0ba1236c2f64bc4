"""Matrix product states against their amplitudes."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.templates.state_preparations import right_canonicalize_mps

SHAPES = [[(2, 2), (2, 2)], [(2, 2), (2, 2, 4), (4, 2, 2), (2, 2)], [(2, 1), (1, 2, 1), (1, 2)]]


def tensors_of(shapes):
    """Return random tensors of a state of norm 1, and the state."""
    rng = np.random.default_rng(len(shapes))
    tensors = [rng.normal(size=shape) + 1j * rng.normal(size=shape) for shape in shapes]
    state = reduce(lambda left, right: np.tensordot(left, right, 1), tensors).ravel()
    tensors[0] = tensors[0] / np.linalg.norm(state)
    return tensors, state / np.linalg.norm(state)


@pytest.mark.parametrize("work", [None, [8, 9], [7, 8, 9]])
@pytest.mark.parametrize("shapes", SHAPES)
def test_the_state_is_the_product_of_the_tensors(shapes, work):
    tensors, expected = tensors_of(shapes)

    @qg.qnode(qg.device("local", wires=[*range(len(shapes)), *(work or [])]))
    def prepared():
        qg.MPSPrep(tensors, range(len(shapes)), work, right_canonicalize=True)
        return qg.state()

    size = 1 if work is None else 2 ** len(work)
    found = prepared().reshape(-1, size)
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-12)


@pytest.mark.parametrize("shapes", SHAPES)
def test_the_canonical_form_is_the_same_state_of_isometries(shapes):
    tensors, expected = tensors_of(shapes)

    canonical = right_canonicalize_mps(tensors)

    state = reduce(lambda left, right: np.tensordot(left, right, 1), canonical).ravel()
    np.testing.assert_allclose(state, expected, atol=1e-12)
    for tensor in canonical[1:]:
        rows = tensor.reshape(len(tensor), -1)
        np.testing.assert_allclose(rows @ rows.conj().T, np.eye(len(rows)), atol=1e-12)
    assert qg.MPSPrep(canonical, range(len(shapes))).mps[0] is canonical[0]


CANONICAL = [np.eye(2) * np.sqrt(0.5), np.eye(2)]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"mps": CANONICAL[:1]}, "at least two"),
        ({"mps": [np.eye(2), np.ones((3, 2))]}, "shapes"),
        ({"mps": [np.ones((2, 3)), np.ones((3, 2))]}, "power of 2"),
        ({"mps": 3}, "shapes"),
        ({"mps": [np.eye(2), np.eye(2)]}, "norm 1.41421"),
        ({"mps": [np.eye(2), np.eye(2) * np.sqrt(0.5)]}, "right_canonicalize=True"),
        ({"mps": ["a", "b"]}, "a tensor"),
        ({"wires": [0, 1, 2]}, "for 3 wire"),
        ({"work_wires": [1]}, "share the wires"),
        ({"mps": [np.eye(2, 4), np.eye(4, 2)], "work_wires": [5]}, "Give 2 work wires"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(given, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.MPSPrep(**{"mps": CANONICAL, "wires": [0, 1], **given})

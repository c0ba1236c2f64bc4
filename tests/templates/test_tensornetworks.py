"""Tensor networks against the pictures of their blocks."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters


def marked(wires):
    qg.MultiRZ(0.1, wires=wires)


def weighted(weights, wires):
    qg.MultiRZ(weights[0], wires=wires)


def wires_of(template):
    return [list(gate.wires) for gate in template.decomposition()]


@pytest.mark.parametrize(
    ("n", "width", "offset", "blocks"),
    [
        (4, 2, None, [[0, 1], [1, 2], [2, 3]]),
        (6, 4, None, [[0, 1, 2, 3], [2, 3, 4, 5]]),
        (6, 4, 1, [[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5]]),
        (8, 4, 3, [[0, 1, 2, 3], [3, 4, 5, 6]]),
        (7, 3, None, [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]]),
    ],
)
def test_blocks_of_a_matrix_product_state_overlap(n, width, offset, blocks):
    assert wires_of(qg.MPS(range(n), width, marked, offset=offset)) == blocks
    assert qg.MPS.get_n_blocks(range(n), width, offset) == len(blocks)


def test_the_blocks_of_a_tree_meet_at_its_root():
    found = wires_of(qg.TTN(range(8), 2, marked, 0))

    assert found == [[0, 1], [2, 3], [4, 5], [6, 7], [1, 3], [5, 7], [3, 7]]
    assert wires_of(qg.TTN(range(8), 4, marked, 0)) == [[0, 1, 2, 3], [4, 5, 6, 7], [2, 3, 6, 7]]
    assert qg.TTN.get_n_blocks(range(8), 2) == 7


def test_disentanglers_stand_between_the_blocks_of_a_layer():
    found = wires_of(qg.MERA(range(4), 2, marked, 0))

    assert found == [[1, 0], [2, 3], [3, 1], [0, 2], [0, 1]]
    assert qg.MERA.get_n_blocks(range(4), 2) == 5


def test_weights_go_to_the_block_as_one_argument_or_as_several():
    def apart(first, second, wires):
        qg.IsingXX(first - second, wires=wires)

    def together(weights, wires):
        qg.IsingXX(weights[0] - weights[1], wires=wires)

    weights = np.array([[0.1, 0.4], [0.2, 0.7], [0.3, 0.9]])
    for block in (apart, together):
        gates = qg.TTN(range(4), 2, block, 2, weights).decomposition()
        angles = [float(gate.parameters[0]) for gate in gates]
        np.testing.assert_allclose(angles, weights[:, 0] - weights[:, 1])


def test_weights_of_a_tree_are_random_by_default():
    one, two = (qg.MERA(range(4), 2, weighted, 1) for _ in range(2))

    assert one.parameters[0].shape == (5, 1)
    assert one != two


@pytest.mark.parametrize("name", ["TTN", "MERA"])
def test_wires_without_a_block_are_warned_of(name):
    template = getattr(qg, name)

    with pytest.warns(UserWarning, match="of 7, 4 are used") as caught:
        assert max(map(max, wires_of(template(range(7), 2, marked, 0)))) == 3

    assert caught[0].filename == __file__


def test_the_last_wires_of_a_row_without_a_block_are_warned_of():
    with pytest.warns(UserWarning, match="the last are not used"):
        assert qg.MPS.get_n_blocks(range(7), 4) == 2


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: qg.TTN(range(6), 3, marked, 0), "even number"),
        (lambda: qg.MERA(range(2), 4, marked, 0), "at least 2 wires, and at most all"),
        (lambda: qg.MPS(range(4), 1, marked), "at least 2 wires"),
        (lambda: qg.MPS(range(4), 2, marked, offset=2), "Give a number in this range"),
        (lambda: qg.MPS(range(4), 2, weighted, 1, np.ones((2, 1))), "one entry for each"),
        (lambda: qg.MPS(range(4), 2, weighted, 1, np.ones((3, 2))), "one entry for each"),
        (lambda: qg.MPS(range(4), 2, weighted), "a function that accepts wires"),
        (lambda: qg.TTN(range(4), 2, "block", 1), "block"),
        (lambda: qg.TTN(range(4), 2, weighted, -1), "n_params_block"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(make, text):
    with pytest.raises(InvalidParameters, match=text):
        make()

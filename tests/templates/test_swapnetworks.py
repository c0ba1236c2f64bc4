"""Networks of swaps against permutations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters


@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_wires_are_reversed(n, shift):
    template = qg.TwoLocalSwapNetwork(range(n), fermionic=False, shift=shift)

    expected = qg.Permute(list(reversed(range(n))), wires=range(n)).matrix()
    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)


def test_every_pair_meets_once_as_neighbours():
    met = []

    def note(index, wires, param=None):
        met.append((list(index), set(wires)))

    gates = qg.TwoLocalSwapNetwork(range(5), note).decomposition()

    assert sorted(map(sorted, (pair for _, pair in met))) == list(
        map(list, combinations(range(5), 2))
    )
    assert all(index[1] - index[0] == 1 for index, _ in met)
    assert gates[0] == qg.FermionicSWAP(np.pi, [0, 1])
    assert len(gates) == 10


def test_each_pair_has_its_weight():
    weights = np.arange(1.0, 4.0)

    def turn(index, wires, param, scale):
        qg.IsingZZ(scale * param, wires=index)

    gates = qg.TwoLocalSwapNetwork(list("abc"), turn, weights, scale=2).decomposition()[::2]

    assert gates == [qg.IsingZZ(2.0, [*"ab"]), qg.IsingZZ(4.0, [*"bc"]), qg.IsingZZ(6.0, [*"ab"])]
    assert qg.TwoLocalSwapNetwork.shape(3) == (3,)


def test_weights_that_are_not_used_are_warned_of():
    with pytest.warns(UserWarning, match="does not use them"):
        assert qg.TwoLocalSwapNetwork(range(3), weights=[1, 2, 3]).num_params == 0


@pytest.mark.parametrize(
    ("wires", "given"),
    [
        ([0], {}),
        (range(3), {"acquaintances": 1}),
        (range(3), {"acquaintances": lambda index: None}),
        (range(3), {"acquaintances": lambda index, wires, param: None, "weights": [0.1]}),
    ],
)
def test_arguments_that_do_not_fit_are_refused(wires, given):
    with pytest.raises(InvalidParameters):
        qg.TwoLocalSwapNetwork(wires, **given)

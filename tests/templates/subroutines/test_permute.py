"""Permutation of wires against its definition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters
from qgate.templates.subroutines.permute import Permute


@given(st.integers(2, 5).flatmap(lambda n: st.permutations(range(n))))
@settings(deadline=None, max_examples=30)
def test_permute_brings_the_state_of_each_named_wire_to_its_place(order):
    n = len(order)
    labels = [f"q{index}" for index in range(n)]

    template = Permute([labels[index] for index in order], wires=labels)

    for basis in range(2**n):
        bits = [basis >> (n - 1 - k) & 1 for k in range(n)]
        moved = int("".join(str(bits[index]) for index in order), 2)
        assert template.matrix()[moved, basis] == 1
    assert len(template.decomposition()) < n


@pytest.mark.parametrize(("order", "wires"), [([0, 1], [0, 2]), ([0], [0]), ([0, 1, 2], [0, 1])])
def test_permute_refuses_other_wires(order, wires):
    with pytest.raises(InvalidParameters, match="Name the same wires"):
        Permute(order, wires=wires)


def test_a_permutation_keeps_its_meaning_on_other_wires():
    moved = Permute([1, 2, 0], wires=[0, 1, 2]).map_wires({0: "a", 1: "b", 2: "c"})

    assert moved == Permute(["b", "c", "a"], wires=["a", "b", "c"])

"""Broadcasting over wires."""

from __future__ import annotations

import autograd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.exceptions import InvalidParameters
from qgate.operations.controlled import CNOT, CRX
from qgate.operations.rotations import RX, Rot
from qgate.recording import recording
from qgate.templates.broadcast import PATTERNS, broadcast


def recorded(function, *args, **kwargs):
    with recording() as recorder:
        function(*args, **kwargs)
    return list(recorder.items)


@pytest.mark.parametrize(
    ("pattern", "groups"),
    [
        ("single", ["a", "b", "c", "d", "e"]),
        ("double", ["ab", "cd"]),
        ("double_odd", ["bc", "de"]),
        ("chain", ["ab", "bc", "cd", "de"]),
        ("ring", ["ab", "bc", "cd", "de", "ea"]),
        ("pyramid", ["ab", "cd", "bc"]),
        ("all_to_all", ["ab", "ac", "ad", "ae", "bc", "bd", "be", "cd", "ce", "de"]),
    ],
)
def test_each_pattern_names_its_groups_in_order(pattern, groups):
    seen = []

    broadcast(lambda wires: seen.append("".join(wires)), wires=list("abcde"), pattern=pattern)

    assert seen == groups


@given(n=st.integers(0, 9))
def test_rings_and_pyramids_of_any_size_name_neighbours_only(n):
    assert len(PATTERNS["ring"](n)) == {0: 0, 1: 0, 2: 1}.get(n, n)
    assert len(PATTERNS["pyramid"](n)) == sum(range(1, n // 2 + 1))
    assert all(j - i == 1 for i, j in PATTERNS["pyramid"](n))


def test_each_group_gets_its_parameters():
    numbers = recorded(broadcast, RX, [0, 1], "single", [0.1, 0.2])
    rows = recorded(broadcast, Rot, [0, 1], "single", [[1, 2, 3], [4, 5, 6]])
    own = recorded(broadcast, CRX, [0, 1, 2], [[0, 2], [2, 1]], parameters=np.array([0.3, 0.4]))

    assert numbers == [RX(0.1, 0), RX(0.2, 1)]
    assert rows == [Rot(1, 2, 3, 0), Rot(4, 5, 6, 1)]
    assert own == [CRX(0.3, [0, 2]), CRX(0.4, [2, 1])]


def test_keyword_arguments_are_the_same_for_each_group():
    def block(angle, wires, turns):
        for _ in range(turns):
            RX(angle, wires)

    made = recorded(broadcast, block, [0, 1], "single", [0.1, 0.2], {"turns": 2})

    assert made == [RX(0.1, 0), RX(0.1, 0), RX(0.2, 1), RX(0.2, 1)]


def test_traced_parameters_are_passed_on():
    def total(angles):
        return sum(gate.parameters[0] for gate in recorded(broadcast, RX, [0, 1], "single", angles))

    np.testing.assert_allclose(autograd.grad(total)(np.array([0.1, 0.2])), [1, 1])


def test_an_unknown_pattern_is_refused_with_a_near_name():
    with pytest.raises(InvalidParameters, match=r"chian.*chain"):
        broadcast(CNOT, wires=[0, 1], pattern="chian")


def test_the_wrong_number_of_parameters_is_refused():
    with pytest.raises(InvalidParameters, match=r"given 3 entries.*has 2 unitaries"):
        broadcast(CRX, wires=[0, 1, 2], pattern="chain", parameters=[0.1, 0.2, 0.3])


def test_a_function_that_cannot_be_called_with_the_arguments_is_refused():
    with pytest.raises(InvalidParameters, match="a function that accepts 1 positional arg"):
        broadcast(lambda wires: None, wires=[0, 1], pattern="single", parameters=[1, 2])

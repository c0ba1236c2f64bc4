"""Circuits of excitations: which gates, on which wires, with which weights."""

from __future__ import annotations

import numpy as np
import pytest

from qgate.exceptions import InvalidParameters
from qgate.operations.excitations import DoubleExcitation, SingleExcitation
from qgate.templates.subroutines.excitations import UCCSD, AllSinglesDoubles
from qgate.templates.subroutines.fermionic import (
    FermionicDoubleExcitation,
    FermionicSingleExcitation,
)

# AllSinglesDoubles ----------------------------------------------------------------------


def all_singles_doubles(weights, **options):
    given = {"hf_state": [1, 1, 0, 0], "singles": [[0, 2], [1, 3]], "doubles": [[0, 1, 2, 3]]}
    return AllSinglesDoubles(weights, wires=range(4), **(given | options))


def test_doubles_come_first_but_have_the_last_weights():
    _, *gates = all_singles_doubles([0.1, 0.2, 0.3]).decomposition()

    assert gates == [
        DoubleExcitation(0.3, wires=[0, 1, 2, 3]),
        SingleExcitation(0.1, wires=[0, 2]),
        SingleExcitation(0.2, wires=[1, 3]),
    ]


def test_the_first_gate_prepares_the_given_occupation():
    first = all_singles_doubles([0.1, 0.2, 0.3]).decomposition()[0]

    assert first.name == "BasisState"
    assert np.flatnonzero(first.state_vector().ravel()).tolist() == [0b1100]


def test_excitations_follow_their_wires():
    moved = all_singles_doubles([0.1, 0.2, 0.3]).map_wires({0: "a", 2: "c"})

    assert [list(gate.wires) for gate in moved.decomposition()[1:]] == [
        ["a", 1, "c", 3],
        ["a", "c"],
        [1, 3],
    ]


def test_the_number_of_weights_is_the_number_of_excitations():
    assert AllSinglesDoubles.shape([[0, 2], [1, 3]], [[0, 1, 2, 3]]) == (3,)
    with pytest.raises(InvalidParameters, match=r"shape \(2,\).*\(3,\)"):
        all_singles_doubles([0.1, 0.2])
    with pytest.raises(InvalidParameters, match="no excitations"):
        AllSinglesDoubles([], wires=range(4), hf_state=[1, 1, 0, 0])
    with pytest.raises(InvalidParameters, match="2 wires"):
        all_singles_doubles([0.1, 0.2, 0.3], singles=[[0, 1, 2], [1, 3]])
    with pytest.raises(InvalidParameters, match="Give 4 bits"):
        all_singles_doubles([0.1, 0.2, 0.3], hf_state=[1, 1])


# UCCSD ----------------------------------------------------------------------------------


def uccsd(weights, **options):
    given = {
        "s_wires": [[0, 1, 2], [1, 2, 3]],
        "d_wires": [[[0, 1], [2, 3]]],
        "init_state": [1, 1, 0, 0],
    }
    return UCCSD(weights, wires=range(4), **(given | options))


def test_repetitions_of_uccsd_have_a_row_of_weights_each():
    _, *gates = uccsd([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], n_repeats=2).decomposition()

    assert gates == [
        FermionicDoubleExcitation(0.3, [0, 1], [2, 3]),
        FermionicSingleExcitation(0.1, [0, 1, 2]),
        FermionicSingleExcitation(0.2, [1, 2, 3]),
        FermionicDoubleExcitation(0.6, [0, 1], [2, 3]),
        FermionicSingleExcitation(0.4, [0, 1, 2]),
        FermionicSingleExcitation(0.5, [1, 2, 3]),
    ]


def test_one_repetition_may_leave_out_the_axis():
    flat, rows = uccsd([0.1, 0.2, 0.3]), uccsd([[0.1, 0.2, 0.3]])

    assert flat.decomposition() == rows.decomposition()
    assert flat.batch_size is None
    assert rows.batch_size is None


def test_uccsd_keeps_the_number_of_particles():
    state = uccsd([0.1, 0.2, 0.3]).matrix()[:, 0]

    occupied = [bin(basis).count("1") for basis in np.flatnonzero(np.abs(state) > 1e-12)]
    assert len(occupied) > 1
    assert set(occupied) == {2}


def test_uccsd_has_a_slot_for_each_weight(angles_of):
    angles = angles_of(uccsd([0.1, 0.2, 0.3]))

    assert [angle.terms for angle in angles] == [((2, 1.0),), ((0, 1.0),), ((1, 1.0),)]


def test_uccsd_says_what_is_missing():
    with pytest.raises(InvalidParameters, match="init_state=None"):
        uccsd([0.1, 0.2, 0.3], init_state=None)
    with pytest.raises(InvalidParameters, match="n_repeats=0"):
        uccsd([0.1, 0.2, 0.3], n_repeats=0)
    with pytest.raises(InvalidParameters, match=r"shape \(3, 1\).*\(1, 3\)"):
        uccsd(np.ones((3, 1)))
    with pytest.raises(InvalidParameters, match="no excitations"):
        UCCSD([], wires=range(4), init_state=[1, 1, 0, 0])

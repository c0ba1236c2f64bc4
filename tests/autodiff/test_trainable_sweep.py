"""Sweeps with variable angles, and inputs that come later."""

import numpy as np
import pytest

import qgate as qg
from qgate.autodiff.trainable_sweep import LateInput, TrainableSweep, seed_of
from qgate.exceptions import InvalidSeed, NotFinite
from qgate.tape import Tape


def trainable(**options):
    gates = [qg.RX(0.1, 0), qg.RY(0.2, 0), qg.RZ(0.3, 0)]
    return TrainableSweep(Tape(gates, [qg.expval(qg.Z(0))], 50).sweep(), (0, 2), **options)


def test_only_the_variable_slots_get_other_angles():
    sweep = trainable().at(np.array([[1.0, 3.0]]))

    assert sweep.rows.tolist() == [[1.0, 0.2, 3.0]]


def test_several_points_are_several_rows_with_the_same_shots():
    sweep = trainable().at(np.array([[1.0, 3.0], [4.0, 5.0]]))

    assert sweep.rows.tolist() == [[1.0, 0.2, 3.0], [4.0, 0.2, 5.0]]
    assert sweep.shots.tolist() == [50, 50]


def test_derivatives_by_one_slot_leave_the_others_variable():
    by_last = trainable().by([1])

    assert by_last.slots == (2,)
    assert by_last.variable == (0, 2)
    assert by_last.at(np.array([[1.0, 3.0]])).rows.tolist() == [[1.0, 0.2, 3.0]]


def test_late_inputs_take_their_places():
    waiting = trainable(late_inputs=(LateInput(slots=(1,)), LateInput(seed=True)))

    filled = waiting.fixing([np.array([[7.0]]), np.array([3, 4])])

    assert filled.sweep.rows.tolist() == [[0.1, 7.0, 0.3]]
    assert filled.sweep.seed == (3, 4)
    assert filled.late_inputs == ()


def test_angles_that_are_not_finite_are_refused():
    with pytest.raises(NotFinite, match="nan"):
        trainable().at(np.array([[1.0, np.nan]]))


@pytest.mark.parametrize("seed", [0.5, -1, np.array([1.5])])
def test_seeds_are_whole_numbers(seed):
    with pytest.raises(InvalidSeed):
        seed_of(seed)

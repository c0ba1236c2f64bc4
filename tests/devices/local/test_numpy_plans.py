"""Plans in numpy against the same circuits gate by gate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import qgate as qg
from qgate.devices.local import numpy_plans as fallback
from qgate.devices.local.diagonals import unit_phases
from qgate.devices.local.plan import PlannedSweep
from qgate.tape import Tape
from qgate.wires import Wires

SMALL, LARGE = [1, 2, 3, 4, 5, 6, 7, 9], [13, 15, 16]


def passage(case, *, returns=False, **changed):
    given = {"rows": case.rows, "initial": case.initial, **changed}
    planned = PlannedSweep(case.plan, numbers=case.numbers, phase=case.phase, **given)
    return fallback.NumpySimulation(planned, returns=returns)


def check(case, seed):
    check_passage(case, passage(case, returns=True), seed)  # keeps small intermediate results
    check_passage(case, passage(case), seed)  # recomputes them


def check_passage(case, way, seed):
    bras = case.vectors(2, seed)
    given_kets, given_bras = way.kets.copy(), bras.copy()

    slopes = way.slopes(bras)

    assert_allclose(way.kets, case.states(), atol=1e-11)
    assert_allclose(slopes, case.slopes(bras), atol=1e-10 * np.sqrt(bras.shape[-1]))
    assert_array_equal(way.slopes(bras), slopes)
    assert_array_equal(way.kets, given_kets)
    assert_array_equal(bras, given_bras)


@settings(max_examples=250)
@given(data=st.data(), seed=st.integers(0, 99))
def test_random_circuits_agree_with_gate_by_gate(data, seed, planned):
    case = planned.of(*data.draw(planned.sweeps(SMALL)))
    check(case, seed)


@settings(max_examples=25)
@given(data=st.data(), seed=st.integers(0, 99))
def test_states_that_are_worked_on_in_blocks_agree_too(data, seed, planned):
    case = planned.of(*data.draw(planned.sweeps(LARGE, most=12)))
    check(case, seed)


def sweep_of(operations, n, rows=None):
    sweep = Tape(operations, [qg.expval(qg.Z(0))]).sweep()
    if rows is not None:
        sweep = sweep.with_rows(rows, None)
    return sweep, Wires(range(n))


@pytest.mark.parametrize("n", [4, 13, 15])
def test_layers_on_every_bit_and_on_few(n, planned):
    turns = [qg.RX(0.1 + 0.3 * w, w) for w in range(n)]
    ring = [qg.CNOT([w, (w + 1) % n]) for w in range(n)]
    few = [qg.Rot(0.2, 0.3, w, w) for w in (0, n // 2, n - 2)]

    check(planned.of(*sweep_of([*turns, *ring, *turns, *few, *ring, *few], n)), 1)


@pytest.mark.parametrize("angles", [[0.4] * 5, [0.4, 0.4, -1.0, 2.0, 30.0]])
def test_diagonals_of_one_angle_and_of_several(angles, planned):
    n = 15
    pairs = [(0, 14), (3, 4), (14, 7), (2, 9), (1, 0)]
    wall = [qg.Hadamard(w) for w in range(n)]
    phases = [qg.IsingZZ(x, pair) for x, pair in zip(angles, pairs, strict=True)]

    check(planned.of(*sweep_of([*wall, *phases, qg.RX(0.3, 5), *phases], n)), 2)


def test_more_rows_than_are_worked_on_together(planned):
    gates = [qg.RX(0.0, 0), qg.CRY(0.0, [0, 8]), qg.IsingZZ(0.0, [3, 8]), qg.RY(0.0, 3)]
    rows = np.random.default_rng(3).uniform(-3, 3, size=(150, 4))
    case = planned.of(*sweep_of(gates, 9, rows))

    assert len(rows) > 2 ** (fallback.TOGETHER_BITS - 9)
    check(case, 3)


def test_one_initial_state_serves_all_rows(planned):
    case = planned.of(*sweep_of([qg.RX(0.0, 0), qg.CNOT([0, 1])], 2, np.array([[0.3], [0.8]])))
    initial = np.array([[0.6, 0, 0, 0.8j]])

    found = passage(case, initial=initial).kets

    each = [passage(case, rows=row[None], initial=initial).kets[0] for row in case.rows]
    assert_allclose(found, each, atol=1e-15)
    assert_array_equal(initial, [[0.6, 0, 0, 0.8j]])


def test_no_rows_have_no_states(planned):
    case = planned.of(*sweep_of([qg.RX(0.1, 0), qg.CNOT([0, 1])], 2, np.zeros((0, 1))))

    way = passage(case, returns=True)
    assert way.kets.shape == (0, 4)
    assert way.slopes(case.vectors(1, 0)).shape == (0, 1, 1)


def test_a_circuit_without_gates_stays_0(planned):
    case = planned.of(*sweep_of([], 3, np.zeros((2, 0))))

    way = passage(case, returns=True)
    assert_array_equal(way.kets, np.eye(8)[[0, 0]])
    assert way.slopes(case.vectors(2, 0)).shape == (2, 2, 0)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20))
def test_phases_are_those_of_cosine_and_sine(values):
    found = unit_phases(np.array(values))

    assert_allclose(found, np.cos(values) + 1j * np.sin(values), atol=1e-15 + 2e-16 * 1e4)

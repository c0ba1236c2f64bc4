"""Circuits with slots: equal where only numbers differ, and bound by rows."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.operations.operator import ParameterKind
from qgate.operations.slots import Affine
from qgate.structure import ArraySlot, SlotCounter, Structure, evaluate, map_parameters, slots_in
from qgate.tape import Tape
from qgate.wires import Wires

SLOTS = [Affine.slot(index) for index in range(4)]
U = np.array([[0, 1], [1, 0]])
NUMBERS = st.floats(-10, 10).map(lambda number: round(number, 3))


def table(entries, shape):
    symbols = np.empty(len(entries), dtype=object)
    symbols[:] = entries
    return symbols.reshape(shape)


def ladder(angles, wires=(0, 1)):
    first, second = wires
    return [qg.RX(angles[0], first), qg.CNOT([first, second]), qg.RY(angles[1], second)]


# Equality -------------------------------------------------------------------------------


def test_structures_of_equal_circuits_are_equal_and_hash_alike():
    one, other = (Structure(ladder(SLOTS), [qg.state()], 2, 0) for _ in range(2))

    assert one == other
    assert hash(one) == hash(other)
    assert one is not other


@pytest.mark.parametrize(
    "other",
    [
        Structure(ladder(SLOTS, (1, 0)), [qg.state()], 2, 0),
        Structure(ladder(SLOTS), [qg.probs(wires=0)], 2, 0),
        Structure(ladder(SLOTS[1:]), [qg.state()], 2, 0),
        Structure(ladder([SLOTS[0], 2 * SLOTS[1]]), [qg.state()], 2, 0),
        Structure(ladder([SLOTS[0], 0.5]), [qg.state()], 2, 0),
        Structure(ladder(SLOTS), [qg.state()], 3, 0),
        Structure(ladder(SLOTS), [qg.state()], 2, 1),
        Structure(ladder(SLOTS)[:2], [qg.state()], 2, 0),
        "a structure",
    ],
)
def test_structures_that_differ_in_anything_but_numbers_are_not_equal(other):
    assert Structure(ladder(SLOTS), [qg.state()], 2, 0) != other


def test_constants_of_a_structure_are_compared_by_content():
    def structure(matrix):
        return Structure([qg.QubitUnitary(matrix, wires=0)], [], 0, 0)

    assert structure(U.copy()) == structure(U)
    assert structure(np.eye(2)) != structure(U)


# Slots ----------------------------------------------------------------------------------


def test_parameters_are_numbered_in_the_order_in_which_they_are_met():
    counter = SlotCounter()

    angle = counter.symbol(ParameterKind.ANGLES, ())
    array = counter.symbol(ParameterKind.ARRAY, (2, 2))
    angles = counter.symbol(ParameterKind.ANGLES, (2, 1))
    weights = counter.symbol(ParameterKind.COEFFICIENTS, (5,))

    assert (angle, array, weights) == (SLOTS[0], ArraySlot(0), ArraySlot(1))
    assert angles.tolist() == [[SLOTS[1]], [SLOTS[2]]]
    assert (counter.slots, counter.arrays) == (3, 2)


def test_slots_of_a_parameter_are_found_in_tables_too():
    assert slots_in(2 * SLOTS[2] + SLOTS[0]) == [0, 2]
    assert slots_in(table(SLOTS, (2, 2))) == [0, 1, 2, 3]
    assert slots_in(ArraySlot(0)) == slots_in(0.5) == slots_in(U) == []


def test_a_function_is_applied_to_each_parameter():
    gate = map_parameters(qg.Rot(0.1, 0.2, 0.3, wires="w"), lambda angle: 2 * angle)

    assert gate == qg.Rot(0.2, 0.4, 0.6, wires="w")
    assert map_parameters(qg.X(0), lambda angle: 1 / 0) == qg.X(0)


# Binding --------------------------------------------------------------------------------


@given(row=st.lists(NUMBERS, min_size=4, max_size=4), c=NUMBERS, d=NUMBERS)
def test_functions_of_slots_take_the_numbers_of_a_row(row, c, d):
    symbol = c * SLOTS[0] - SLOTS[3] + d

    assert evaluate(symbol, np.array(row), ()) == pytest.approx(c * row[0] - row[3] + d)


def test_rows_give_batches():
    rows = np.arange(12.0).reshape(3, 4)

    assert evaluate(SLOTS[2], rows, ()).tolist() == [2.0, 6.0, 10.0]
    assert evaluate(0.5 * SLOTS[0] + 1, rows, ()).tolist() == [1.0, 3.0, 5.0]
    assert evaluate(table(SLOTS, (2, 2)), rows, ()).tolist() == rows.reshape(3, 2, 2).tolist()


def test_tables_may_hold_constants_and_be_empty():
    rows = np.arange(8.0).reshape(2, 4)

    assert evaluate(table([SLOTS[1], Affine((), 7.0)], (2,)), rows, ()).tolist() == [[1, 7], [5, 7]]
    assert evaluate(table([], (0, 3)), rows, ()).shape == (2, 0, 3)


def test_arrays_and_constants_are_taken_as_they_are():
    assert evaluate(ArraySlot(1), None, (None, U)) is U
    assert evaluate(0.25, None, ()) == 0.25


def test_a_bound_structure_has_the_numbers_of_the_row():
    structure = Structure(ladder([SLOTS[1], SLOTS[0] / 2]), [], 2, 0)

    assert structure.bind(np.array([0.4, 0.1]), ()) == ladder([0.1, 0.2])


def test_measurements_are_bound_to_their_coefficients():
    measured = qg.expval(0.5 * qg.X(0) + 2 * qg.Z(1))
    structure = Tape([], [measured]).structure

    (bound,) = structure.bind_measurements([np.array([3.0, 4.0])])

    assert bound == qg.expval(3.0 * qg.X(0) + 4.0 * qg.Z(1))


def test_binding_is_differentiable():
    symbols = table([2 * SLOTS[0], SLOTS[1]], (2,))

    def function(row):
        rows = anp.reshape(row, (1, 2))
        return anp.sum(evaluate(symbols, rows, ()) ** 2) + anp.sum(evaluate(SLOTS[0], rows, ()))

    assert_allclose(autograd.grad(function)(np.array([1.0, 3.0])), [8 * 1.0 + 1, 2 * 3.0])


# Other parts ----------------------------------------------------------------------------


def test_wires_come_in_order_of_first_appearance():
    structure = Structure(ladder([0.1, 0.2], ("b", 3)), [qg.probs(wires=[3, "z"])], 0, 0)

    assert structure.wires == Wires(["b", 3, "z"])


def test_gates_and_measurements_can_be_replaced():
    structure = Structure(ladder(SLOTS), [qg.state()], 2, 0)

    assert structure.with_measurements([qg.purity(0)]).operations == structure.operations
    assert structure.with_operations([]).measurements == structure.measurements
    assert structure.with_operations(structure.operations) == structure


def test_a_structure_says_how_large_it_is():
    text = repr(Structure(ladder(SLOTS), [qg.state()], 2, 0))

    assert text == "Structure(3 gates on 2 wires, 2 slots, [state(wires=[])])"


def test_wires_that_are_numbered_from_0_come_in_that_order():
    tape = Tape([qg.X(2), qg.CNOT([2, 0])], [qg.expval(qg.Z(1))])

    assert list(tape.structure.wires) == [0, 1, 2]


def test_other_wires_come_in_order_of_first_appearance():
    tape = Tape([qg.X(3), qg.CNOT([3, 1])], [qg.expval(qg.Z("a"))])

    assert list(tape.structure.wires) == [3, 1, "a"]


def test_a_state_without_device_wires_has_wire_0_first():
    @qg.qnode("local")
    def circuit():
        qg.X(1)
        qg.Identity(0)
        return qg.probs()

    assert circuit().tolist() == [0, 1, 0, 0]

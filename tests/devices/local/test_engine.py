"""States of the numpy engine against products of dense matrices."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.amplitudes import apply_diagonal, apply_matrix, prepare
from qgate.devices.local.device import LOCAL
from qgate.devices.local.engine import GateByGateEngine
from qgate.exceptions import QuantumFunctionError
from qgate.operations.gate import GATES
from qgate.tape import Tape
from qgate.transforms.decomposition import decompose
from qgate.wires import Wires


def native(operations):
    return decompose(Tape(operations, []).sweep(), LOCAL.gate_set, device="local")


def run(operations, order):
    sweep = native(operations)
    return GateByGateEngine().states(sweep.structure, sweep.rows, sweep.arrays, order=Wires(order))


def every_gate(drawn):
    return [name for name in drawn.menu if name not in GATES]


@settings(max_examples=150)
@given(data=st.data())
def test_random_circuits_agree_with_products_of_matrices(data, dense, drawn):
    operations = data.draw(drawn.circuits())
    order = data.draw(st.permutations(drawn.wires))

    found = run(operations, order)

    assert_allclose(found, dense.states(operations, order), atol=1e-9)


@pytest.mark.parametrize("batch", [None, 3])
def test_everything_that_can_be_applied_agrees_with_its_matrix(batch, dense, drawn):
    for seed, (name, make) in enumerate(drawn.menu.items()):
        numbers = drawn.numbers(seed, batch)
        before = [qg.StatePrep(numbers.state(4), wires=drawn.wires)]
        wires = numbers.random.permutation(4)
        operations = [*before, make(numbers, [drawn.wires[index] for index in wires])]

        found = run(operations, drawn.wires)

        assert_allclose(found, dense.states(operations), atol=1e-9, err_msg=name)


def test_the_first_wire_is_the_most_significant_bit():
    state = run([qg.X("a")], ["a", "b", "c"])

    assert np.flatnonzero(state[0]).tolist() == [0b100]


def test_wires_that_nothing_acts_on_stay_0():
    state = run([qg.Hadamard("b")], ["idle", "b", "last"])

    assert_allclose(state, [[np.sqrt(0.5), 0, np.sqrt(0.5), 0, 0, 0, 0, 0]], atol=1e-12)


def test_a_circuit_without_gates_has_a_row_for_each_row():
    sweep = native([])

    found = GateByGateEngine().states(sweep.structure, np.zeros((3, 0)), (), order=Wires([0, 1]))

    assert found.tolist() == [[1, 0, 0, 0]] * 3


def test_states_stay_normalised_over_many_gates():
    rows = np.linspace(-3, 3, 7)
    gates = [gate for _ in range(60) for gate in (qg.RX(rows, 0), qg.CRZ(rows, [0, 1]))]

    assert_allclose(np.linalg.norm(run(gates, [0, 1]), axis=1), 1, atol=1e-12)


# Preparation ----------------------------------------------------------------------------


@pytest.mark.parametrize("wires", [[0, 1], [1, 0], [2, 0], [0, 2], [1, 2]])
def test_states_are_prepared_on_the_wires_in_their_order(wires, dense):
    vector = np.array([0.1, 0.7, 0.5j, np.sqrt(0.25)])
    vector /= np.linalg.norm(vector)
    operations = [qg.StatePrep(vector, wires=wires)]

    found = run(operations, [0, 1, 2])

    assert_allclose(found, dense.states(operations, [0, 1, 2]), atol=1e-12)


def test_two_registers_can_be_prepared(dense):
    operations = [
        qg.StatePrep([0.6, 0.8], wires="b"),
        qg.StatePrep([0.0, 1j], wires="a"),
    ]

    assert_allclose(run(operations, ["a", "b"]), dense.states(operations, ["a", "b"]))


def test_a_wire_may_be_prepared_after_others_were_acted_on(dense):
    operations = [qg.Hadamard(0), qg.StatePrep([0.6, 0.8], wires=1)]

    assert_allclose(run(operations, [0, 1]), dense.states(operations, [0, 1]))


@pytest.mark.parametrize("first", [qg.X(1), qg.StatePrep([1.0, 0.0], wires=1), qg.CNOT([0, 1])])
def test_a_state_cannot_be_prepared_after_something_acted_on_its_wires(first):
    operations = [first, qg.StatePrep([0.6, 0.8, 0, 0], wires=[2, 1])]

    with pytest.raises(QuantumFunctionError, match=r"StatePrep prepares the wires \[1\] after"):
        run(operations, [0, 1, 2])


# Parts ----------------------------------------------------------------------------------


@given(st.integers(0, 1000), st.permutations(range(3)), st.integers(1, 3), st.booleans())
def test_matrices_and_diagonals_are_applied_to_their_axes(seed, axes, k, batched):
    random = np.random.default_rng(seed)
    states = random.normal(size=(2, 8)) + 1j * random.normal(size=(2, 8))
    diagonal = random.normal(size=(2, 2**k) if batched else 2**k)
    full = np.apply_along_axis(np.diag, -1, diagonal)

    by_diagonal = apply_diagonal(states, diagonal, axes[:k], 3)
    by_matrix = apply_matrix(states, full, axes[:k], 3)

    letters = "xyz"
    small = np.broadcast_to(diagonal, (2, 2**k)).reshape(2, *(2,) * k)
    subscripts = "r" + "".join(letters[axis] for axis in axes[:k])
    expected = np.einsum(f"rxyz,{subscripts}->rxyz", states.reshape(2, 2, 2, 2), small)
    assert_allclose(by_diagonal, expected.reshape(2, 8))
    assert_allclose(by_matrix, expected.reshape(2, 8))


def test_a_batch_of_states_is_prepared_row_by_row():
    vectors = np.array([[1, 0], [0, 1j]])
    start = np.zeros((2, 4), dtype=complex)
    start[:, 0] = 1

    assert prepare(start, vectors, [1], 2).tolist() == [[1, 0, 0, 0], [0, 1j, 0, 0]]


def test_states_can_be_differentiated_through():
    sweep = native([qg.RX(0.0, 0), qg.CRY(0.0, [0, 1]), qg.IsingZZ(0.0, [1, 0])])
    order = Wires([0, 1])

    def chance(x):
        rows = anp.reshape(anp.array([x, 2 * x, x**2]), (1, 3))
        state = GateByGateEngine().states(sweep.structure, rows, (), order=order, xp=anp)
        return anp.abs(state[0, 3]) ** 2

    def closed_form(x):
        return np.sin(x / 2) ** 2 * np.sin(x) ** 2

    slope = (closed_form(0.7 + 1e-6) - closed_form(0.7 - 1e-6)) / 2e-6
    assert chance(0.7) == pytest.approx(closed_form(0.7))
    assert autograd.grad(chance)(0.7) == pytest.approx(slope, abs=1e-8)

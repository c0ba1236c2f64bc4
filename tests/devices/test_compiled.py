"""Figures of a compiled circuit, from its operations."""

import math

import pytest

import qgate as qg
from qgate.devices.compiled import CompiledCircuit, NativeOperation
from qgate.devices.local.device import LocalDevice
from qgate.execution.compiled import compiled_circuits


def operation(name, *qubits, error=None, duration_s=None):
    return NativeOperation(name, (), qubits, error, duration_s)


BELL = (
    operation("h", 0, error=0.01, duration_s=2.0),
    operation("barrier", 0, 1),
    operation("cx", 0, 1, error=0.1, duration_s=5.0),
    operation("x", 2, error=0.02, duration_s=1.0),
    operation("measure", 0, error=0.2, duration_s=7.0),
    operation("measure", 1, error=0.3, duration_s=7.0),
)


def test_the_success_probability_is_the_product_over_gates_and_measured_qubits():
    found = CompiledCircuit(BELL).success_probability

    assert found == pytest.approx(0.99 * 0.9 * 0.98 * 0.8 * 0.7)


def test_one_unknown_error_leaves_the_success_probability_unknown():
    assert CompiledCircuit((*BELL, operation("y", 0))).success_probability is None


def test_the_duration_is_that_of_the_longest_chain_of_operations():
    assert CompiledCircuit(BELL).duration_s == 2.0 + 5.0 + 7.0


def test_a_barrier_orders_operations_without_a_duration_or_a_level_of_its_own():
    apart = (operation("x", 0), operation("x", 1))
    ordered = (apart[0], operation("barrier", 0, 1), apart[1])

    assert CompiledCircuit(apart).depth == 1
    assert CompiledCircuit(ordered).depth == 2


def test_gates_are_counted_by_name_and_size_without_measurements():
    circuit = CompiledCircuit(BELL)

    assert circuit.gate_types == {"h": 1, "cx": 1, "x": 1}
    assert circuit.gate_sizes == {1: 2, 2: 1}
    assert (circuit.two_qubit_gates, circuit.depth) == (1, 2)


def test_a_circuit_without_operations_has_no_depth_duration_or_success_probability():
    empty = CompiledCircuit(())

    assert (empty.depth, empty.duration_s, empty.success_probability) == (0, None, None)


def test_a_simulator_without_compiler_runs_the_decomposed_gates_in_every_basis():
    with qg.QuantumTape(shots=100) as tape:
        qg.RX(0.5, wires="b")
        qg.CNOT(wires=["b", "a"])
        qg.expval(qg.Z("a"))
        qg.expval(qg.X("a"))

    ((z, x),) = compiled_circuits([tape.sweep()], LocalDevice(wires=["a", "b"]))

    assert [each.name for each in z.operations] == ["RX", "CNOT", "measure"]
    assert z.operations[0] == NativeOperation("RX", (0.5,), (1,))
    assert z.operations[1].qubits == (1, 0)
    assert x.gate_types == {"RX": 1, "CNOT": 1, "Hadamard": 1}
    assert z.places == (("a", 0), ("b", 1))


def test_a_sweep_of_many_rows_is_one_circuit_with_the_angles_of_its_first_row():
    with qg.QuantumTape() as tape:
        qg.RY([0.1, math.pi], wires=0)
        qg.probs(wires=0)

    ((circuit,),) = compiled_circuits([tape.sweep()], LocalDevice())

    assert circuit.operations == (NativeOperation("RY", (0.1,), (0,)),)


def test_an_operation_waits_for_the_classical_bits_of_its_condition():
    measured = NativeOperation("measure", (), (0,), bits=(3,))
    waiting = NativeOperation("x", (), (1,), bits=(3,))

    assert CompiledCircuit((operation("h", 0), measured, waiting)).depth == 2
    assert CompiledCircuit((operation("h", 0), measured, operation("x", 1))).depth == 1
    assert waiting.is_conditional
    assert not measured.is_conditional

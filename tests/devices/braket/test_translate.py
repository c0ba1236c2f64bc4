import numpy as np
import pytest
from scipy.stats import unitary_group

from qgate.devices.braket.translate import Placing, Style, slot_name, translate
from qgate.measurements import counts, probs, sample
from qgate.operations import CNOT, RX, RZ, GlobalPhase, Hadamard, Identity, QubitUnitary
from qgate.tape import Tape
from qgate.wires import Wires


def sweep(operations, measurements, shots=100):
    return Tape(operations, measurements, shots=shots).sweep()


def test_each_slot_is_a_parameter_of_one_circuit():
    rows = sweep([RX(0.1, "a"), CNOT(["a", "b"]), RX(0.2, "a")], [counts(wires=["b"])])

    translation = translate(rows, Wires(["a", "b"]))

    assert {p.name for p in translation.circuit.parameters} == {slot_name(0), slot_name(1)}
    assert translation.inputs(rows.rows) == {slot_name(0): [0.1], slot_name(1): [0.2]}


def test_qubits_are_numbered_in_the_order_of_the_device_without_gaps():
    rows = sweep([CNOT(["c", "a"])], [counts(wires=["c"])])

    translation = translate(rows, Wires(["a", "b", "c", "d"]))

    assert [int(q) for q in translation.circuit.instructions[0].target] == [1, 0]
    assert translation.qubits == ((1,),)


def test_only_the_wanted_wires_are_measured():
    rows = sweep([Hadamard(w) for w in range(4)], [counts(wires=[3, 1])])

    translation = translate(rows, Wires(range(4)))

    measured = [i for i in translation.circuit.instructions if i.operator.name == "Measure"]
    assert [int(instruction.target[0]) for instruction in measured] == [1, 3]
    assert translation.qubits == ((3, 1),)


def test_a_measured_wire_without_gates_gets_the_identity():
    rows = sweep([Hadamard(0)], [counts(wires=[1, 0])])

    translation = translate(rows, Wires([0, 1]))

    assert "i q[1];" in translation.source


def test_a_phase_of_the_whole_state_is_left_out_and_its_slot_with_it():
    rows = sweep([GlobalPhase(0.3), RX(0.1, 0)], [counts(wires=[0])])

    translation = translate(rows, Wires([0]))

    assert translation.slots == (1,)
    assert translation.inputs(rows.rows) == {slot_name(1): [0.1]}


def test_equal_structures_are_translated_once():
    first = sweep([RX(0.1, 0)], [counts(wires=[0])])
    second = sweep([RX(0.2, 0)], [counts(wires=[0])])

    assert translate(first, Wires([0])) is translate(second, Wires([0]))


def test_other_matrices_make_another_circuit():
    one, other = (
        sweep([QubitUnitary(unitary_group.rvs(2, random_state=k), wires=0)], [counts(wires=[0])])
        for k in range(2)
    )

    assert translate(one, Wires([0])).source != translate(other, Wires([0])).source


def test_constants_keep_all_their_digits():
    rows = sweep([RZ(np.pi / 7, 0)], [counts(wires=[0])])
    constant = rows.with_structure(rows.structure.with_operations([RZ(np.pi / 7, 0)]))

    assert repr(np.pi / 7) in translate(constant, Wires([0])).source


@pytest.mark.parametrize(("measurement", "ordered"), [(counts, False), (sample, True)])
def test_the_order_of_shots_is_kept_where_it_is_asked_for(measurement, ordered):
    rows = sweep([Hadamard(0)], [measurement(wires=[0])])

    assert translate(rows, Wires([0])).ordered is ordered


def test_several_probabilities_are_read_from_one():
    rows = sweep([Hadamard(0), Hadamard(2)], [probs(wires=[2, 0]), probs(wires=[1])], shots=None)

    translation = translate(rows, Wires([0, 1, 2]))

    assert len(translation.circuit.result_types) == 1
    assert translation.qubits == ((2, 0), (1,))
    assert translation.read == (0, 1, 2)


def test_a_device_that_reads_all_qubits_is_asked_for_all():
    rows = sweep([CNOT([0, 1]), CNOT([1, 2])], [counts(wires=[2])])

    translation = translate(rows, Wires([0, 1, 2]), Style(reads_all=True))

    assert translation.read == (0, 1, 2)
    assert translation.qubits == ((2,),)
    assert translation.source.count("measure") == 3


def test_a_verbatim_circuit_has_native_gates_on_the_wires_themselves():
    rows = sweep([RX(0.1, 5), RZ(0.2, 5)], [counts(wires=[5])])
    style = Style(Placing.VERBATIM, frozenset({"prx", "rz"}))

    source = translate(rows, Wires([5]), style).source

    assert f"box{{\nprx({slot_name(0)}, 0.0) $5;\nrz({slot_name(1)}) $5;\n}}" in source
    assert "b[0] = measure $5;" in source


def test_without_rewiring_wires_are_the_qubits_themselves():
    rows = sweep([CNOT([4, 3])], [counts(wires=[3])])

    source = translate(rows, Wires([3, 4]), Style(Placing.PHYSICAL)).source

    assert "cnot $4, $3;" in source
    assert "verbatim" not in source


def test_an_identity_is_a_gate_on_each_of_its_wires():
    rows = sweep([RX(0.1, 0), Identity([0, 1]), Identity(0)], [counts(wires=[0])])

    translation = translate(rows, Wires([0, 1]))

    gates = [line for line in translation.source.splitlines() if line.startswith("i ")]
    assert gates == ["i q[0];", "i q[1];", "i q[0];"]

"""A structure is translated to one parametrised circuit."""

import numpy as np

from qgate.devices.qiskit.translate import probabilities_label, translate
from qgate.measurements import counts, probs
from qgate.operations.gate import GATES
from qgate.tape import Tape
from qgate.wires import Wires

RX, CNOT, Barrier, GlobalPhase = (GATES[n] for n in ("RX", "CNOT", "Barrier", "GlobalPhase"))


def test_every_slot_is_a_parameter_of_one_circuit():
    structure = Tape([RX(0.1, 0), RX(0.1, 1)], [counts(wires=[0])]).structure

    circuit = translate(structure, structure.wires)

    assert [parameter.index for parameter in circuit.parameters] == [0, 1]


def test_only_the_wires_asked_for_are_measured():
    structure = Tape([RX(0.1, 0), CNOT([0, 1])], [counts(wires=["idle", 1])]).structure

    circuit = translate(structure, Wires([0, 1, "idle"]))

    measured = [
        (circuit.find_bit(item.qubits[0]).index, circuit.find_bit(item.clbits[0]).index)
        for item in circuit.get_instructions("measure")
    ]
    assert sorted(measured) == [(1, 0), (2, 1)]


def test_global_phase_is_left_out():
    structure = Tape([GlobalPhase(0.3), RX(0.1, 0)], [counts(wires=[0])]).structure

    circuit = translate(structure, structure.wires)

    assert dict(circuit.count_ops()) == {"rx": 1, "measure": 1}


def test_barrier_without_wires_is_on_all_of_them():
    structure = Tape([RX(0.1, 0), Barrier(), RX(0.1, 1)], [counts(wires=[0])]).structure

    circuit = translate(structure, structure.wires)

    (barrier,) = circuit.get_instructions("barrier")
    assert len(barrier.qubits) == 2


def test_each_exact_measurement_is_saved_under_its_own_name():
    structure = Tape([RX(0.1, 0)], [probs(wires=[0]), probs(wires=[1, 0])]).structure

    circuit = translate(structure, structure.wires)

    labels = [item.operation.label for item in circuit if item.name == "save_probabilities"]
    assert labels == [probabilities_label(0), probabilities_label(1)]


def test_constants_stay_numbers():
    operation = RX(0.25, 0)
    structure = Tape([RX(0.5, 0)], [counts(wires=[0])]).structure.with_operations([operation])

    circuit = translate(structure, structure.wires)

    assert not circuit.parameters
    np.testing.assert_allclose(circuit.data[0].operation.params, [0.25])

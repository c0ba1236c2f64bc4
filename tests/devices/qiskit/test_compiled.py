"""Compiled circuits of Qiskit's backends are those that are run."""

from math import prod

import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator

import qgate as qg
from qgate.devices.qiskit.device import QiskitDevice
from qgate.execution.compiled import compiled_circuits
from qgate.execution.execute import execute_sweeps

CHIP = GenericBackendV2(5, coupling_map=[[0, 1], [1, 2], [2, 3], [3, 4]], seed=3)


class Recording(AerSimulator):
    """Aer, which keeps the circuits that it runs."""

    def run(self, run_input, *args, **options):
        self.ran = list(run_input)
        return super().run(run_input, *args, **options)


def star():
    """A circuit that needs routing on a line."""
    with qg.QuantumTape(shots=10) as tape:
        qg.Hadamard("center")
        for wire in range(4):
            qg.CRX(0.3 + wire, wires=["center", wire])
        qg.expval(qg.X("center"))
        qg.expval(qg.Z("center") @ qg.Z(3))
    return tape.sweep()


def gates_of(circuit):
    return [item for item in circuit.data if item.operation.name not in ("measure", "barrier")]


@pytest.fixture(scope="module")
def ran():
    """The compiled circuits of a sweep, and those that the backend ran for it."""
    backend = Recording.from_backend(CHIP)
    device = QiskitDevice(backend, name="chip", target=CHIP, seed=1)
    (circuits,) = compiled_circuits([star()], device)
    assert device.jobs == 0
    execute_sweeps([star()], device)
    return circuits, backend.ran


def test_gates_depth_and_qubits_are_those_of_the_circuits_that_run(ran):
    for compiled, circuit in zip(*ran, strict=True):
        depth = circuit.depth(lambda item: item.operation.name not in ("measure", "barrier"))

        assert compiled.depth == depth
        assert compiled.two_qubit_gates == circuit.num_nonlocal_gates() > 4
        assert [(gate.name, gate.qubits) for gate in compiled.gates] == [
            (item.operation.name, tuple(circuit.find_bit(bit).index for bit in item.qubits))
            for item in gates_of(circuit)
        ]


def test_the_success_probability_multiplies_the_errors_of_the_target(ran):
    for compiled, circuit in zip(*ran, strict=True):
        places = [
            (item.operation.name, tuple(circuit.find_bit(bit).index for bit in item.qubits))
            for item in circuit.data
            if item.operation.name != "barrier"
        ]
        expected = prod(1 - CHIP.target[name][qubits].error for name, qubits in places)

        assert compiled.success_probability == pytest.approx(expected)
        assert compiled.calibration == f"target of {CHIP.name}"


def test_the_duration_is_that_which_qiskit_estimates(ran):
    for compiled, circuit in zip(*ran, strict=True):
        expected = circuit.estimate_duration(CHIP.target, unit="s")

        assert compiled.duration_s == pytest.approx(expected)


def test_measured_qubits_are_the_places_of_the_measured_wires(ran):
    circuits, _ = ran

    for circuit, wires in zip(circuits, (["center"], ["center", 3]), strict=True):
        measured = {each.qubits[0] for each in circuit.operations if each.name == "measure"}
        assert measured == {dict(circuit.places)[wire] for wire in wires}


def test_aer_alone_has_no_errors_and_no_durations():
    device = QiskitDevice(AerSimulator(), name="aer")

    ((circuit, _),) = compiled_circuits([star()], device)

    assert (circuit.duration_s, circuit.success_probability, circuit.calibration) == (
        None,
        None,
        "",
    )
    assert circuit.two_qubit_gates == 4
    assert dict(circuit.places)["center"] == circuit.operations[0].qubits[0]


def test_circuits_that_run_later_are_not_compiled_again():
    device = QiskitDevice(AerSimulator(), name="aer")
    compiled_circuits([star()], device)

    execute_sweeps([star()], device)

    assert device.transpilations == 1


def test_gates_under_conditions_wait_for_the_measurement_and_count_as_applied():
    def circuit():
        qg.RX(0.3, wires=0)
        outcome = qg.measure(0)
        qg.cond(outcome, qg.CNOT)(wires=[1, 2])
        return qg.expval(qg.Z(2))

    device = QiskitDevice(AerSimulator(), name="aer", shots=10)
    (found,) = qg.specs(qg.QNode(circuit, device))().compiled

    places = dict(found.places)
    assert [(each.name, each.is_conditional) for each in found.operations] == [
        ("rx", False),
        ("measure", False),
        ("cx", True),
        ("measure", False),
    ]
    assert found.gates[1].qubits == (places[1], places[2])
    assert (found.depth, found.two_qubit_gates) == (2, 1)

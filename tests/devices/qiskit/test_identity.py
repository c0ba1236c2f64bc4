"""An identity is a gate with a duration and errors where gates have errors."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.providers.basic_provider import BasicSimulator
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qgate as qg
from qgate.devices.qiskit.compile import Compiler
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.tape import Tape
from qgate.wires import Wires

SHOTS = 20_000
GATES_IN_A_ROW = 400

Identity, X, H, CNOT, Barrier = (
    GATES[name] for name in ("Identity", "PauliX", "Hadamard", "CNOT", "Barrier")
)


def compiled(backend, operations, measured=(0,), **options):
    wires = Wires.all_wires([*(item.wires for item in operations), Wires(measured)])
    compiler = Compiler(backend, device="here", order=lambda _: wires, **options)
    (program,) = compiler.programs([Tape(operations, [counts(wires=measured)]).structure])
    return program.circuit


def qubits_of(circuit, name):
    return [circuit.find_bit(item.qubits[0]).index for item in circuit.get_instructions(name)]


def after_identities(device, number=GATES_IN_A_ROW):
    @qg.qnode(device)
    def circuit():
        qg.X(0)
        for _ in range(number):
            qg.Identity(0)
        return qg.expval(qg.Z(0))

    return float(circuit())


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_identities_have_the_noise_that_the_untouched_circuit_has_on_the_backend(level):
    backend = FakeManilaV2()
    raw = QuantumCircuit(1, 1)
    raw.x(0)
    for _ in range(GATES_IN_A_ROW):
        raw.id(0)
    raw.measure(0, 0)
    found = AerSimulator.from_backend(backend).run(raw, shots=SHOTS, seed_simulator=2).result()
    expected = 2 * found.get_counts().get("0", 0) / SHOTS - 1
    options = f"optimization_level={level}&initial_layout=0&seed=1&shots={SHOTS}"

    value = after_identities(qg.device(f"qiskit:fake_manila?{options}"))

    five_errors = 5 * np.sqrt(2 / SHOTS)
    assert abs(value - expected) < five_errors
    assert abs(value - after_identities(qg.device(f"qiskit:fake_manila?{options}"), 0)) > 0.1


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_every_identity_is_on_the_qubit_where_its_wire_is(level):
    operations = [H(0), Identity(0), Identity(1), CNOT([0, 1]), Identity([0, 1])]

    circuit = compiled(GenericBackendV2(3, seed=1), operations, (0, 1), optimization_level=level)

    assert sorted(qubits_of(circuit, "id")) == sorted(2 * qubits_of(circuit, "measure"))


@pytest.mark.parametrize(("level", "left"), [(0, 3), (1, 1)])
def test_inverse_neighbours_are_left_to_the_transpiler(level, left):
    circuit = compiled(FakeManilaV2(), [X(0)] * 3, optimization_level=level)

    assert circuit.count_ops()["x"] == left


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_nothing_is_merged_across_barriers_and_identities(level):
    operations = [X(0), Barrier(), X(0), Identity(0), X(0)]

    circuit = compiled(FakeManilaV2(), operations, optimization_level=level)

    assert circuit.count_ops()["x"] == 3


@pytest.mark.parametrize("backend", [AerSimulator(), BasicSimulator()])
def test_ideal_simulators_run_no_identities(backend):
    assert "id" not in compiled(backend, [X(0), Identity(0)]).count_ops()


def test_a_simulator_with_a_noise_model_runs_identities():
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.01, 1), ["id"])
    device = qg.device(AerSimulator(noise_model=noise), seed=3, shots=SHOTS)

    value = after_identities(device, 100)

    expected = -(0.99**100)
    assert abs(value - expected) < 5 * np.sqrt((1 - expected**2) / SHOTS)


def test_a_backend_without_an_identity_gets_what_the_transpiler_makes_of_it():
    backend = GenericBackendV2(2, basis_gates=["rz", "sx", "x", "cx"], seed=1)

    circuit = compiled(backend, [X(0), Identity(0)], optimization_level=1)

    assert dict(circuit.count_ops()) == {"x": 1, "measure": 1}


def test_identities_change_no_gradient_that_is_exact():
    @qg.qnode(qg.device("qiskit:aer?shots=none", wires=2), diff_method="parameter-shift")
    def circuit(angle):
        qg.RX(angle, 0)
        qg.Identity([0, 1])
        return qg.expval(qg.Z(0))

    slope = qg.grad(circuit)(qg.numpy.array(0.7, requires_grad=True))

    assert abs(slope + np.sin(0.7)) < 1e-9

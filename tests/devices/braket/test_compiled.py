"""Compiled circuits of Braket are those that are sent."""

import pytest

import qgate as qg
from qgate.devices.registry import device, device_for_plan
from qgate.execution.compiled import compiled_circuits
from qgate.measurements import counts
from qgate.operations import CZ, RX, RY, RZ
from qgate.tape import Tape

BUCKET = "s3_bucket=amazon-braket-test"


def bell(first, second, shots=100):
    operations = [RX(0.3, first), CZ([first, second]), RY(0.5, second)]
    return Tape(operations, [counts(wires=[first, second])], shots=shots).sweep()


def compiled(target, sweep, extra=""):
    (circuits,) = compiled_circuits([sweep], device(f"braket:{target}?{BUCKET}{extra}"))
    return circuits[0]


def lines(source, *names):
    """Return the lines of an OpenQASM program that begin with one of the names."""
    return [line for line in source.splitlines() if line.strip().startswith(names)]


def test_the_gates_of_the_local_simulator_are_those_of_its_program():
    with qg.QuantumTape(shots=10) as tape:
        qg.Rot(0.1, 0.2, 0.3, wires="b")
        qg.CNOT(wires=["b", "a"])
        qg.expval(qg.Z("a"))

    ((circuit,),) = compiled_circuits([tape.sweep()], device("braket:local", wires=["a", "b"]))

    assert [(each.name, each.qubits) for each in circuit.operations] == [
        ("Rz", (1,)),
        ("Ry", (1,)),
        ("Rz", (1,)),
        ("CNot", (1, 0)),
        ("measure", (0,)),
    ]
    assert [gate.parameters for gate in circuit.gates] == [(0.1,), (0.2,), (0.3,), ()]
    assert circuit.success_probability is None


def test_a_verbatim_circuit_has_the_errors_of_its_qubits(double):
    circuit = compiled("iqm/garnet", bell(3, 4), "&verbatim=true")

    one, two, readouts = (1 - 3e-4) * (1 - 4e-4), 1 - 3e-3, (1 - 3e-3) * (1 - 4e-3)
    assert circuit.success_probability == pytest.approx(one * two * readouts)
    assert circuit.gate_types == {"PRx": 2, "CZ": 1}
    assert circuit.gates[0].parameters == pytest.approx((0.3, 0.0))
    assert circuit.places == ((3, 3), (4, 4))
    assert circuit.duration_s is None  # IQM states no durations


def test_a_circuit_that_the_service_places_has_the_average_errors_of_the_device(double):
    circuit = compiled("iqm/garnet", bell("a", "b"))

    mean_one, mean_two = 1e-4 * 10.5, 1e-3 * 10
    expected = (1 - mean_one) ** 2 * (1 - mean_two) * (1 - 1e-3 * 10.5) ** 2
    assert circuit.success_probability == pytest.approx(expected)
    assert "averages" in circuit.calibration
    assert "service" in circuit.compiler


def test_rotations_about_z_are_without_error_in_native_gates(double):
    sweep = Tape([RZ(0.3, 3), CZ([3, 4])], [counts(wires=[3, 4])], shots=100).sweep()
    circuit = compiled("rigetti/cepheus-1-108q", sweep, "&verbatim=true")

    assert [(gate.name, gate.error) for gate in circuit.gates] == [("Rz", 0.0), ("CZ", None)]


def test_ionq_states_averages_and_durations(double):
    circuit = compiled("ionq/forte-1", bell("a", "b"))

    assert circuit.success_probability == pytest.approx(
        0.999 ** circuit.gate_sizes[1] * 0.98 * 0.995**2
    )
    assert circuit.duration_s == pytest.approx(1e-4 * (circuit.depth - 1) + 9e-4 + 2e-4)


def test_gates_and_qubits_are_those_of_the_circuit_that_is_sent(double):
    garnet = device(f"braket:iqm/garnet?{BUCKET}&verbatim=true")
    sweep = bell(3, 4)

    ((circuit,),) = compiled_circuits([sweep], garnet)
    assert not double.ledger()["tasks"]
    garnet.submit([sweep])

    source = double.ledger()["tasks"][0]["source"]
    sent = [line.strip().partition("(")[0].split()[0] for line in lines(source, "prx", "cz")]
    assert sent == [gate.name.lower() for gate in circuit.gates]
    assert lines(source, "cz") == ["cz $3, $4;"]


def test_a_device_from_a_card_has_no_calibration(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    garnet = device_for_plan("braket:iqm/garnet")

    ((circuit,),) = compiled_circuits([bell(0, 1)], garnet)

    assert circuit.two_qubit_gates == 1
    assert (circuit.success_probability, circuit.calibration) == (None, "")

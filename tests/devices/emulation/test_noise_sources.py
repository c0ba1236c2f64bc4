"""Noise of the local device, from all that it may be given."""

import json

import pytest

import qgate as qg
from qgate.devices.braket.snapshots import snapshot_of
from qgate.devices.emulation.calibration import Calibration
from qgate.exceptions import InvalidNoise

CALIBRATION = Calibration(
    errors={(0,): {"sx": 0.01}, (1,): {"sx": 0.02}, (0, 1): {"cz": 0.05}},
    readout={0: (0.02, 0.05), 1: (0.03, 0.01)},
    virtual=frozenset({"rz"}),
)


def circuit(angle):
    qg.RY(angle, "a")
    qg.CNOT(["a", "b"])
    return qg.expval(qg.Z("a") @ qg.Z("b"))


def test_a_calibration_gives_the_product_of_its_errors():
    """Qubits are in order of the wires. CNOT is a CZ between two quarter turns of the target."""

    @qg.qnode(qg.device("local", noise=CALIBRATION, wires=["a", "b"]))
    def circuit():
        qg.CNOT(["a", "b"])
        return qg.expval(qg.Z("b"))

    pulse, pair = 1 - 2 * 0.02, 1 - 4 / 3 * 0.05  # factors of a Pauli word in a depolarisation
    zero_as_one, one_as_zero = CALIBRATION.readout[1]
    kept = 1 - zero_as_one - one_as_zero
    assert circuit() == pytest.approx(kept * pulse**2 * pair + one_as_zero - zero_as_one)


@pytest.mark.parametrize("given", ["braket:iqm/garnet", "qiskit:fake_manila", "ibm:ibm_torino"])
def test_a_device_gives_the_noise_of_its_calibration(given):
    device = qg.device(f"local?noise={given}")

    assert 0.5 < qg.QNode(circuit, device)(0.0) < 0.999
    assert f"noise={given}" in device.config
    assert device.noise.digest in device.identity
    assert device.shots.total_shots is None


def test_a_conditional_noise_model_acts_as_the_transform():
    model = qg.NoiseModel(
        {
            qg.noise.op_eq(qg.CNOT): qg.noise.partial_wires(qg.PauliError, "XX", 0.1),
            qg.noise.op_in([qg.RY]) & qg.noise.wires_in(["a"]): qg.noise.partial_wires(
                qg.BitFlip, 0.05
            ),
        }
    )
    device = qg.device("local", noise=model)
    angle = qg.numpy.array(0.4, requires_grad=True)

    wanted = qg.add_noise(qg.QNode(circuit, "local"), model)

    assert qg.QNode(circuit, device)(0.4) == pytest.approx(wanted(0.4))
    assert qg.grad(qg.QNode(circuit, device))(angle) == pytest.approx(qg.grad(wanted)(angle))


def test_readout_errors_of_measurements_are_refused():
    model = qg.NoiseModel(
        {}, {qg.noise.meas_eq(qg.expval): qg.noise.partial_wires(qg.BitFlip, 0.05)}
    )

    with pytest.raises(InvalidNoise, match="add_noise"):
        qg.device("local", noise=model)


def test_a_file_with_the_description_of_a_device_gives_its_noise(tmp_path):
    time = {"value": 20.0, "unit": "us"}
    one = {
        "T1": time,
        "T2": time,
        "oneQubitFidelity": [
            {"fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}, "fidelity": 0.99},
            {"fidelityType": {"name": "READOUT"}, "fidelity": 0.9},
        ],
    }
    gate = {
        "gateName": "CZ",
        "fidelity": 0.9,
        "fidelityType": {"name": "INTERLEAVED_RANDOMIZED_BENCHMARKING"},
    }
    document = description(
        {
            "braketSchemaHeader": header("standardized_gate_model_qpu_device_properties"),
            "oneQubitProperties": {"0": one, "1": one},
            "twoQubitProperties": {"0-1": {"twoQubitGateFidelity": [gate]}},
        }
    )
    file = tmp_path / "device.json"
    file.write_text(json.dumps(document))

    named = qg.device("local", noise=str(file))
    given = qg.device("local", noise=document)

    assert named.noise.confusion(0) == pytest.approx((0.1, 0.1))
    assert named.noise.digest == given.noise.digest
    assert 0.4 < qg.QNode(circuit, named)(0.0) < 0.6


@pytest.mark.parametrize(
    "given",
    ["nothing", "qiskit:aer", "local", 3, {}, "%", snapshot_of],
    ids=["word", "simulator", "local", "number", "empty", "character", "function"],
)
def test_what_has_no_noise_is_refused(given, tmp_path):
    with pytest.raises(InvalidNoise, match="qiskit:fake_torino"):
        qg.device("local", noise=given)


def test_a_file_that_is_no_document_is_refused(tmp_path):
    file = tmp_path / "noise.json"
    for text in ("no JSON", "[1]", "{}"):
        file.write_text(text)
        with pytest.raises(InvalidNoise):
            qg.device("local", noise=str(file))


def header(name):
    return {"name": f"braket.device_schema.{name}", "version": "1"}


def description(standardized):
    window = {"executionDay": "Everyday", "windowStartHour": "00:00", "windowEndHour": "12:00"}
    program = {
        "actionType": "braket.ir.openqasm.program",
        "version": ["1"],
        "supportedOperations": ["cz"],
    }
    return {
        "braketSchemaHeader": header("iqm.iqm_device_capabilities"),
        "service": {
            "braketSchemaHeader": header("device_service_properties"),
            "executionWindows": [window],
            "shotsRange": [1, 10],
        },
        "action": {"braket.ir.openqasm.program": program},
        "paradigm": {
            "braketSchemaHeader": header("gate_model_qpu_paradigm_properties"),
            "qubitCount": 2,
            "nativeGateSet": ["cz", "prx"],
            "connectivity": {"fullyConnected": True, "connectivityGraph": {}},
        },
        "deviceParameters": {},
        "standardized": standardized,
    }

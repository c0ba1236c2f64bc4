"""Errors and durations of devices of Amazon Braket, from all forms of their descriptions."""

from types import SimpleNamespace

import pytest
from braket.device_schema.standardized_gate_model_qpu_device_properties_v1 import (
    StandardizedGateModelQpuDeviceProperties as ByQubit,
)
from braket.device_schema.standardized_gate_model_qpu_device_properties_v3 import (
    StandardizedGateModelQpuDeviceProperties as OfDevice,
)

from qgate.devices.braket.calibration import read_calibration

TIME = {"value": 20.0, "unit": "us"}


def by_qubit(*fidelities):
    return {
        "T1": TIME,
        "T2": TIME,
        "oneQubitFidelity": [
            {"fidelityType": {"name": name}, "fidelity": value} for name, value in fidelities
        ],
    }


def fidelity(value):
    return {"fidelity": value, "unit": "fraction"}


def gate(name, value):
    kind = {"name": "INTERLEAVED_RANDOMIZED_BENCHMARKING"}
    return {"gateName": name, "fidelity": value, "fidelityType": kind}


@pytest.fixture
def of_pairs():
    standardized = ByQubit.parse_obj(
        {
            "oneQubitProperties": {
                "0": by_qubit(("RANDOMIZED_BENCHMARKING", 0.999), ("READOUT", 0.95)),
                "7": by_qubit(("RANDOMIZED_BENCHMARKING", 0.997), ("READOUT", 0.93)),
            },
            "twoQubitProperties": {
                "0-7": {"twoQubitGateFidelity": [gate("CZ", 0.98), gate("ISWAP", 0.96)]}
            },
        }
    )
    return read_calibration(SimpleNamespace(standardized=standardized))


def test_placed_gates_have_the_errors_of_their_qubits(of_pairs):
    assert of_pairs.gate_error("Rx", (7,), placed=True) == pytest.approx(0.003)
    assert of_pairs.gate_error("CZ", (7, 0), placed=True) == pytest.approx(0.02)
    assert of_pairs.gate_error("ISwap", (0, 7), placed=True) == pytest.approx(0.04)
    assert of_pairs.readout_error(7, placed=True) == pytest.approx(0.07)


def test_gates_that_are_placed_later_have_the_averages(of_pairs):
    assert of_pairs.gate_error("Rx", (7,), placed=False) == pytest.approx(0.002)
    assert of_pairs.gate_error("CNot", (0, 7), placed=False) == pytest.approx(0.02)
    assert of_pairs.readout_error(7, placed=False) == pytest.approx(0.06)


def test_a_gate_that_the_description_lacks_has_the_average(of_pairs):
    assert of_pairs.gate_error("CNot", (0, 7), placed=True) == pytest.approx(0.02)
    assert of_pairs.gate_error("CCNot", (0, 7, 1), placed=True) is None


def test_the_description_of_a_whole_device_has_durations():
    standardized = OfDevice.parse_obj(
        {
            "oneQubitProperties": {"3": {"oneQubitFidelity": [fidelity(0.9)]}},
            "readoutFidelity": [fidelity(0.99)],
            "singleQubitFidelity": [fidelity(0.999)],
            "twoQubitGateFidelity": [fidelity(0.98)],
            "singleQubitGateDuration": {"value": 15.0, "unit": "us"},
            "twoQubitGateDuration": {"value": 0.2, "unit": "ms"},
        }
    )

    found = read_calibration(SimpleNamespace(standardized=standardized))

    assert found.gate_error("Rx", (3,), placed=True) == pytest.approx(0.1)
    assert found.gate_error("Rx", (3,), placed=False) == pytest.approx(0.001)
    assert found.gate_error("XX", (3, 4), placed=True) == pytest.approx(0.02)
    assert found.readout_error(3, placed=True) == pytest.approx(0.01)
    assert found.mean_durations_s == pytest.approx({1: 15e-6, 2: 2e-4})


def test_a_description_without_errors_has_no_calibration():
    assert read_calibration(SimpleNamespace(paradigm=None)) is None

"""Waiting times of compiled circuits."""

from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.native_circuit import CalibratedNoise, NativeGate, waits_s

NOISE = CalibratedNoise(
    Calibration(mean_durations_s={1: 1.0, 2: 3.0}, t1_s={-1: 1.0}, virtual=frozenset({"rz"}))
)


def test_gates_start_as_late_as_possible_and_qubits_wait_between_them():
    gates = [
        NativeGate("sx", (0,)),
        NativeGate("sx", (1,)),
        NativeGate("cz", (0, 1)),
        NativeGate("rz", (0,)),
        NativeGate("sx", (1,)),
        NativeGate("cz", (1, 2)),
    ]

    found = waits_s(gates, NOISE)

    assert found == [{}, {}, {0: 4.0}, {}, {}, {}]


def test_a_barrier_keeps_gates_in_order():
    gates = [NativeGate("sx", (0,)), NativeGate("barrier", (0, 1)), NativeGate("cz", (1, 2))]

    assert waits_s(gates, NOISE) == [{}, {0: 3.0}, {}]

"""Emulations without noise give what any device gives."""

import qgate as qg
from qgate.devices.conformance import DeviceConformance
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.device import EmulatedDevice
from qgate.devices.emulation.native_circuit import CalibratedNoise

NONE = CalibratedNoise(Calibration())


class TestEmulatedIqm(DeviceConformance):
    """Native gates, placement and swaps of a device of Amazon Braket."""

    def make(self, *, wires=None, shots=2000, seed=1):
        device = qg.device("braket:iqm/garnet", wires=wires, shots=shots)
        return EmulatedDevice(device, noise=NONE, seed=seed)


class TestEmulatedIbm(DeviceConformance):
    """Circuits of Qiskit's transpiler."""

    def make(self, *, wires=None, shots=2000, seed=1):
        device = qg.device("qiskit:fake_lagos", wires=wires, shots=shots)
        return EmulatedDevice(device, noise=NONE, seed=seed)


class TestNoisyLocal(DeviceConformance):
    """The local device with the gates of a calibration."""

    def make(self, *, wires=None, shots=2000, seed=1):
        calibration = Calibration(errors={(0, 1): {"cz": 0.0}, (0,): {"sx": 0.0}})
        return qg.device("local", noise=calibration, wires=wires, shots=shots, seed=seed)

"""The devices of Braket's SDK pass the conformance suite."""

from qgate.devices.conformance import DeviceConformance
from qgate.devices.registry import device


class TestLocal(DeviceConformance):
    def make(self, *, wires=None, shots=2000, seed=1):
        return device("braket:local", wires=wires, shots=shots, seed=seed)


class TestDensityMatrix(DeviceConformance):
    def make(self, *, wires=None, shots=2000, seed=1):
        return device("braket:local/braket_dm", wires=wires, shots=shots, seed=seed)

"""Qiskit's devices pass the conformance suite."""

from qiskit.providers.basic_provider import BasicSimulator

from qgate.devices.conformance import DeviceConformance
from qgate.devices.registry import device


class TestAer(DeviceConformance):
    def make(self, *, wires=None, shots=2000, seed=1):
        return device("qiskit:aer", wires=wires, shots=shots, seed=seed)


class TestFakeBackend(DeviceConformance):
    noisy = True

    def make(self, *, wires=None, shots=2000, seed=1):
        return device("qiskit:fake_manila", wires=wires, shots=shots, seed=seed)


class TestBackendObject(DeviceConformance):
    def make(self, *, wires=None, shots=2000, seed=1):
        return device(BasicSimulator(), wires=wires, shots=shots, seed=seed)

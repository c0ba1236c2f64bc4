"""Backends of IBM pass what any device must pass, over the wire."""

import pytest

from qgate.devices.base import Device
from qgate.devices.conformance import DeviceConformance
from qgate.devices.packing import submit_packed


class Packed(Device):
    """Distributes over jobs what is more than one."""

    def __init__(self, device):
        self.device, self.name = device, device.name
        self.capabilities = device.capabilities
        super().__init__(wires=device.wires, shots=device.shots)

    def submit(self, sweeps):
        return submit_packed(self.device, sweeps)


class TestIbm(DeviceConformance):
    # what a quantum device reads cannot be repeated
    test_the_same_seed_gives_the_same_readings = None

    @pytest.fixture(autouse=True)
    def _here(self, make):
        self.makes = make

    def make(self, *, wires=None, shots=2000, seed=1):
        return Packed(self.makes(wires=wires, shots=shots))

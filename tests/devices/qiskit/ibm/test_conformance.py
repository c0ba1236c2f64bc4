"""Backends of IBM pass what any device must pass, over the wire."""

import pytest

from qgate.devices.conformance import DeviceConformance


class TestIbm(DeviceConformance):
    # what a quantum device reads cannot be repeated
    test_the_same_seed_gives_the_same_readings = None

    @pytest.fixture(autouse=True)
    def _here(self, make):
        self.makes = make

    def make(self, *, wires=None, shots=2000, seed=1):
        return self.makes(wires=wires, shots=shots)

"""Backends of IBM pass the conformance suite over HTTP."""

import pytest

from qgate.devices.conformance import DeviceConformance


class TestIbm(DeviceConformance):
    # outcomes of a quantum device cannot be reproduced
    test_the_same_seed_gives_the_same_readings = None

    @pytest.fixture(autouse=True)
    def _here(self, make):
        self.makes = make

    def make(self, *, wires=None, shots=2000, seed=1):
        return self.makes(wires=wires, shots=shots)

"""Devices of Amazon Braket, through the SDK and HTTP, pass the conformance suite."""

from functools import cache

import pytest
from clouds.braket.double import BraketDouble

from qgate.devices.conformance import DeviceConformance
from qgate.devices.registry import device


@cache  # takes a second, most of it in the SDK
def made(target, wires, shots):
    return device(f"braket:{target}?s3_bucket=amazon-braket-test", wires=wires, shots=shots)


class InTheCloud(DeviceConformance):
    """Seeds are not supported: outcomes depend on the token, which is new each time."""

    target = ""

    @pytest.fixture(autouse=True)
    def _double(self, double: BraketDouble):
        self.double = double

    def make(self, *, wires=None, shots=2000, seed=1):
        return made(self.target, wires, shots)

    def test_the_same_seed_gives_the_same_readings(self) -> None:
        pytest.skip("has no seed")


class TestProgramSets(InTheCloud):
    target = "iqm/garnet"


class TestSingleCircuits(InTheCloud):
    target = "sv1"


class TestFrequenciesOnly(InTheCloud):
    target = "ionq/forte-1"

"""Devices that give access to their state."""

from dataclasses import replace

import pytest

from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.devices.conformance import DeviceConformance
from qgate.devices.local.device import LocalDevice
from qgate.devices.statevector import StatevectorDevice, statevector_device


class Boastful(Device):
    """Device that states a capability whose methods it lacks."""

    capabilities = Capabilities(exact=frozenset({"expval"}), statevector=True)

    def submit(self, sweeps):
        raise AssertionError("nothing is sent")


class BoastfulConformance(DeviceConformance):
    def make(self, *, wires=None, shots=None, seed=1):
        return Boastful(wires=wires)


def test_the_local_device_has_all_methods():
    device = LocalDevice()

    assert isinstance(device, StatevectorDevice)
    assert statevector_device(device) is device


def test_a_device_that_only_samples_needs_none_of_them(monkeypatch):
    monkeypatch.setattr(Boastful, "capabilities", replace(Boastful.capabilities, statevector=False))

    BoastfulConformance().test_a_device_with_a_statevector_has_the_methods_for_it()


def test_conformance_refuses_the_capability_without_the_methods():
    with pytest.raises(AssertionError):
        BoastfulConformance().test_a_device_with_a_statevector_has_the_methods_for_it()

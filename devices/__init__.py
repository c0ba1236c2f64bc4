"""Devices: the contract that they implement, and the lookup of a device by its string."""

from typing import Any

from qgate.lazy_names import load, public_names, refuse_unknown

_NAMES = {
    "DefaultQubit": ("qgate.devices.local.device", "LocalDevice"),
    "Device": ("qgate.devices.base", "Device"),
    "DeviceCapabilities": ("qgate.devices.capabilities", "Capabilities"),
    "LocalDevice": ("qgate.devices.local.device", "LocalDevice"),
    "Tracker": ("qgate.execution.tracker", "Tracker"),
    "device": ("qgate.devices.registry", "device"),
    "qubit": ("qgate.devices", "qubit"),
}
"""Public names, and those of PennyLane, with the module of each; loaded at first access."""

__all__ = sorted(_NAMES)


__dir__ = public_names(__name__)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        refuse_unknown(__name__)(name)
    module, member = _NAMES[name]
    return load(module, member, package=__name__)

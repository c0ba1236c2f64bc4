"""The local simulators of the Braket SDK."""

from qgate.devices.braket.provider import provider

__all__ = ["provider"]

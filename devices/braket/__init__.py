"""Amazon Braket: the SDK's local simulators, and devices in the cloud."""

from qgate.devices.braket.provider import provider

__all__ = ["provider"]

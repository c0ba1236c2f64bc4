"""The statevector simulator of this machine."""

from qgate.devices.local.provider import provider

__all__ = ["provider"]

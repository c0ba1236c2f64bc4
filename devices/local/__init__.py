"""Local statevector simulator."""

from qgate.devices.local.provider import provider

__all__ = ["provider"]

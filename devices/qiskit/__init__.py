"""Devices of Qiskit: Aer, the fake backends of qiskit-ibm-runtime, and any ``BackendV2``."""

from qgate.devices.qiskit.provider import provider

__all__ = ["provider"]

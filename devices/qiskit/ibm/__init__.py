"""Backends of IBM Quantum, through qiskit-ibm-runtime."""

from qgate.devices.qiskit.ibm.provider import provider

__all__ = ["provider"]

"""Devices of Qiskit: Aer, the fake backends of qiskit-ibm-runtime, any ``BackendV2``."""

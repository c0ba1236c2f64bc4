"""Backends that other packages bring for Qiskit."""

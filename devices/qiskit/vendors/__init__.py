"""Qiskit backends of third-party packages."""

"""Circuits with noise channels, simulated by density matrices or by trajectories."""

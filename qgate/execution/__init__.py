"""Execution of sweeps on a device, on which every circuit of every derivative goes."""

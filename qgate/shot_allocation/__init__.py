"""Allocation of shots: measurement bases, shares, rounds, estimates and their errors."""

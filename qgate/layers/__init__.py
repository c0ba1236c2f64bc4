"""Quantum functions as layers of networks, one module for each framework; see ``qgate.qnn``."""

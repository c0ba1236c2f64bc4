"""Quantum functions as layers of networks: a module for each framework, public in ``qgate.qnn``."""

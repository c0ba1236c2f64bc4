"""Write a quantum function once, run and differentiate it on any device."""

__version__ = "0.1.0"

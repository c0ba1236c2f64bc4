"""Circuits as Fourier series of their parameters.

The expectation value of a circuit is a sum of waves in each of its parameters. Which frequencies
can occur follows from the gates; how strongly they occur, from a few runs.
"""

from qgate.fourier.grid import coefficients
from qgate.fourier.marked_gates import circuit_spectrum
from qgate.fourier.qnode_spectra import qnode_spectrum
from qgate.fourier.reconstruction import reconstruct
from qgate.fourier.spectra import get_spectrum, join_spectra

__all__ = [
    "circuit_spectrum",
    "coefficients",
    "get_spectrum",
    "join_spectra",
    "qnode_spectrum",
    "reconstruct",
]

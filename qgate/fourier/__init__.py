"""Circuits as Fourier series of their parameters.

The expectation value of a circuit is a finite Fourier series in each of its parameters. The gates
determine the possible frequencies; a few evaluations determine the coefficients.
"""

from typing import TYPE_CHECKING

from qgate.fourier import visualize
from qgate.fourier.grid import coefficients
from qgate.fourier.marked_gates import circuit_spectrum, mark
from qgate.fourier.qnode_spectra import qnode_spectrum
from qgate.fourier.reconstruction import reconstruct
from qgate.fourier.spectra import get_spectrum, join_spectra
from qgate.lazy_names import refuse_unknown

__all__ = [
    "circuit_spectrum",
    "coefficients",
    "get_spectrum",
    "join_spectra",
    "mark",
    "qnode_spectrum",
    "reconstruct",
    "visualize",
]


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

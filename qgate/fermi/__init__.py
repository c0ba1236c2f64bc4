"""Fermionic operators: products and sums of ladder operators, and their mappings to qubits."""

from typing import TYPE_CHECKING

from qgate.fermi.conversion import bravyi_kitaev, jordan_wigner, parity_transform
from qgate.fermi.fermionic import FermiA, FermiC, FermiSentence, FermiWord, from_string
from qgate.lazy_names import refuse_unknown

__all__ = [
    "FermiA",
    "FermiC",
    "FermiSentence",
    "FermiWord",
    "bravyi_kitaev",
    "from_string",
    "jordan_wigner",
    "parity_transform",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

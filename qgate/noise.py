"""Circuits with more noise, and extrapolation to none, by PennyLane's names."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.transforms.passes.folding import (
    exponential_extrapolate,
    fold_global,
    mitigate_with_zne,
    poly_extrapolate,
    richardson_extrapolate,
)
from qgate.transforms.passes.insertion import insert

__all__ = [
    "exponential_extrapolate",
    "fold_global",
    "insert",
    "mitigate_with_zne",
    "poly_extrapolate",
    "richardson_extrapolate",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

"""Noise models and their conditions, and extrapolation to no noise, by PennyLane's names."""

from typing import TYPE_CHECKING

from qgate.lazy_names import refuse_unknown
from qgate.noise.add_noise import add_noise
from qgate.noise.conditionals import meas_eq, op_eq, op_in, wires_eq, wires_in
from qgate.noise.noise_model import NoiseModel
from qgate.noise.partial_wires import partial_wires
from qgate.transforms.passes.folding import (
    exponential_extrapolate,
    fold_global,
    mitigate_with_zne,
    poly_extrapolate,
    richardson_extrapolate,
)
from qgate.transforms.passes.insertion import insert

__all__ = [
    "NoiseModel",
    "add_noise",
    "exponential_extrapolate",
    "fold_global",
    "insert",
    "meas_eq",
    "mitigate_with_zne",
    "op_eq",
    "op_in",
    "partial_wires",
    "poly_extrapolate",
    "richardson_extrapolate",
    "wires_eq",
    "wires_in",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

"""Quantum kernels: their matrices, alignment with labels, and correction of noisy matrices."""

from typing import TYPE_CHECKING

from qgate.kernels.alignment import polarity, target_alignment
from qgate.kernels.depolarizing_noise import mitigate_depolarizing_noise
from qgate.kernels.embedding_kernel import EmbeddingKernel
from qgate.kernels.matrices import kernel_matrix, square_kernel_matrix
from qgate.kernels.positive_matrices import (
    closest_psd_matrix,
    displace_matrix,
    flip_matrix,
    threshold_matrix,
)
from qgate.lazy_names import refuse_unknown

__all__ = [
    "EmbeddingKernel",
    "closest_psd_matrix",
    "displace_matrix",
    "flip_matrix",
    "kernel_matrix",
    "mitigate_depolarizing_noise",
    "polarity",
    "square_kernel_matrix",
    "target_alignment",
    "threshold_matrix",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

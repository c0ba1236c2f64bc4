"""Kernels and their matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from fuzz.circuits import DEVICE, applied
from fuzz.entry import Entry, UsersOwn, users

import qgate as qg

POINTS = [[0.1, 0.2], [0.3, 0.4]]
NOISY = np.array([[0.9, 0.2], [0.2, 0.8]])


def _product(x: Any, y: Any) -> Any:
    try:
        return float(np.dot(x, y))
    except Exception as error:
        raise UsersOwn from error


def _of_pairs(function: Any) -> Any:
    def call(kernel: Any, **given: Any) -> Any:
        return function(kernel=users(kernel), **given)

    return call


def _embedded(ansatz: Any, X: Any, Y: Any, shots: Any) -> Any:
    kernel = qg.kernels.EmbeddingKernel(users(ansatz), DEVICE, shots=shots)
    return kernel.kernel_matrix(X, X), kernel.target_alignment(X, Y)


def kernels() -> list[Entry]:
    """Return entries of kernels."""
    own = qg.kernels
    noise = {"K": NOISY, "num_wires": 2, "method": "average", "use_entries": [0]}
    aligned = {
        "X": [0.1, 0.2],
        "Y": [1, -1],
        "kernel": _product,
        "assume_normalized_kernel": False,
        "rescale_class_labels": True,
    }
    return [
        Entry(
            "kernels.EmbeddingKernel",
            _embedded,
            {"ansatz": applied, "X": POINTS, "Y": [1, -1], "shots": None},
        ),
        Entry(
            "kernels.square_kernel_matrix",
            _of_pairs(own.square_kernel_matrix),
            {"X": [0.1, 0.2], "kernel": _product, "assume_normalized_kernel": False},
        ),
        Entry(
            "kernels.kernel_matrix",
            _of_pairs(own.kernel_matrix),
            {"X1": [0.1, 0.2], "X2": [0.3], "kernel": _product},
        ),
        Entry("kernels.polarity", _of_pairs(own.polarity), {**aligned, "normalize": False}),
        Entry("kernels.target_alignment", _of_pairs(own.target_alignment), aligned),
        Entry("kernels.closest_psd_matrix", own.closest_psd_matrix, {"K": NOISY}),
        *[
            Entry(f"kernels.{name}", getattr(own, name), {"K": NOISY})
            for name in ("displace_matrix", "flip_matrix", "threshold_matrix")
        ],
        Entry("kernels.mitigate_depolarizing_noise", own.mitigate_depolarizing_noise, noise),
    ]

"""Block encodings of tensors."""

from __future__ import annotations

import numpy as np
import torch

import qgate as qg


def test_derivatives_by_the_matrix_are_those_of_differences():
    @qg.qnode(qg.device("local", wires=2), diff_method="backprop")
    def probability(matrix):
        qg.BlockEncode(matrix, wires=[0, 1])
        return qg.probs(wires=0)

    matrix = torch.tensor([[1.1, 0.2], [0.3, 1.4]], dtype=torch.float64)
    step = 1e-6 * torch.tensor([[0.3, -1.0], [0.5, 0.2]], dtype=torch.float64)

    jacobian = torch.autograd.functional.jacobian(probability, matrix)

    difference = probability(matrix + step) - probability(matrix - step)
    np.testing.assert_allclose((jacobian * step).sum((-1, -2)), difference / 2, atol=1e-14)

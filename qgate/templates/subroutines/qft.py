"""The quantum Fourier transform."""

from __future__ import annotations

from collections.abc import Sequence
from math import ldexp, pi

import numpy as np

from qgate.operations.controlled import ControlledPhaseShift
from qgate.operations.fixed import SWAP, Hadamard
from qgate.operations.operator import Operator
from qgate.sizes import check_size
from qgate.templates.base import Template
from qgate.typing import Namespace, Tensor, WiresLike
from qgate.wires import Wires


class QFT(Template):
    """The quantum Fourier transform, entries exp(2 pi i j k / 2**n) / 2**(n / 2).

    Parameters
    ----------
    wires : wires
        First wire most significant.
    id : str, optional

    Notes
    -----
    Cost: n Hadamards, n (n - 1) / 2 controlled phases, n // 2 swaps.
    """

    def __init__(self, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((), wires, id=id)

    def gates(self) -> list[Operator]:
        return fourier_gates("QFT", self.wires, len(self.wires) - 1)

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        size = 2 ** len(self.wires)
        index = np.arange(size)
        return np.exp(2j * pi * (np.outer(index, index) % size) / size) / np.sqrt(size)


def fourier_gates(template: str, wires: Wires, order: int) -> list[Operator]:
    """Return Hadamards, each followed by at most ``order`` controlled phases, then swaps."""
    n = len(wires)
    check_size(template, n * (n - 1) // 2, unit="controlled phases", remedy="Use fewer wires.")
    gates: list[Operator] = []
    for i in range(n):
        gates.append(Hadamard(wires=wires[i]))
        gates += [
            ControlledPhaseShift(ldexp(2 * pi, i - k - 1), wires=(wires[k], wires[i]))
            for k in range(i + 1, min(n, i + 1 + order))
        ]
    return gates + [SWAP(wires=(wires[i], wires[n - 1 - i])) for i in range(n // 2)]

"""State with the amplitudes of a cosine window."""

from __future__ import annotations

from math import ldexp, pi

import numpy as np

from qgate.exceptions import InvalidParameters
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.operations.rotations import RZ, PhaseShift
from qgate.operations.state_preparation import on_wires
from qgate.sizes import check_matrix
from qgate.templates.base import Template
from qgate.templates.subroutines.qft import QFT
from qgate.typing import FloatArray, WiresLike
from qgate.wires import Wires


class CosineWindow(Template):
    """Prepares the amplitudes sqrt(2 / N) cos(pi x / N - pi / 2) of N = 2**n basis states x.

    As the state of the estimation wires it makes large errors of phase estimation rarer.

    Parameters
    ----------
    wires : wires
        At least one, in the state 0.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are no wires.

    Notes
    -----
    Cost: that of a Fourier transform, and n phases.
    Reference: Rendon et al., arXiv:2110.09590.
    """

    def __init__(self, wires: WiresLike, id: str | None = None) -> None:
        labels = Wires(wires)
        if not labels:
            raise InvalidParameters("CosineWindow was given no wires. Name at least one.")
        super().__init__((), labels, id=id)

    def gates(self) -> list[Operator]:
        last = self.wires[-1]
        phases = [PhaseShift(ldexp(pi, -k - 1), wires=wire) for k, wire in enumerate(self.wires)]
        return [Hadamard(last), RZ(pi, wires=last), QFT(wires=self.wires).adjoint(), *phases]

    def state_vector(self, wire_order: WiresLike | None = None) -> FloatArray:
        """Return the state with an axis of length 2 for each wire; further wires are 0.

        Parameters
        ----------
        wire_order : wires, optional
            Wires of the axes, which contain the operator's; default the operator's.

        Raises
        ------
        WireError
            A wire of the operator is not in ``wire_order``.
        """
        check_matrix(len(self.wires))
        size = 2 ** len(self.wires)
        amplitudes = np.sqrt(2 / size) * np.sin(pi * np.arange(size) / size)
        state: FloatArray = on_wires(amplitudes, self.wires, wire_order)
        return state

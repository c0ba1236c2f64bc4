"""Grover's diffusion operator."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np

from qgate.exceptions import InvalidParameters
from qgate.operations.controlled import MultiControlledX
from qgate.operations.fixed import Hadamard, PauliZ
from qgate.operations.operator import Operator
from qgate.operations.rotations import GlobalPhase
from qgate.templates.base import Template
from qgate.typing import Namespace, Tensor, WiresLike
from qgate.wires import Wires


class GroverOperator(Template):
    """Grover's diffusion, 2 |s><s| - 1 with the uniform superposition s.

    Parameters
    ----------
    wires : wires
        At least two.
    work_wires : wires
        Not among the wires; the circuit does not use them.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are fewer than two wires, or a work wire is one of the wires.
    """

    def __init__(self, wires: WiresLike, work_wires: WiresLike = (), id: str | None = None) -> None:
        wires, work = Wires(wires), Wires(work_wires)
        if len(wires) < 2 or set(wires) & set(work):
            raise InvalidParameters(
                f"GroverOperator was given wires {list(wires)} and work_wires {list(work)}. "
                "It acts on at least two wires, and work wires are others than these."
            )
        super().__init__((), wires, id=id)

    def gates(self) -> list[Operator]:
        first, last = self.wires[:-1], self.wires[-1]
        spread = [Hadamard(wires=wire) for wire in first]
        flip = MultiControlledX(wires=self.wires, control_values=(False,) * len(first))
        phase = GlobalPhase(pi, wires=self.wires)
        return [*spread, PauliZ(wires=last), flip, PauliZ(wires=last), *spread, phase]

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        size = 2 ** len(self.wires)
        return np.full((size, size), 2 / size, dtype=complex) - np.eye(size)

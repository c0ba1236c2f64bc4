"""Subroutines of algorithms: Fourier transform, Grover's diffusion, permutation."""

from __future__ import annotations

from collections.abc import Sequence
from math import ldexp, pi

import numpy as np

from qgate.exceptions import InvalidParameters
from qgate.operations.controlled import ControlledPhaseShift, MultiControlledX
from qgate.operations.fixed import SWAP, Hadamard, PauliZ
from qgate.operations.operator import Operator
from qgate.operations.rotations import GlobalPhase
from qgate.operations.templates.base import Template, positions
from qgate.sizes import check_size
from qgate.typing import Namespace, Tensor, Wire, WiresLike
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
        n = len(self.wires)
        check_size("QFT", n * (n - 1) // 2, unit="controlled phases", remedy="Use fewer wires.")
        gates: list[Operator] = []
        for i in range(n):
            gates.append(Hadamard(wires=self.wires[i]))
            gates += [
                ControlledPhaseShift(ldexp(2 * pi, i - k - 1), wires=self.at([k, i]))
                for k in range(i + 1, n)
            ]
        return gates + [SWAP(wires=self.at([i, n - 1 - i])) for i in range(n // 2)]

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        size = 2 ** len(self.wires)
        index = np.arange(size)
        return np.exp(2j * pi * (np.outer(index, index) % size) / size) / np.sqrt(size)


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


class Permute(Template):
    """Permutes the states of wires: the state of ``permutation[i]`` moves to ``wires[i]``.

    Parameters
    ----------
    permutation : sequence of wires
        The same labels as ``wires``, in another order.
    wires : wires
        At least two.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The permutation does not name the same wires.

    Notes
    -----
    Cost: at most n - 1 swaps.
    """

    def __init__(
        self, permutation: Sequence[Wire], wires: WiresLike, id: str | None = None
    ) -> None:
        wires, wanted = Wires(wires), Wires(permutation)
        if len(wires) < 2 or set(wires) != set(wanted):
            raise InvalidParameters(
                f"Permute was given the permutation {list(wanted)} of the wires {list(wires)}. "
                "Name the same wires, at least two, in another order."
            )
        super().__init__((), wires, {"permutation": positions(wires, wanted)}, id=id)

    def gates(self) -> list[Operator]:
        held = list(range(len(self.wires)))
        gates: list[Operator] = []
        for here, wanted in enumerate(self.options["permutation"]):
            there = held.index(wanted)
            if there != here:
                gates.append(SWAP(wires=self.at([here, there])))
                held[here], held[there] = held[there], held[here]
        return gates

"""Permutation of wires."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.exceptions import InvalidParameters
from qgate.operations.fixed import SWAP
from qgate.operations.operator import Operator
from qgate.templates.base import Template, positions
from qgate.typing import Wire, WiresLike
from qgate.wires import Wires


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

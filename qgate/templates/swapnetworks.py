"""Networks of swaps, in which every pair of wires meets once."""

from __future__ import annotations

import warnings
from math import pi
from typing import Any

from qgate.arguments import require_accepts, truth
from qgate.exceptions import InvalidParameters
from qgate.operations.excitations import FermionicSWAP
from qgate.operations.fixed import SWAP
from qgate.operations.operator import Operator
from qgate.templates.block_template import BlockTemplate, block_weights, check_weights
from qgate.typing import Function, Tensor, WiresLike
from qgate.wires import Wires

__all__ = ["TwoLocalSwapNetwork"]


class TwoLocalSwapNetwork(BlockTemplate):
    """Layers of swaps of neighbours, before each of which a function acts on the two wires.

    After as many layers as wires their states are in reverse order, and each pair of states has
    been on neighbouring wires once. So gates between all pairs run on a line of wires.

    Parameters
    ----------
    wires : wires
        At least two.
    acquaintances : callable, optional
        Quantum function ``acquaintances(index, wires, param=None, **kwargs)`` for a pair: ``index``
        is the pair of neighbouring wires to act on, ``wires`` names those from which their states
        came, and ``param`` is the weight. Default: swaps only.
    weights : array, shape (n (n - 1) / 2, ...), optional
        For each pair, in the order in which they meet. Without ``acquaintances`` they are not used,
        with a warning.
    fermionic : bool
        Whether to use ``FermionicSWAP(pi)``, or ``SWAP``.
    shift : bool
        Whether the first layer begins at the second wire.
    id : str, optional
    **kwargs
        Keyword arguments of each call of ``acquaintances``.

    Raises
    ------
    InvalidParameters
        There are fewer than two wires, the weights have another shape, or ``acquaintances`` is no
        such function.

    Notes
    -----
    Cost: n (n - 1) / 2 swaps. Reference: O'Gorman et al., arXiv:1905.05118.
    """

    def __init__(
        self,
        wires: WiresLike,
        acquaintances: Function | None = None,
        weights: Tensor | None = None,
        fermionic: bool = True,
        shift: bool = False,
        id: str | None = None,
        **kwargs: Any,
    ) -> None:
        labels, name = Wires(wires), "TwoLocalSwapNetwork"
        (pairs,) = self.shape(len(labels))
        if acquaintances is not None:
            require_accepts(
                name, "acquaintances", acquaintances, index=(), wires=(), param=None, **kwargs
            )
        elif weights is not None:
            warnings.warn(
                f"{name} was given weights without acquaintances, and does not use them.",
                UserWarning,
                stacklevel=2,
            )
            weights = None
        if weights is not None:
            weights = check_weights(name, weights, pairs)
        options = {
            "fermionic": truth(name, "fermionic", fermionic),
            "shift": truth(name, "shift", shift),
            "kwargs": kwargs,
        }
        given = () if weights is None else (weights,)
        super().__init__(acquaintances, given, labels, options, id=id)

    def gates(self, weights: Tensor | None = None) -> list[Operator]:
        options, came_from = self.options, list(self.wires)
        weight, gates = iter(block_weights(weights)), list[Operator]()
        for layer in range(len(came_from)):
            for i in range((layer + options["shift"]) % 2, len(came_from) - 1, 2):
                pair, met = self.at([i, i + 1]), Wires(came_from[i : i + 2])
                if options["block"] is not None:
                    given = {"index": pair, "wires": met, "param": next(weight)}
                    gates += self.block(**given, **options["kwargs"])
                gates.append(FermionicSWAP(pi, pair) if options["fermionic"] else SWAP(pair))
                came_from[i : i + 2] = reversed(met)
        return gates

    @staticmethod
    def shape(n_wires: int) -> tuple[int]:
        """Return the shape of the weights, if there is one for each pair."""
        if n_wires < 2:
            raise InvalidParameters(
                f"TwoLocalSwapNetwork was given {n_wires} wire(s). It swaps neighbours. Name at "
                "least two."
            )
        return (n_wires * (n_wires - 1) // 2,)

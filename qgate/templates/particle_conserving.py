"""Circuits that conserve the number of particles, the number of ones in a basis state."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

from qgate.exceptions import InvalidParameters
from qgate.operations.controlled import CNOT, CRX, CZ, CRot
from qgate.operations.operator import Operator
from qgate.operations.rotations import RZ, PhaseShift
from qgate.operations.state_preparation import BasisState, basis_bits
from qgate.templates.base import Template
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires


class ExchangeLayers(Template):
    """Layers of gates that exchange particles between wires, after a basis state."""

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        init_state: Sequence[int] | None = None,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        weights = self.checked("weights", weights, "n_layers", *self.shape(0, len(wires))[1:])
        bits = basis_bits((0,) * len(wires) if init_state is None else init_state, wires)
        super().__init__((weights,), wires, {"init_state": bits}, id=id)

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> tuple[int, ...]:
        """Return the shape of the weights."""
        raise NotImplementedError


class ParticleConservingU1(ExchangeLayers):
    """Layers of a two-wire exchange gate with two angles, after a basis state.

    The gate on a pair rotates the span of 01 and 10 and leaves 00 and 11 unchanged; in a layer it
    acts on the pairs (0, 1), (2, 3), ..., then (1, 2), (3, 4), ...

    Parameters
    ----------
    weights : array, shape (n_layers, n - 1, 2)
        Phase and rotation angle of each pair in radians; may have a leading batch axis.
    wires : wires
        At least two.
    init_state : sequence of int, optional
        Bits of the basis state to begin with; default all zero.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape, or there are fewer than two wires.

    Notes
    -----
    Reference: Barkoutsos et al., Phys. Rev. A 98, 022322 (2018).
    """

    ndim_params = (3,)

    def gates(self, weights: Tensor) -> list[Operator]:
        gates: list[Operator] = [BasisState(self.options["init_state"], self.wires)]
        pairs = brick_pairs(len(self.wires))
        for layer in range(len(weights)):
            for index, pair in enumerate(pairs):
                phase, turn = weights[layer, index, 0], weights[layer, index, 1]
                gates += _exchange(phase, turn, self.at(pair))
        return gates

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> tuple[int, int, int]:
        _check_wires("ParticleConservingU1", n_wires)
        return n_layers, n_wires - 1, 2


class ParticleConservingU2(ExchangeLayers):
    """Layers of RZ on each wire and a two-wire exchange gate with one angle, after a basis state.

    The exchange gate acts on the pairs (0, 1), (2, 3), ..., then (1, 2), (3, 4), ...

    Parameters
    ----------
    weights : array, shape (n_layers, 2 n - 1)
        Angles in radians, first of the n rotations, then of the n - 1 pairs; may have a leading
        batch axis.
    wires : wires
        At least two.
    init_state : sequence of int, optional
        Bits of the basis state to begin with; default all zero.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape, or there are fewer than two wires.

    Notes
    -----
    Reference: Barkoutsos et al., Phys. Rev. A 98, 022322 (2018).
    """

    ndim_params = (2,)

    def gates(self, weights: Tensor) -> list[Operator]:
        n = len(self.wires)
        gates: list[Operator] = [BasisState(self.options["init_state"], self.wires)]
        for layer in range(len(weights)):
            gates += [RZ(weights[layer, i], wires=wire) for i, wire in enumerate(self.wires)]
            for index, (i, j) in enumerate(brick_pairs(n)):
                between = CNOT(wires=self.at([i, j]))
                turn = CRX(2 * weights[layer, n + index], wires=self.at([j, i]))
                gates += [between, turn, between]
        return gates

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> tuple[int, int]:
        _check_wires("ParticleConservingU2", n_wires)
        return n_layers, 2 * n_wires - 1


def brick_pairs(n: int) -> list[tuple[int, int]]:
    """Return the pairs of neighbours, those that begin at an even position first."""
    return [(i, i + 1) for start in (0, 1) for i in range(start, n - 1, 2)]


def _exchange(phase: Tensor, turn: Tensor, pair: Wires) -> list[Operator]:
    """Act on 01 and 10 as [[cos t, exp(-i p) sin t], [exp(i p) sin t, -cos t]]."""
    first, second = pair
    return [
        *_controlled_flip(phase, pair),
        CZ(wires=(second, first)),
        CRot(0.0, 2 * turn, 0.0, wires=(second, first)),
        *_controlled_flip(-phase, pair),
    ]


def _controlled_flip(phase: Tensor, pair: Wires) -> list[Operator]:
    """Flip the second wire with the factor exp(-i phase) if the first is 1."""
    first, second = pair
    return [
        CZ(wires=pair),
        CRot(-phase, pi, phase, wires=pair),
        PhaseShift(-phase, wires=second),
        CNOT(wires=pair),
        PhaseShift(phase, wires=second),
        CNOT(wires=pair),
        PhaseShift(-phase, wires=first),
    ]


def _check_wires(template: str, count: int) -> None:
    if count < 2:
        raise InvalidParameters(
            f"{template} was given {count} wire(s). It exchanges particles between wires. "
            "Give at least two."
        )

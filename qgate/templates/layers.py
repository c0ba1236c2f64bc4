"""Layers of rotations and entangling gates, for variational circuits."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import numpy as np

from qgate.arguments import items_of, sequence_of, whole_number
from qgate.arrays import shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.controlled import CNOT, CZ
from qgate.operations.operator import Operator
from qgate.operations.rotations import RX, RY, RZ, Rot
from qgate.sizes import check_size
from qgate.templates.base import GateName, Options, Template, checked_seed, gate_class
from qgate.templates.gate_fabric import GateFabric
from qgate.templates.particle_conserving import (
    ParticleConservingU1,
    ParticleConservingU2,
)
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

__all__ = [
    "BasicEntanglerLayers",
    "GateFabric",
    "ParticleConservingU1",
    "ParticleConservingU2",
    "RandomLayers",
    "SimplifiedTwoDesign",
    "StronglyEntanglingLayers",
]


class StronglyEntanglingLayers(Template):
    """Layers of a general rotation on each wire, then a ring of entangling gates.

    The entangling gates of a layer connect wire i with wire i + r, modulo the number of wires n,
    where the range r may differ between layers. On one wire there are rotations only.

    Parameters
    ----------
    weights : array, shape (n_layers, n, 3)
        Angles of ``Rot`` in radians; may have a leading batch axis.
    wires : wires
    ranges : sequence of int, optional
        For each layer r, not a multiple of n; default 1, 2, ..., n - 1, 1, 2, ...
    imprimitive : gate class or name, optional
        Two-wire gate without angles; default ``CNOT``.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape, or the ranges do not fit.

    Notes
    -----
    Cost: n_layers * n rotations and as many two-wire gates.
    Reference: Schuld et al., Phys. Rev. A 101, 032308 (2020).
    """

    ndim_params = (3,)

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        ranges: Sequence[int] | None = None,
        imprimitive: GateName = CNOT,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        weights = self.checked("weights", weights, "n_layers", len(wires), 3)
        reaches = _ranges(ranges, shape_of(weights)[-3], len(wires))
        options: Options = {"ranges": reaches, "imprimitive": gate_class(imprimitive)}
        super().__init__((weights,), wires, options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        entangle, n = self.options["imprimitive"], len(self.wires)
        gates: list[Operator] = []
        for layer, reach in enumerate(self.options["ranges"]):
            gates += [Rot(*weights[layer, i], wires=self.wires[i]) for i in range(n)]
            if n > 1:
                gates += [entangle(wires=self.at([i, (i + reach) % n])) for i in range(n)]
        return gates

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> tuple[int, int, int]:
        """Return the shape of the weights."""
        return n_layers, n_wires, 3


class BasicEntanglerLayers(Template):
    """Layers of a rotation on each wire, then a ring of CNOTs.

    On two wires the ring is one CNOT; on one wire there is none.

    Parameters
    ----------
    weights : array, shape (n_layers, n)
        Angles in radians; may have a leading batch axis.
    wires : wires
    rotation : gate class or name, optional
        Gate with one angle on one wire; default ``RX``.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape.
    """

    ndim_params = (2,)

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        rotation: GateName | None = None,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        weights = self.checked("weights", weights, "n_layers", len(wires))
        turn = gate_class(RX if rotation is None else rotation, prefix="R")
        options: Options = {"rotation": turn}
        super().__init__((weights,), wires, options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        rotation = self.options["rotation"]
        gates: list[Operator] = []
        for layer in range(len(weights)):
            gates += [rotation(weights[layer, i], wires=w) for i, w in enumerate(self.wires)]
            gates += [CNOT(wires=self.at(pair)) for pair in ring(len(self.wires))]
        return gates

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> tuple[int, int]:
        """Return the shape of the weights."""
        return n_layers, n_wires


class SimplifiedTwoDesign(Template):
    """A layer of RY, then layers of CZ, each followed by RY on both its wires.

    In a layer the pairs (0, 1), (2, 3), ... come first, then (1, 2), (3, 4), ...

    Parameters
    ----------
    initial_layer_weights : array, shape (n,)
        Angles in radians of the initial RY.
    weights : array, shape (n_layers, n - 1, 2)
        Angles in radians, by layer, pair and wire of the pair; on one wire, where there are
        no pairs, (n_layers,). Both may have a leading batch axis.
    wires : wires
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have other shapes.

    Notes
    -----
    Reference: Cerezo et al., Nat. Commun. 12, 1791 (2021).
    """

    def __init__(
        self,
        initial_layer_weights: Tensor,
        weights: Tensor,
        wires: WiresLike,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        initial = self.checked("initial_layer_weights", initial_layer_weights, len(wires))
        pairs = (len(wires) - 1, 2) if len(wires) > 1 else ()
        weights = self.checked("weights", weights, "n_layers", *pairs)
        super().__init__((initial, weights), wires, id=id)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return (1, 3) if len(self.wires) > 1 else (1, 1)

    def gates(self, initial: Tensor, weights: Tensor) -> list[Operator]:
        n = len(self.wires)
        gates: list[Operator] = [RY(initial[i], wires=w) for i, w in enumerate(self.wires)]
        pairs = [self.at([i, i + 1]) for start in (0, 1) for i in range(start, n - 1, 2)]
        for layer in range(len(weights)):
            for index, pair in enumerate(pairs):
                angles = weights[layer, index]
                gates += [CZ(wires=pair), *(RY(angles[k], wires=pair[k]) for k in (0, 1))]
        return gates

    @staticmethod
    def shape(n_layers: int, n_wires: int) -> list[tuple[int, ...]]:
        """Return the shapes of the initial weights and of the weights."""
        weights = (n_layers,) if n_wires == 1 else (n_layers, n_wires - 1, 2)
        return [(n_wires,), weights]


class RandomLayers(Template):
    """Layers of rotations and entangling gates whose types and wires are drawn at random.

    Gates are drawn until the layer has its number of rotations: an entangling gate on two wires
    with probability ``ratio_imprim``, else a rotation on a wire.

    Parameters
    ----------
    weights : array, shape (n_layers, n_rotations)
        Angles in radians; may have a leading batch axis.
    wires : wires
    ratio_imprim : float
        At least 0 and less than 1. On one wire there are rotations only.
    imprimitive : gate class or name, optional
        Two-wire gate without angles; default ``CNOT``.
    rotations : sequence of gate classes or names, optional
        Gates with one angle; None or an empty sequence: ``RX``, ``RY``, ``RZ``.
    seed : int or None
        Seed of ``numpy.random.default_rng``. None draws a new circuit for each instance, which has
        to be decomposed each time.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape, or the ratio is not a probability below 1.

    Notes
    -----
    The same seed gives the same circuit, but not the one that PennyLane draws from it.
    """

    ndim_params = (2,)

    def __init__(
        self,
        weights: Tensor,
        wires: WiresLike,
        ratio_imprim: float = 0.3,
        imprimitive: GateName | None = None,
        rotations: Sequence[GateName] | None = None,
        seed: int | None = 42,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        weights = self.checked("weights", weights, "n_layers", "n_rotations")
        if not (isinstance(ratio_imprim, Real) and 0 <= ratio_imprim < 1):
            raise InvalidParameters(
                f"RandomLayers was given ratio_imprim={described(ratio_imprim)}. It is a "
                "probability: at least 0 and less than 1."
            )
        if not wires:
            raise InvalidParameters("RandomLayers was given no wires. Give at least one.")
        given = [] if rotations is None else sequence_of("RandomLayers", "rotations", rotations)
        options: Options = {
            "ratio_imprim": ratio_imprim,
            "imprimitive": gate_class(CNOT if imprimitive is None else imprimitive),
            "rotations": tuple(gate_class(name, prefix="R") for name in given or (RX, RY, RZ)),
            "seed": checked_seed("RandomLayers", seed),
        }
        super().__init__((weights,), wires, options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        check_size(
            "RandomLayers",
            weights.shape[0] * weights.shape[1] / (1 - self.options["ratio_imprim"]),
            unit="gates",
            remedy="Give fewer weights, or a smaller ratio_imprim.",
        )
        rng = np.random.default_rng(self.options["seed"])
        return [
            gate
            for layer in range(len(weights))
            for gate in self._layer([weights[layer, i] for i in range(weights.shape[1])], rng)
        ]

    def _layer(self, angles: Sequence[Tensor], rng: np.random.Generator) -> list[Operator]:
        """Draw gates until every angle has its rotation."""
        options, n = self.options, len(self.wires)
        gates: list[Operator] = []
        for angle in angles:
            while n > 1 and rng.random() < options["ratio_imprim"]:
                gates.append(options["imprimitive"](wires=self.at(rng.permutation(n)[:2].tolist())))
            rotation = options["rotations"][rng.integers(len(options["rotations"]))]
            gates.append(rotation(angle, wires=self.wires[rng.integers(n)]))
        return gates

    @staticmethod
    def shape(n_layers: int, n_rotations: int) -> tuple[int, int]:
        """Return the shape of the weights."""
        return n_layers, n_rotations


def ring(n: int) -> list[tuple[int, int]]:
    """Return the pairs of neighbours on a ring of ``n``, each pair once."""
    pairs = [(i, i + 1) for i in range(n - 1)]
    return [*pairs, (n - 1, 0)] if n > 2 else pairs


def _ranges(ranges: Sequence[int] | None, layers: int, n: int) -> tuple[int, ...]:
    """Return one range for each layer; raise if the given ranges are invalid."""
    if n == 1:
        return (0,) * layers
    if ranges is None:
        return tuple(layer % (n - 1) + 1 for layer in range(layers))
    given = items_of(ranges)
    reaches = [None] if given is None else [whole_number(reach) for reach in given]
    if len(reaches) != layers or any(reach is None or reach % n == 0 for reach in reaches):
        raise InvalidParameters(
            f"StronglyEntanglingLayers was given ranges={described(ranges)} for {layers} "
            f"layer(s) on {n} wires. Give one range for each layer, none of them 0 or a multiple "
            f"of {n}."
        )
    return tuple(int(reach) for reach in reaches if reach is not None)

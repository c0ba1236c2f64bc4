"""Embeddings of a data point: in angles, in a basis state, in amplitudes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from qgate.exceptions import InvalidParameters
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.operations.parameters import in_double
from qgate.operations.pauli_rotations import MultiRZ
from qgate.operations.rotations import RX, RZ
from qgate.operations.state_preparation import BasisState, StatePrep
from qgate.sizes import check_size
from qgate.templates.base import (
    GateName,
    Options,
    Template,
    check_repeats,
    gate_class,
    positions,
)
from qgate.templates.layers import ring
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires


class AngleEmbedding(Template):
    """Rotation by each feature, the first feature on the first wire (angle encoding).

    Parameters
    ----------
    features : array, shape (N,)
        Angles in radians, at most as many as wires; may have a leading batch axis.
    wires : wires
        Surplus wires are not part of the template.
    rotation : {"X", "Y", "Z"} or gate class
        Axis of the rotations, or a gate with one angle.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are more features than wires.
    """

    ndim_params = (1,)

    def __init__(
        self, features: Tensor, wires: WiresLike, rotation: GateName = "X", id: str | None = None
    ) -> None:
        wires = Wires(wires)
        features = _checked_features(self, features, wires)
        options: Options = {"rotation": gate_class(rotation, prefix="R")}
        super().__init__((features,), wires[: features.shape[-1]], options, id=id)

    def gates(self, features: Tensor) -> list[Operator]:
        rotation = self.options["rotation"]
        return [rotation(features[i], wires=wire) for i, wire in enumerate(self.wires)]


class IQPEmbedding(Template):
    """Hadamards, rotations by each feature, and rotations by products of two features.

    Each repetition is H and RZ(x_i) on every wire, then MultiRZ(x_i x_j) on the pairs of the
    pattern.

    Parameters
    ----------
    features : array, shape (n,)
        One for each wire; may have a leading batch axis.
    wires : wires
    n_repeats : int
        Number of repetitions of the circuit.
    pattern : sequence of pairs of wires, optional
        Pairs whose features are multiplied; default all pairs.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The number of features differs from the number of wires.

    Notes
    -----
    The products are computed when the template is created, and are its second parameter. So the
    circuit is linear in its parameters, and every gradient method gives derivatives by the
    features. Reference: Havlicek et al., Nature 567, 209 (2019).
    """

    ndim_params = (1, 1)

    def __init__(
        self,
        features: Tensor,
        wires: WiresLike,
        n_repeats: int = 1,
        pattern: Iterable[Sequence[Wire]] | None = None,
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        n_repeats = check_repeats("IQPEmbedding", n_repeats)
        features = self.checked("features", features, len(wires))
        groups = combinations(wires, 2) if pattern is None else pattern
        pairs = tuple(positions(wires, pair) for pair in groups)
        count = n_repeats * (2 * len(wires) + len(pairs))
        check_size("IQPEmbedding", count, unit="gates", remedy="Repeat it less often.")
        left, right = ([pair[side] for pair in pairs] for side in (0, 1))
        wide = in_double(features)
        with np.errstate(over="ignore"):  # infinite values are refused when the circuit runs
            products = wide[..., left] * wide[..., right]
        options: Options = {"pattern": pairs, "n_repeats": n_repeats}
        super().__init__((wide, products), wires, options, id=id)
        self.is_converted |= wide is not features

    def gates(self, features: Tensor, products: Tensor) -> list[Operator]:
        repeats, pattern = self.options["n_repeats"], self.options["pattern"]
        gates: list[Operator] = []
        for _ in range(repeats):
            for i, wire in enumerate(self.wires):
                gates += [Hadamard(wires=wire), RZ(features[i], wires=wire)]
            gates += [MultiRZ(products[k], wires=self.at(pair)) for k, pair in enumerate(pattern)]
        return gates


class QAOAEmbedding(Template):
    """Layers of a feature encoding and a trainable evolution like that of an Ising model.

    Each layer is RX by each feature (H on surplus wires), MultiRZ on a ring of wires and a rotation
    of each wire by weights; at the end the features are encoded once more.

    Parameters
    ----------
    features : array, shape (N,)
        At most as many as wires; may have a leading batch axis.
    weights : array, shape (n_layers, m)
        With m = 1 on one wire, 3 on two, 2 n on more: first for the pairs, then for the wires.
        May have a leading batch axis.
    wires : wires
    local_field : {"X", "Y", "Z"} or gate class
        Axis of the trainable rotations.
    id : str, optional

    Raises
    ------
    InvalidParameters
        The features or weights have wrong shapes.

    Notes
    -----
    Reference: Lloyd et al., arXiv:2001.03622 (2020).
    """

    ndim_params = (1, 2)

    def __init__(
        self,
        features: Tensor,
        weights: Tensor,
        wires: WiresLike,
        local_field: GateName = "Y",
        id: str | None = None,
    ) -> None:
        wires = Wires(wires)
        features = _checked_features(self, features, wires)
        weights = self.checked("weights", weights, "n_layers", _weights_a_layer(len(wires)))
        options: Options = {"local_field": gate_class(local_field, prefix="R")}
        super().__init__((features, weights), wires, options, id=id)

    def gates(self, features: Tensor, weights: Tensor) -> list[Operator]:
        field, pairs = self.options["local_field"], ring(len(self.wires))
        gates: list[Operator] = []
        for layer in range(len(weights)):
            angles = weights[layer]
            gates += self._encoding(features)
            gates += [MultiRZ(angles[k], wires=self.at(pair)) for k, pair in enumerate(pairs)]
            gates += [field(angles[len(pairs) + i], wires=w) for i, w in enumerate(self.wires)]
        return gates + self._encoding(features)

    def _encoding(self, features: Tensor) -> list[Operator]:
        count = len(features)
        turned = [RX(features[i], wires=self.wires[i]) for i in range(count)]
        return [*turned, *(Hadamard(wires=wire) for wire in self.wires[count:])]

    @staticmethod
    def shape(n_layers: int, n_wires: int, n_broadcast: int | None = None) -> tuple[int, ...]:
        """Return the shape of the weights, with a batch axis of length ``n_broadcast``."""
        batch = () if n_broadcast is None else (n_broadcast,)
        return (*batch, n_layers, _weights_a_layer(n_wires))


class BasisEmbedding(BasisState):
    """Prepares the basis state given by binary features; devices know it as ``BasisState``.

    Parameters
    ----------
    features : sequence of int, or int
        A bit for each wire, or the integer with these bits, first wire most significant. Bits are
        part of the circuit's structure: other bits are another circuit.
    wires : wires
    id : str, optional

    Raises
    ------
    InvalidParameters
        The number of bits is wrong, or a bit is neither 0 nor 1.
    """

    name = "BasisState"

    def __init__(
        self, features: int | Sequence[int], wires: WiresLike, id: str | None = None
    ) -> None:
        super().__init__(features, wires, id=id)


class AmplitudeEmbedding(StatePrep):
    """Prepares the state whose amplitudes are the features; devices know it as ``StatePrep``.

    Parameters
    ----------
    features : array, shape (2**n,)
        Amplitudes, first wire most significant; may have a leading batch axis. Fewer are allowed
        with ``pad_with``.
    wires : wires
    pad_with : float or complex, optional
        Value for missing amplitudes at the end, before normalization.
    normalize : bool
        Whether to divide by the norm.
    id : str, optional
    validate_norm : bool
        Whether to refuse features whose norm is not 1.
    pad : float or complex, optional
        Name of ``pad_with`` in older versions of PennyLane; it warns.

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the norm is not 1.
    """

    name = "StatePrep"

    def __init__(
        self,
        features: Tensor,
        wires: WiresLike,
        *,
        pad_with: float | None = None,
        normalize: bool = False,
        id: str | None = None,
        validate_norm: bool = True,
        pad: float | None = None,
    ) -> None:
        if pad is not None:
            text = "AmplitudeEmbedding(pad=...) is of older versions. It is pad_with=."
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            pad_with = pad
        super().__init__(features, wires, pad_with, normalize, id=id, validate_norm=validate_norm)


def _weights_a_layer(n: int) -> int:
    return len(ring(n)) + n


def _checked_features(template: Template, features: Tensor, wires: Wires) -> Tensor:
    """Return features as a vector, which has at most as many as there are wires."""
    array = template.checked("features", features, "N")
    if array.shape[-1] > len(wires):
        raise InvalidParameters(
            f"{type(template).__name__} was given {array.shape[-1]} features and {len(wires)} "
            f"wires. It takes at most as many features as wires. Give {len(wires)} features or "
            "fewer, or more wires."
        )
    return array

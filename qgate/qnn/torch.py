"""PyTorch module from a quantum function."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeAlias

import numpy as np
import torch

from qgate.arguments import require_accepts
from qgate.autodiff.returns import leaves
from qgate.exceptions import InvalidLayer, described, name_of
from qgate.qnn.layer import QuantumLayer
from qgate.qnn.rehearsal import check_data
from qgate.qnn.signature import Shape, ShapeLike
from qgate.qnode import QNode
from qgate.typing import Nested, Tensor

Initial: TypeAlias = Callable[[torch.Tensor], object] | Tensor
"""A function of ``torch.nn.init``, or the value of a weight."""

InitMethod: TypeAlias = Initial | Mapping[str, Initial] | None


class TorchLayer(QuantumLayer, torch.nn.Module):
    """PyTorch module whose parameters are all arguments of a QNode but the data.

    The data may have any number of leading axes; all rows are evaluated together as one batch. The
    function is called with one array of all rows, whose last axis is that of the features: write a
    feature as ``inputs[..., 0]``; embeddings accept ``inputs`` unchanged.

    >>> import torch
    >>> @qg.qnode("local")
    ... def circuit(inputs, weights):
    ...     qg.AngleEmbedding(inputs, wires=range(2))
    ...     qg.BasicEntanglerLayers(weights, wires=range(2))
    ...     return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))
    >>> layer = qg.qnn.TorchLayer(circuit, {"weights": (3, 2)})
    >>> layer(torch.zeros(8, 5, 2)).shape
    torch.Size([8, 5, 2])
    >>> layer
    TorchLayer(circuit(inputs, weights=(3, 2)), device='local', diff_method='best')

    Parameters
    ----------
    qnode : QNode
        Its function has an argument ``inputs`` (see ``set_input_argument``), and the weights as
        its other arguments. Any device, any gradient method. An interface other than torch is
        replaced.
    weight_shapes : mapping
        From the name of each weight to its shape; a number n stands for (n,), and 1 for ().
    init_method : callable or mapping, optional
        A function of ``torch.nn.init``, or for each weight such a function or its value;
        default: uniform in [0, 2π).

    Raises
    ------
    InvalidLayer
        On construction: the arguments of the function differ from these. At the first call, before
        anything is run: the function returns samples, counts or a state, or does not accept a
        batch.

    Notes
    -----
    ``forward`` takes data of shape (..., F) and returns, in their precision, shape (..., M) for
    several results of M numbers in all, (...) for one number, (..., 2**n) for the probabilities
    of n wires. A vector of shots adds an axis in front.

    Cost: a call is one submission with one circuit for each row. Derivatives by data or weights
    with ``requires_grad=False`` cost nothing.

    A layer is saved by its ``state_dict``. Copies share the QNode. Other attributes are those of
    the QNode: ``layer.tape``, ``layer.device``.
    """

    def __init__(
        self, qnode: QNode, weight_shapes: Mapping[str, ShapeLike], init_method: InitMethod = None
    ) -> None:
        super().__init__()
        self._bind(qnode, weight_shapes, "torch")
        function, shapes = name_of(qnode.func), self.weight_shapes
        methods = _methods(function, shapes, init_method)
        for name, shape in shapes.items():
            if hasattr(self, name):
                raise InvalidLayer(
                    function=function,
                    reason=f"a layer has an attribute {described(name)} already",
                    remedy="Give that argument of the function another name.",
                )
            value = _initial(function, name, shape, methods[name])
            self.register_parameter(name, torch.nn.Parameter(value))

    @property
    def qnode_weights(self) -> dict[str, torch.nn.Parameter]:
        """Weights by name."""
        return {name: getattr(self, name) for name in self.weight_shapes}

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Evaluate all rows of the data together."""
        check_data(name_of(self.qnode.func), inputs, isinstance(inputs, torch.Tensor), "PyTorch")
        rows = inputs.reshape(-1, inputs.shape[-1]) if inputs.dim() > 1 else inputs
        if not torch.compiler.is_compiling():
            self._rehearse(rows, torch.cat)
        found = self.qnode(**self.arguments(rows))
        precision = inputs.dtype if inputs.is_floating_point() else torch.get_default_dtype()
        if not self.qnode.shots.partitioned:
            return _combined(found, inputs.shape[:-1]).to(precision)
        return torch.stack([_combined(part, inputs.shape[:-1]) for part in found]).to(precision)

    def extra_repr(self) -> str:
        """Return the function, its weights and its device for ``repr``."""
        weights = [f"{name}={shape}" for name, shape in self.weight_shapes.items()]
        return (
            f"{name_of(self.qnode.func)}({', '.join([self.input_arg, *weights])}), "
            f"device={self.qnode.device.name!r}, diff_method={self.qnode.diff_method!r}"
        )

    def arguments(self, inputs: torch.Tensor) -> dict[str, Tensor]:
        weights = {name: w.to(inputs.device) for name, w in self.qnode_weights.items()}
        return {self.input_arg: inputs, **weights}

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        memo[id(self.qnode)] = self.qnode
        other = type(self).__new__(type(self))
        memo[id(self)] = other
        other.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return other

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if "qnode" not in self.__dict__ or name in self.__dict__["weight_shapes"]:
                raise
        return getattr(self.__dict__["qnode"], name)


def _combined(found: Nested, leading: torch.Size) -> torch.Tensor:
    """Return results concatenated on the last axis, below the leading axes of the data."""
    rows = 1 if leading else 0  # whether results have an axis for rows
    if isinstance(found, torch.Tensor):
        return found.reshape((*leading, *found.shape[rows:]))
    return torch.cat([part.reshape((*leading, -1)) for part in leaves(found)], dim=-1)


def _methods(function: str, shapes: Mapping[str, Shape], given: InitMethod) -> dict[str, Initial]:
    """Return an initializer for each weight."""
    if given is None:
        return dict.fromkeys(shapes, _uniform)
    if not isinstance(given, Mapping):
        return dict.fromkeys(shapes, given)
    if set(given) != set(shapes):
        wrong = sorted(map(described, set(given) ^ set(shapes)))
        raise InvalidLayer(
            function=function,
            reason=f"init_method and weight_shapes do not both have {wrong[0]}",
            remedy=f"Give init_method for each of: {', '.join(shapes)}.",
        )
    return dict(given)


def _uniform(values: torch.Tensor) -> torch.Tensor:
    return torch.nn.init.uniform_(values, 0.0, 2 * math.pi)


def _numbers(function: str, name: str, value: Tensor) -> torch.Tensor:
    try:
        if isinstance(value, torch.Tensor | np.ndarray | np.generic):
            return torch.as_tensor(value).detach().clone()
        return torch.tensor(np.asarray(value), dtype=torch.get_default_dtype())
    except Exception:  # PyTorch raises errors of many classes
        raise InvalidLayer(
            function=function,
            reason=f"init_method gives the weight {described(name)} the value {described(value)}",
            remedy="Give numbers, or a function of torch.nn.init.",
        ) from None


def _initial(function: str, name: str, shape: Shape, method: Initial) -> torch.Tensor:
    values = torch.empty(shape)
    if callable(method):
        require_accepts("TorchLayer", "init_method", method, values)
    made = method(values) if callable(method) else method
    value = values if made is None else _numbers(function, name, made)
    if tuple(value.shape) != shape:
        raise InvalidLayer(
            function=function,
            reason=f"init_method has shape {tuple(value.shape)} for the weight {described(name)}, "
            f"and weight_shapes has {shape}",
            remedy="Give both the same shape; the number 1 in weight_shapes stands for ().",
        )
    return value if value.is_floating_point() else value.to(torch.get_default_dtype())

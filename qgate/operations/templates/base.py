"""What all templates share: circuits that are written as gates."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar

import autograd.numpy as anp
import numpy as np

from qgate.arrays import is_traced, namespace, shape_of
from qgate.exceptions import InvalidParameters, suggest
from qgate.operations.gate import GATES
from qgate.operations.matrices import embed
from qgate.operations.operator import Operator, without_recording
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

GateName = str | type[Operator]
"""A class of gates, or its name."""


class Template(Operator):
    """A circuit of gates under one name.

    Its angles are arrays, each element of which has a numbered slot; what else it
    depends on stands in its hyperparameters, wires there as positions among its own.

    A subclass has to provide ``gates``; it sets ``dims`` to the dimensions that each of
    its parameters has without a batch, and hands ``super().__init__`` parameters whose
    shapes have been checked.

    >>> class Turns(Template):
    ...     dims = (1,)
    ...     def __init__(self, weights, wires):
    ...         super().__init__((weights,), wires)
    ...     def gates(self, weights):
    ...         return [GATES["RX"](x, wires=wire) for x, wire in zip(weights, self.wires)]
    >>> [gate.name for gate in Turns([0.1, 0.2], range(2)).decomposition()]
    ['RX', 'RX']
    """

    has_decomposition = True

    dims: ClassVar[tuple[int, ...]] = ()
    """Dimensions of each parameter without a batch."""

    def __init__(
        self,
        parameters: Sequence[Tensor],
        wires: WiresLike,
        hyperparameters: Mapping[str, Hashable] | None = None,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__([as_tensor(value) for value in parameters], wires, hyperparameters, id=id)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return self.dims

    @property
    def options(self) -> Mapping[str, Any]:
        """The hyperparameters, for ``gates`` to read."""
        return self.hyperparameters

    def gates(self, *parameters: Tensor) -> Sequence[Operator]:
        """Return the circuit, first gate first; a batch is the last axis of each parameter."""
        raise NotImplementedError

    def decomposition(self) -> list[Operator]:
        pairs = zip(self.parameters, self.ndim_params, strict=True)
        parameters = [_batch_last(value, ndim) for value, ndim in pairs]
        return without_recording(lambda: self.gates(*parameters))

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Any) -> Tensor:
        """Return the product of the matrices of its gates; cost 4**n numbers for each gate."""
        return product_matrix(self.with_parameters(parameters).decomposition(), self.wires, xp)

    def at(self, positions: Sequence[int]) -> Wires:
        """Return the labels of the wires at these positions among its own."""
        return Wires([self.wires[position] for position in positions])


def as_tensor(value: Tensor) -> Tensor:
    """Return a number or array as it is, a (nested) sequence as an array."""
    if hasattr(value, "shape") or not isinstance(value, list | tuple):
        return value
    xp = anp if any(is_traced(entry) for entry in _leaves(value)) else np
    return xp.array(value)


def check_shape(template: str, argument: str, value: Tensor, lengths: Sequence[int | str]) -> None:
    """Refuse an array of another shape.

    Parameters
    ----------
    template, argument : str
        What the message names.
    value : array
    lengths : sequence of int or str
        Of each axis without a batch, which adds a leading axis; a name stands for any length.

    Raises
    ------
    InvalidParameters
        Neither the shape nor the shape without its leading axis has these lengths.
    """
    shape = shape_of(value)
    if _fits(shape, lengths) or _fits(shape[1:], lengths):
        return
    wanted = f"({', '.join(str(length) for length in lengths)})"
    raise InvalidParameters(
        f"{template} was given {argument} of shape {shape}. They have the shape {wanted}, "
        "and may have a leading batch axis. Reshape them"
        + (f"; {template}.shape(...) gives the shape." if argument == "weights" else ".")
    )


def gate_class(gate: GateName, *, prefix: str = "") -> type[Operator]:
    """Return a class of gates that is given as such or by name.

    Parameters
    ----------
    gate : type or str
    prefix : str
        What may be left out of the name: with "R", "X" is "RX".

    Raises
    ------
    InvalidParameters
        No gate has this name.
    """
    if not isinstance(gate, str):
        return gate
    for name in (prefix + gate, gate):
        if name in GATES:
            return GATES[name]
    raise InvalidParameters(
        f"There is no gate {gate!r}.{suggest(gate, GATES)} Give the class of a gate, or its name."
    )


def product_matrix(gates: Sequence[Operator], wires: Wires, xp: Any) -> Tensor:
    """Return the matrix of gates on ``wires``, the first applied first.

    Gates without a matrix, as preparations of states, stand for the gates they decompose to.
    """
    identity = np.eye(2 ** len(wires), dtype=complex)
    matrices = (embed(_matrix(gate, xp), gate.wires, wires, xp=xp) for gate in gates)
    return reduce(lambda done, matrix: xp.matmul(matrix, done), matrices, identity)


def positions(wires: Wires, labels: WiresLike) -> tuple[int, ...]:
    """Return where each of ``labels`` stands among ``wires``."""
    return tuple(wires.indices(labels))


def _matrix(gate: Operator, xp: Any) -> Tensor:
    if gate.has_matrix:
        return gate.canonical_matrix(gate.parameters, xp)
    return product_matrix(gate.decomposition(), gate.wires, xp)


def _fits(shape: tuple[int, ...], lengths: Sequence[int | str]) -> bool:
    return len(shape) == len(lengths) and all(
        isinstance(wanted, str) or wanted == length
        for length, wanted in zip(shape, lengths, strict=True)
    )


def _batch_last(value: Tensor, ndim: int) -> Tensor:
    """Move a leading batch axis to the end, so that one index addresses one angle."""
    if len(shape_of(value)) <= ndim:
        return value
    return namespace([value]).moveaxis(value, 0, -1)


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for entry in value for leaf in _leaves(entry)]
    return [value]

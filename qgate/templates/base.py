"""Base class and helpers of templates, circuits of gates under one name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qgate.arguments import whole_number
from qgate.arrays import namespace, shape_of
from qgate.exceptions import InvalidParameters, described, suggest
from qgate.operations.gate import GATES
from qgate.operations.matrices import circuit_matrix
from qgate.operations.operator import Operator, without_recording
from qgate.operations.parameters import as_array, check_shape
from qgate.typing import Namespace, Tensor, WiresLike
from qgate.wires import Wires

GateName = str | type[Operator]
"""A gate class, or its name."""


Options = Mapping[str, Any]
"""Hyperparameters of a template: positions of wires, classes of gates, numbers."""


class Template(Operator):
    """Circuit of gates under one name.

    The angles are arrays, each element of which has a numbered slot. Hyperparameters hold
    everything else; they refer to wires by their positions in the template's wires.

    A subclass has to provide ``gates``. It sets ``ndim_params`` to the number of axes of each
    parameter without a batch, and passes ``super().__init__`` parameters validated by ``checked``.

    >>> class Turns(Template):
    ...     ndim_params = (1,)
    ...     def __init__(self, weights, wires):
    ...         super().__init__((weights,), wires)
    ...     def gates(self, weights):
    ...         return [GATES["RX"](x, wires=wire) for x, wire in zip(weights, self.wires)]
    >>> [gate.name for gate in Turns([0.1, 0.2], range(2)).decomposition()]
    ['RX', 'RX']
    """

    has_decomposition = True

    @classmethod
    def checked(cls, argument: str, value: Tensor, *lengths: int | str) -> Tensor:
        """Return a parameter as an array, whose shape has to be ``lengths``, a batch axis aside."""
        array = as_array(value)
        check_shape(cls.__name__, argument, array, lengths)
        return array

    @property
    def options(self) -> Options:
        """Hyperparameters, for ``gates``."""
        return self.hyperparameters

    def gates(self, *parameters: Tensor) -> Sequence[Operator]:
        """Return the circuit, first gate first; a batch is the last axis of each parameter."""
        raise NotImplementedError

    def decomposition(self) -> list[Operator]:
        pairs = zip(self.parameters, self.ndim_params, strict=True)
        parameters = [_batch_last(value, ndim) for value, ndim in pairs]
        return without_recording(lambda: self.gates(*parameters))

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the product of the matrices of the gates; 4**n numbers for each gate."""
        return circuit_matrix(self.with_parameters(parameters).decomposition(), self.wires, xp=xp)

    def at(self, positions: Sequence[int]) -> Wires:
        """Return the labels of the wires at these positions in the template's wires."""
        return Wires([self.wires[position] for position in positions])


def gate_class(gate: GateName, *, prefix: str = "") -> type[Operator]:
    """Return a gate class from a class or a name; with the prefix "R", "X" stands for "RX"."""
    if isinstance(gate, type) and issubclass(gate, Operator):
        return gate
    if not isinstance(gate, str):
        raise InvalidParameters(
            f"{described(gate)} is no gate. Give the class of a gate, or its name."
        )
    for name in (prefix + gate, gate):
        if name in GATES:
            return GATES[name]
    raise InvalidParameters(
        f"There is no gate {described(gate)}.{suggest(gate, GATES)} Give the class of a gate, or "
        "its name."
    )


def check_repeats(template: str, n_repeats: object) -> int:
    """Return the number of repetitions of a template, a positive integer."""
    number = whole_number(n_repeats)
    if number is None or number < 1:
        raise InvalidParameters(
            f"{template} was given n_repeats={described(n_repeats)}. Give a whole number, at "
            "least 1."
        )
    return number


def checked_seed(template: str, seed: object) -> int:
    """Return the seed of a random circuit; a new one for None."""
    if seed is None:
        return int(np.random.default_rng().integers(2**32))
    number = whole_number(seed)
    if number is None or number < 0:
        raise InvalidParameters(
            f"{template} was given seed={described(seed)}. Give a whole number from 0 on, or "
            "None for another circuit each time."
        )
    return number


def positions(wires: Wires, labels: WiresLike) -> tuple[int, ...]:
    """Return the position of each of ``labels`` in ``wires``."""
    return tuple(wires.indices(labels))


def _batch_last(value: Tensor, ndim: int) -> Tensor:
    """Move a leading batch axis to the end, so that one index addresses one angle."""
    if len(shape_of(value)) <= ndim:
        return value
    return namespace([value]).moveaxis(value, 0, -1)

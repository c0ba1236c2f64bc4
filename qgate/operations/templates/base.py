"""What all templates share: circuits that are written as gates."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from qgate.arguments import whole_number
from qgate.arrays import namespace, shape_of
from qgate.exceptions import InvalidParameters, described, suggest
from qgate.operations.gate import GATES
from qgate.operations.matrices import circuit_matrix
from qgate.operations.operator import Operator, without_recording
from qgate.operations.parameters import as_array
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

GateName = str | type[Operator]
"""A class of gates, or its name."""


class Template(Operator):
    """A circuit of gates under one name.

    Its angles are arrays, each element of which has a numbered slot; what else it
    depends on stands in its hyperparameters, wires there as positions among its own.

    A subclass has to provide ``gates``; it sets ``ndim_params`` to the dimensions that each
    of its parameters has without a batch, and hands ``super().__init__`` parameters that
    ``check_shape`` has passed.

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

    def __init__(
        self,
        parameters: Sequence[Tensor],
        wires: WiresLike,
        hyperparameters: Mapping[str, Hashable] | None = None,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__([as_array(value) for value in parameters], wires, hyperparameters, id=id)

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
        return circuit_matrix(self.with_parameters(parameters).decomposition(), self.wires, xp=xp)

    def at(self, positions: Sequence[int]) -> Wires:
        """Return the labels of the wires at these positions among its own."""
        return Wires([self.wires[position] for position in positions])


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
        No gate has this name, or it is no class of gates.
    """
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


def check_repeats(template: str, n_repeats: Any) -> int:
    """Return the number of repetitions of a template.

    Raises
    ------
    InvalidParameters
        It is no whole number from 1 on.
    """
    number = whole_number(n_repeats)
    if number is None or number < 1:
        raise InvalidParameters(
            f"{template} was given n_repeats={described(n_repeats)}. Give a whole number, at "
            "least 1."
        )
    return number


def positions(wires: Wires, labels: WiresLike) -> tuple[int, ...]:
    """Return where each of ``labels`` stands among ``wires``."""
    return tuple(wires.indices(labels))


def _batch_last(value: Tensor, ndim: int) -> Tensor:
    """Move a leading batch axis to the end, so that one index addresses one angle."""
    if len(shape_of(value)) <= ndim:
        return value
    return namespace([value]).moveaxis(value, 0, -1)

"""Templates that consist of operators."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Self

from qgate.arguments import items_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.composites import rebind
from qgate.operations.operator import (
    Operator,
    ParameterKind,
    require_operators,
    without_recording,
)
from qgate.recording import absorb
from qgate.sizes import nested
from qgate.templates.base import Options, Template
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires


class Composed(Template):
    """Template with operators as its ``parts``, whose parameters are its own.

    The parts are removed from the recording. A subclass has to provide ``gates``, without
    parameters: ``parts`` have the present ones.
    """

    def __init__(
        self,
        parts: Iterable[Operator],
        wires: WiresLike,
        options: Options | None = None,
        *,
        id: str | None = None,
    ) -> None:
        self._parts = tuple(parts)
        require_operators(type(self).__name__, *self._parts)
        self.nesting = nested(type(self).__name__, *self._parts)
        if any(part.is_custom for part in self._parts):
            self.is_custom, self.by_value = True, any(part.by_value for part in self._parts)
        absorb(*self._parts)
        super().__init__((), wires, options, id=id)

    @property
    def parts(self) -> tuple[Operator, ...]:
        """The operators of which it consists."""
        return self._parts

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        return tuple(value for part in self._parts for value in part.parameters)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return tuple(ndim for part in self._parts for ndim in part.ndim_params)

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        return tuple(kind for part in self._parts for kind in part.parameter_kinds)

    @property
    def signature(self) -> Hashable:
        options = tuple(sorted(self.hyperparameters.items()))
        return type(self), self.wires, options, tuple(part.signature for part in self._parts)

    def with_parameters(self, parameters: Sequence[Tensor]) -> Self:
        other = copy.copy(self)
        other._parts = tuple(rebind(self._parts, parameters))
        return other

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        other = super().map_wires(wire_map)
        other._parts = tuple(part.map_wires(wire_map) for part in self._parts)
        return other

    def decomposition(self) -> list[Operator]:
        return without_recording(self.gates)


def operators_of(template: str, argument: str, given: object) -> tuple[Operator, ...]:
    """Return an operator, or a sequence of operators, as a tuple; at least one."""
    items = [given] if isinstance(given, Operator) else items_of(given)
    if not items or not all(isinstance(item, Operator) for item in items):
        raise InvalidParameters(
            f"{template} was given {argument}={described(given)}. Give an operator, or a sequence "
            "of operators."
        )
    return tuple(items)


def require_apart(template: str, first: Wires, second: Wires, names: str) -> None:
    """Refuse two lists of wires that share some; ``names`` says whose they are."""
    shared = [wire for wire in first if wire in set(second)]
    if shared:
        raise InvalidParameters(
            f"{template} was given {names} that share the wires {shared}. Give them different "
            "wires."
        )

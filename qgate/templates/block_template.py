"""Base class of templates whose gates are those of a user's function."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from qgate.arguments import whole_number
from qgate.arrays import opened, shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.custom import depends_on_values, frozen
from qgate.operations.operator import Operator, operations_of
from qgate.operations.parameters import as_array, require_numbers
from qgate.templates.base import Template
from qgate.typing import Function, Tensor, WiresLike


class BlockTemplate(Template):
    """Calls a function for each of its blocks, with the weights of that block.

    If the angles of the function's gates are linear in the weights, the template is part of the
    structure of a circuit. Otherwise the circuit holds the gates of each call.
    """

    is_custom = True

    def __init__(
        self,
        function: Function | None,
        weights: Sequence[Tensor],
        wires: WiresLike,
        options: Mapping[str, Any],
        *,
        id: str | None = None,
    ) -> None:
        given = tuple(map(as_array, weights))
        self._axes = tuple(len(shape_of(value)) for value in given)
        super().__init__(given, wires, {"block": function, **options}, id=id)

    @property
    def ndim_params(self) -> tuple[int, ...]:
        return self._axes  # unchanged: rows of slots are bound with one more axis

    @property
    def signature(self) -> Hashable:
        return type(self), self.wires, frozen(self.hyperparameters), self._axes

    @property
    def by_value(self) -> bool:  # type: ignore[override]
        """Whether the gates depend on the values of the weights, not only linearly."""
        return depends_on_values(self)

    def block(self, *args: Any, **kwargs: Any) -> list[Operator]:
        """Return the gates that the function applies with these arguments."""
        return operations_of(self.options["block"], args, kwargs)


def block_weights(weights: Tensor | None) -> Iterable[Tensor]:
    """Return the weights of each block, in their original type; endless None without weights."""
    if weights is None:
        return iter(lambda: None, 0)
    return (opened(weights)[index] for index in range(shape_of(weights)[0]))


def check_weights(template: str, weights: Tensor, blocks: int, length: int | None = None) -> Tensor:
    """Return weights as an array with an entry for each block; raise for another shape."""
    array = as_array(weights)
    require_numbers(template, "weights", array)
    shape = shape_of(array)
    if not shape or shape[0] != blocks or (length is not None and shape[-1] != length):
        wanted = f"({blocks}, ...)" if length is None else f"({blocks}, ..., {length})"
        raise InvalidParameters(
            f"{template} was given weights of shape {shape}. Give one entry for each of its "
            f"{blocks} blocks: an array of shape {wanted}."
        )
    return array


def check_count(template: str, argument: str, number: object) -> int:
    """Return a whole number, at least 0."""
    count = whole_number(number)
    if count is None or count < 0:
        raise InvalidParameters(
            f"{template} was given {argument}={described(number)}. Give a whole number from 0 on."
        )
    return count

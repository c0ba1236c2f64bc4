"""Calls of a quantum function with arguments by name."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.arguments import is_text_among
from qgate.arrays import enclosed, finished, shape_of
from qgate.exceptions import UnknownArgument, name_of, suggest
from qgate.operations.parameters import as_array, require_numbers
from qgate.qnode import QNode, execute
from qgate.tape import Tape
from qgate.typing import Function, Nested, Tensor

Index = tuple[int, ...]
"""Index of a number in an argument: () for a number, (i,) in an array with one axis."""

VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


ByIndex = Mapping[str, Mapping[Index, Any]]
"""Values that the user gave for names of arguments and indices in them."""


def is_index(index: object, shape: tuple[int, ...]) -> bool:
    """Return whether this is the index of a number in an array of a shape."""
    if not isinstance(index, tuple) or len(index) != len(shape):
        return False
    return all(0 <= at < size for at, size in zip(index, shape, strict=True))


@dataclass(frozen=True)
class Call:
    """A quantum function, or a function that calls QNodes, with bound arguments."""

    target: Function
    signature: inspect.Signature  # of the target
    arguments: Mapping[str, Nested]  # by name, defaults included

    @classmethod
    def of(cls, target: Function, args: Sequence[Nested], kwargs: Mapping[str, Nested]) -> Call:
        """Return the call with these arguments; ``shots=`` is handled as by a QNode."""
        signature, given = inspect.signature(target), dict(kwargs)
        if isinstance(target, QNode) and "shots" in given and "shots" not in signature.parameters:
            target = target.with_shots(given.pop("shots"))
        bound = signature.bind(*args, **given)
        bound.apply_defaults()
        return cls(target, signature, bound.arguments)

    def replace(self, values: Mapping[str, Nested]) -> Call:
        """Return the same call with other values for some arguments."""
        return Call(self.target, self.signature, {**self.arguments, **values})

    def numbers(self, name: str) -> Tensor:
        """Return an argument as a number or an array.

        Raises
        ------
        InvalidParameters
            It is none.
        """
        value = as_array(self.arguments[name])
        require_numbers(name_of(self.target), name, value)
        return value

    def shifted(self, name: str, index: Index, shift: float) -> Call:
        """Return the same call with ``shift`` added to one number of an argument."""
        value = self.numbers(name)
        step = np.zeros(shape_of(value))
        step[index] = shift
        moved = enclosed(value) + (step if step.shape else shift)
        return self.replace({name: finished(moved, [value])})

    @property
    def bound(self) -> inspect.BoundArguments:
        """Positional and keyword arguments of the call."""
        return inspect.BoundArguments(self.signature, dict[str, Nested](self.arguments))

    def tape(self) -> Tape:
        """Record the circuit of a QNode."""
        tape: Tape = self.target.single_tape(  # type: ignore[attr-defined]  # of a QNode
            self.bound.args, self.bound.kwargs
        )
        return tape


def run(calls: Sequence[Call]) -> list[Nested]:
    """Return the value of each call; all circuits of a QNode go into one submission."""
    if not calls:
        return []
    target = calls[0].target
    if isinstance(target, QNode):
        tapes = [call.tape() for call in calls]
        options = target.diff_method, target.interface, target.gradient_kwargs
        return list(execute(tapes, target.device, *options))
    return [call.target(*call.bound.args, **call.bound.kwargs) for call in calls]


def argument_names(target: Function, *, with_defaults: bool = True) -> list[str]:
    """Return the names of the arguments of a function, in order."""
    return [
        name
        for name, parameter in inspect.signature(target).parameters.items()
        if parameter.kind not in VARIADIC
        and (with_defaults or parameter.default is parameter.empty)
    ]


def check_names(names: Iterable[str], target: Function) -> None:
    """Refuse names that are not arguments of a function.

    Raises
    ------
    UnknownArgument
    """
    known = argument_names(target)
    for name in names:
        if not is_text_among(name, known):
            raise UnknownArgument(
                function=name_of(target), name=name, known=known, hint=suggest(name, known)
            )

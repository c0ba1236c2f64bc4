"""Base class of optimizers: fixed options, and a state that is an immutable value."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeAlias, TypeVar

import numpy as np

from qgate.exceptions import InvalidOptimizerState, described
from qgate.optimize.saving import encoded, read, taken_up, write
from qgate.short_repr import arguments_summary
from qgate.typing import FloatArray, Function, Nested, Tensor

State = TypeVar("State")
"""Frozen data of numbers, arrays, and tuples and mappings of these."""

Args: TypeAlias = Sequence[Nested]
"""Positional arguments of an objective."""

Keywords: TypeAlias = Mapping[str, Nested]
"""Keyword arguments of an objective."""

Step: TypeAlias = tuple[Nested, Tensor]
"""New arguments, and the value before the step, or None."""


class Optimizer(ABC, Generic[State]):
    """Base class of optimizers.

    Required: ``first``, or the class of the state as ``state_class``. Optional:
    ``changes_arguments``. Steps are taken by ``step`` and ``step_and_cost``, whose arguments depend
    on the optimizer.

    Attributes
    ----------
    state : frozen data
        All that one step passes to the next. A step that fails does not change it.
    """

    name: ClassVar[str]
    state_class: ClassVar[type]
    changes_arguments: ClassVar[bool] = True
    """Whether a step returns improved arguments of a function, and nothing else."""

    def __init_subclass__(cls, **options: Nested) -> None:
        super().__init_subclass__(**options)
        cls.name = cls.__name__

    def __init__(self) -> None:
        self.state: State = self.first()

    def __repr__(self) -> str:
        return arguments_summary(self)

    def first(self) -> State:
        """Return the state before the first step."""
        state: State = self.state_class()
        return state

    def reset(self) -> None:
        """Reset the state to that before the first step."""
        self.state = self.first()

    def to_json(self) -> dict[str, Nested]:
        """Return the state as a dict that ``json.dumps`` accepts."""
        return {"optimizer": self.name, "state": encoded(self.state)}

    def from_json(self, saved: Mapping[str, Nested]) -> None:
        """Restore a state that ``to_json`` of the same kind of optimizer returned, bit for bit.

        Raises
        ------
        InvalidOptimizerState
            It belongs to another optimizer, or is damaged.
        """
        if not isinstance(saved, Mapping):
            raise InvalidOptimizerState(
                what=f"A state of {self.name}",
                reason=f"it is {described(saved)}, and not a dict",
                remedy="Give what to_json() returned.",
            )
        if saved.get("optimizer") != self.name:
            raise InvalidOptimizerState(
                what=f"A state of {saved.get('optimizer')}",
                reason=f"it was given to {self.name}",
                remedy="Make an optimizer of the kind that wrote it.",
            )
        what = f"A state of {self.name}"
        self.state = taken_up(saved.get("state"), type(self.state), what)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the state to a file, as JSON, readable for its owner only.

        Raises
        ------
        CheckpointNotWritten
        """
        write(path, self.to_json())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Restore the state from a file that ``save`` wrote, bit for bit.

        Raises
        ------
        InvalidOptimizerState
            The file holds something else, or the state of another optimizer.
        """
        self.from_json(read(path))


class FunctionOptimizer(Optimizer[State]):
    """Optimizer whose step depends on a function and its arguments, and on nothing else."""

    def step(self, objective_fn: Function, *args: Nested, **kwargs: Nested) -> Nested:
        """Take one step; as ``step_and_cost``, without the value."""
        return self._advance(objective_fn, args, kwargs, valued=False)[0]

    def step_and_cost(
        self, objective_fn: Function, *args: Nested, **kwargs: Nested
    ) -> tuple[Nested, np.float64]:
        """Take one step; return the new arguments and the value before the step.

        Parameters
        ----------
        objective_fn : callable
            Returns one real number; the class names the kinds of functions that it takes.
        args, kwargs
            Its arguments. Trainable arrays among ``args`` are updated, in lists, tuples and dicts
            too.

        Returns
        -------
        args : array, or list
        cost : float

        Raises
        ------
        NothingTrainable, UnsuitableObjective
        """
        return self._advance(objective_fn, args, kwargs, valued=True)

    @abstractmethod
    def _advance(self, function: Function, args: Args, kwargs: Keywords, *, valued: bool) -> Step:
        """Take one step; ``valued``: whether the value is requested."""


@dataclass(frozen=True)
class NoState:
    """State of an optimizer whose steps do not depend on each other."""


def started(values: FloatArray | None, size: int, *, optimizer: str) -> FloatArray:
    """Return a vector of the state; before the first step, zeros.

    Raises
    ------
    InvalidOptimizerState
        Its length is not the number of trainable numbers.
    """
    if values is None:
        return np.zeros(size)
    if len(values) != size:
        raise InvalidOptimizerState(
            what=f"{optimizer}, which has taken steps with {len(values)} trainable numbers,",
            reason=f"it was given {size} of them",
            remedy="Call reset(), or make an optimizer for each problem.",
        )
    return values

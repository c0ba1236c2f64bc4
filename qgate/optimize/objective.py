"""Objective function of an optimizer: its values and gradients, in few submissions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from qgate.differentiate.jacobians import grad
from qgate.differentiate.pullbacks import in_words
from qgate.exceptions import UnsuitableObjective, name_of
from qgate.interfaces.device_errors import unmarking
from qgate.optimize.arguments import Arguments, flat
from qgate.qnode import CALL_OPTIONS, QNode
from qgate.tape import Tape
from qgate.typing import FloatArray, Function, Nested

Points = Sequence[Sequence[Nested]]


@dataclass(frozen=True)
class Objective:
    """A function that returns one real number, with the keyword arguments of a call.

    The circuits of a QNode are run together. Another function is called for each value, because its
    circuits are unknown. ``optimizer`` is a name for messages.

    Raises
    ------
    UnsuitableObjective
        It cannot be called.
    """

    function: Function
    kwargs: Mapping[str, Nested]
    optimizer: str

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise self.refused(
                f"it is {self.function!r}, which cannot be called",
                "Give a QNode, or a function that returns one real number.",
            )

    @property
    def is_qnode(self) -> bool:
        """Whether its circuits can be run together."""
        return isinstance(self.function, QNode)

    @cached_property
    def _called(self) -> tuple[QNode, Mapping[str, Nested], Any]:
        """The QNode with the shots of the call, the arguments of its function, and the seed."""
        node: Any = self.function
        own = inspect.signature(node.func).parameters
        options = {
            name: value
            for name, value in self.kwargs.items()
            if name in CALL_OPTIONS and name not in own
        }
        rest = {name: value for name, value in self.kwargs.items() if name not in options}
        chosen = node.with_shots(options["shots"]) if "shots" in options else node
        return chosen, rest, options.get("seed")

    @property
    def qnode(self) -> QNode:
        """The QNode, with the shots of the call."""
        return self._called[0]

    @property
    def call_kwargs(self) -> Mapping[str, Nested]:
        """The keyword arguments of the quantum function."""
        return self._called[1]

    @property
    def seed(self) -> Nested:
        """Seed of the call's samples; None: the device's generator."""
        return self._called[2]

    def tape(self, args: Sequence[Nested], named: Mapping[str, Nested] | None = None) -> Tape:
        """Record the circuit of a QNode for these arguments."""
        return self.qnode.single_tape(args, {**self.call_kwargs, **(named or {})})

    def run(self, tapes: Sequence[Tape]) -> tuple[Nested, ...]:
        """Run tapes as the QNode runs its own, in one submission."""
        return self.qnode.run(tapes, seed=self.seed)

    @unmarking()
    def values(
        self, points: Points, named: Sequence[Mapping[str, Nested]] | None = None
    ) -> FloatArray:
        """Return the value at each point; those of a QNode in one submission.

        ``named``: for each point, keyword arguments besides those of the call.
        """
        calls = list(zip(points, named or [{}] * len(points), strict=True))
        results: tuple[Nested, ...]
        if self.is_qnode and not self.qnode.is_transformed:
            results = self.run([self.tape(*call) for call in calls])
        else:
            results = tuple(self.function(*args, **{**self.kwargs, **more}) for args, more in calls)
        return np.array([self.number(result) for result in results])

    @unmarking()
    def value_and_gradient(
        self, arguments: Arguments, grad_fn: Function | None = None
    ) -> tuple[np.float64 | None, FloatArray]:
        """Return the value, if it is computed with the gradient, and the gradient as a vector.

        ``grad_fn`` returns the gradient in place of ``qg.grad``; its attribute ``forward``, if it
        has one, is used as the value.
        """
        if grad_fn is not None:
            slopes = grad_fn(*arguments.args, **self.kwargs)
            found = arguments.flattened(slopes, optimizer=self.optimizer)
            return self._forward(grad_fn), found
        function, args, kwargs = self.function, arguments.args, self.kwargs
        positions: Sequence[int] = arguments.positions
        if arguments.has_containers:
            function, args, kwargs = arguments.by_arrays(self._bound), arguments.arrays, {}
            positions = range(len(args))
        gradient = grad(function, argnums=positions)
        slopes = gradient(*args, **kwargs)
        return self._forward(gradient), flat(slopes)

    def _bound(self, *args: Nested) -> Nested:
        return self.function(*args, **self.kwargs)

    def _forward(self, gradient: Nested) -> np.float64 | None:
        forward = getattr(gradient, "forward", None)
        return None if forward is None else self.number(forward)

    def number(self, result: Any) -> np.float64:
        """Return the one real number that the function returned.

        Raises
        ------
        UnsuitableObjective
            It returned something else.
        """
        if isinstance(result, tuple | list) and len(result) == 1:
            return self.number(result[0])
        values = None if isinstance(result, tuple | list | dict) else np.asarray(result)
        if values is None or values.size != 1 or values.dtype.kind not in "iuf":
            raise self.refused(
                f"it returned {in_words(result)}, and one real number is required",
                "Return a single expectation value, or a sum or mean of several.",
            )
        return np.float64(values.reshape(())[()])

    def refused(self, reason: str, remedy: str) -> UnsuitableObjective:
        """Return the error that explains why the function cannot be minimized."""
        return UnsuitableObjective(
            optimizer=self.optimizer, objective=name_of(self.function), reason=reason, remedy=remedy
        )

"""Noise functions that apply one operation to the wires that they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import Any

import numpy as np

from qgate.arrays import unwrap
from qgate.exceptions import InvalidNoiseModel, described, name_of
from qgate.measurements.measurement import Measurement
from qgate.noise.conditionals import MEASUREMENTS
from qgate.operations.operator import Operator
from qgate.recording import paused, record
from qgate.typing import Function, Nested, Tensor
from qgate.wires import Wires

NOT_NAMED = ("wires", "id")
"""Arguments that the name of a partial function leaves out."""


class PartialWires:
    """Function of wires that applies an operation; see ``partial_wires``.

    Parameters
    ----------
    operation : Operator, Measurement, or class or function of these
    arguments : mapping of str to object
        Arguments of a class or function, without its wires.
    wires : wires, optional
        Used if the function is called without wires.
    """

    def __init__(
        self, operation: Any, arguments: Mapping[str, Any], wires: object | None = None
    ) -> None:
        self.operation, self.arguments, self.wires = operation, dict(arguments), wires
        self.__name__ = self._spelled()

    def __call__(self, wires: object = None, **metadata: object) -> Nested:
        """Apply the operation to labels, or to the wires of an operator or measurement."""
        on = _labels(self.wires if wires is None else wires, self.__name__)
        given = self.operation
        if isinstance(given, Operator | Measurement):
            return self._mapped(given, on)
        if len(on) > 1 and getattr(given, "num_wires", None) == 1:
            return tuple(given(**self.arguments, wires=wire) for wire in on)
        return given(**self.arguments, wires=on)

    def _mapped(self, given: Operator | Measurement, on: Wires) -> Nested:
        """Apply an operator on other wires; one on a single wire to each of them."""
        if len(given.wires) == 1:
            made = [record(given.map_wires({given.wires[0]: wire})) for wire in on]
            return made[0] if len(made) == 1 else tuple(made)
        if len(given.wires) != len(on):
            raise InvalidNoiseModel(
                part=f"{self.__name__} on {len(on)} wire(s)",
                reason=f"it acts on {len(given.wires)}",
                remedy="Restrict its condition to operations with as many wires.",
            )
        return record(given.map_wires(dict(zip(given.wires, on, strict=True))))

    def _spelled(self) -> str:
        given, named = self.operation, self.arguments
        if isinstance(given, Operator):
            named = _arguments(given) | named
            given = type(given)
        elif isinstance(given, Measurement):
            named = {} if given.obs is None else {"obs": given.obs}
            given = next(cls for cls in MEASUREMENTS.values() if isinstance(self.operation, cls))
        else:
            given = MEASUREMENTS.get(given, given)
        name = getattr(getattr(given, "spec", None), "name", None) or name_of(given)
        listed = ", ".join(f"{key}={value}" for key, value in named.items())
        return f"{name}({listed})" if listed else str(name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartialWires):
            return NotImplemented
        return (
            self.operation == other.operation
            and self.arguments.keys() == other.arguments.keys()
            and all(_same(value, other.arguments[name]) for name, value in self.arguments.items())
        )

    def __hash__(self) -> int:
        return hash((type(self.operation), tuple(self.arguments)))

    def __repr__(self) -> str:
        return self.__name__


def partial_wires(operation: Any, *args: object, **kwargs: object) -> PartialWires:
    """Return a function that applies an operation to the wires that it is given.

    Parameters
    ----------
    operation : operator, measurement, or class or function of these
        For example ``qg.AmplitudeDamping``, or ``qg.RX(0.1, 0)``.
    *args, **kwargs
        Arguments of a class or function. Those of an operator replace its own, by name.

    Returns
    -------
    PartialWires
        Function ``(wires, **kwargs)`` of labels, an operator or a measurement. An operation on one
        wire is applied to each of several wires. Further keyword arguments have no effect.

    Raises
    ------
    InvalidNoiseModel
        An operator was given positional arguments, the operation has no such arguments, or it is
        none of these. A call raises it where the operation needs another number of wires.

    Examples
    --------
    >>> noise = partial_wires(qg.AmplitudeDamping, 0.4)
    >>> noise.__name__, noise(qg.RX(1.2, wires=["a"]))
    ('AmplitudeDamping(gamma=0.4)', AmplitudeDamping(0.4, wires=['a']))
    >>> partial_wires(qg.RX(1.2, 0), phi=2.3)(["a", "b"])
    (RX(2.3, wires=['a']), RX(2.3, wires=['b']))
    """
    if isinstance(operation, Operator | Measurement):
        return _of_instance(operation, args, kwargs)
    if not callable(operation):
        raise InvalidNoiseModel(
            part=f"partial_wires({described(operation)})",
            reason="it is no operation",
            remedy="Give an operator, a class such as qg.BitFlip, or a function of wires.",
        )
    if args and isinstance(args[0], Operator):  # qg.adjoint, qg.ctrl, qg.expval, ...
        with paused():
            return PartialWires(operation(*args, **kwargs), {})
    arguments = _bound(operation, args, kwargs)
    return PartialWires(operation, _without_wires(arguments), arguments.get("wires"))


def _of_instance(
    operation: Operator | Measurement, args: Sequence[object], kwargs: Mapping[str, object]
) -> PartialWires:
    if args:
        raise InvalidNoiseModel(
            part=f"partial_wires({operation}, {described(args[0])})",
            reason="an operator has its arguments already",
            remedy="Give the class, or name the arguments that differ.",
        )
    if not kwargs:
        return PartialWires(operation, {}, operation.wires)
    known = _arguments(operation) if isinstance(operation, Operator) else {}
    arguments = _bound(type(operation), (), {**known, **kwargs})
    return PartialWires(type(operation), _without_wires(arguments), operation.wires)


def _bound(
    operation: Function, args: Sequence[object], kwargs: Mapping[str, object]
) -> dict[str, Any]:
    """Return the arguments by name."""
    expected = signature(operation)
    try:
        given = dict(expected.bind_partial(*args, **kwargs).arguments)
        expected.bind_partial(**{**given, "wires": None})
        return given
    except TypeError as error:
        raise InvalidNoiseModel(
            part=f"partial_wires({name_of(operation)})",
            reason=str(error),
            remedy=f"It is called as {name_of(operation)}{expected}.",
        ) from None


def _without_wires(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name not in NOT_NAMED}


def _arguments(operator: Operator) -> dict[str, Any]:
    """Return the arguments of the class of an operator, without its wires."""
    options = operator.hyperparameters
    names = [name for name in signature(type(operator)).parameters if name not in NOT_NAMED]
    if "base" in names:
        return {"base": getattr(operator, "base", None)}
    unnamed = [name for name in names if name not in options]
    values = dict(options) | dict(zip(unnamed, operator.parameters, strict=False))
    return {name: values[name] for name in names if name in values}


def _labels(wires: object, name: str) -> Wires:
    if wires is None:
        raise InvalidNoiseModel(
            part=f"{name} without wires",
            reason="it does not know where to act",
            remedy="Give labels, or an operator.",
        )
    return Wires(getattr(wires, "wires", wires))


def _same(left: Tensor, right: Tensor) -> bool:
    return left is right or bool(np.array_equal(unwrap(left), unwrap(right)))

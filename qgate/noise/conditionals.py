"""Conditions on operations and measurements, by which a noise model chooses where noise acts.

Operations are compared by what they are, not by their wires and angles: ``RX(0.1, 0)`` is like
``RX(2.3, 5)``. Compared in addition are the base of adjoints, powers and controlled operators, the
coefficient of an exponential, and the terms of sums and products. A class is like all operators
that it is the class of. In place of an operator, a measurement stands for its observable.
"""

from __future__ import annotations

from collections import Counter
from types import FunctionType
from typing import Any

import numpy as np

from qgate import ops
from qgate.arguments import items_of
from qgate.arrays import is_concrete, unwrap
from qgate.boolean_fn import BooleanFn
from qgate.exceptions import InvalidCondition, described, suggest
from qgate.measurements import classes, functions, shadows
from qgate.measurements.measurement import Measurement, MeasurementKind
from qgate.measurements.own import OwnMeasurement
from qgate.operations.composites import Prod, SProd, Sum
from qgate.operations.mid_measure import MidMeasure, measure
from qgate.operations.operator import Operator
from qgate.operations.outcome_values import MeasurementValue
from qgate.operations.pauli import PauliSum
from qgate.operations.symbolic import Wrapper
from qgate.typing import Nested, Wire
from qgate.wires import Wires

FACTORS = ("coeff", "scalar", "z")
"""Attributes of exponentials, multiples and powers that hold their number."""

HAVE_WIRES = (Operator, Measurement, MeasurementValue)

LISTS = (list, tuple, set, frozenset)

MEASUREMENTS: dict[Any, type] = {
    functions.expval: classes.ExpectationMP,
    functions.var: classes.VarianceMP,
    functions.state: classes.StateMP,
    functions.density_matrix: classes.DensityMatrixMP,
    functions.counts: classes.CountsMP,
    functions.sample: classes.SampleMP,
    functions.probs: classes.ProbabilityMP,
    functions.vn_entropy: classes.VnEntropyMP,
    functions.mutual_info: classes.MutualInfoMP,
    functions.purity: classes.PurityMP,
    shadows.classical_shadow: classes.ClassicalShadowMP,
    shadows.shadow_expval: classes.ShadowExpvalMP,
    measure: MidMeasure,
}
"""Class of the measurements that a function returns."""


# Wires -------------------------------------------------------------------------------------


def wire_set(value: object) -> set[Wire]:
    """Return the wires of an operator or measurement, of a label, or of several of these."""
    items = None if isinstance(value, HAVE_WIRES) else items_of(value)
    return {wire for item in ([value] if items is None else items) for wire in _wires(item)}


def _wires(value: Any) -> Wires:
    return Wires(value.wires if isinstance(value, HAVE_WIRES) else value)


class WiresIn(BooleanFn):
    """Condition that all wires of an operation are among given ones; see ``wires_in``."""

    def __init__(self, wires: object) -> None:
        self.condition = wire_set(wires)
        super().__init__(self._holds, f"WiresIn({list(self.condition)})")

    def _holds(self, value: object) -> bool:
        return wire_set(value).issubset(self.condition)


class WiresEq(BooleanFn):
    """Condition that the wires of an operation are given ones; see ``wires_eq``."""

    def __init__(self, wires: object) -> None:
        self.condition = wire_set(wires)
        listed = list(self.condition)
        super().__init__(self._holds, f"WiresEq({listed[0] if len(listed) == 1 else listed})")

    def _holds(self, value: object) -> bool:
        return not wire_set(value) ^ set(self.condition)


def wires_in(wires: object) -> WiresIn:
    """Return the condition that all wires of an operation are among ``wires``.

    Parameters
    ----------
    wires : wires, operator or measurement
        Labels, or something that has wires.

    Returns
    -------
    WiresIn
        Function of an operator, a measurement or labels.

    Raises
    ------
    WireError
        They are no labels.

    Examples
    --------
    >>> condition = wires_in([0, 1])
    >>> condition(qg.CNOT([1, 0])), condition(qg.X(3)), condition(0)
    (True, False, True)
    """
    return WiresIn(wires)


def wires_eq(wires: object) -> WiresEq:
    """Return the condition that the wires of an operation are ``wires``, in any order.

    Parameters
    ----------
    wires : wires, operator or measurement
        Labels, or something that has wires.

    Returns
    -------
    WiresEq
        Function of an operator, a measurement or labels.

    Raises
    ------
    WireError
        They are no labels.

    Examples
    --------
    >>> condition = wires_eq(qg.CNOT(["alice", "bob"]))
    >>> condition(["bob", "alice"]), condition("alice")
    (True, False)
    """
    return WiresEq(wires)


# Operations --------------------------------------------------------------------------------


class OpIn(BooleanFn):
    """Condition that all of some operations are like one of given ones; see ``op_in``."""

    def __init__(self, ops: object) -> None:
        self._patterns = [_pattern(item) for item in _listed(ops)]
        self.condition = tuple(map(_condition, self._patterns))
        super().__init__(self._holds, f"OpIn({[_name(item) for item in self._patterns]})")

    def _holds(self, value: object) -> bool:
        return all(
            any(is_like(pattern, _pattern(item)) for pattern in self._patterns)
            for item in _listed(value)
        )


class OpEq(BooleanFn):
    """Condition that operations are like given ones, one by one; see ``op_eq``."""

    def __init__(self, ops: object) -> None:
        self._patterns = [_pattern(item) for item in _listed(ops)]
        self.condition = tuple(map(_condition, self._patterns))
        names: Nested = [_name(item) for item in self._patterns]
        super().__init__(self._holds, f"OpEq({names if len(names) > 1 else names[0]})")

    def _holds(self, value: object) -> bool:
        items = [_pattern(item) for item in _listed(value)]
        return len(items) == len(self._patterns) and all(map(is_like, self._patterns, items))


def op_in(ops: object) -> OpIn:
    """Return the condition that an operation is like one of ``ops``, whatever its wires.

    Parameters
    ----------
    ops : class, str, operator or measurement, or a list of these
        Names and classes of gates, or examples of them. A measurement stands for its observable.

    Returns
    -------
    OpIn
        Function of the same; of a list, whether all of its members are like one of ``ops``.

    Raises
    ------
    InvalidCondition
        There is no operation of this name, or it is none of these.

    Examples
    --------
    >>> condition = op_in(["RX", qg.RY])
    >>> condition(qg.RX(1.2, "a")), condition(qg.RZ(1.2, "a")), condition([qg.RX, qg.RY])
    (True, False, True)
    """
    return OpIn(ops)


def op_eq(ops: object) -> OpEq:
    """Return the condition that an operation is like ``ops``, whatever its wires.

    Parameters
    ----------
    ops : class, str, operator or measurement, or a list of these
        Name or class of a gate, or an example of it. A measurement stands for its observable.

    Returns
    -------
    OpEq
        Function of the same; of a list, whether its members are like those of ``ops`` in order.

    Raises
    ------
    InvalidCondition
        There is no operation of this name, or it is none of these.

    Examples
    --------
    >>> condition = op_eq(qg.RX(1.0, "dino"))
    >>> condition(qg.RX(2.0, wires=["eve"])), condition("RZ")
    (True, False)
    >>> op_eq(qg.X)(qg.expval(qg.X(0)))
    True
    """
    return OpEq(ops)


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, LISTS) else [value]


def _pattern(value: Any) -> Any:
    """Return the class or the operator that a condition compares."""
    if isinstance(value, str):
        return _class_named(value)
    if isinstance(value, Measurement):
        return value.obs
    if isinstance(value, MeasurementValue):
        return value.measurements[0]
    if isinstance(value, type | Operator) or value is None:
        return value
    if value is measure:
        return MidMeasure
    raise InvalidCondition(
        condition=described(value),
        reason="it is no operation",
        remedy="Give a class such as qg.RX, its name, an operator, or a list of these.",
    )


def _class_named(name: str) -> type:
    found = getattr(ops, name, None) if name.isidentifier() else None
    if isinstance(found, type):
        return found
    known = [each for each in ops.__all__ if isinstance(getattr(ops, each), type)]
    hint = suggest(name, known)
    raise InvalidCondition(
        condition=repr(name),
        reason=f"there is no operation of this name{f' ({hint})' if hint else ''}",
        remedy="Give the name of a class of qgate.ops, the class, or an operator.",
    )


def _name(pattern: Any) -> str:
    cls = pattern if isinstance(pattern, type) else type(pattern)
    return str(getattr(getattr(cls, "spec", None), "name", None) or cls.__name__)


def _condition(pattern: Any) -> Any:
    """Return a class, or a comparable description of the form of an operator."""
    return pattern if isinstance(pattern, type) else _form(pattern)


def is_like(pattern: Any, value: Any) -> bool:
    """Return whether an operator or class is like another, whatever its wires and angles."""
    if isinstance(pattern, type) and isinstance(value, type):
        return pattern is value
    if isinstance(pattern, type):
        return _is_of(value, pattern)
    if isinstance(value, type):
        return _is_of(pattern, value)
    return bool(_form(pattern) == _form(value))


def _is_of(operator: object, cls: type) -> bool:
    """Return whether an operator is of a class, and of no class derived from it.

    Classes such as ``qg.ops.Prod`` recognize their operators without being their class.
    """
    kind = type(operator)
    return kind is cls or (cls not in kind.__mro__ and isinstance(operator, cls))


def _form(operator: Any) -> Any:
    """Return what remains of an operator without its wires and angles."""
    kind = type(operator)
    if isinstance(operator, MidMeasure):
        return kind, bool(operator.reset)
    if isinstance(operator, PauliSum):
        words = [word.replace("I", "") for word in operator.words]
        terms = zip(map(_number, operator.coefficients), words, strict=True)
        return kind, frozenset(Counter(terms).items())
    if isinstance(operator, Sum):
        return kind, frozenset(Counter(map(_form, operator.operands)).items())
    if isinstance(operator, Prod):
        return kind, tuple(map(_form, operator.operands))
    if isinstance(operator, Wrapper | SProd):
        factors = [getattr(operator, name) for name in FACTORS if hasattr(operator, name)]
        return kind, tuple(map(_number, factors)), _form(operator.base)
    return kind


def _number(value: Any) -> complex:
    """Return a number rounded to eight digits; one that a framework traces is like no other."""
    if not is_concrete(value):
        return id(value)
    return complex(np.round(unwrap(value), 8))


# Measurements ------------------------------------------------------------------------------


class MeasEq(BooleanFn):
    """Condition that measurements are of given kinds, one by one; see ``meas_eq``."""

    def __init__(self, mps: object) -> None:
        self.condition = [_measurement_class(item) for item in _listed(mps)]
        for item, found in zip(_listed(mps), self.condition, strict=True):
            if found is None:
                raise InvalidCondition(
                    condition=described(item),
                    reason="it is no measurement",
                    remedy="Give qg.expval or another function, a class, or a measurement.",
                )
        names: Nested = [repr(found.__name__) for found in self.condition]
        super().__init__(self._holds, f"MeasEq({names if len(names) > 1 else names[0]})")

    def _holds(self, value: object) -> bool:
        return list(self.condition) == [_measurement_class(item) for item in _listed(value)]


def meas_eq(mps: object) -> MeasEq:
    """Return the condition that a measurement is of the kind of ``mps``.

    Parameters
    ----------
    mps : measurement, callable or class, or a list of these
        Function such as ``qg.expval``, class of measurements, or an example of one.

    Returns
    -------
    MeasEq
        Function of the same; of a list, whether its members are of these kinds in order.

    Raises
    ------
    InvalidCondition
        It is no measurement.

    Examples
    --------
    >>> condition = meas_eq(qg.expval)
    >>> condition(qg.expval(qg.Z(9))), condition(qg.probs(wires=[0, 1]))
    (True, False)
    """
    return MeasEq(mps)


BY_KIND = {
    MeasurementKind(function.__name__): cls
    for function, cls in MEASUREMENTS.items()
    if function is not measure
}


def _measurement_class(item: Any) -> type | None:
    """Return the class of a measurement, of a function or class of measurements; None: neither."""
    if isinstance(item, type):
        known = issubclass(item, OwnMeasurement | MidMeasure) or hasattr(item, "kinds")
        return item if known else None
    if isinstance(item, OwnMeasurement):
        return type(item)
    if isinstance(item, Measurement):
        return BY_KIND.get(item.kind)
    if isinstance(item, MidMeasure | MeasurementValue):
        return MidMeasure
    return MEASUREMENTS.get(item) if isinstance(item, FunctionType) else None

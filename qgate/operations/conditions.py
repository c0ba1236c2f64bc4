"""Operators under conditions on the outcomes of mid-circuit measurements."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Self

from qgate.arguments import items_of, truth
from qgate.exceptions import ConditionalTransformError, described
from qgate.operations.labels import Cache
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator, require_operators
from qgate.operations.outcome_values import MeasurementValue, Node, renamed
from qgate.operations.symbolic import Wrapper
from qgate.recording import absorb, recording
from qgate.short_repr import summary
from qgate.typing import Wire

Branch = Callable[..., Any]


class Conditional(Wrapper):
    """Operator that is applied if a value of outcomes is true; ``cond`` makes it.

    Parameters
    ----------
    expr : MeasurementValue
        The condition; a number other than 0 is true.
    then_op : Operator
    id : str, optional
    """

    is_gate = False
    has_matrix = False

    def __init__(self, expr: MeasurementValue, then_op: Operator, id: str | None = None) -> None:
        if not isinstance(expr, MeasurementValue):
            raise ConditionalTransformError(
                f"Conditional was given the condition {described(expr)}. Give the value of a "
                "mid-circuit measurement, qg.measure(wire), or an expression of these."
            )
        require_operators("Conditional", then_op)
        if isinstance(then_op, Conditional):
            absorb(then_op)
            inner: Conditional = then_op
            expr, then_op = expr & inner.meas_val, inner.base
        if isinstance(then_op, MidMeasure):
            raise _with_measurement(then_op)
        self.meas_val: MeasurementValue = expr
        super().__init__(then_op, then_op.wires, id=id)

    @property
    def name(self) -> str:
        return f"Conditional({self.base.name})"

    @property
    def node(self) -> Node:
        """The condition as an expression."""
        return self.meas_val.node

    @property
    def signature(self) -> Hashable:
        return (type(self), self.node, self.base.signature)

    def with_names(self, names: Mapping[Hashable, Hashable]) -> Conditional:
        """Return the operator with other identifiers of the outcomes; nothing is recorded."""
        other = self.with_parameters(self.parameters)
        measured = [item.with_uid(names[item.meas_uid]) for item in self.meas_val.measurements]
        other.meas_val = MeasurementValue.of_node(renamed(self.node, names), measured)
        return other

    def with_base(self, base: Operator) -> Conditional:
        """Return another operator under the same condition."""
        return Conditional(self.meas_val, base)

    def decomposition(self) -> list[Operator]:
        return [self.with_base(part) for part in self.base.decomposition()]

    def adjoint(self) -> Operator:
        return self.with_base(self.base.adjoint())

    @property
    def parameter_frequencies(self) -> list[tuple[float, ...]]:
        return self.base.parameter_frequencies

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> Self:
        other = super().map_wires(wire_map)
        other.meas_val = self.meas_val.map_wires(wire_map)
        return other

    def label(
        self,
        decimals: int | None = None,
        base_label: str | None = None,
        cache: Cache | None = None,
    ) -> str:
        return self.base.label(decimals, base_label, cache)

    def __repr__(self) -> str:
        return f"Conditional({self.meas_val!r}, {self.base!r})"


class ConditionalFunction:
    """Function that calls the first of its branches whose condition is true; ``cond`` makes it.

    Parameters
    ----------
    condition : bool or MeasurementValue
    true_fn : callable
    false_fn : callable, optional
    elifs : sequence of (condition, callable)

    Raises
    ------
    ConditionalTransformError
        A branch is not a callable, or it measures.
    """

    def __init__(
        self, condition: Any, true_fn: Branch, false_fn: Branch | None = None, elifs: Any = ()
    ) -> None:
        self._branches = [(condition, _function(true_fn))]
        for predicate, branch in _pairs(elifs):
            self._branches.append((predicate, _function(branch)))
        self.false_fn = None if false_fn is None else _function(false_fn)

    @property
    def condition(self) -> Any:
        """The condition of the first branch."""
        return self._branches[0][0]

    @property
    def true_fn(self) -> Branch:
        """The first branch."""
        return self._branches[0][1]

    @property
    def elifs(self) -> list[tuple[Any, Branch]]:
        """The further branches with their conditions."""
        return self._branches[1:]

    @property
    def otherwise_fn(self) -> Branch | None:
        """The branch that is called if no condition is true."""
        return self.false_fn

    def else_if(self, pred: Any) -> Callable[[Branch], ConditionalFunction]:
        """Return a decorator that adds a branch with a condition."""

        def added(branch: Branch) -> ConditionalFunction:
            self._branches.append((pred, _function(branch)))
            return self

        return added

    def otherwise(self, otherwise_fn: Branch) -> ConditionalFunction:
        """Set the branch that is called if no condition is true; a decorator."""
        self.false_fn = _function(otherwise_fn)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        absorb(*[value for value in (*args, *kwargs.values()) if isinstance(value, Operator)])
        if any(isinstance(condition, MeasurementValue) for condition, _ in self._branches):
            return self._record(args, kwargs)
        for condition, branch in self._branches:
            if truth("cond", "condition", condition):
                return branch(*args, **kwargs)
        return None if self.false_fn is None else self.false_fn(*args, **kwargs)

    def _record(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Record the operators of each branch under its condition, if no earlier one is true."""
        none_before: Any = True
        for condition, branch in self._branches:
            _apply(_and(none_before, condition), branch, args, kwargs)
            none_before = _and(none_before, _not(condition))
        if self.false_fn is not None:
            _apply(none_before, self.false_fn, args, kwargs)

    def __repr__(self) -> str:
        names = [branch for _, branch in self._branches]
        return summary(self, branches=names, otherwise=self.false_fn)


def cond(
    condition: Any, true_fn: Branch | None = None, false_fn: Branch | None = None, elifs: Any = ()
) -> Any:
    """Return a function that applies operators if a condition is true.

    Parameters
    ----------
    condition : MeasurementValue or bool
        A value of mid-circuit measurements, which is known when the circuit runs (a number other
        than 0 is true), or a plain Python value, which is known now.
    true_fn : callable, optional
        Gate class, template or quantum function without measurements. Without it ``cond`` returns a
        decorator.
    false_fn : callable, optional
        Applied if no condition is true.
    elifs : sequence of (condition, callable)
        Further branches, each for the case that no earlier condition is true.

    Returns
    -------
    callable
        Takes the arguments of the branches. It also has decorators ``else_if(condition)`` and
        ``otherwise``, which add branches. With plain conditions it returns what the branch returns.

    Raises
    ------
    ConditionalTransformError
        A branch is not callable, or contains a measurement.

    Examples
    --------
    >>> with qg.QuantumTape() as tape:
    ...     outcome = qg.measure(0)
    ...     qg.cond(outcome, qg.RX, qg.RY)(0.5, wires=1)
    >>> [operation.name for operation in tape.operations]
    ['MidMeasureMP', 'Conditional(RX)', 'Conditional(RY)']
    """
    if true_fn is None:
        return lambda function: ConditionalFunction(condition, function, false_fn, elifs)
    return ConditionalFunction(condition, true_fn, false_fn, elifs)


def _apply(condition: Any, branch: Branch, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    if not isinstance(condition, MeasurementValue):
        if truth("cond", "condition", condition):
            branch(*args, **kwargs)
        return
    with recording() as recorder:
        branch(*args, **kwargs)
    for item in recorder.items:
        if not isinstance(item, Operator) or isinstance(item, MidMeasure):
            raise _with_measurement(item)
    for item in recorder.items:
        Conditional(condition, item)


def _and(left: Any, right: Any) -> Any:
    if isinstance(left, MeasurementValue) and not isinstance(right, MeasurementValue):
        left, right = right, left
    if isinstance(left, MeasurementValue):
        return left & right
    return right if truth("cond", "condition", left) else False


def _not(condition: Any) -> Any:
    return (
        ~condition
        if isinstance(condition, MeasurementValue)
        else not truth("cond", "condition", condition)
    )


def _pairs(elifs: Any) -> list[Sequence[Any]]:
    """Return the further branches with their conditions; one pair may be given alone."""
    parts = items_of(elifs)
    is_pair = parts is not None and len(parts) == 2 and callable(parts[1])
    if parts is not None and is_pair and not isinstance(parts[0], tuple | list):
        return [parts]
    if parts is None or not all(
        isinstance(part, tuple | list) and len(part) == 2 for part in parts
    ):
        raise ConditionalTransformError(
            f"cond was given elifs={described(elifs)}. Give a sequence of pairs of a condition and "
            "a function, such as [(outcome == 1, qg.RY)]."
        )
    return parts


def _function(branch: Any) -> Branch:
    if not callable(branch):
        raise ConditionalTransformError(
            f"cond was given {described(branch)}. Only operations and quantum functions with no "
            "measurements can be applied conditionally: give the gate's class or a function, such "
            "as qg.cond(outcome, qg.RX)(0.1, wires=0)."
        )
    function: Branch = branch
    return function


def _with_measurement(item: object) -> ConditionalTransformError:
    return ConditionalTransformError(
        f"{described(item)} stands in a branch of cond. Only quantum functions that contain no "
        "measurements can be applied conditionally. Measure before or after the condition."
    )

"""Outcomes of mid-circuit measurements, and values computed from them.

A value is an expression of outcomes that are known only when the circuit runs. It is stored as a
tree of hashable nodes, so that circuits with equal expressions have equal structures.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from qgate.arrays import is_traced, unwrap
from qgate.exceptions import InvalidParameters, UnknownOutcome, described
from qgate.sizes import check_size
from qgate.typing import Wire
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.operations.mid_measure import MidMeasure

MOST_TABULATED = 16
"""Maximum number of outcomes of a function that is known only by its values."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "&": np.logical_and,
    "|": np.logical_or,
    "^": np.logical_xor,
    "~": np.logical_not,
}
"""Functions of values, which also act on arrays of them."""

CHAINED = frozenset({"+", "*", "&", "|", "^"})
"""Functions whose applications from left to right are stored as one node."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Node of an expression: the outcome, 0 or 1, of a measurement."""

    uid: Hashable


@dataclass(frozen=True, slots=True)
class Call:
    """Node of an expression: a function of other nodes, applied from left to right."""

    function: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Node of an expression: a function by its values, the first outcome most significant."""

    uids: tuple[Hashable, ...]
    values: tuple[Any, ...]


Node: TypeAlias = Any
"""An ``Outcome``, ``Call`` or ``Table``, or a number."""


def evaluated(node: Node, outcomes: Mapping[Hashable, Any]) -> Any:
    """Return the value of an expression for given outcomes: numbers, or arrays of equal shape."""
    if isinstance(node, Outcome):
        return outcomes[node.uid]
    if isinstance(node, Call):
        values = [evaluated(argument, outcomes) for argument in node.arguments]
        function = FUNCTIONS[node.function]
        return function(values[0]) if len(values) == 1 else reduce(function, values)
    if isinstance(node, Table):
        bits = [outcomes[uid] for uid in node.uids]
        place = reduce(lambda index, bit: 2 * index + bit, bits)
        return node.values[place] if isinstance(place, int) else np.asarray(node.values)[place]
    return node


def uids_in(node: Node) -> list[Hashable]:
    """Return the outcomes on which an expression depends, in order of first appearance."""
    if isinstance(node, Outcome):
        return [node.uid]
    if isinstance(node, Table):
        return list(node.uids)
    if isinstance(node, Call):
        return list(dict.fromkeys(uid for part in node.arguments for uid in uids_in(part)))
    return []


def renamed(node: Node, names: Mapping[Hashable, Hashable]) -> Node:
    """Return an expression with other names of its outcomes.

    Raises
    ------
    KeyError
        A name is not in the mapping.
    """
    if isinstance(node, Outcome):
        return Outcome(names[node.uid])
    if isinstance(node, Table):
        return Table(tuple([names[uid] for uid in node.uids]), node.values)
    if isinstance(node, Call):
        return Call(node.function, tuple([renamed(part, names) for part in node.arguments]))
    return node


class MeasurementValue:
    """Value that is known only when a circuit runs: an outcome, or computed from outcomes.

    Values are combined with ``+ - * / %``, comparisons, ``& | ^ ~`` (logical), with each other and
    with numbers. ``measure`` returns one; ``cond`` and the measurement functions take them.

    Parameters
    ----------
    measurements : sequence of MidMeasure
        The measurements whose outcomes it depends on.
    processing_fn : callable, optional
        Function of these outcomes; default: the outcome of the only measurement. It is called once
        for each combination, of at most ``MOST_TABULATED`` outcomes.

    Examples
    --------
    >>> first, second = qg.measure(0), qg.measure(1)
    >>> (first + 2 * second).branches
    {(0, 0): 0, (0, 1): 2, (1, 0): 1, (1, 1): 3}
    """

    name = "MeasurementValue"
    __array_ufunc__ = None  # numbers of numpy leave arithmetic with values to this class
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        measurements: Sequence[MidMeasure],
        processing_fn: Callable[..., Any] | None = None,
    ) -> None:
        self.measurements = list(measurements)
        uids = tuple([item.meas_uid for item in self.measurements])
        if processing_fn is None:
            self.node: Node = Outcome(uids[0])
            return
        check_size(
            "A function of outcomes",
            len(uids),
            MOST_TABULATED,
            unit="outcomes",
            remedy="Combine the outcomes with + - * / and comparisons instead.",
        )
        values = [_number(processing_fn(*bits)) for bits in product((0, 1), repeat=len(uids))]
        self.node = Table(uids, tuple(values))

    @classmethod
    def of_node(cls, node: Node, measurements: Sequence[MidMeasure]) -> MeasurementValue:
        """Return the value of an expression of the outcomes of these measurements."""
        value = object.__new__(cls)
        value.node, value.measurements = node, list(measurements)
        return value

    @property
    def has_processing(self) -> bool:
        """Whether it is more than the outcome of one measurement."""
        return not isinstance(self.node, Outcome)

    def processing_fn(self, *outcomes: int) -> Any:
        """Return the value for given outcomes of ``measurements``."""
        return self.concretize(dict(zip(self._uids, outcomes, strict=True)))

    def concretize(self, measurements: Mapping[Any, int]) -> Any:
        """Return the value for given outcomes, by measurement or by its ``meas_uid``."""
        known = {getattr(key, "meas_uid", key): bit for key, bit in measurements.items()}
        return evaluated(self.node, known)

    @cached_property
    def _uids(self) -> list[Hashable]:
        return [item.meas_uid for item in self.measurements]

    def items(self) -> Iterator[tuple[tuple[int, ...], Any]]:
        """Iterate over all combinations of outcomes, each with its value."""
        for bits in product((0, 1), repeat=len(self.measurements)):
            yield bits, self.processing_fn(*bits)

    def postselected_items(self) -> Iterator[tuple[tuple[int, ...], Any]]:
        """Iterate over the combinations of the outcomes that are not postselected."""
        free = [item.postselect is None for item in self.measurements]
        for bits in product((0, 1), repeat=sum(free)):
            rest = iter(bits)
            every = [
                next(rest) if item.postselect is None else item.postselect
                for item in self.measurements
            ]
            yield bits, self.processing_fn(*every)

    @property
    def branches(self) -> dict[tuple[int, ...], Any]:
        """The value for each combination of outcomes."""
        return dict(self.items())

    @property
    def wires(self) -> Wires:
        """The measured wires."""
        return Wires.all_wires([item.wires for item in self.measurements])

    def map_wires(self, wire_map: Mapping[Wire, Wire]) -> MeasurementValue:
        """Return the value of the same measurements on other wires."""
        return self.of_node(self.node, [item.map_wires(wire_map) for item in self.measurements])

    def __getitem__(self, i: int) -> Any:
        width = len(self.measurements)
        return self.processing_fn(*[(i >> place) & 1 for place in reversed(range(width))])

    # Arithmetic ------------------------------------------------------------------

    def _combined(self, function: str, other: Any, *, swapped: bool = False) -> MeasurementValue:
        """Return a function of this value and another value or a number."""
        if isinstance(other, MeasurementValue):
            known = {item.meas_uid for item in self.measurements}
            more = [item for item in other.measurements if item.meas_uid not in known]
            node, measurements = other.node, [*self.measurements, *more]
        else:
            node, measurements = _number(other), self.measurements
            if node is None:
                return NotImplemented  # type: ignore[no-any-return]
        left, right = (node, self.node) if swapped else (self.node, node)
        chained = function in CHAINED and isinstance(left, Call) and left.function == function
        first = left.arguments if chained else (left,)
        return self.of_node(Call(function, (*first, right)), measurements)

    def __invert__(self) -> MeasurementValue:
        return self.of_node(Call("~", (self.node,)), self.measurements)

    def __add__(self, other: Any) -> MeasurementValue:
        return self._combined("+", other)

    def __radd__(self, other: Any) -> MeasurementValue:
        return self._combined("+", other, swapped=True)

    def __sub__(self, other: Any) -> MeasurementValue:
        return self._combined("-", other)

    def __rsub__(self, other: Any) -> MeasurementValue:
        return self._combined("-", other, swapped=True)

    def __mul__(self, other: Any) -> MeasurementValue:
        return self._combined("*", other)

    def __rmul__(self, other: Any) -> MeasurementValue:
        return self._combined("*", other, swapped=True)

    def __truediv__(self, other: Any) -> MeasurementValue:
        return self._combined("/", other)

    def __rtruediv__(self, other: Any) -> MeasurementValue:
        return self._combined("/", other, swapped=True)

    def __mod__(self, other: Any) -> MeasurementValue:
        return self._combined("%", other)

    def __rmod__(self, other: Any) -> MeasurementValue:
        return self._combined("%", other, swapped=True)

    def __and__(self, other: Any) -> MeasurementValue:
        return self._combined("&", other)

    def __or__(self, other: Any) -> MeasurementValue:
        return self._combined("|", other)

    def __xor__(self, other: Any) -> MeasurementValue:
        return self._combined("^", other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __eq__(self, other: object) -> Any:
        return self._combined("==", other)

    def __ne__(self, other: object) -> Any:
        return self._combined("!=", other)

    def __lt__(self, other: Any) -> MeasurementValue:
        return self._combined("<", other)

    def __le__(self, other: Any) -> MeasurementValue:
        return self._combined("<=", other)

    def __gt__(self, other: Any) -> MeasurementValue:
        return self._combined(">", other)

    def __ge__(self, other: Any) -> MeasurementValue:
        return self._combined(">=", other)

    # Uses as a number ------------------------------------------------------------

    def __bool__(self) -> bool:
        raise UnknownOutcome(use="as the condition of a Python if, while, and, or, not")

    def __float__(self) -> float:
        raise UnknownOutcome(use="as a number")

    __int__ = __index__ = __complex__ = __float__

    def __str__(self) -> str:
        lines = []
        for bits, value in self.items():
            pairs = zip(self._uids, bits, strict=True)
            lines.append(f"if {','.join(f'{uid}={bit}' for uid, bit in pairs)} => {value}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"MeasurementValue(wires={list(self.wires)})"


def _number(value: Any) -> Any:
    """Return a plain number, or None for anything else.

    Raises
    ------
    InvalidParameters
        A framework traces the number.
    """
    if is_traced(value):
        raise InvalidParameters(
            "An outcome of a mid-circuit measurement was combined with a number that is being "
            f"differentiated, {described(value)}. Combine outcomes with plain numbers, and "
            "multiply the result of the circuit instead."
        )
    plain = unwrap(value)
    if isinstance(plain, np.ndarray | np.generic) and plain.shape == ():
        plain = plain.item()
    return plain if isinstance(plain, int | float) else None

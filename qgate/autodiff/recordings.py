"""Circuits of QNodes that were recorded once, for each form of the arguments."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import prod
from types import CodeType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from autograd.core import VJPNode

import qgate
from qgate.arrays import (
    any_boxed,
    any_traced,
    framework_among,
    framework_of,
    getval,
    is_concrete,
    isbox,
    shape_of,
    unwrap,
)
from qgate.autodiff.recorded_derivatives import DifferentiableCircuit
from qgate.autodiff.recorded_rows import RecordedRows
from qgate.autodiff.returns import leaves, rebuilt
from qgate.context import HERE, active_plan, active_trackers
from qgate.differentiate.pullbacks import Pullback
from qgate.exceptions import NeedsValue, name_of
from qgate.operations.entries import Entry, Formula
from qgate.operations.operator import ParameterKind
from qgate.tape import Tape
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.bridge import Interface
    from qgate.devices.base import Device
    from qgate.shots import Shots

MOST_RECORDINGS = 64
"""Maximum number of recordings of a QNode, and of QNodes of a function."""

LIBRARIES = (os.path.dirname(qgate.__file__), os.path.dirname(os.path.dirname(np.__file__)))
"""Folders whose lines are not those of a user."""


OF_NUMBERS = ("auto", "autograd", "numpy")
"""Interfaces of QNodes whose arguments are numbers and arrays of numpy."""

VARIES = VJPNode.new_root()
"""Node of a pullback whose value depends on its arguments."""


class RecordedNode(Protocol):
    """Protocol: attributes of a QNode that are used here."""

    func: Callable[..., Any]
    device: Device
    shots: Shots
    max_diff: int | None
    interface: str | None
    _method: Method | None

    @property
    def is_transformed(self) -> bool:
        """Whether the tape of a call is transformed before it runs."""

    def _record(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Tape, Any]:
        """Return the tape of a call, and what the function returned."""


class Recordings:
    """Recordings of the circuits of a QNode, one for each form of its arguments."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[DifferentiableCircuit | None, Any]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Recordings, ()  # circuits are recorded again in another process

    def call(
        self,
        qnode: RecordedNode,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        seed: Tensor,
        choose: Callable[[Sequence[Tensor]], Interface | None],
    ) -> tuple[Any] | None:
        """Return the results of a call, in a tuple; None: it has to be recorded like any other."""
        values = leaves([args, kwargs])
        form = tuple(map(_form, values))
        circuit = self._circuit(qnode, args, kwargs, form)
        if circuit is None:
            return None
        arrays = [value for value, one in zip(values, form, strict=True) if type(one) is Varying]
        interface = choose(arrays if seed is None else [*arrays, seed])
        if interface is not None and seed is not None:
            seed = interface.seed(seed)
        return circuit.call(arrays, interface, seed)

    def _circuit(
        self,
        qnode: RecordedNode,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        form: tuple[Hashable, ...],
    ) -> DifferentiableCircuit | None:
        """Return the circuit for arguments of a form, recorded if it is not known yet."""
        if None in form or active_plan() is not None:
            return None
        outside = _outside(qnode.func)
        key = (form, _nesting(args), _nesting(kwargs), qnode.shots, *map(id, outside))
        if key not in self._known:
            circuit = _record(qnode, args, kwargs, form)
            while len(self._known) >= MOST_RECORDINGS:
                self._known.pop(next(iter(self._known)), None)
            self._known[key] = circuit, outside  # kept, so that no other object gets an id of these
            return circuit
        return self._known[key][0]

    def pull_back(
        self, qnode: RecordedNode, args: Sequence[Any], positions: Sequence[int]
    ) -> Pullback | None:
        """Return value and pullback of an expectation value without a trace; None: it needs one.

        ``positions`` are those of the arguments to differentiate by, which are arrays or numbers.
        """
        if qnode.is_transformed or HERE.get().combined or qnode.interface not in OF_NUMBERS:
            return None
        form = tuple(map(_form, args))
        if any(type(form[at]) is not Varying for at in positions) or any_boxed(args):
            return None
        circuit = self._circuit(qnode, args, {}, form)
        if circuit is None or active_trackers():
            return None
        places = [at for at, one in enumerate(form) if type(one) is Varying]
        slopes = circuit.slopes(tuple(map(places.index, positions)))
        if slopes is None:
            return None
        found = slopes([args[at] for at in places])
        return None if found is None else KnownPullback(found[0], (), VARIES, tuple(found[1]))


@dataclass(frozen=True)
class KnownPullback(Pullback):
    """Pullback of one number whose derivatives are known.

    Parameters
    ----------
    derivatives : tuple of array
        By each of the chosen arguments.
    """

    derivatives: tuple[FloatArray, ...]

    def __call__(self, cotangent: Tensor) -> tuple[Tensor, ...]:
        return tuple([derivative * cotangent for derivative in self.derivatives])


class RecordingsOfQNodes:
    """Recordings of the QNodes that a function calls."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Recordings, Any]] = {}

    def of(self, *parts: object) -> Recordings:
        """Return the recordings of the QNode that consists of these objects."""
        key = tuple(map(id, parts))
        if key not in self._known:
            while len(self._known) >= MOST_RECORDINGS:
                self._known.pop(next(iter(self._known)), None)
            self._known[key] = Recordings(), parts
        return self._known[key][0]


# Forms of arguments -------------------------------------------------------------------------------


class Varying(tuple[object, ...]):
    """Form of an array of real numbers, whose values may differ between calls."""

    __slots__ = ()


def _form(value: Any) -> Hashable:
    """Return all of a value on which a recording depends; None: it cannot be compared."""
    kind = type(value)
    if kind is float:
        return Varying(((), "f"))
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind == "f":
            marked = getattr(value, "requires_grad", None)
            return Varying((value.shape, value.dtype.char, marked))
        return None if value.dtype.kind == "O" else (value.shape, value.dtype.str, value.tobytes())
    if isbox(value):
        plain = unwrap(value)
        real = is_concrete(value) and np.asarray(plain).dtype.kind == "f"
        return Varying((np.shape(plain), kind, np.asarray(plain).dtype.char)) if real else None
    framework = framework_of(value)
    if framework is not None:
        return _form_in(framework, value)
    try:
        hash(value)
    except TypeError:
        return None
    return kind, value


def _form_in(framework: Any, value: Tensor) -> Hashable:
    shape, name = shape_of(value), str(framework.enclosed(value).dtype)
    if "float" in name and -1 not in shape:
        return Varying((shape, type(value), name))
    if "complex" in name or not is_concrete(value):
        return None
    return shape, name, np.asarray(unwrap(value)).tobytes()


def _nesting(container: Any) -> Hashable:
    """Return how containers are nested, without their values."""
    if isinstance(container, dict):
        return tuple(container), tuple(map(_nesting, container.values()))
    if isinstance(container, tuple | list):
        return type(container), tuple(map(_nesting, container))
    return None


def _outside(function: Any) -> list[Any]:
    """Return the objects to which a function's variables outside of it refer."""
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    code = getattr(function, "__code__", None)
    if code is None:
        return cells
    scope = function.__globals__
    return [*cells, *[scope[name] for name in _names(code) if name in scope]]


@lru_cache(maxsize=1024)
def _names(code: CodeType) -> tuple[str, ...]:
    """Return the names that code looks up, those of its comprehensions and inner functions too."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return (*code.co_names, *chain.from_iterable(map(_names, inner)))


# Recording ----------------------------------------------------------------------------------------


def _record(
    qnode: RecordedNode, args: Sequence[Any], kwargs: Mapping[str, Any], form: Sequence[Hashable]
) -> DifferentiableCircuit | None:
    """Record a circuit as it is, and with entries in place of numbers."""
    values = [getval(value) for value in leaves([args, kwargs])]
    varies = [type(one) is Varying for one in form]
    example, returned = qnode._record(*_rebuilt(args, kwargs, values))
    if not _is_supported(qnode, example):
        return None
    arrays = [value for value, varying in zip(values, varies, strict=True) if varying]
    shapes = tuple(map(shape_of, arrays))
    formula = Formula(sum(map(prod, shapes)))
    entries = _with_entries(qnode, _rebuilt(args, kwargs, _entries(values, varies, formula)))
    if entries.structure != example.structure:
        raise NeedsValue(
            function=name_of(qnode.func),
            line="its gates",
            reason="two calls with the same arguments applied different gates",
        )
    if any(map(_has_entries, entries.arrays)) or any_traced(entries.parameters):
        return None  # a traced value came in from outside of the arguments
    rows = RecordedRows.of(_angles(entries), shapes, formula)
    tape = example if framework_among(example.parameters) is None else _bound(entries, rows, arrays)
    return DifferentiableCircuit(qnode.device, qnode._method, qnode.max_diff, tape, returned, rows)


def _with_entries(qnode: RecordedNode, arguments: Any) -> Tape:
    """Call a function with entries, and return the circuit."""
    try:
        tape: Tape = qnode._record(*arguments)[0]
        tape.structure  # noqa: B018  # of which some is computed at first use
    except Exception as error:
        raise NeedsValue(
            function=name_of(qnode.func), line=_line_of(error), reason=str(error).rstrip(".")
        ) from error
    return tape


def _bound(tape: Tape, rows: RecordedRows, arrays: Sequence[Tensor]) -> Tape:
    """Return a tape with the numbers of arrays, zeros where they are not known yet."""
    known = [unwrap(each) if is_concrete(each) else np.zeros(shape_of(each)) for each in arrays]
    numbers = rows.numbers(known)
    angles = [i for i, kind in enumerate(tape.parameter_kinds) if kind is ParameterKind.ANGLES]
    batched = tape.batch_size is not None
    bound = []
    for index in angles:
        columns, shape = numbers[:, list(tape.slots_of(index))], tape.angle_shapes[index]
        whole = columns if batched and _is_batched(tape, index) else columns[0]
        bound.append(whole.reshape((len(columns), *shape) if whole.ndim == 2 else shape))
    return tape.bind_new_parameters(bound, angles)


def _is_batched(tape: Tape, index: int) -> bool:
    return shape_of(tape.parameters[index]) != tape.angle_shapes[index]


def _is_supported(qnode: RecordedNode, tape: Tape) -> bool:
    known = tape.batch_size != -1 and not tape.structure.has_outcomes
    batched = tape.batch_size is not None and bool(tape.arrays)
    return known and not batched and tape.shots.budget is None


def _rebuilt(args: Sequence[Any], kwargs: Mapping[str, Any], values: Sequence[Any]) -> Any:
    return rebuilt((tuple(args), dict(kwargs)), iter(values))


def _entries(values: Sequence[Any], varies: Sequence[bool], formula: Formula) -> list[Any]:
    """Return the arguments with entries in place of numbers."""
    found, first = [], 0
    for value, varying in zip(values, varies, strict=True):
        if not varying:
            found.append(value)
            continue
        shape = shape_of(value)
        found.append(formula.entries(first, shape))
        first += prod(shape)
    return found


def _angles(tape: Tape) -> Tensor:
    """Return the angles of a tape as a matrix (K, P) of numbers and entries."""
    count = tape.batch_size or 1
    columns = []
    for index, kind in enumerate(tape.parameter_kinds):
        if kind is ParameterKind.ANGLES:
            value, size = tape.parameters[index], len(tape.slots_of(index))
            column = np.empty((count, size), dtype=object)
            column[:] = np.reshape(np.array(getval(value), dtype=object), (-1, size))
            columns.append(column)
    return np.concatenate(columns, axis=1) if columns else np.empty((count, 0), dtype=object)


def _has_entries(array: Tensor) -> bool:
    return any(isinstance(each, Entry) for each in np.ravel(np.asarray(array, dtype=object)))


def _line_of(error: BaseException) -> str:
    """Return the last line of the user's code that led to an error."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)]
    last = (own or frames)[-1]
    where = f"{os.path.basename(last.filename)}, line {last.lineno}"
    return f"{where}: {last.line}" if last.line else where

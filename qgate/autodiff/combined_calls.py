"""Calls of one function for many arguments, whose circuits run in one submission.

A function of a user calls QNodes and computes with their results, so its circuits are not known
before it runs. Each call therefore runs until it first calls a QNode, which stops it (``Stopped``).
The circuits of all calls run together. Then the calls are made again and get these results, without
recording the circuits again. A function that calls a second QNode is stopped there once more, and
so on: the number of submissions is the number of QNode calls in one call of the function.

Circuits with the same structure become the rows of one tape, because the gradient of a tape is one
submission, too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from autograd.tracer import trace_stack

from qgate.arrays import any_traced, namespace
from qgate.autodiff.evaluate import evaluate
from qgate.context import entered
from qgate.execution.execute import MeasurementResult
from qgate.operations.operator import ParameterKind
from qgate.tape import Tape
from qgate.typing import Function, Nested, Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.bridge import Interface
    from qgate.devices.base import Device

Entries: TypeAlias = list[MeasurementResult]
"""Results of a tape, one entry for each measurement, with a leading axis of rows."""

Finish: TypeAlias = Callable[[Entries], Nested]
"""Function from the entries of a tape to the result of a QNode."""


class Stopped(BaseException):
    """A call reached a circuit whose results are not known yet; the user's code has to let it pass.

    It is no ``Exception``, so that a function that handles errors does not handle this.
    """


@dataclass(frozen=True, eq=False)
class Request:
    """Tapes that a QNode is about to run, with the arguments of ``evaluate``.

    ``finish`` makes the result of the QNode from the entries of its only tape. Without it the QNode
    makes its result itself when it is called again.
    """

    tapes: Sequence[Tape]
    device: Device
    method: Method | None
    interface: Interface | None
    max_diff: int | None
    seed: Tensor
    finish: Finish | None

    @property
    def key(self) -> Hashable:
        """Equal for requests that ``evaluate`` can run together."""
        method = self.method
        options = () if method is None else tuple((k, id(v)) for k, v in method.options.items())
        named = None if method is None else (method.name, method.higher, id(method.transform))
        parts = (self.device, self.interface, self.seed)
        return (*map(id, parts), self.max_diff, named, options)

    def known(self, entries: list[Entries]) -> Nested:
        """Return the result of the QNode, or the entries of its tapes."""
        return entries if self.finish is None else self.finish(entries[0])


@dataclass(eq=False)
class CombinedCall:
    """One call, with the results of the circuits that it has reached so far."""

    call: Callable[[], Nested]
    known: list[Nested] = field(default_factory=list)
    request: Request | None = None
    value: Nested = None
    done: bool = False
    _position: int = 0
    _traced: Hashable = field(default_factory=lambda: _traces())

    def resume(self) -> None:
        """Make the call; it ends, or leaves a request."""
        self._position = 0
        with entered(combined=self), suppress(Stopped):
            self.value, self.done = self.call(), True

    @property
    def is_repeated(self) -> bool:
        """Whether the result of the QNode that is called now is known."""
        return self._position < len(self.known) and not self._is_inside

    @property
    def _is_inside(self) -> bool:
        """Whether the function differentiates or compiles by itself.

        Its tracers do not outlive the call.
        """
        return _traces() != self._traced

    def result(self) -> Nested:
        """Return the next known result."""
        self._position += 1
        return self.known[self._position - 1]

    def evaluate(
        self,
        tapes: Sequence[Tape],
        device: Device,
        method: Method | None,
        *,
        interface: Interface | None,
        max_diff: int | None = None,
        seed: Tensor = None,
        singles: bool = False,
        finish: Finish | None = None,
    ) -> list[Entries]:
        """Return the results of tapes if they are known, or stop the call.

        ``finish`` is that of ``Request``; further arguments are those of ``evaluate``.
        """
        if self._is_inside:
            options = {"interface": interface, "max_diff": max_diff, "seed": seed}
            return evaluate(tapes, device, method, singles=singles, **options)
        if self.is_repeated:
            found: list[Entries] = self.result()
            return found
        self.request = Request(tapes, device, method, interface, max_diff, seed, finish)
        raise Stopped


def _traces() -> Hashable:
    """Return a value that changes where autograd or JAX begins to trace."""
    if "jax" not in sys.modules:
        return trace_stack.top, None
    core = import_module("jax.extend.core")
    if not hasattr(core, "get_opaque_trace_state"):  # older versions of JAX
        core = sys.modules["jax"].core
    return trace_stack.top, core.get_opaque_trace_state()


def call_combined(function: Function, arguments: Sequence[Sequence[Nested]]) -> list[Nested]:
    """Call a function for each tuple of arguments, and run the circuits of all calls together.

    The function is called once more for each QNode that it calls, so it has to do the same each
    time.

    Parameters
    ----------
    function : callable
        A QNode, or a function that calls QNodes.
    arguments : sequence of tuple
        Positional arguments of each call.

    Returns
    -------
    list
        Return value of each call.

    Notes
    -----
    Cost: one submission for each QNode call within the function. Where matrices, states or the
    structure of the circuit depend on the arguments, the values are one submission, and each
    circuit has a gradient of its own.
    """
    calls = [CombinedCall(_bound(function, args)) for args in arguments]
    waiting = calls
    while waiting:
        for call in waiting:
            call.resume()
        waiting = [call for call in waiting if not call.done]
        requests = [call.request for call in waiting if call.request is not None]
        for call, known in zip(waiting, _results(requests), strict=True):
            call.known.append(known)
    return [call.value for call in calls]


def _bound(function: Function, args: Sequence[Nested]) -> Callable[[], Nested]:
    return lambda: function(*args)


def _results(requests: Sequence[Request]) -> list[Nested]:
    """Return what is known after each request; the tapes of one QNode run together."""
    found: dict[int, Nested] = {}
    for members in _grouped([request.key for request in requests]):
        group = [requests[member] for member in members]
        entries = iter(_run([tape for request in group for tape in request.tapes], group[0]))
        for member, request in zip(members, group, strict=True):
            found[member] = request.known([next(entries) for _ in request.tapes])
    return [found[index] for index in range(len(requests))]


def _grouped(keys: Sequence[Hashable]) -> list[list[int]]:
    """Return the positions of equal keys, in order of first appearance."""
    groups: dict[Hashable, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(key, []).append(index)
    return list(groups.values())


def _run(tapes: Sequence[Tape], options: Request) -> list[Entries]:
    """Return the results of each tape; tapes of one structure run as the rows of one tape."""
    groups = _grouped([_row_key(tape, index) for index, tape in enumerate(tapes)])
    results = evaluate(
        [_stacked([tapes[member] for member in members]) for members in groups],
        options.device,
        options.method,
        interface=options.interface,
        max_diff=options.max_diff,
        seed=options.seed,
    )
    found: dict[int, Entries] = {}
    for members, entries in zip(groups, results, strict=True):
        if len(members) == 1:  # it may have a batch of its own
            found[members[0]] = entries
        else:
            parts = len(tapes[members[0]].shots.parts) or 1
            found.update(zip(members, _rows(entries, len(members), parts), strict=True))
    return [found[index] for index in range(len(tapes))]


def _row_key(tape: Tape, index: int) -> Hashable:
    """Return a key that is equal for tapes that can be the rows of one tape."""
    gates = _num_gate_parameters(tape)
    kinds, measured = tape.parameter_kinds[:gates], tape.parameters[gates:]
    if (
        tape.batch_size is not None
        or any(kind is not ParameterKind.ANGLES for kind in kinds)
        or any_traced(measured)
        or not gates
    ):
        return index
    numbers = tuple(np.asarray(value).tobytes() for value in measured)
    return (tape.structure, tape.angle_shapes, tape.shots, tuple(tape.trainable_params), numbers)


def _num_gate_parameters(tape: Tape) -> int:
    return sum(item.num_params for item in tape.operations)


def _stacked(tapes: Sequence[Tape]) -> Tape:
    """Return one tape whose batch has the numbers of several."""
    first = tapes[0]
    if len(tapes) == 1:
        return first
    count = _num_gate_parameters(first)
    columns = list(zip(*(tape.parameters[:count] for tape in tapes), strict=True))
    stacked = [_column(values) for values in columns]
    return first.bind_new_parameters(stacked, range(count))


def _column(values: Sequence[Tensor]) -> Tensor:
    """Return one parameter of all tapes with a leading axis."""
    xp = namespace(values)
    return xp.stack(list(values))


def _rows(entries: Entries, members: int, parts: int) -> Iterator[Entries]:
    """Yield the results of each row of a batch, each with the parts of its shot vector."""
    for member in range(members):
        yield [entry[member * parts : (member + 1) * parts] for entry in entries]

"""A quantum function bound to a device."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from qgate.arrays import depth, namespace, shape_of, unwrap
from qgate.exceptions import NoMeasurement, QuantumFunctionError, UnknownInterface, suggest
from qgate.execution.evaluate import evaluate
from qgate.execution.resolve import check_method, parse_method
from qgate.execution.run import Entry
from qgate.interfaces.autograd import differentiable
from qgate.measurements import Measurement, MeasurementKind
from qgate.recording import recording
from qgate.shots import Shots
from qgate.tape import Tape, split_recorded

if TYPE_CHECKING:
    from qgate.devices.base import Device

INTERFACES: Mapping[Any, Any] = {
    "auto": differentiable,
    "autograd": differentiable,
    "numpy": differentiable,
    None: None,
}
"""What makes values differentiable in each framework."""


class QNode:
    """A quantum function bound to a device; called like the function, it returns numbers.

    Each call records the function's operations, runs them, and returns the results in the
    container the function returned: one measurement an array, several a tuple, a shot
    vector a tuple of those. Batched parameters add a leading axis.

    Parameters
    ----------
    func : callable
        Makes operations and returns measurements.
    device : Device or str
        Where it runs, or the string that names it.
    interface : {"auto", "autograd", "numpy", None}
        The framework that differentiates; None: no derivatives.
    diff_method : str, gradient transform or None
        ``best``, ``backprop``, ``adjoint`` (local device, exact), ``parameter-shift``,
        ``finite-diff``.
    shots : None, int or sequence, optional
        Default: the device's.
    gradient_kwargs : mapping, optional
        Options of the gradient method.
    max_diff : int, optional
        Refuse derivatives of a higher order than this; default any order.

    Raises
    ------
    UnknownDiffMethod, UnknownInterface, UnsupportedDiffMethod
        At once, when the QNode is made.

    Notes
    -----
    Cost: a call is one submission; a gradient with ``parameter-shift`` is one submission
    of the value and all shifted circuits together.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        device: Device | str,
        interface: str | None = "auto",
        diff_method: Any = "best",
        *,
        shots: Any = "device",
        gradient_kwargs: Mapping[str, Any] | None = None,
        max_diff: int | None = None,
    ) -> None:
        if interface not in INTERFACES:
            raise UnknownInterface(
                interface=interface,
                known=[str(name) for name in INTERFACES],
                hint=suggest(str(interface), map(str, INTERFACES)),
            )
        self.func = func
        self.device = _device(device)
        self.interface = interface
        self.diff_method = diff_method
        self.max_diff = max_diff
        self.gradient_kwargs = dict(gradient_kwargs or {})
        self.shots = self.device.shots if isinstance(shots, str) else Shots.of(shots)
        self.tape: Tape | None = None
        self._method = parse_method(diff_method, self.gradient_kwargs)
        check_method(self._method, self.device, self.shots)
        functools.update_wrapper(self, func)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if "shots" in kwargs and "shots" not in inspect.signature(self.func).parameters:
            return self.with_shots(kwargs.pop("shots"))(*args, **kwargs)
        tape, returned = self._record(args, kwargs)
        self._check_order(tape)
        bridge = INTERFACES[self.interface]
        method = self._method if bridge is not None else None
        (entries,) = evaluate([tape], self.device, method, differentiable=bridge or differentiable)
        return arrange(tape, entries, returned)

    def construct(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tape:
        """Record the function for these arguments and return the tape."""
        return self._record(args, kwargs)[0]

    def _record(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Tape, Any]:
        with recording() as recorder:
            returned = self.func(*args, **kwargs)
        operations, _ = split_recorded(recorder.items)
        measurements = _measurements(returned, getattr(self.func, "__name__", "function"))
        self.tape = Tape(operations, measurements, self.shots)
        return self.tape, returned

    def _check_order(self, tape: Tape) -> None:
        if self.max_diff is None:
            return
        order = max((depth(value) for value in tape.parameters), default=0)
        if order > self.max_diff:
            raise QuantumFunctionError(
                f"A derivative of order {order} is being taken, and the QNode was made with "
                f"max_diff={self.max_diff}. Give it max_diff={order}, or leave max_diff out."
            )

    def with_shots(self, shots: Any) -> Self:
        """Return the same QNode with other shots."""
        other = copy.copy(self)
        other.shots = Shots.of(shots)
        check_method(other._method, other.device, other.shots)
        return other

    def update(self, **changes: Any) -> QNode:
        """Return a QNode made with other arguments."""
        arguments: dict[str, Any] = {
            "func": self.func,
            "device": self.device,
            "interface": self.interface,
            "diff_method": self.diff_method,
            "shots": self.shots,
            "gradient_kwargs": self.gradient_kwargs,
            "max_diff": self.max_diff,
        }
        return QNode(**{**arguments, **changes})

    def gradient_function(
        self, diff_method: str, argnum: Any, options: Mapping[str, Any]
    ) -> Callable[..., Any]:
        """Return the derivatives of the results by the trainable arguments, as a function.

        What gradient transforms call. The derivative of a result of shape ``s`` by an
        argument of shape ``t`` has shape ``s + t``; several results or several arguments
        give tuples.
        """
        from qgate.interfaces.derivatives import jacobian

        qnode = self.update(diff_method=diff_method, gradient_kwargs=options)

        def derivatives(*args: Any, **kwargs: Any) -> Any:
            shapes: list[tuple[int, ...]] = []
            containers: list[type] = []

            def side_by_side(*inner: Any) -> Any:
                found = qnode(*inner, **kwargs)
                several = isinstance(found, tuple | list)
                parts = list(found) if several else [found]
                shapes[:] = [shape_of(part) for part in parts]
                containers[:] = [type(found)] if several else []
                return namespace(parts).concatenate([part.reshape(-1) for part in parts])

            return _cut(jacobian(side_by_side, argnum)(*args), shapes, several=bool(containers))

        return derivatives

    def __repr__(self) -> str:
        return (
            f"<QNode: device='{self.device.name}', interface={self.interface!r}, "
            f"diff_method={self.diff_method!r}, shots={self.shots.total_shots}>"
        )


def qnode(
    device: Device | str, interface: str | None = "auto", diff_method: Any = "best", **options: Any
) -> Callable[[Callable[..., Any]], QNode]:
    """Bind the decorated quantum function to a device; arguments as for ``QNode``."""
    return lambda func: QNode(func, device, interface, diff_method, **options)


def set_shots(qnode: QNode | None = None, shots: Any = None) -> Any:
    """Return a QNode with other shots; without a QNode, a decorator that does so."""
    if isinstance(qnode, QNode):
        return qnode.with_shots(shots)
    chosen = shots if qnode is None else qnode
    return lambda node: node.with_shots(chosen)


def execute(
    tapes: Sequence[Tape],
    device: Device | str,
    diff_method: Any = "best",
    interface: str | None = "auto",
    gradient_kwargs: Mapping[str, Any] | None = None,
) -> tuple[Any, ...]:
    """Run tapes on a device, those without traced parameters in one submission.

    Returns
    -------
    tuple
        For each tape what a QNode would return.
    """
    found = _device(device)
    method = parse_method(diff_method, gradient_kwargs or {})
    bridge = INTERFACES[interface]
    results = evaluate(
        tapes, found, method if bridge else None, differentiable=bridge or differentiable
    )
    return tuple(
        arrange(
            tape,
            entries,
            tuple(tape.measurements) if len(tape.measurements) > 1 else tape.measurements[0],
        )
        for tape, entries in zip(tapes, results, strict=True)
    )


def _device(device: Any) -> Device:
    """Find a device by its string, or wrap a vendor's object; the registry is loaded only then."""
    if hasattr(device, "capabilities"):
        found: Device = device
        return found
    from qgate.devices.registry import device as find_device

    return find_device(device)


def arrange(tape: Tape, entries: Sequence[Entry], returned: Any) -> Any:
    """Put the results of a tape into the shape a user expects.

    Parameters
    ----------
    tape : Tape
    entries : sequence
        For each measurement B rows: broadcast rows, each with its shot parts side by side.
    returned : Measurement, tuple or list
        What the quantum function returned.
    """
    parts = len(tape.shots.parts) if tape.shots.partitioned else 1
    dtype = _precision(tape)
    by_part = [
        [
            _select(item, entry, part, parts, tape.batch_size, dtype)
            for item, entry in zip(tape.measurements, entries, strict=True)
        ]
        for part in range(parts)
    ]
    shaped = [_contained(values, returned) for values in by_part]
    return tuple(shaped) if tape.shots.partitioned else shaped[0]


def _select(
    item: Measurement, entry: Entry, part: int, parts: int, batch: int | None, dtype: Any
) -> Any:
    """Return one part of the shots: the only row, or the rows of the broadcast."""
    rows = entry[part::parts]
    if batch is None:
        value = rows[0]
    elif isinstance(rows, list) and item.kind is MeasurementKind.SAMPLE:
        value = np.stack(rows)
    else:
        value = rows
    return value.astype(dtype[value.dtype.kind]) if dtype and hasattr(value, "astype") else value


def _contained(values: list[Any], returned: Any) -> Any:
    if isinstance(returned, Measurement):
        return values[0]
    return values if isinstance(returned, list) else tuple(values)


def _precision(tape: Tape) -> dict[str, Any] | None:
    """Return single-precision types by kind, where all arrays of the tape are of that precision."""
    dtypes = {
        unwrap(value).dtype
        for value in tape.angles
        if hasattr(unwrap(value), "dtype") and unwrap(value).dtype.kind == "f"
    }
    if dtypes != {np.dtype(np.float32)}:
        return None
    return {"f": np.float32, "c": np.complex64, "i": np.int64}


def _measurements(returned: Any, name: str) -> list[Measurement]:
    items = list(returned) if isinstance(returned, tuple | list) else [returned]
    if not items or not all(isinstance(item, Measurement) for item in items):
        what = "nothing" if returned is None else repr(returned)
        raise NoMeasurement(function=name, returned=what)
    return items


def _cut(found: Any, shapes: Sequence[tuple[int, ...]], *, several: bool) -> Any:
    """Cut the Jacobian of all results side by side, by one argument or more, by results."""
    by_argument = isinstance(found, tuple)
    jacobians = found if by_argument else (found,)
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        cut = tuple(
            each[start : start + size].reshape(*shape, *each.shape[1:]) for each in jacobians
        )
        parts.append(cut if by_argument else cut[0])
        start += size
    return tuple(parts) if several else parts[0]

"""Drawing of QNodes and quantum functions for given arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from operator import is_
from typing import Any

from qgate.arguments import truth
from qgate.context import entered
from qgate.drawer.diagram import Circuit, default_order
from qgate.drawer.elements import used_wires
from qgate.drawer.text import matrices_text, tape_text
from qgate.exceptions import InvalidParameters, QuantumFunctionError, described, name_of
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.recording import recording
from qgate.typing import Function, Tensor, Wire, WiresLike

WRITTEN = ("gradient", "top", 0)
"""Levels at which a quantum function is drawn."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Operations and measurements that a quantum function recorded."""

    operations: Sequence[Operator]
    measurements: Sequence[Measurement]


def draw(
    qnode: Function,
    wire_order: WiresLike | None = None,
    show_all_wires: bool = False,
    decimals: int | None = 2,
    *,
    max_length: int | None = None,
    show_matrices: bool = True,
    show_wire_labels: bool = True,
    level: Any = "gradient",
) -> Callable[..., str]:
    """Return a function that draws a circuit as text; nothing runs.

    Parameters
    ----------
    qnode : QNode or callable
        A callable is a quantum function, which needs no measurements.
    wire_order : wires, optional
        Wires from top to bottom; the others follow. Default: the device's wires, else the
        circuit's, sorted if they can be.
    show_all_wires : bool
        Whether wires that the circuit does not use are drawn.
    decimals : int, optional
        Decimals of the parameters; None leaves them out.
    max_length : int, optional
        Characters of a line, after which the drawing continues below. Default: 100, or the width
        of the terminal if that is less.
    show_matrices : bool
        Whether arrays among the parameters, which are drawn as M0, M1, ..., are printed below.
    show_wire_labels : bool
    level : str, int or slice
        Which circuit of a QNode: ``"top"`` as written; ``"user"`` after its transforms;
        ``"gradient"`` in the gates that its gradient method shifts; ``"device"`` in the gates and
        measurements of its device, one drawing for each circuit that runs; ``"compiled"`` in the
        native gates of a quantum computer, on its physical qubits. A number counts these steps
        from the first.

    Returns
    -------
    callable
        Takes the arguments of ``qnode``; returns the drawing. Strings among them that operators
        refuse are names of angles.

    Raises
    ------
    InvalidDrawing
        An argument is wrong.
    DrawingNotPaid
        A function calls a QNode on a paid device.

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(angle):
    ...     qg.Hadamard(0)
    ...     qg.CRX(angle, wires=[0, 1])
    ...     return qg.expval(qg.Z(0) @ qg.Z(1))
    >>> print(qg.draw(circuit)(2.3))
    0: ──H─╭●────────┤ ╭<Z@Z>
    1: ────╰RX(2.30)─┤ ╰<Z@Z>
    >>> print(qg.draw(circuit)("x"))
    0: ──H─╭●─────┤ ╭<Z@Z>
    1: ────╰RX(x)─┤ ╰<Z@Z>
    """
    circuits = drawn_circuits(qnode, level)

    @wraps(qnode, updated=())
    def drawing(*args: Tensor, **kwargs: Tensor) -> str:
        tapes = circuits(*args, **kwargs)
        cache: dict[str, Any] = {"matrices": []}
        texts = [
            tape_text(
                tape,
                order_of(qnode, tape, wire_order),
                show_all_wires=show_all_wires,
                decimals=decimals,
                max_length=max_length,
                show_matrices=False,
                show_wire_labels=show_wire_labels,
                cache=cache,
            )
            for tape in tapes
        ]
        shown = truth("A drawing", "show_matrices", show_matrices)
        arrays = matrices_text(cache["matrices"]) if shown else ""
        space = "\n" if arrays and hasattr(qnode, "circuits_at") else ""
        return "\n\n".join(texts) + space + arrays

    return drawing


def drawn_circuits(qnode: Function, level: Any) -> Callable[..., Sequence[Circuit]]:
    """Return a function from arguments to the circuits of a QNode or a quantum function.

    Where operators refuse strings, these are names of angles: ``circuit("x")``. A function that a
    gradient transform returned has its circuits under ``__circuits_at__``.
    """
    if not callable(qnode):
        raise QuantumFunctionError(
            f"A drawing of {described(qnode)} was requested. Give a QNode or a quantum function; "
            "a tape is drawn by its method draw."
        )
    at_level = getattr(qnode, "circuits_at", getattr(qnode, "__circuits_at__", None))
    if at_level is None and level not in WRITTEN:
        warnings.warn(
            f"level={level!r} is ignored for a quantum function, whose only circuit is the one "
            "that is written. Draw a QNode for other levels.",
            UserWarning,
            stacklevel=3,
        )

    def circuits(args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Sequence[Circuit]:
        if at_level is None:
            return [_recorded(qnode, args, kwargs)]
        found: Sequence[Circuit] = at_level(level, args, kwargs)
        return found

    def drawn(*args: Tensor, **kwargs: Tensor) -> Sequence[Circuit]:
        with entered(drawing=name_of(qnode)):
            try:
                return circuits(args, kwargs)
            except InvalidParameters:
                named = tuple(map(_named, args))
                others = {name: _named(value) for name, value in kwargs.items()}
                if all(map(is_, named, args)) and all(map(is_, others.values(), kwargs.values())):
                    raise
            return circuits(named, others)

    return drawn


def _named(value: Any) -> Any:
    """Return strings, also in a sequence, as angles without a value."""
    if isinstance(value, str):
        return Affine(((value, 1.0),))
    if isinstance(value, list | tuple) and any(isinstance(each, str) for each in value):
        return [_named(each) for each in value]
    return value


def order_of(qnode: Function, circuit: Circuit, wire_order: WiresLike | None) -> WiresLike:
    """Return the wires from top to bottom."""
    if wire_order is not None:
        return wire_order
    known: Sequence[Wire] | None = getattr(getattr(qnode, "device", None), "wires", None)
    used = used_wires([*circuit.operations, *circuit.measurements])
    return known if known and set(used) <= set(known) else default_order(used)


def _recorded(function: Function, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Recorded:
    with recording() as recorder:
        function(*args, **kwargs)
    return Recorded(
        [item for item in recorder.items if isinstance(item, Operator)],
        [item for item in recorder.items if isinstance(item, Measurement)],
    )

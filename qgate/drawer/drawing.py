"""Drawing of QNodes and quantum functions for given arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from qgate.drawer.diagram import Circuit, default_order
from qgate.drawer.elements import used_wires
from qgate.drawer.text import matrices_text, tape_text
from qgate.exceptions import QuantumFunctionError, described
from qgate.measurements import Measurement
from qgate.operations.operator import Operator
from qgate.recording import recording
from qgate.typing import Function, Tensor, Wire, WiresLike


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
        Takes the arguments of ``qnode``; returns the drawing.

    Raises
    ------
    InvalidDrawing
        An argument is wrong.

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
        if show_matrices and cache["matrices"]:
            texts.append(matrices_text(cache["matrices"]))
        return "\n".join(texts)

    return drawing


def drawn_circuits(qnode: Function, level: Any) -> Callable[..., Sequence[Circuit]]:
    """Return a function from arguments to the circuits of a QNode or a quantum function."""
    at_level = getattr(qnode, "circuits_at", None)
    if at_level is not None:
        return lambda *args, **kwargs: at_level(level, args, kwargs)
    if not callable(qnode):
        raise QuantumFunctionError(
            f"A drawing of {described(qnode)} was requested. Give a QNode or a quantum function; "
            "a tape is drawn by its method draw."
        )
    return lambda *args, **kwargs: [_recorded(qnode, args, kwargs)]


def order_of(qnode: Function, circuit: Circuit, wire_order: WiresLike | None) -> WiresLike:
    """Return the wires from top to bottom."""
    if wire_order is not None:
        return wire_order
    known: Sequence[Wire] | None = getattr(getattr(qnode, "device", None), "wires", None)
    used = used_wires([*circuit.operations, *circuit.measurements])
    return known if known and set(used) <= set(known) else default_order(used)


def _recorded(function: Function, args: Sequence[Tensor], kwargs: dict[str, Tensor]) -> Recorded:
    with recording() as recorder:
        function(*args, **kwargs)
    return Recorded(
        [item for item in recorder.items if isinstance(item, Operator)],
        [item for item in recorder.items if isinstance(item, Measurement)],
    )

"""Transforms of older versions of PennyLane, written as quantum functions of a tape."""

from __future__ import annotations

from functools import wraps
from inspect import signature

from qgate.arguments import require_function
from qgate.tape import Tape, make_qscript
from qgate.transforms.circuit_transform import transform
from qgate.transforms.passes.neighbours import first_result
from qgate.transforms.pipeline import Transformed
from qgate.typing import Function, Nested


def qfunc_transform(tape_transform: Function) -> Function:
    """Turn a function that applies operations, given a tape, into a transform.

    ``qg.transform`` is the present way to write one.

    Parameters
    ----------
    tape_transform : callable
        Called with the tape and options; it applies the operations and measurements of the new
        circuit. Without measurements those of the tape are kept.

    Returns
    -------
    callable
        Transform of quantum functions, QNodes and tapes; if the function has options, a function of
        these that returns the transform.

    Raises
    ------
    InvalidParameters
        It is not callable.

    Examples
    --------
    >>> @qg.qfunc_transform
    ... def scaled(tape, factor):
    ...     for op in tape.operations:
    ...         qg.RX(factor * op.parameters[0], wires=op.wires)
    >>> script = qg.tape.QuantumScript([qg.RX(0.1, 0)], [qg.expval(qg.Z(0))])
    >>> (tape,), _ = scaled(2.0)(script)
    >>> tape.operations
    [RX(0.2, wires=[0])]
    """
    require_function("qfunc_transform", "tape_transform", tape_transform)

    def rewritten(tape: Tape, *options: Nested, **named: Nested) -> Transformed:
        made = make_qscript(tape_transform)(tape, *options, **named)
        measured = made.measurements or tape.measurements
        return [tape.copy(ops=made.operations, measurements=measured)], first_result

    whole = transform(wraps(tape_transform)(rewritten))
    if len(signature(tape_transform).parameters) < 2:
        return whole
    return wraps(tape_transform)(
        lambda *options, **named: lambda target: whole(target, *options, **named)
    )

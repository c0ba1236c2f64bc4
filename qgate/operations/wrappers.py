"""Adjoint, control, power and exponential of operators and quantum functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

import numpy as np

from qgate.arguments import truth, whole_number
from qgate.arrays import enclosed, shape_of, unwrap
from qgate.exceptions import InvalidParameters, MidMeasureLeft, described
from qgate.findable import picklable
from qgate.operations.arithmetic import prod
from qgate.operations.conditions import Conditional
from qgate.operations.controlled import check_work_wire_type
from qgate.operations.controls import controlled
from qgate.operations.exponentials import Exp
from qgate.operations.fixed import Identity
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator, OperatorOrFunction, operations_of, require_operators
from qgate.operations.parameters import in_double, require_numbers
from qgate.operations.symbolic import Adjoint, pow_, real_number
from qgate.recording import paused, record, replace
from qgate.sizes import check_size, nested
from qgate.typing import Function, Tensor, WiresLike

Change = Callable[[Sequence[Operator]], list[Operator]]


@picklable
def adjoint(fn: OperatorOrFunction, lazy: bool = True) -> OperatorOrFunction:
    """Return the adjoint of an operator, or a function that applies the adjoint of another.

    Parameters
    ----------
    fn : Operator or callable
        A callable is a quantum function, a gate class or a template. The result calls it with its
        own arguments, and applies the adjoints of its operators in reverse order.
    lazy : bool
        True: return a wrapper; False: gates with a closed form return it, such as
        ``RX(-0.1, wires=0)`` for ``RX(0.1, wires=0)``.

    Returns
    -------
    Operator or callable

    Examples
    --------
    >>> qg.adjoint(qg.RX(0.1, wires=0), lazy=False)
    RX(-0.1, wires=[0])
    """
    if isinstance(fn, Operator):
        return replace([fn], _adjoint(fn, lazy))
    return _transformed(
        fn, "adjoint", lambda operations: [_adjoint(op, lazy) for op in reversed(operations)]
    )


@picklable
def ctrl(
    op: OperatorOrFunction,
    control: WiresLike,
    control_values: object = None,
    work_wires: WiresLike | None = None,
    work_wire_type: str = "borrowed",
) -> OperatorOrFunction:
    """Control an operator, or all operators that a quantum function applies.

    Parameters
    ----------
    op : Operator or callable
        A callable is a quantum function, a gate class or a template.
    control : wires
        The control wires, disjoint from those of ``op``.
    control_values : bool or sequence of bool, optional
        Value of each control for which ``op`` is applied; default all 1.
    work_wires : wires, optional
    work_wire_type : {"borrowed", "zeroed"}
        Not used: decompositions need no other wires.

    Returns
    -------
    Operator or callable
        A named gate where one exists (``ctrl(X(0), 1)`` is ``CNOT([1, 0])``), else a
        ``Controlled``.

    Raises
    ------
    DuplicateWires
        A control is among the wires of ``op``.
    InvalidParameters
        The numbers of values and controls differ.

    Examples
    --------
    >>> qg.ctrl(qg.RX(0.1, wires=0), 1)
    CRX(0.1, wires=[1, 0])
    """
    check_work_wire_type("ctrl", work_wire_type)
    if isinstance(op, Operator):
        return replace([op], _controlled(op, control, control_values, work_wires))
    return _transformed(
        op,
        "ctrl",
        lambda operations: [
            _controlled(part, control, control_values, work_wires) for part in operations
        ],
    )


@picklable
def pow(base: OperatorOrFunction, z: float = 1, lazy: bool = True) -> OperatorOrFunction:
    """Return a power of an operator, or a function that applies another one z times.

    Parameters
    ----------
    base : Operator or callable
        A callable is repeated; for negative ``z``, its adjoint is.
    z : float
        The exponent; a whole number for callables.
    lazy : bool
        True: return a wrapper; False: gates with a closed form return it, such as
        ``RX(0.2, wires=0)`` for ``RX(0.1, wires=0)`` and 2.

    Raises
    ------
    InvalidParameters
        The exponent is not a real number, or not a whole one for a callable.
    """
    if isinstance(base, Operator):
        return replace([base], _power(base, z, lazy))
    exponent = whole_number(z)
    if exponent is None:
        raise InvalidParameters(
            f"A quantum function cannot be applied {described(z)} times. Give a whole number."
        )
    return _transformed(base, "pow", lambda operations: _repeated(operations, exponent))


def exp(op: Operator, coeff: Tensor = 1.0, id: str | None = None) -> Exp:
    """Return the exponential of ``coeff`` times an operator.

    Parameters
    ----------
    op : Operator
    coeff : number
        If it is imaginary and the operator Hermitian, the result is a gate: ``exp(A, 1j * x)`` is
        exp(i x A).
    id : str, optional
    """
    _check_one_axis("exp", coeff)
    return Exp(op, in_double(enclosed(coeff)), id=id)


def evolve(op: Operator, coeff: Tensor = 1, id: str | None = None) -> Exp:
    """Return the evolution exp(-i coeff op) under a Hermitian operator for the time ``coeff``.

    Parameters
    ----------
    op : Operator
    coeff : real
        May have a batch axis; differentiable.
    id : str, optional
    """
    require_operators("evolve", op)
    _check_one_axis("evolve", coeff)
    given = enclosed(coeff)
    number = in_double(given)
    if op.is_hermitian and not np.iscomplexobj(unwrap(number)):
        made = Exp(op, angle=-number, id=id)
    else:
        made = Exp(op, -1j * number, id=id)
    made.is_converted |= number is not given
    return made


def _adjoint(op: Operator, lazy: bool) -> Operator:
    with paused():
        if isinstance(op, Conditional):
            return op.with_base(_adjoint(op.base, lazy))
        return Adjoint(op) if truth("adjoint", "lazy", lazy) else op.adjoint()


def _controlled(
    op: Operator, control: WiresLike, values: object, work_wires: WiresLike | None
) -> Operator:
    with paused():
        if isinstance(op, Conditional):
            return op.with_base(controlled(op.base, control, values, work_wires))
        return controlled(op, control, values, work_wires)


def _check_one_axis(name: str, coeff: Tensor) -> None:
    """Refuse coefficients that are neither a number nor a batch of numbers."""
    require_numbers(name, "coeff", coeff, real=False)
    shape = shape_of(coeff)
    if len(shape) > 1:
        raise InvalidParameters(
            f"{name} was given a coefficient of shape {shape}. Give one number, or an array with "
            "one axis for a batch."
        )


def _power(base: Operator, z: float, lazy: bool) -> Operator:
    with paused():
        if truth("pow", "lazy", lazy):
            return pow_(base, z)
        parts = base.pow(real_number(z))
        product: Operator = prod(*reversed(parts)) if parts else Identity(base.wires)
        return product


def _repeated(operations: Sequence[Operator], z: int) -> list[Operator]:
    if z < 0:
        operations = [_adjoint(op, True) for op in reversed(operations)]
    check_size(
        "A power of a quantum function",
        abs(z) * len(operations),
        unit="operations",
        remedy="Take a lower power.",
    )
    return [op.with_parameters(op.parameters) for _ in range(abs(z)) for op in operations]


def _transformed(function: OperatorOrFunction, verb: str, change: Change) -> Function:
    """Return a function that applies transformed operations of ``function``."""
    if not callable(function):
        raise InvalidParameters(
            f"{verb} was given {described(function)}. It takes an operator, a class of operators "
            "or a quantum function."
        )

    levels = nested(f"{verb} of functions", function)

    @wraps(function, updated=())
    def transformed(*args: object, **kwargs: object) -> object:
        operations = operations_of(function, args, kwargs)
        for operation in operations:
            if isinstance(operation, MidMeasure):
                raise MidMeasureLeft(operation=repr(operation))
        changed = [record(operation) for operation in change(operations)]
        return changed[0] if len(changed) == 1 else changed

    transformed.nesting = levels  # type: ignore[attr-defined]
    return transformed

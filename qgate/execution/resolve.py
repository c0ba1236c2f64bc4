"""Which gradient method runs, or why none can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgate.exceptions import UnknownDiffMethod, UnsupportedDiffMethod, suggest
from qgate.gradients.finite_difference import FiniteDifference
from qgate.gradients.method import ShiftMethod
from qgate.gradients.parameter_shift import ParameterShift
from qgate.measurements import MeasurementKind
from qgate.operations.operator import ParameterKind
from qgate.shots import Shots
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.devices.base import Device

SHIFT_METHODS: Mapping[str, ShiftMethod] = {
    "parameter-shift": ParameterShift(),
    "finite-diff": FiniteDifference(),
}
"""Methods that need nothing but values; on every device."""

STATE_METHODS = ("backprop", "adjoint")
"""Methods that need the state; on the local device only."""

METHODS = ("best", *STATE_METHODS, *SHIFT_METHODS)

LINEAR = {MeasurementKind.EXPVAL, MeasurementKind.PROBS, MeasurementKind.TERMS}
"""What is linear in the state, so that shift rules hold for it."""

REAL = LINEAR | {
    MeasurementKind.VAR,
    MeasurementKind.VN_ENTROPY,
    MeasurementKind.MUTUAL_INFO,
    MeasurementKind.PURITY,
}


@dataclass(frozen=True)
class Method:
    """A gradient method and its options.

    Parameters
    ----------
    name : str
    options : mapping
        What the user gave as ``gradient_kwargs``.
    """

    name: str
    options: Mapping[str, Any]


def parse_method(diff_method: Any, options: Mapping[str, Any]) -> Method | None:
    """Read what a user gave as ``diff_method``; None means that nothing is differentiated.

    Raises
    ------
    UnknownDiffMethod
        It is neither a method's name nor a gradient transform.
    """
    if diff_method is None:
        return None
    name = getattr(diff_method, "diff_method", diff_method)
    if name not in METHODS:
        raise UnknownDiffMethod(
            method=diff_method, known=METHODS, hint=suggest(str(diff_method), METHODS)
        )
    return Method(name, dict(options))


def check_method(method: Method | None, device: Device, shots: Shots) -> None:
    """Refuse a method that the device, or its shots, can never serve."""
    if method is None or method.name not in STATE_METHODS:
        return
    if not device.capabilities.statevector:
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"{device.name} gives no access to its state",
            remedy="Use diff_method='parameter-shift' or 'finite-diff', or qg.device('local').",
        )
    if shots:
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"it needs the exact state, and {shots.total_shots} shots are asked for",
            remedy="Use diff_method='parameter-shift' or 'finite-diff', or shots=None.",
        )


def choose_method(method: Method, tape: Tape, device: Device, depth: int) -> Method:
    """Return the method that differentiates a tape, ``best`` replaced by what that is.

    Best is: on an exact state vector ``adjoint`` for first derivatives of expectation
    values (its time does not grow with the number of parameters), ``backprop`` for anything
    else; and ``parameter-shift`` wherever there are shots or no state to be had.

    Raises
    ------
    UnsupportedDiffMethod
        The method cannot differentiate this circuit; the reason is in the text.
    """
    if method.name == "best":
        return Method(_best(tape, device, depth), method.options)
    check_method(method, device, tape.shots)
    refusal = _REFUSALS[method.name](tape)
    if refusal is not None:
        raise UnsupportedDiffMethod(method=method.name, reason=refusal[0], remedy=refusal[1])
    return method


def _best(tape: Tape, device: Device, depth: int) -> str:
    if tape.shots or not device.capabilities.statevector:
        refusal = _shift_refusal(tape)
        if refusal is not None:
            raise UnsupportedDiffMethod(method="best", reason=refusal[0], remedy=refusal[1])
        return "parameter-shift"
    return "adjoint" if depth == 1 and _adjoint_refusal(tape) is None else "backprop"


Refusal = tuple[str, str] | None
"""A reason and a remedy."""

_USE_BACKPROP = "On qg.device('local') with shots=None, diff_method='backprop' does it."


def _backprop_refusal(tape: Tape) -> Refusal:
    return None


def _adjoint_refusal(tape: Tape) -> Refusal:
    kinds = {item.kind for item in tape.measurements}
    served = {MeasurementKind.EXPVAL, MeasurementKind.TERMS, MeasurementKind.VAR}
    if not kinds <= served:
        return _measures(kinds - served, "adjoint differentiates expval and var only")
    return _array_refusal(tape)


def _shift_refusal(tape: Tape) -> Refusal:
    kinds = {item.kind for item in tape.measurements}
    if not kinds <= LINEAR | {MeasurementKind.VAR}:
        wrong = kinds - LINEAR - {MeasurementKind.VAR}
        return _measures(wrong, "parameter-shift differentiates expval, var and probs")
    return _array_refusal(tape)


def _difference_refusal(tape: Tape) -> Refusal:
    kinds = {item.kind for item in tape.measurements}
    if not kinds <= REAL:
        return _measures(kinds - REAL, "finite-diff differentiates real-valued measurements only")
    return _array_refusal(tape)


def _measures(kinds: set[MeasurementKind], reason: str) -> Refusal:
    names = ", ".join(sorted(kind.value for kind in kinds))
    return f"the circuit returns {names}, and {reason}", _USE_BACKPROP


def _array_refusal(tape: Tape) -> Refusal:
    for index in tape.trainable_params:
        if tape.parameter_kinds[index] is ParameterKind.ARRAY:
            return (
                "a matrix or a prepared state is trained, and it has no finite set of shifts",
                "Mark it as not trainable (requires_grad=False), or write it with gates that have "
                f"angles. {_USE_BACKPROP}",
            )
    return None


_REFUSALS: Mapping[str, Callable[[Tape], Refusal]] = {
    "backprop": _backprop_refusal,
    "adjoint": _adjoint_refusal,
    "parameter-shift": _shift_refusal,
    "finite-diff": _difference_refusal,
}

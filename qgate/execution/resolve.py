"""Which gradient method runs, or why none can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgate.exceptions import (
    UnknownDiffMethod,
    UnsupportedDiffMethod,
    UnsupportedOperation,
    suggest,
)
from qgate.gradients.finite_difference import FiniteDifference
from qgate.gradients.method import (
    Refusal,
    ShiftMethod,
    check_options,
    refuse_other_kinds,
    refuse_trained_arrays,
)
from qgate.gradients.parameter_shift import ParameterShift
from qgate.measurements import FACTS, MeasurementKind
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

OPTIONS: Mapping[str, frozenset[str]] = {
    **{name: frozenset() for name in STATE_METHODS},
    **{name: method.options for name, method in SHIFT_METHODS.items()},
    "best": SHIFT_METHODS["parameter-shift"].options,
}
"""What each method takes as ``gradient_kwargs``; ``best`` hands them on where it shifts."""

JACOBIAN_KINDS = (MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.TERMS)
"""What ``adjoint`` differentiates by the Jacobian of expectation values, in one pass for all."""

ADJOINT_SERVES = tuple(kind for kind, facts in FACTS.items() if facts.exact)
"""What is a function of the state."""


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
    UnknownGradientOption
        The method does not take one of the options.
    """
    if diff_method is None:
        return None
    name = getattr(diff_method, "diff_method", diff_method)
    if name not in METHODS:
        raise UnknownDiffMethod(
            method=diff_method, known=METHODS, hint=suggest(str(diff_method), METHODS)
        )
    check_options(name, options, OPTIONS[name])
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
    else; and ``parameter-shift`` wherever there are shots, no state to be had, or gates that
    only differences can differentiate.

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
        refusal = SHIFT_METHODS["parameter-shift"].refusal(tape)
        if refusal is not None:
            raise UnsupportedDiffMethod(method="best", reason=refusal[0], remedy=refusal[1])
        return "parameter-shift"
    if not device.differentiates(tape.structure) and _shiftable(tape):
        return "parameter-shift"
    first = depth == 1 and gives_jacobian(tape) and _adjoint_refusal(tape) is None
    return "adjoint" if first else "backprop"


def gives_jacobian(tape: Tape) -> bool:
    """Say whether ``adjoint`` differentiates a tape without going through its states."""
    return all(item.kind in JACOBIAN_KINDS for item in tape.measurements)


def _shiftable(tape: Tape) -> bool:
    return SHIFT_METHODS["parameter-shift"].refusal(tape) is None


def _backprop_refusal(tape: Tape) -> Refusal:
    return None


def _adjoint_refusal(tape: Tape) -> Refusal:
    return refuse_other_kinds(tape, ADJOINT_SERVES, method="adjoint") or refuse_trained_arrays(tape)


_REFUSALS: Mapping[str, Callable[[Tape], Refusal]] = {
    "backprop": _backprop_refusal,
    "adjoint": _adjoint_refusal,
    **{name: method.refusal for name, method in SHIFT_METHODS.items()},
}


@contextmanager
def adjoint_refusals() -> Iterator[None]:
    """Say of a gate that it is no exponential of one angle that adjoint cannot take it back.

    Raises
    ------
    UnsupportedDiffMethod
    """
    try:
        yield
    except UnsupportedOperation as error:
        raise UnsupportedDiffMethod(
            method="adjoint",
            reason=f"{error.operation} is no exponential of an angle times a fixed matrix, "
            "and does not decompose into such",
            remedy="Use diff_method='parameter-shift', which differentiates it by central "
            "differences.",
        ) from error

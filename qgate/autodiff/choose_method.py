"""Choose the gradient method of a circuit, or raise the reason why none is available."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qgate.autodiff.method import Method, check_method
from qgate.exceptions import UnsupportedDiffMethod, UnsupportedOperation
from qgate.gradients.method import refuse_trained_arrays, trained_by_arrays
from qgate.gradients.registry import METHODS
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.operator import Operator
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.devices.base import Device
from qgate.devices.statevector import statevector_device

JACOBIAN_KINDS = (MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.TERMS)
"""Measurements that ``adjoint`` differentiates in one pass, by a Jacobian of expectation values."""


def choose_method(method: Method, tape: Tape, device: Device, depth: int | None) -> Method:
    """Return the method that differentiates a tape; ``best`` is resolved to a specific one.

    On an exact state vector, ``best`` is ``adjoint`` for first derivatives, because its time does
    not grow with the number of parameters. It is ``backprop`` for higher orders, and for results
    other than expectation values if the order is not known beforehand. It is ``parameter-shift``
    with shots, without access to the state, and for gates that only differences can differentiate.

    Raises
    ------
    UnsupportedDiffMethod
        The method cannot differentiate this circuit; the reason is in the text.
    """
    if method.transform is not None:
        refusal = refuse_trained_arrays(tape.structure, tape.trainable_params)
        if refusal is not None:
            raise UnsupportedDiffMethod(method=method.name, reason=refusal[0], remedy=refusal[1])
        return method
    if method.name == "best":
        name, _ = best_method(tape, device, depth)
        higher = "parameter-shift" if name == "adjoint" and depth is None else None
        return Method(name, method.options, higher)
    row = METHODS[method.name]
    if row.needs_state is not None:
        check_method(method, device, tape.shots)
    refusal = row.refusal(tape)
    if refusal is not None:
        raise UnsupportedDiffMethod(method=method.name, reason=refusal[0], remedy=refusal[1])
    return method


def best_method(tape: Tape, device: Device, depth: int | None) -> tuple[str, str]:
    """Return the method to which ``best`` resolves, and the reason.

    Raises
    ------
    UnsupportedDiffMethod
        There is none.
    """
    if tape.shots or not device.capabilities.statevector:
        refusal = METHODS["parameter-shift"].refusal(tape)
        if refusal is not None:
            raise UnsupportedDiffMethod(method="best", reason=refusal[0], remedy=refusal[1])
        why = "shots are asked for" if tape.shots else f"{device.name} gives no access to its state"
        return (
            "parameter-shift",
            f"{why}, and shifted circuits give exact derivatives on any device",
        )
    if not statevector_device(device).differentiates(tape.structure) and _shiftable(tape):
        return "parameter-shift", "a gate of the circuit has no generator for the backward pass"
    refusal = METHODS["adjoint"].refusal(tape)
    if refusal is not None:
        return "backprop", f"the state is available, and for adjoint {refusal[0]}"
    array = next(trained_by_arrays(tape.structure, tape.trainable_params), None)
    if array is not None:
        return "backprop", f"the state is available, and {_name(array)} is trained by a whole array"
    if not gives_jacobian(tape):
        if depth == 1:
            return "adjoint", "the results are functions of the state, which has a backward pass"
        return "backprop", "the state is available, and the results are functions of it"
    if depth == 1 or (depth is None and _shiftable(tape)):
        return "adjoint", "the state is available, and one backward pass serves all parameters"
    return "backprop", f"derivatives of order {depth} are taken, and adjoint gives the first"


def gives_jacobian(tape: Tape) -> bool:
    """Return whether ``adjoint`` differentiates a tape without using its states."""
    return all(item.kind in JACOBIAN_KINDS for item in tape.measurements)


def _name(owner: Operator | Measurement) -> str:
    return owner.name if isinstance(owner, Operator) else owner.return_type


def _shiftable(tape: Tape) -> bool:
    return METHODS["parameter-shift"].refusal(tape) is None


@contextmanager
def adjoint_refusals() -> Iterator[None]:
    """Context manager that reports a gate without a generator as unsupported by adjoint.

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

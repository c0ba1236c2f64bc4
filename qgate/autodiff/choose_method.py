"""Choose and explain the gradient method of a circuit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgate.autodiff.method import Method, check_method
from qgate.devices.statevector import statevector_device
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod, UnsupportedOperation
from qgate.gradients.method import (
    USE_BACKPROP,
    Refusal,
    refuse,
    refuse_trained_arrays,
    trained_by_arrays,
)
from qgate.gradients.registry import METHODS, refusal_of
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.channels import PauliMixture
from qgate.operations.operator import Operator
from qgate.structure import slots_of
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.devices.base import Device

JACOBIAN_KINDS = (MeasurementKind.EXPVAL, MeasurementKind.VAR, MeasurementKind.TERMS)
"""Measurements that ``adjoint`` differentiates in one pass, by a Jacobian of expectation values."""


MIXED_KINDS = (*JACOBIAN_KINDS, MeasurementKind.PROBS)
"""The same for circuits with noise channels."""


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
        refuse(method.name, refuse_trained_arrays(tape.structure, tape.trainable_params))
        return method
    if method.name == "best":
        name, _ = best_method(tape, device, depth)
        higher = "parameter-shift" if name == "adjoint" and depth is None else None
        return Method(name, method.options, higher)
    row = METHODS[method.name]
    if row.needs_state is not None:
        check_method(method, device, tape.shots)
    refusal = refusal_of(row, tape.structure, tuple(tape.trainable_params))
    if refusal is None and row.refuses is not None:
        refusal = row.refuses(tape)
    if refusal is None and row.name in ("adjoint", "device"):
        refusal = _refuse_mixed(tape)
    if refusal is None and row.needs_state is not None and tape.structure.is_mixed:
        refusal = device.derivative_refusal(row.name, tape)
    if refusal is not None:
        refuse(method.name, refusal)
    return method


def best_method(tape: Tape, device: Device, depth: int | None) -> tuple[str, str]:
    """Return the method to which ``best`` resolves, and the reason.

    Raises
    ------
    UnsupportedDiffMethod
        There is none.
    """
    if tape.shots or not device.capabilities.statevector:
        refuse("best", METHODS["parameter-shift"].refusal(tape))
        why = "shots are asked for" if tape.shots else f"{device.name} gives no access to its state"
        return (
            "parameter-shift",
            f"{why}, and shifted circuits give exact derivatives on any device",
        )
    averages = device.derivative_refusal("backprop", tape) if tape.structure.is_mixed else None
    if averages is not None:
        refusal = device.derivative_refusal("adjoint", tape)
        if refusal is None and gives_jacobian(tape) and (depth == 1 or _shiftable(tape)):
            return "adjoint", "the errors of trajectories have probabilities without angles"
        return "parameter-shift", (refusal or averages)[0]
    if not statevector_device(device).differentiates(tape.structure) and _shiftable(tape):
        return "parameter-shift", "a gate of the circuit has no generator for the backward pass"
    refusal = METHODS["adjoint"].refusal(tape)
    if refusal is not None:
        return "backprop", f"the state is available, and for adjoint {refusal[0]}"
    array = next(trained_by_arrays(tape.structure, tape.trainable_params), None)
    if array is not None:
        return "backprop", f"the state is available, and {_name(array)} is trained by a whole array"
    mixed = _refuse_mixed(tape)
    if mixed is not None:
        return "backprop", mixed[0]
    if depth is None and tape.structure.is_mixed and not _only_mixtures(tape):
        return "backprop", "the circuit has channels whose higher derivatives no shifts give"
    if not gives_jacobian(tape):
        if depth == 1:
            return "adjoint", "the results are functions of the state, which has a backward pass"
        return "backprop", "the state is available, and the results are functions of it"
    if depth == 1 or (depth is None and _shiftable(tape)):
        return "adjoint", "the state is available, and one backward pass serves all parameters"
    return "backprop", f"derivatives of order {depth} are taken, and adjoint gives the first"


def gives_jacobian(tape: Tape) -> bool:
    """Return whether ``adjoint`` differentiates a tape without using its states."""
    kinds = MIXED_KINDS if tape.structure.is_mixed else JACOBIAN_KINDS
    return all(item.kind in kinds for item in tape.measurements)


def _refuse_mixed(tape: Tape) -> Refusal:
    """Refuse functions of the state after noise, which has no state vector, for ``adjoint``."""
    if not tape.structure.is_mixed or gives_jacobian(tape) or tape.shots:
        return None
    reason = "the results are no expectation values or probabilities of a noisy circuit"
    return reason, USE_BACKPROP


def _only_mixtures(tape: Tape) -> bool:
    """Return whether all channels with angles are mixtures of Pauli words."""
    channels = [item for item in tape.structure.operations if item.is_channel]
    return all(isinstance(item, PauliMixture) or not slots_of(item) for item in channels)


def _name(owner: Operator | Measurement) -> str:
    return owner.name if isinstance(owner, Operator) else owner.return_type


def _shiftable(tape: Tape) -> bool:
    return METHODS["parameter-shift"].refusal(tape) is None


@dataclass(frozen=True)
class Explanation:
    """The gradient method of a circuit, with the reason for its choice.

    Parameters
    ----------
    method : str or None
        The method that is used; None: none is available.
    reason : str
        Why this method is used, or why none is available.
    others : mapping of str to str
        For each method that could be named: ``can``, or the reason why it cannot.
    """

    method: str | None
    reason: str
    others: Mapping[str, str]

    def __str__(self) -> str:
        lines = [f"{self.method or 'no derivatives'}: {self.reason}."]
        width = max(map(len, self.others))
        lines += [f"  {name:{width}}  {verdict}" for name, verdict in self.others.items()]
        return "\n".join(lines)

    __repr__ = __str__


def explain(tape: Tape, device: Device, method: Method | None, *, depth: int) -> Explanation:
    """Return which gradient method differentiates a tape by its trainable parameters.

    Parameters
    ----------
    tape : Tape
    device : Device
    method : Method or None
        The method of the QNode.
    depth : int
        Order of the derivative.
    """
    others = {name: _verdict(tape, device, name, depth) for name in METHODS if name != "best"}
    if method is None:
        return Explanation(None, "the QNode was made with diff_method=None", others)
    try:
        chosen = choose_method(method, tape, device, depth).name
    except DifferentiationError as refusal:
        return Explanation(None, str(refusal).rstrip("."), others)
    if method.name == "best":
        return Explanation(chosen, best_method(tape, device, depth)[1], others)
    return Explanation(chosen, "the QNode was made with it", others)


def _verdict(tape: Tape, device: Device, name: str, depth: int) -> str:
    try:
        choose_method(Method(name, {}), tape, device, depth)
    except DifferentiationError as refusal:
        return str(getattr(refusal, "reason", refusal))
    if depth > 1 and name in ("adjoint", "device"):
        return f"it gives first derivatives, not those of order {depth}"
    return "can"


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

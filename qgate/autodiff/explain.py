"""Explain which gradient method differentiates a circuit, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgate.autodiff.choose_method import best_method, choose_method
from qgate.autodiff.method import Method
from qgate.exceptions import DifferentiationError
from qgate.gradients.registry import METHODS
from qgate.tape import Tape

if TYPE_CHECKING:
    from qgate.devices.base import Device


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

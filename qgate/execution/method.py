"""The gradient method that a user names; what it does is loaded when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgate.arguments import is_text_among
from qgate.exceptions import UnknownDiffMethod, UnsupportedDiffMethod, suggest
from qgate.shots import Shots

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.gradients.transform import TapeTransform

STATE_METHODS = ("backprop", "adjoint")
"""Methods that need the state; on the local device only."""

OWN_METHOD = "device"
"""What a device does by itself; the local one: ``adjoint``."""

CIRCUIT_METHOD = "hadamard"
"""The method that runs other circuits than the one it differentiates."""

METHODS = (
    "best",
    OWN_METHOD,
    *STATE_METHODS,
    "parameter-shift",
    "finite-diff",
    "spsa",
    CIRCUIT_METHOD,
)
"""All names; ``qgate.execution.resolve`` has what they stand for."""


@dataclass(frozen=True)
class Method:
    """A gradient method and its options.

    Parameters
    ----------
    name : str
    options : mapping
        What the user gave as ``gradient_kwargs``.
    higher : str or None
        The method that gives the higher orders, where ``name`` gives the first only.
    transform : TapeTransform or None
        What makes the tapes of every derivative, where that depends on the numbers of the tape.
    """

    name: str
    options: Mapping[str, Any]
    higher: str | None = None
    transform: TapeTransform | None = None

    @property
    def nonlinear(self) -> bool:
        """Whether it differentiates what is not linear in the state, such as a variance."""
        if self.transform is not None:
            return True
        from qgate.execution.resolve import SHIFT_METHODS

        known = SHIFT_METHODS.get(self.name)
        return known is not None and known.nonlinear

    @property
    def densities(self) -> bool:
        """Whether it differentiates density matrices that a device returns as they are."""
        return self.transform is not None or self.name != CIRCUIT_METHOD


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
    if isinstance(name, str) and name in METHODS and not options:
        return Method(name, {})
    return _parse_further(diff_method, name, options)


def _parse_further(diff_method: Any, name: Any, options: Mapping[str, Any]) -> Method:
    """Read a transform of the user's or a method with options; what that takes is loaded now."""
    from qgate.execution.resolve import OPTIONS, TRANSFORMS
    from qgate.gradients.method import check_options
    from qgate.gradients.transform import TAPE_BOUND
    from qgate.gradients.user_transform import UserTransform

    if isinstance(diff_method, UserTransform):
        diff_method.check(options)
        return Method(diff_method.name, dict(options), transform=diff_method)
    if not is_text_among(name, METHODS):
        raise UnknownDiffMethod(
            method=diff_method, known=METHODS, hint=suggest(diff_method, METHODS)
        )
    check_options(name, options, OPTIONS[name])
    bound = TRANSFORMS[name] if not TAPE_BOUND.isdisjoint(options) else None
    return Method(name, dict(options), transform=bound)


def check_method(method: Method | None, device: Device, shots: Shots) -> None:
    """Refuse a method that the device, or its shots, can never serve."""
    if method is None or method.name not in (OWN_METHOD, *STATE_METHODS):
        return
    if method.name == OWN_METHOD and not device.capabilities.statevector:
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"{device.name} has no gradient of its own",
            remedy="Use diff_method='best', 'parameter-shift' or 'finite-diff', or "
            "qg.device('local').",
        )
    if not device.capabilities.statevector:
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"{device.name} gives no access to its state",
            remedy="Use diff_method='parameter-shift' or 'finite-diff', or qg.device('local').",
        )
    if shots and method.name == "backprop":
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"it needs the exact state, and {shots.total_shots} shots are asked for",
            remedy="Use diff_method='parameter-shift' or 'finite-diff', or shots=None.",
        )

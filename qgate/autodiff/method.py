"""Gradient methods by the names that users give; implementations are imported on use."""

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
"""Methods that require access to the state, and thus the local device."""

OWN_METHOD = "device"
"""Gradient method of the device itself; ``adjoint`` on the local one."""

CIRCUIT_METHOD = "hadamard"
"""Method that runs other circuits than the one it differentiates."""

METHODS = (
    "best",
    OWN_METHOD,
    *STATE_METHODS,
    "parameter-shift",
    "finite-diff",
    "spsa",
    CIRCUIT_METHOD,
)
"""All names; ``qgate.autodiff.choose_method`` maps them to implementations."""


@dataclass(frozen=True)
class Method:
    """A gradient method and its options.

    Parameters
    ----------
    name : str
    options : mapping
        The user's ``gradient_kwargs``.
    higher : str or None
        Method for higher orders, where ``name`` supports the first order only.
    transform : TapeTransform or None
        Transform that generates the tapes of every derivative, where these depend on the numbers in
        the tape.
    """

    name: str
    options: Mapping[str, Any]
    higher: str | None = None
    transform: TapeTransform | None = None

    @property
    def nonlinear(self) -> bool:
        """Whether it differentiates results that are nonlinear in the state, such as variances."""
        if self.transform is not None:
            return True
        from qgate.gradients.registry import SHIFT_METHODS

        known = SHIFT_METHODS.get(self.name)
        return known is not None and known.nonlinear

    @property
    def densities(self) -> bool:
        """Whether it differentiates density matrices that a device returns exactly."""
        return self.transform is not None or self.name != CIRCUIT_METHOD


def parse_method(diff_method: Any, options: Mapping[str, Any]) -> Method | None:
    """Return the method for a user's ``diff_method``; None: nothing is differentiated.

    Raises
    ------
    UnknownDiffMethod
        It is neither a method's name nor a gradient transform.
    UnknownGradientOption
        The method does not have one of the options.
    """
    if diff_method is None:
        return None
    name = getattr(diff_method, "diff_method", diff_method)
    if isinstance(name, str) and name in METHODS and not options:
        return Method(name, {})
    return _parse_further(diff_method, name, options)


def _parse_further(diff_method: Any, name: Any, options: Mapping[str, Any]) -> Method:
    """Parse a user's transform or a method with options; imports the implementations on use."""
    from qgate.autodiff.choose_method import OPTIONS, TRANSFORMS
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
    """Refuse a method that the device or its shots can never support."""
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

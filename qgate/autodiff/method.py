"""Gradient method of a QNode, by the name or transform that the user gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgate.exceptions import UnknownDiffMethod, UnsupportedDiffMethod, suggest
from qgate.shots import Shots

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.gradients.method import Options
    from qgate.gradients.registry import GradientMethod
    from qgate.gradients.transform import TapeTransform


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
    options: Options
    higher: str | None = None
    transform: TapeTransform | None = None

    @property
    def nonlinear(self) -> bool:
        """Whether it differentiates results that are nonlinear in the state, such as variances."""
        return self.transform is not None or self.row.nonlinear

    @property
    def densities(self) -> bool:
        """Whether it differentiates density matrices that a device returns exactly."""
        return self.transform is not None or self.row.densities

    @property
    def row(self) -> GradientMethod:
        """Row of the registry, for other methods than a user's transform."""
        from qgate.gradients.registry import METHODS  # on use: no value needs gradient methods

        return METHODS[self.name]


def parse_method(diff_method: object, options: Options) -> Method | None:
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
    if isinstance(diff_method, str) and diff_method == "best" and not options:
        return Method("best", {})
    return _parse_further(diff_method, options)


def _parse_further(diff_method: object, options: Options) -> Method:
    """Parse a name or a transform; imports gradient methods, which no value needs, on use."""
    from qgate.gradients.method import check_options
    from qgate.gradients.registry import METHODS
    from qgate.gradients.transform import gradient_transform
    from qgate.gradients.user_transform import UserTransform
    from qgate.transforms.circuit_transform import Transform

    if isinstance(diff_method, Transform):
        diff_method = UserTransform(diff_method.tape_transform)
    if isinstance(diff_method, UserTransform):
        diff_method.check(options)
        return Method(diff_method.name, dict(options), transform=diff_method)
    name = getattr(diff_method, "diff_method", diff_method)
    if not isinstance(name, str) or name not in METHODS:
        raise UnknownDiffMethod(
            method=diff_method, known=tuple(METHODS), hint=suggest(diff_method, METHODS)
        )
    row = METHODS[name]
    check_options(name, options, row.options | row.tape_options)
    is_bound = not row.tape_options.isdisjoint(options)
    return Method(name, dict(options), transform=gradient_transform(name) if is_bound else None)


def check_method(method: Method | None, device: Device, shots: Shots) -> None:
    """Refuse a method that the device or its shots can never support."""
    if method is None or method.name == "best" or method.transform is not None:
        return
    missing = method.row.needs_state
    if missing is not None and not device.capabilities.statevector:
        best = "'best', " if method.name == "device" else ""
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"{device.name} {missing}",
            remedy=f"Use diff_method={best}'parameter-shift' or 'finite-diff', or "
            "qg.device('local').",
        )
    if shots and method.name == "backprop":
        raise UnsupportedDiffMethod(
            method=method.name,
            reason=f"it needs the exact state, and {shots.total_shots} shots are asked for",
            remedy="Use diff_method='parameter-shift' or 'finite-diff', or shots=None.",
        )

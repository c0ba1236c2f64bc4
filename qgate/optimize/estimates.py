"""Gradients with standard errors, as an input of ``minimize``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from qgate.exceptions import UnsuitableObjective, described
from qgate.optimize.arguments import Arguments
from qgate.typing import Nested


class Estimate(Protocol):
    """Protocol of a value and a gradient with their standard errors.

    Attributes
    ----------
    value, value_error : float
    gradient, standard_error : array, or tuple of arrays
        By the trainable arguments, as ``qg.grad`` returns them.

    With mitigation it has a ``total_error`` as well, in the form of the gradient, and a
    ``value_systematic_error``; both are None if they are unknown.
    """

    value: Any
    value_error: Any
    gradient: Any
    standard_error: Any


class Slopes:
    """Gradient of an estimate, as a ``grad_fn`` that stores value, error and signal.

    Attributes
    ----------
    forward, error : float or None
        The value of the latest call, and its standard error.
    signal : float or None
        Mean of the squared derivatives over their squared standard errors.
    systematic : float or None
        Systematic error of the value; None: unknown.
    total_signal : float or None
        As ``signal``, of the total errors; None: unknown.
    """

    def __init__(self, estimate: Callable[..., Estimate], arguments: Arguments) -> None:
        self._estimate, self._arguments = estimate, arguments
        self.forward: Any = None
        self.error: float | None = None
        self.signal: float | None = None
        self.systematic: float | None = None
        self.total_signal: float | None = None

    def __call__(self, *args: Nested, **kwargs: Nested) -> Nested:
        found = self._estimate(*args, **kwargs)
        _check(found)
        self.forward, self.error = found.value, float(found.value_error)
        self.systematic = getattr(found, "value_systematic_error", None)
        self.signal = self._signal(found.gradient, found.standard_error)
        total = getattr(found, "total_error", None)
        self.total_signal = None if total is None else self._signal(found.gradient, total)
        return found.gradient

    def _signal(self, *parts: Nested) -> float:
        """Return the mean of the squared derivatives over their squared errors."""
        slopes, errors = (self._arguments.flattened(part, optimizer="minimize") for part in parts)
        ratios = np.divide(slopes, errors, out=np.full_like(slopes, np.inf), where=errors > 0)
        return float(np.mean(np.where(slopes == 0, 0.0, ratios) ** 2))


def _check(found: object) -> None:
    lacking = [name for name in Estimate.__annotations__ if not hasattr(found, name)]
    if lacking:
        raise UnsuitableObjective(
            optimizer="minimize",
            objective="the function with this estimate",
            reason=f"estimate returned {described(found)}, which has no {lacking[0]}",
            remedy="Give a function such as qg.gradient_estimate(cost), or leave estimate out.",
        )

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
    """

    def __init__(self, estimate: Callable[..., Estimate], arguments: Arguments) -> None:
        self._estimate, self._arguments = estimate, arguments
        self.forward: Any = None
        self.error: float | None = None
        self.signal: float | None = None

    def __call__(self, *args: Nested, **kwargs: Nested) -> Nested:
        found = self._estimate(*args, **kwargs)
        _check(found)
        slopes, errors = (
            self._arguments.flattened(part, optimizer="minimize")
            for part in (found.gradient, found.standard_error)
        )
        self.forward, self.error = found.value, float(found.value_error)
        ratios = np.divide(slopes, errors, out=np.full_like(slopes, np.inf), where=errors > 0)
        self.signal = float(np.mean(np.where(slopes == 0, 0.0, ratios) ** 2))
        return found.gradient


def _check(found: object) -> None:
    lacking = [name for name in Estimate.__annotations__ if not hasattr(found, name)]
    if lacking:
        raise UnsuitableObjective(
            optimizer="minimize",
            objective="the function with this estimate",
            reason=f"estimate returned {described(found)}, which has no {lacking[0]}",
            remedy="Give a function such as qg.gradient_estimate(cost), or leave estimate out.",
        )

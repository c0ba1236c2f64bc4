"""Classical preprocessing: how the angles of a circuit depend on its arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qgate.arrays import unwrap
from qgate.exceptions import NoSpectrum, described
from qgate.interfaces.choice import interface_among
from qgate.typing import BoolArray, FloatArray, Tensor


def classical_jacobian(
    function: Callable[..., Tensor], args: Sequence[Tensor]
) -> tuple[FloatArray, ...]:
    """Return the Jacobian of classical values by each argument, in the shape value + argument.

    The value need not depend on the arguments, which are arrays of one framework. Cost: one run of
    ``function``, and one pass back through it for each number it returns.
    """
    jacobian = interface_among(args).jacobian(function, tuple(range(len(args))))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Output of .* seems independent")
        found = jacobian(*args)
    return tuple(np.asarray(unwrap(part), dtype=float) for part in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Options of the test that angles are linear functions of the arguments.

    The Jacobian at random points is compared with that at the arguments. Differences up to
    ``atol + rtol * abs(derivative)`` count as equal.
    """

    num_pos: int = 5  # number of random points
    seed: int = 9123
    atol: float = 1e-6
    rtol: float = 0.0
    bounds: tuple[float, float] = (-np.pi, np.pi)  # of the points, in the unit of the arguments

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Check:
        """Return the test with these options, ``validation_kwargs``."""
        known = list(cls.__dataclass_fields__)
        unknown = [name for name in options if name not in known]
        if unknown:
            raise NoSpectrum(
                reason=f"validation_kwargs has {described(unknown[0])}, which is no option of "
                "the test",
                remedy=f"Its options are {', '.join(known)}.",
            )
        return cls(**options)

    def points(
        self, masks: Sequence[BoolArray], values: Sequence[FloatArray]
    ) -> list[list[FloatArray]]:
        """Return random points; entries whose mask is False keep their values."""
        random = np.random.default_rng(self.seed)
        return [
            [
                np.where(mask, random.uniform(*self.bounds, size=value.shape), value)
                for mask, value in zip(masks, values, strict=True)
            ]
            for _ in range(self.num_pos)
        ]

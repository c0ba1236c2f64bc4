"""First and second derivatives of functions of measured quantities, from those of the quantities.

A circuit measures quantities q for which shift rules hold. A result F(q) that is computed from them
has the second derivatives F''(q)[d_i q, d_j q] + F'(q)[d_ij q] (chain rule).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from autograd.differential_operators import jacobian as autograd_jacobian

from qgate.arrays import enclosed, framework_among, is_complex, namespace, opened, shape_of
from qgate.measurements import Measurement, MeasurementKind
from qgate.transforms.linear import Recombine
from qgate.typing import Tensor

ENTROPIES = frozenset({MeasurementKind.VN_ENTROPY, MeasurementKind.MUTUAL_INFO})
"""Results that are no polynomial of degree 2 of expectation values."""


@dataclass(frozen=True, eq=False)
class SecondOrderJet:
    """Derivatives of quantities by n slots, one entry for each quantity of shape ``s``."""

    value: Sequence[Tensor]
    first: Sequence[Tensor]
    """Shape (n,) + s."""

    second: Sequence[Tensor]
    """Shape (n, n) + s."""


def is_polynomial(item: Measurement, *, sampled: bool) -> bool:
    """Return whether a result is a polynomial of degree 2 at most of the measured quantities.

    From shots a state is not: it is an eigenvector of the density matrix.
    """
    return item.kind not in ENTROPIES and not (sampled and item.kind is MeasurementKind.STATE)


class Polynomial:
    """Derivatives of a polynomial of degree 2 at most.

    Its derivative along a direction, and its mixed derivative along two, are exact differences of
    its values with any step.
    """

    def __init__(self, series: SecondOrderJet, recipe: Recombine) -> None:
        self.series, self.recipe = series, recipe

    def slope(self) -> Tensor:
        """Return the first derivatives, shape (n,) + s."""
        return self._along(self.series.first)

    def curvature(self) -> Tensor:
        """Return the second derivatives, shape (n, n) + s."""
        at = self._at
        rows = [part[:, None] for part in self.series.first]
        columns = [part[None, :] for part in self.series.first]
        behind, left = _reversed(rows), _reversed(columns)
        mixed = at(rows, columns) - at(rows, left) - at(behind, columns) + at(behind, left)
        return self._along(self.series.second) + mixed / 4

    def _along(self, direction: Sequence[Tensor]) -> Tensor:
        return (self._at(direction) - self._at(_reversed(direction))) / 2

    def _at(self, *directions: Sequence[Tensor]) -> Tensor:
        return self.recipe(
            [sum(parts) for parts in zip(self.series.value, *directions, strict=True)]
        )


def _reversed(direction: Sequence[Tensor]) -> list[Tensor]:
    return [-part for part in direction]


class Function:
    """Derivatives of any function F.

    They are the derivatives of F(q + sum_i t_i d_i q + sum_ij t_i t_j d_ij q / 2) by t at zero,
    computed by the framework: by n numbers, independent of the number of quantities.
    """

    def __init__(self, series: SecondOrderJet, recipe: Recombine) -> None:
        self.series, self.recipe = series, recipe
        self.like = [*series.value, *series.first, *series.second]
        self.framework = framework_among(self.like)

    def slope(self) -> Tensor:
        """Return the first derivatives, shape (n,) + s."""
        first = self._derivative(self._along)(self._zero())
        return namespace([first]).moveaxis(first, -1, 0)

    def curvature(self) -> Tensor:
        """Return the second derivatives, shape (n, n) + s."""
        second = self._derivative(self._derivative(self._along))(self._zero())
        xp = namespace([second])
        return xp.moveaxis(xp.moveaxis(second, -1, 0), -1, 0)

    def _along(self, t: Tensor) -> Tensor:
        pairs, series = t[:, None] * t[None, :] / 2, self.series
        parts = zip(series.value, series.first, series.second, strict=True)
        return self.recipe(
            [
                value + _weighted(t, first) + _weighted(pairs, second)
                for value, first, second in parts
            ]
        )

    def _zero(self) -> Tensor:
        zero = np.zeros(len(self.series.first[0]))
        return zero if self.framework is None else enclosed(self.framework.tensor(zero, self.like))

    def _derivative(self, function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        """Return the derivative by a row of real numbers, in the framework of arrays: s + (n,)."""
        if self.framework is None:
            return _by_autograd(function)
        jacobian: Callable[..., Tensor] = self.framework.jacobian(
            lambda t: opened(function(enclosed(t))), (0,)
        )
        return lambda t: enclosed(jacobian(opened(t))[0])


def _weighted(weights: Tensor, derivatives: Tensor) -> Tensor:
    """Sum derivatives of shape w + s with weights of shape w; dtypes may be real or complex."""
    xp, lead = namespace([weights, derivatives]), shape_of(weights)
    ones = (1,) * (len(shape_of(derivatives)) - len(lead))
    return xp.sum(xp.reshape(weights, (*lead, *ones)) * derivatives, axis=tuple(range(len(lead))))


def _by_autograd(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Return the derivative by autograd, with complex values as two real parts."""

    def derivative(t: Tensor) -> Tensor:
        turned = False

        def parts(inner: Tensor) -> Tensor:
            nonlocal turned
            value = function(inner)
            turned = is_complex(value)
            xp = namespace([value])
            return xp.stack([xp.real(value), xp.imag(value)]) if turned else value

        found = autograd_jacobian(parts)(t)
        return found[0] + 1j * found[1] if turned else found

    return derivative

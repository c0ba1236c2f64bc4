"""Sums over Pauli words for weights that autograd traces."""

from __future__ import annotations

from autograd.extend import defjvp, defvjp, primitive

from qgate.operations.pauli_words import sums
from qgate.typing import IntArray, Tensor

gather_sum = primitive(sums)


@primitive  # type: ignore[untyped-decorator]
def spread(values: Tensor, index: IntArray) -> Tensor:
    """Return ``values[index]``."""
    return values[index]


# Both are linear, and each is the transpose of the other.
defvjp(gather_sum, lambda _, values, index, size: lambda g: spread(g, index))
defvjp(spread, lambda _, values, index: lambda g: gather_sum(g, index, len(values)))
defjvp(gather_sum, lambda g, _, values, index, size: gather_sum(g, index, size))
defjvp(spread, lambda g, _, values, index: spread(g, index))

"""Functions of operators."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.operations import (
    comm,
    commutator,
    dot,
    eigvals,
    equal,
    evolve,
    generator,
    is_commuting,
    map_wires,
    matrix,
    simplify,
)
from qgate.operations.operator import Operator
from qgate.typing import Tensor

__all__ = [
    "bind_new_parameters",
    "comm",
    "commutator",
    "dot",
    "eigvals",
    "equal",
    "evolve",
    "generator",
    "is_commuting",
    "map_wires",
    "matrix",
    "simplify",
]


def bind_new_parameters(op: Operator, params: Sequence[Tensor]) -> Operator:
    """Return an operator with other parameters; nothing is recorded.

    >>> bind_new_parameters(qg.RX(0.1, wires=0), [0.2])
    RX(0.2, wires=[0])
    """
    return op.with_parameters(params)

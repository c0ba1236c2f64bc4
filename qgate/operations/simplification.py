"""Simplification of sums of products."""

from __future__ import annotations

from collections.abc import Sequence

from qgate.arrays import is_traced
from qgate.operations.arithmetic import prod, s_prod, sum_
from qgate.operations.composites import linear_terms
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.typing import Tensor


def simplified(op: Operator) -> Operator:
    """Expand, merge Pauli factors, and merge equal terms."""
    words: list[PauliSum] = []
    weights: dict[Operator, Tensor] = {}
    for weight, factors in linear_terms(op):
        scale, rest = _collected(factors)
        if isinstance(rest, PauliSum):
            words.append(rest.scaled(weight * scale))
        else:
            weights[rest] = weights.get(rest, 0.0) + weight * scale
    parts = [_weighted(weight, key) for key, weight in weights.items()]
    if words:
        together = PauliSum.total(words).simplify()
        if not parts or is_traced(together.coefficients) or together.coefficients.any():
            parts.append(together)
    return sum_(*parts)


def _weighted(weight: Tensor, op: Operator) -> Operator:
    return op if not is_traced(weight) and weight == 1 else s_prod(weight, op)


def _collected(factors: Sequence[Operator]) -> tuple[Tensor, Operator]:
    """Return a weight and a product in which adjacent Pauli factors are merged to one word."""
    weight: Tensor = 1.0
    done: list[Operator] = []
    for factor in factors:
        if not isinstance(factor, PauliSum):
            done.append(factor.simplify())
            continue
        place = _where_it_meets(done, factor)
        met = PauliSum.product([*_words(done[place:][:1]), factor])
        weight = weight * met.coefficients[0]
        done[place:] = [*met.ops, *done[place + 1 :]]
    kept = [op for op in done if len(op.wires) or not isinstance(op, PauliSum)]
    return weight, prod(*kept) if kept else PauliSum.identity()


def _where_it_meets(done: Sequence[Operator], word: PauliSum) -> int:
    """Return the position of the nearest word that ``word`` can be merged with, else the end."""
    for place in range(len(done) - 1, -1, -1):
        if isinstance(done[place], PauliSum):
            return place
        if set(done[place].wires) & set(word.wires):
            break
    return len(done)


def _words(factors: Sequence[Operator]) -> list[PauliSum]:
    return [op for op in factors if isinstance(op, PauliSum)]

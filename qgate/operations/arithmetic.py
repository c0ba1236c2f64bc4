"""Products, sums and multiples of operators.

What consists of Pauli operators only becomes one ``PauliSum``; anything else is kept as
it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from qgate.arrays import is_traced, shape_of
from qgate.exceptions import (
    InvalidParameters,
)
from qgate.operations.composites import Composite, Prod, SProd, Sum, pauli_reps
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.recording import absorb, record, recording
from qgate.typing import Tensor


def prod(*ops: Any, id: str | None = None, lazy: bool = True) -> Any:
    """Multiply operators; the rightmost acts first.

    Parameters
    ----------
    *ops : Operator
        The factors. A single quantum function is turned into a function that returns the
        product of what it applies.
    lazy : bool
        False: factors that are products themselves are merged into this one.

    Returns
    -------
    Operator
        A ``PauliSum`` where all factors are Pauli operators, else a ``Prod``.
    """
    if len(ops) == 1 and callable(ops[0]):
        return _product_of_function(ops[0])
    if len(ops) == 1:
        return ops[0]
    _check(ops, "prod")
    words = pauli_reps(ops)
    if words is not None:
        return _replace(ops, PauliSum.product(words))
    parts = ops if lazy else tuple(_parts(ops, Prod))
    absorb(*ops)
    return Prod(*parts, id=id)


def sum_(*summands: Operator, id: str | None = None, lazy: bool = True) -> Operator:
    """Add operators.

    Parameters
    ----------
    *summands : Operator
    lazy : bool
        False: summands that are sums themselves are merged into this one.

    Returns
    -------
    Operator
        A ``PauliSum`` where all summands are Pauli operators, else a ``Sum``.
    """
    if len(summands) == 1:
        return summands[0]
    _check(summands, "sum")
    words = pauli_reps(summands)
    if words is not None:
        return _replace(summands, PauliSum.total(words))
    parts = summands if lazy else tuple(_parts(summands, Sum))
    absorb(*summands)
    return Sum(*parts, id=id)


def s_prod(
    scalar: Tensor, operator: Operator, lazy: bool = True, id: str | None = None
) -> Operator:
    """Multiply an operator by a number.

    Parameters
    ----------
    scalar : number
        Real or complex; may be traced.
    operator : Operator
    lazy : bool
        False: a multiple of an operator is merged into this one.

    Returns
    -------
    Operator
        A ``PauliSum`` where the operator is a Pauli operator, else an ``SProd``.
    """
    words = operator.pauli_rep
    if words is not None:
        return _replace((operator,), words.scaled(scalar))
    if not lazy and isinstance(operator, SProd):
        absorb(operator)
        return SProd(scalar * operator.scalar, operator.base, id=id)
    return SProd(scalar, operator, id=id)


def add_scalar(operator: Operator, number: Tensor) -> Operator:
    """Add a multiple of the identity to an operator."""
    if not is_traced(number) and number == 0:
        return operator
    return sum_(operator, PauliSum.identity(number))


def dot(coeffs: Any, ops: Sequence[Operator]) -> Operator:
    """Add operators, each multiplied by its coefficient.

    Parameters
    ----------
    coeffs : array or sequence of numbers, shape (T,)
        May be traced.
    ops : sequence of Operator
        T operators.

    Returns
    -------
    Operator
        A ``PauliSum`` where all are Pauli operators, else a ``Sum``.

    Raises
    ------
    InvalidParameters
        There are not as many coefficients as operators, or none.
    """
    count = shape_of(coeffs)[0] if hasattr(coeffs, "shape") else len(coeffs)
    if count != len(ops) or not len(ops):
        raise InvalidParameters(
            f"{count} coefficient(s) were given for {len(ops)} operator(s). "
            "Give one coefficient for each operator, and at least one."
        )
    _check(ops, "dot")
    words = pauli_reps(ops)
    if words is not None:
        return _replace(ops, PauliSum.weighted(coeffs, words))
    return sum_(*(s_prod(coeffs[index], op) for index, op in enumerate(ops)))


def _replace(ops: Sequence[Operator], result: PauliSum) -> PauliSum:
    """Record a result in the place of what it was made of."""
    absorb(*ops)
    record(result)
    return result


def _check(ops: Sequence[Any], name: str) -> None:
    wrong = [op for op in ops if not isinstance(op, Operator)]
    if wrong or not ops:
        what = repr(wrong[0]) if wrong else "nothing"
        raise InvalidParameters(
            f"{name} was given {what}. It combines operators, such as qg.X(0) and qg.Z(1)."
        )


def _parts(ops: Sequence[Operator], kind: type[Composite]) -> Iterator[Operator]:
    for op in ops:
        if isinstance(op, kind):
            yield from _parts(op.operands, kind)
        else:
            yield op


def _product_of_function(function: Callable[..., Any]) -> Callable[..., Operator]:
    def product(*args: Any, **kwargs: Any) -> Operator:
        with recording() as recorder:
            function(*args, **kwargs)
        ops = [item for item in recorder.items if isinstance(item, Operator)]
        return record(prod(*reversed(ops)))  # type: ignore[no-any-return]

    return product

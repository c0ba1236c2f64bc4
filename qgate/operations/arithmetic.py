"""Products, sums and scalar multiples of operators, and their simplification.

Expressions of Pauli operators only become one ``PauliSum``; others are kept as written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgate.arguments import items_of, truth
from qgate.arrays import enclosed, is_traced, shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.composites import Composite, Prod, SProd, Sum, linear_terms, pauli_reps
from qgate.operations.operator import (
    ALGEBRA,
    Operator,
    OperatorOrFunction,
    operations_of,
    require_operators,
)
from qgate.operations.parameters import in_floats, require_scalar
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_algebra import as_coefficients
from qgate.recording import absorb, record, replace
from qgate.typing import Function, Tensor


def prod(*ops: OperatorOrFunction, id: str | None = None, lazy: bool = True) -> OperatorOrFunction:
    """Multiply operators; the rightmost acts first.

    Parameters
    ----------
    *ops : Operator
        The factors. A single quantum function is converted to a function that returns the product
        of the operators that it applies.
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
    return _combined("prod", ops, Prod, PauliSum.product, id=id, lazy=lazy)


def sum_(
    *summands: Operator,
    grouping_type: str | None = None,
    method: str = "lf",
    id: str | None = None,
    lazy: bool = True,
) -> Operator:
    """Add operators.

    Parameters
    ----------
    *summands : Operator
    grouping_type, method : str, optional
        Compute the groups of the terms, as ``PauliSum.compute_grouping``.
    lazy : bool
        False: summands that are sums themselves are merged into this one.

    Returns
    -------
    Operator
        A ``PauliSum`` where all summands are Pauli operators, else a ``Sum``.
    """
    if len(summands) == 1:
        return summands[0]
    total = _combined("sum", summands, Sum, PauliSum.total, id=id, lazy=lazy)
    return total if grouping_type is None else _grouped(total, grouping_type, method)


def _grouped(total: Operator, grouping_type: str, method: str) -> Operator:
    """Compute the groups of a sum of Pauli words, and return it."""
    if not isinstance(total, PauliSum):
        raise InvalidParameters(
            f"grouping_type={described(grouping_type)} was given for {described(total)}. Groups "
            "are those of Pauli words. Leave it out: measurements group what commutes."
        )
    total.compute_grouping(grouping_type, method)
    return total


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

    Raises
    ------
    InvalidParameters
        The scalar is not a number, or the operator not an operator.
    """
    require_operators("s_prod", operator)
    require_scalar(operator, scalar)
    scalar = in_floats(enclosed(scalar))
    words = operator.pauli_rep
    if words is not None:
        return replace((operator,), words.scaled(scalar))
    if not truth("s_prod", "lazy", lazy) and isinstance(operator, SProd):
        absorb(operator)
        return SProd(scalar * operator.scalar, operator.base, id=id)
    return SProd(scalar, operator, id=id)


def add_scalar(operator: Operator, number: Tensor) -> Operator:
    """Add a multiple of the identity to an operator."""
    if not is_traced(number) and number == 0:
        return operator
    return sum_(operator, PauliSum.identity(number))


def dot(
    coeffs: Tensor,
    ops: Sequence[Operator],
    pauli: bool = False,
    grouping_type: str | None = None,
    method: str = "lf",
) -> Operator:
    """Add operators, each multiplied by its coefficient.

    Parameters
    ----------
    coeffs : array or sequence of numbers, shape (T,)
        May be traced.
    ops : sequence of Operator
        T operators.
    pauli : bool
        Whether operators other than those of Pauli words are refused.
    grouping_type, method : str, optional
        Compute the groups of the terms, as ``PauliSum.compute_grouping``.

    Returns
    -------
    Operator
        A ``PauliSum`` where all are Pauli operators, else a ``Sum``.

    Raises
    ------
    InvalidParameters
        There are not as many coefficients as operators, or none, or they are not numbers; or the
        operators are not Pauli operators, and that was required.
    """
    _check(ops, "dot")
    weights = as_coefficients(coeffs)
    shape = shape_of(weights)
    if shape != (len(ops),):
        given = f"{shape[0]} coefficient(s)" if len(shape) == 1 else f"An array of shape {shape}"
        raise InvalidParameters(
            f"{given} cannot be the weights of {len(ops)} operator(s). "
            "Give one coefficient for each operator."
        )
    words = pauli_reps(ops)
    if words is None and truth("dot", "pauli", pauli):
        raise InvalidParameters(
            f"dot was given pauli=True and {described(ops)}, which are not all Pauli operators. "
            "Leave pauli out."
        )
    total = (
        replace(ops, PauliSum.weighted(weights, words))
        if words is not None
        else sum_(*(s_prod(coeffs[index], op) for index, op in enumerate(ops)))
    )
    return total if grouping_type is None else _grouped(total, grouping_type, method)


def _check(ops: Sequence[object], name: str) -> None:
    """Refuse values that are not a sequence of at least one operator."""
    if isinstance(ops, Operator):
        raise InvalidParameters(
            f"{name} was given {described(ops)}. Give a list of operators, [{described(ops)}]."
        )
    if not isinstance(ops, Sequence) or items_of(ops) is None:
        raise InvalidParameters(f"{name} was given {described(ops)}. Give a list of operators.")
    if not len(ops):
        raise InvalidParameters(f"{name} was given no operators. Give at least one.")
    require_operators(name, *ops)


def _combined(
    name: str,
    ops: Sequence[Operator],
    kind: type[Composite],
    of_words: Callable[[list[PauliSum]], PauliSum],
    *,
    id: str | None,
    lazy: bool,
) -> Operator:
    """Return operators as one sum of Pauli words where possible, else as a composite."""
    _check(ops, name)
    words = pauli_reps(ops)
    if words is not None:
        return replace(ops, of_words(words))
    return kind(*ops, id=id) if truth(name, "lazy", lazy) else kind.flattened(ops, id=id)


def _product_of_function(function: Function) -> Callable[..., Operator]:
    def product_of_function(*args: object, **kwargs: object) -> Operator:
        product: Operator = prod(*reversed(operations_of(function, args, kwargs)))
        return record(product)

    return product_of_function


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
        near = [op for op in done[place : place + 1] if isinstance(op, PauliSum)]
        met = PauliSum.product([*near, factor])
        weight = weight * met.coefficients[0]
        done[place:] = [*met.sums, *done[place + 1 :]]
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


ALGEBRA |= {
    "prod": prod,
    "sum": sum_,
    "s_prod": s_prod,
    "add_scalar": add_scalar,
    "simplify": simplified,
}

"""Functions of operators and quantum functions: matrix, eigvals, generator, simplify, equal, ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import wraps

import numpy as np

from qgate.arguments import finite_number, is_text_among, truth
from qgate.arrays import is_traced, opened, shape_of, unwrap
from qgate.exceptions import GeneratorUndefinedError, InvalidParameters, WireError, described
from qgate.findable import picklable
from qgate.operations.arithmetic import prod, s_prod, sum_
from qgate.operations.composites import Composite, Prod, Sum
from qgate.operations.matrices import circuit_matrix, dense_matrix
from qgate.operations.operator import (
    ALGEBRA,
    Operator,
    OperatorOrFunction,
    operations_of,
    require_operators,
)
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_decomposition import pauli_decompose
from qgate.recording import paused, record, recording, replace
from qgate.typing import Function, Tensor, Wire, WiresLike
from qgate.wires import Wires

GENERATOR_FORMATS = ("prefactor", "observable", "hamiltonian", "arithmetic")

MOST_TOLERANCE = 1e300
"""Largest tolerance of ``equal``."""


@picklable
def matrix(op: OperatorOrFunction, wire_order: WiresLike | None = None) -> Tensor:
    """Return the matrix of an operator, a tape or a quantum function.

    Parameters
    ----------
    op : Operator, tape, QNode or callable
        For a callable, returns a function with the same arguments that returns the matrix.
    wire_order : wires, optional
        The first is the most significant bit. Default: the operator's wires; for a QNode
        those of its device; else the order of first appearance.

    Returns
    -------
    array, shape (2**n, 2**n), or callable

    Raises
    ------
    MatrixUndefinedError
        An operator has neither a matrix nor a decomposition.
    NotFinite
        A parameter is NaN or infinite.
    """
    if isinstance(op, Operator):
        with paused():
            return opened(dense_matrix(op, wire_order))
    if hasattr(op, "operations"):
        getattr(op, "structure", None)  # raises for parameters of wrong shapes
        return opened(_matrix_of(op.operations, op.wires if wire_order is None else wire_order))
    function: Function = op.func if hasattr(op, "func") else op
    _check_function("matrix", function)
    order = (
        getattr(getattr(op, "device", None), "wires", None) if wire_order is None else wire_order
    )

    @wraps(function)
    def matrix_of_function(*args: object, **kwargs: object) -> Tensor:
        if getattr(op, "is_transformed", False):
            return opened(_matrix_of(op.single_tape(args, kwargs).operations, order))
        return opened(_matrix_of(operations_of(function, args, kwargs), order))

    return matrix_of_function


@picklable
def eigvals(op: OperatorOrFunction, k: int = 1, which: str = "SA") -> Tensor:
    """Return the eigenvalues of an operator or of a quantum function.

    Parameters
    ----------
    op : Operator or callable
    k, which : int, str
        For a ``SparseHamiltonian``: number of eigenvalues, and which ones, as in
        ``scipy.sparse.linalg.eigsh``; "SA" selects the smallest.
    """
    if isinstance(op, Operator):
        if hasattr(op, "sparse_eigvals"):
            return op.sparse_eigvals(k, which)
        with paused():
            return op.eigvals()
    _check_function("eigvals", op)
    matrices = matrix(op)

    @wraps(op)
    def eigvals_of_function(*args: object, **kwargs: object) -> Tensor:
        return np.linalg.eigvals(unwrap(matrices(*args, **kwargs)))

    return eigvals_of_function


@picklable
def generator(op: OperatorOrFunction, format: str = "prefactor") -> OperatorOrFunction:
    """Return the Hermitian generator G of an operator exp(i x G).

    Parameters
    ----------
    op : Operator or callable
        For a callable, such as a gate class, returns a function of the gate's arguments.
    format : str
        "prefactor": an observable and its factor; "observable", "hamiltonian" and "arithmetic": a
        single sum of Pauli words.

    Returns
    -------
    (PauliSum, float) or PauliSum

    Raises
    ------
    GeneratorUndefinedError
        The operator does not have exactly one parameter, or is not of that form.
    """
    if not is_text_among(format, GENERATOR_FORMATS):
        raise InvalidParameters(
            f"format={described(format)} is not a form of a generator. Give one of "
            f"{GENERATOR_FORMATS}."
        )
    if not isinstance(op, Operator):
        _check_function("generator", op)

        @wraps(op, updated=())
        def generator_of_gate(*args: object, **kwargs: object) -> object:
            return generator(op(*args, **kwargs), format)

        return generator_of_gate
    if op.num_params != 1:
        raise GeneratorUndefinedError(
            f"{described(op)} has {op.num_params} parameters. A generator exists for operators "
            "with one."
        )
    with paused():
        words = pauli_decompose(op.generator_matrix(), wire_order=op.wires).real()
    return _split_prefactor(words) if format == "prefactor" else words


ALGEBRA["generator"] = generator


def simplify(input: Operator) -> Operator:
    """Return an equal operator in simpler form: expanded, with like terms merged.

    Parameters
    ----------
    input : Operator
    """
    require_operators("simplify", input)
    with paused():
        simpler = input.simplify()
    return replace([input], simpler)


@picklable
def map_wires(input: OperatorOrFunction, wire_map: Mapping[Wire, Wire]) -> OperatorOrFunction:
    """Return an operator, measurement or quantum function with other wire labels.

    Parameters
    ----------
    input : Operator, Measurement or callable
    wire_map : mapping
        From labels to labels; other labels stay.
    """
    if not isinstance(wire_map, Mapping):
        raise WireError(
            f"map_wires was given {described(wire_map)}. Give a mapping from labels to labels, "
            "{0: 'a'}."
        )
    if isinstance(input, type) or not hasattr(input, "map_wires"):
        _check_function("map_wires", input)
        return _map_function(input, wire_map)
    with paused():
        mapped = input.map_wires(wire_map)
    return replace([input], mapped)


def equal(
    op1: object,
    op2: object,
    check_interface: bool = True,
    check_trainability: bool = True,
    rtol: float = 1e-5,
    atol: float = 1e-9,
) -> bool:
    """Return whether two operators, measurements or tapes are equal.

    Pauli operators are compared as sums of Pauli words. In other products, factors that share no
    wires may be in any order; in sums, all terms.

    Parameters
    ----------
    op1, op2 : Operator, Measurement or tape
    check_interface, check_trainability : bool
        Whether parameters have to be of the same kind, traced or not.
    rtol, atol : float
        Tolerances for numbers, as for ``numpy.allclose``.
    """
    if not (isinstance(op1, Operator) and isinstance(op2, Operator)):
        return _are_equal_values(op1, op2)
    tolerances = _tolerance("rtol", rtol), _tolerance("atol", atol)
    flags = {"check_interface": check_interface, "check_trainability": check_trainability}
    if any(truth("equal", name, flag) for name, flag in flags.items()) and _traced(op1) != _traced(
        op2
    ):
        return False
    with paused():
        return _equal(op1, op2, *tolerances)


def _tolerance(name: str, value: object) -> float:
    number = finite_number(value)
    if number is None or abs(number) > MOST_TOLERANCE:
        raise InvalidParameters(f"equal was given {name}={described(value)}. Give a finite number.")
    return float(number)


def _are_equal_values(one: Tensor, other: Tensor) -> bool:
    try:
        if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
            return np.array_equal(one, other)
        return bool(one == other)
    except Exception:
        raise InvalidParameters(
            f"equal was given {described(one)} and {described(other)}, which cannot be compared. "
            "Give operators, measurements or tapes."
        ) from None


def commutator(op1: Operator, op2: Operator, pauli: bool = False) -> Operator:
    """Return op1 op2 - op2 op1.

    Parameters
    ----------
    op1, op2 : Operator
    pauli : bool
        Accepted for compatibility with PennyLane; the commutator of Pauli operators is a
        ``PauliSum``.
    """
    require_operators("commutator", op1, op2)
    left, right = op1.pauli_rep, op2.pauli_rep
    with paused():
        if left is not None and right is not None:
            result: Operator = left.commutator(right)
        else:
            result = sum_(prod(op1, op2), s_prod(-1.0, prod(op2, op1))).simplify()
    return replace((op1, op2), result)


comm = commutator


def is_commuting(operation1: Operator, operation2: Operator) -> bool:
    """Return whether two operators commute.

    Operators on disjoint wires commute; Pauli operators are compared by their Pauli words, others
    by their matrices on the union of the wires.

    Parameters
    ----------
    operation1, operation2 : Operator

    Notes
    -----
    Cost: 4**n numbers for operators on n wires together that are not Pauli operators.
    """
    require_operators("is_commuting", operation1, operation2)
    if not set(operation1.wires) & set(operation2.wires):
        return True
    left, right = operation1.pauli_rep, operation2.pauli_rep
    with paused():
        if left is not None and right is not None:
            return not np.any(np.abs(unwrap(left.commutator(right).coefficients)) > 1e-12)
        wires = Wires.all_wires([operation1.wires, operation2.wires])
        a, b = (unwrap(dense_matrix(op, wires)) for op in (operation1, operation2))
    return bool(np.allclose(a @ b, b @ a))


def _check_function(name: str, function: OperatorOrFunction) -> None:
    if not callable(function):
        raise InvalidParameters(
            f"{name} was given {described(function)}. Give an operator, such as qg.X(0), or a "
            "quantum function."
        )


def _matrix_of(operations: Sequence[Operator], wire_order: WiresLike | None) -> Tensor:
    """Return the matrix of operations, the first applied first."""
    order = Wires.all_wires([op.wires for op in operations]) if wire_order is None else wire_order
    with paused():
        return circuit_matrix(operations, Wires(order))


def _split_prefactor(words: PauliSum) -> tuple[PauliSum, float]:
    """Factor out the first weight where all weights have the same modulus."""
    weights = words.coefficients
    if not np.allclose(np.abs(weights), abs(weights[0])):
        return words, 1.0
    return words.with_parameters((np.sign(weights) * np.sign(weights[0]),)), float(weights[0])


def _map_function(function: Function, wire_map: Mapping[Wire, Wire]) -> Function:
    @wraps(function)
    def mapped(*args: object, **kwargs: object) -> object:
        with recording() as recorder:
            returned = function(*args, **kwargs)
        with paused():
            others = {id(item): item.map_wires(wire_map) for item in recorder.items}
        for item in others.values():
            record(item)
        if isinstance(returned, list | tuple):
            return type(returned)(others.get(id(item), item) for item in returned)
        return others.get(id(returned), returned)

    return mapped


def _traced(op: Operator) -> bool:
    return any(is_traced(value) for value in op.parameters)


def _equal(left: Operator, right: Operator, rtol: float, atol: float) -> bool:
    a, b = left.pauli_rep, right.pauli_rep
    if a is not None and b is not None:
        gap = PauliSum.total([a, b.scaled(-1.0)]).merged().coefficients
        largest = np.abs(unwrap(b.coefficients)).max(initial=0.0)
        return bool(np.all(np.abs(unwrap(gap)) <= atol + rtol * largest))
    if type(left) is not type(right):
        return False
    if isinstance(left, Prod | Sum) and isinstance(right, Composite):
        return _same_operands(left, right, rtol, atol)
    return left.signature == right.signature and all(
        shape_of(p) == shape_of(q) and np.allclose(unwrap(p), unwrap(q), rtol=rtol, atol=atol)
        for p, q in zip(left.parameters, right.parameters, strict=True)
    )


def _same_operands(left: Composite, right: Composite, rtol: float, atol: float) -> bool:
    """Match each operand with the first equal one past operands that it commutes with."""
    rest = list(right.operands)
    ordered = isinstance(left, Prod)
    for op in left.operands:
        for index, other in enumerate(rest):
            if _equal(op, other, rtol, atol):
                del rest[index]
                break
            if ordered and set(op.wires) & set(other.wires):
                return False
        else:
            return False
    return not rest

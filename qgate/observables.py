"""Observables and their normal form.

``normal_form`` converts any Hermitian operator to a ``PauliSum`` or a ``Combination``.
Measurements, engines and gradients handle only these two.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from qgate.arguments import items_of
from qgate.arrays import namespace, unwrap
from qgate.exceptions import EigvalsUndefinedError, NotHermitian, OperatorError, UndefinedError
from qgate.operations.arithmetic import dot, prod
from qgate.operations.combination import Combination, Factors, product_matrix
from qgate.operations.composites import Composite, linear_terms
from qgate.operations.hermitian import Hermitian, MatrixObservable, Projector, SparseHamiltonian
from qgate.operations.matrices import dense_matrix, is_hermitian_matrix
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_algebra import as_coefficients
from qgate.operations.pauli_words import gather_sum
from qgate.operations.recognized import RecognizingType, is_sum
from qgate.recording import paused
from qgate.typing import Tensor, Wire
from qgate.wires import Wires

__all__ = [
    "Combination",
    "Hamiltonian",
    "Hermitian",
    "LinearCombination",
    "Projector",
    "SparseHamiltonian",
    "is_observable",
    "normal_form",
    "square",
]

MOST_DENSE_WIRES = 10
"""Maximum number of wires of observables that only a dense matrix can represent."""


class Hamiltonian(metaclass=RecognizingType):
    """The sum of observables, each multiplied by its coefficient.

    The result is a ``PauliSum`` where all observables are Pauli operators, else a ``Sum``.
    ``isinstance(op, Hamiltonian)`` holds for every sum of operators.

    Parameters
    ----------
    coeffs : array or sequence of numbers, shape (T,)
        Real; may be traced.
    observables : sequence of Operator
        T operators; for none the sum is 0, to which others can be added.
    grouping_type, method : str, optional
        Compute ``grouping_indices``, as ``PauliSum.compute_grouping``. Measurements group the terms
        qubit by qubit in any case.

    Raises
    ------
    InvalidParameters
        There are not as many coefficients as observables.
    """

    recognizes = staticmethod(is_sum)

    def __new__(
        cls,
        coeffs: Tensor,
        observables: Sequence[Operator],
        grouping_type: str | None = None,
        method: str = "lf",
        id: str | None = None,
    ) -> Any:
        """Return the sum."""
        if items_of(observables) == [] and items_of(coeffs) == []:
            return PauliSum.from_words([], [])
        return dot(coeffs, observables, grouping_type=grouping_type, method=method)


LinearCombination = Hamiltonian


def is_observable(op: Operator) -> bool:
    """Return whether an operator is Hermitian, so that it can be measured."""
    if op.is_hermitian:
        return True
    try:
        normal_form(op)
    except NotHermitian:
        return False
    return True


def normal_form(observable: Operator) -> PauliSum | Combination:
    """Return an observable in its normal form, in which it is measured.

    Sums and products are expanded. Factors of a product that share wires become one Pauli word, or
    one Hermitian matrix. An operator that is Hermitian only as a whole becomes one Hermitian
    matrix. The form depends on the observable's structure, not on its numbers, and is
    differentiable in them; its coefficients are real and its terms distinct. Raise ``NotHermitian``
    if it is not an observable.
    """
    if isinstance(observable, PauliSum) and observable.is_normal:
        return observable
    with paused():
        if isinstance(observable, Combination):
            return observable
        words = observable.pauli_rep
        if words is not None:
            return _real_words(words, observable)
        try:
            return _combine(linear_terms(observable), observable)
        except NotHermitian:
            if not isinstance(observable, Composite):
                raise
            return Combination(np.ones(1), [(_dense(observable),)], observable.wires)


def square(observable: PauliSum | Combination) -> PauliSum | Combination:
    """Return the normal form of the square of an observable in normal form.

    T (T + 1) / 2 products of terms; pairs of Pauli words that anticommute drop out. Two terms that
    do not commute and are not both Pauli words give a dense matrix on the wires of those of their
    factors that meet, of which there may be ten.
    """
    with paused():
        if isinstance(observable, PauliSum):
            return observable.squared().real()
        weights, terms = observable.coefficients, observable.terms
        squares = [
            (weights[index] * weights[index], tuple(_squared(factor) for factor in term))
            for index, term in enumerate(terms)
        ]
        for i, j in combinations(range(len(terms)), 2):
            both = _half_anticommutator(terms[i], terms[j])
            if both is not None:
                squares.append((2.0 * weights[i] * weights[j] * both[0], both[1]))
        return _collect([(weight, _join(term)) for weight, term in squares], observable.wires)


# Construction of the normal form ------------------------------------------------------


def _real_words(words: PauliSum, observable: Operator) -> PauliSum:
    merged = words.merged()
    if not merged.is_hermitian:
        raise NotHermitian(observable=repr(observable))
    return merged.real()


def _combine(terms: Sequence[tuple[Tensor, Factors]], observable: Operator) -> Combination:
    """Return the sum of products, each of which has to be Hermitian."""
    done = []
    for weight, factors in terms:
        scale, disjoint = _disjoint(factors)
        scaled = weight * scale
        if abs(np.imag(unwrap(scaled))) > 1e-12 * abs(unwrap(scaled)):
            raise NotHermitian(observable=repr(observable))
        is_complex = np.iscomplexobj(unwrap(scaled))
        done.append((namespace([scaled]).real(scaled) if is_complex else scaled, disjoint))
    return _collect(done, observable.wires)


def _collect(terms: Sequence[tuple[Tensor, Factors]], wires: Wires) -> Combination:
    """Merge terms that are equal and have no parameters."""
    place: dict[Hashable, int] = {}
    index = []
    for position, (_, factors) in enumerate(terms):
        fixed = all(isinstance(op, PauliSum) or not op.num_params for op in factors)
        key = tuple(op.signature for op in factors) if fixed else position
        index.append(place.setdefault(key, len(place)))
    weights = as_coefficients([weight for weight, _ in terms])
    first = [index.index(number) for number in range(len(place))]
    if len(first) < len(terms):
        weights = gather_sum(weights, np.array(index), len(first))
    return Combination(weights, [terms[position][1] for position in first], wires)


def _disjoint(factors: Factors) -> tuple[Tensor, Factors]:
    """Return a number and factors on disjoint wires with the same product."""
    scale: Tensor = 1.0
    done: list[Operator] = []
    for cluster in _clusters([part for factor in factors for part in _letters(factor)]):
        words = _words(cluster)
        if len(words) == len(cluster):
            word = PauliSum.product(words)
            scale = scale * word.coefficients[0]
            done.append(word.sums[0])
        elif len(cluster) == 1:
            done.append(_atomic(cluster[0]))
        else:
            done.append(_dense(prod(*cluster)))
    return scale, _join(tuple(done))


def _words(factors: Sequence[Operator]) -> list[PauliSum]:
    return [op for op in factors if isinstance(op, PauliSum)]


def _letters(factor: Operator) -> list[Operator]:
    """Split a Pauli word of weight 1 into its letters."""
    if not isinstance(factor, PauliSum):
        return [factor]
    letters = zip(factor.words[0], factor.wires, strict=True)
    return [PauliSum.word({wire: letter}) for letter, wire in letters if letter != "I"]


def _clusters(factors: Sequence[Operator]) -> list[list[Operator]]:
    """Group factors that share wires, directly or through others, in the given order."""
    clusters: list[tuple[set[Wire], list[int]]] = []
    for index, factor in enumerate(factors):
        wires, members = set(factor.wires), [index]
        apart = []
        for others, theirs in clusters:
            if others & wires:
                wires, members = wires | others, theirs + members
            else:
                apart.append((others, theirs))
        clusters = [*apart, (wires, members)]
    return [[factors[index] for index in sorted(members)] for _, members in clusters]


def _join(factors: Factors) -> Factors:
    """Merge the Pauli words of a term, on disjoint wires, and leave out identities."""
    rest = tuple(op for op in factors if not isinstance(op, PauliSum))
    word = PauliSum.product(_words(factors))
    return (word, *rest) if len(word.wires) else rest


def _atomic(op: Operator) -> Operator:
    """Return a factor as an operator with known eigenvalues and diagonalizing gates."""
    if isinstance(op, MatrixObservable):
        return op
    if op.is_hermitian and not op.num_params:
        try:
            op.diagonalizing_gates()
            return op
        except EigvalsUndefinedError:
            return _dense(op)
    if op.is_hermitian or not op.num_params:
        return _dense(op)
    raise NotHermitian(observable=repr(op))


def _dense(op: Operator) -> Hermitian:
    """Return an operator as a Hermitian matrix on its wires."""
    if len(op.wires) > MOST_DENSE_WIRES:
        raise NotHermitian(observable=repr(op))
    try:
        matrix = dense_matrix(op)
    except UndefinedError:
        raise NotHermitian(observable=repr(op)) from None
    if np.ndim(unwrap(matrix)) != 2 or not is_hermitian_matrix(unwrap(matrix)):
        raise NotHermitian(observable=repr(op))
    return Hermitian(matrix, op.wires)


# Squares ------------------------------------------------------------------------------


def _squared(factor: Operator) -> Operator:
    if isinstance(factor, PauliSum):
        return PauliSum.identity()
    if isinstance(factor, Projector):
        return factor.squared()
    if isinstance(factor, SparseHamiltonian):
        return SparseHamiltonian(factor.H @ factor.H, factor.wires)
    matrix = dense_matrix(factor)
    return Hermitian(matrix @ matrix, factor.wires)


def _half_anticommutator(left: Factors, right: Factors) -> tuple[Tensor, Factors] | None:
    """Return (left right + right left) / 2 as a number and factors; None: they anticommute."""
    parts = [[part for op in term for part in _letters(op)] for term in (left, right)]
    meet = set.intersection(*({wire for op in term for wire in op.wires} for term in parts))
    met = [tuple(op for op in term if meet & set(op.wires)) for term in parts]
    apart = [op for term in parts for op in term if not meet & set(op.wires)]
    if all(isinstance(op, PauliSum) for op in (*met[0], *met[1])):
        word, other = (PauliSum.product(_words(term)) for term in met)
        if word.commutator(other).coefficients[0]:
            return None
        both = word.times(other)
        return both.coefficients[0], (*both.sums, *apart)
    wires = Wires.all_wires([op.wires for term in met for op in term])
    if len(wires) > MOST_DENSE_WIRES:
        raise OperatorError(
            f"The square of an observable would need a dense matrix on {len(wires)} wires, where "
            f"two of its terms meet; at most {MOST_DENSE_WIRES} are possible. Measure the "
            "variance of an observable made of Pauli words, or of one with fewer wires."
        )
    first, second = (product_matrix(term, wires) for term in met)
    return 1.0, (Hermitian((first @ second + second @ first) / 2.0, wires), *apart)

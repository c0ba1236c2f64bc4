"""Sums of Pauli words and their arithmetic."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import numpy as np

from qgate.arrays import is_traced, namespace, unwrap
from qgate.operations import pauli_algebra as algebra
from qgate.operations import pauli_words as pw
from qgate.operations.operator import Operator
from qgate.operations.parameters import in_floats
from qgate.operations.pauli_algebra import Terms, as_coefficients
from qgate.operations.pauli_operator import PauliOperator
from qgate.sizes import check_size
from qgate.typing import Tensor, Wire, WiresLike
from qgate.wires import Wires


class PauliSum(PauliOperator):
    """Weighted sum of Pauli words.

    Sums, products and multiples of Pauli operators are all of this class. It is data: the
    constructors below record nothing. The coefficients are its only parameter and may be traced;
    all arithmetic is differentiable in them.

    Parameters
    ----------
    coefficients : array, shape (T,)
        Real or complex weights.
    x, z : array of bool, shape (T, n)
        The letter of each term on each wire: X where only ``x`` is set, Z where only ``z``
        is, Y where both are, else the identity.
    wires : wires
        Labels of the ``n`` wires.

    Raises
    ------
    InvalidParameters
        The shapes do not fit together.

    Examples
    --------
    >>> h = PauliSum.from_words([0.5, 2.0], ["XZ", "YI"])
    >>> h
    0.5 * (X(0) @ Z(1)) + 2.0 * Y(0)
    >>> (h @ h).simplify()
    4.25 * I()
    """

    @classmethod
    def from_words(
        cls, coefficients: Tensor, words: Sequence[str], wires: WiresLike | None = None
    ) -> PauliSum:
        """Create a sum from Pauli words such as "XIZY", one letter for each wire.

        Parameters
        ----------
        coefficients : array, shape (T,)
        words : sequence of str
            T words of n letters.
        wires : wires, optional
            Default ``range(n)``.
        """
        x, z = pw.from_letters(words)
        return cls(coefficients, x, z, range(x.shape[1]) if wires is None else wires)

    @classmethod
    def word(cls, letters: Mapping[Wire, str], coefficient: Tensor = 1.0) -> PauliSum:
        """Create a sum of one term from the letter of each wire, such as ``{0: "X", 1: "Z"}``."""
        x, z = pw.bits_of("".join(letters.values()))
        plain = type(coefficient) is float
        weights = np.array([coefficient]) if plain else as_coefficients([coefficient])
        return cls.of_terms(Terms(weights, x, z), Wires(list(letters)))

    @classmethod
    def identity(cls, coefficient: Tensor = 1.0, wires: WiresLike = ()) -> PauliSum:
        """Create a multiple of the identity."""
        on = Wires(wires)
        none = np.zeros((1, len(on)), dtype=bool)
        return cls.of_terms(Terms(as_coefficients([coefficient]), none, none), on)

    @property
    def pauli_rep(self) -> PauliSum:
        return self

    def simplify(self, cutoff: float = 1e-12) -> PauliSum:
        """Return the sum with distinct words, without those of weight up to ``cutoff``.

        If nothing remains, the result is 0 times the identity. All traced weights are kept: a
        weight that is zero may have a derivative.
        """
        merged = self.merged()
        if is_traced(merged.coefficients):
            return merged
        kept = np.abs(merged.coefficients) > cutoff
        if not kept.any():
            return PauliSum.identity(0.0, self.wires)
        return merged if kept.all() else merged.select(kept.nonzero()[0])

    def real(self) -> PauliSum:
        """Return the sum with the real parts of its weights."""
        if not np.iscomplexobj(unwrap(self.coefficients)):
            return self
        return self.with_parameters((namespace(self.parameters).real(self.coefficients),))

    @staticmethod
    def total(sums: Sequence[PauliSum]) -> PauliSum:
        """Return the sum of sums: their terms concatenated, not merged."""
        wires = Wires.all_wires([item.wires for item in sums])
        column = {label: index for index, label in enumerate(wires)}
        columns = [[column[label] for label in item.wires] for item in sums]
        terms = algebra.joined([item.arrays for item in sums], columns, len(wires))
        return PauliSum.of_terms(terms, wires)

    @staticmethod
    def product(sums: Iterable[PauliSum]) -> PauliSum:
        """Return the product of sums, the first to the left; the identity for none."""
        factors = tuple(sums)
        return reduce(PauliSum.times, factors) if factors else PauliSum.identity()

    @staticmethod
    def weighted(coefficients: Tensor, sums: Sequence[PauliSum]) -> PauliSum:
        """Return the sum of sums, each multiplied by its coefficient, shape (len(sums),)."""
        together = PauliSum.total(sums)
        index = np.repeat(np.arange(len(sums)), [len(item) for item in sums])
        weights = pw.spread(as_coefficients(coefficients), index) * together.coefficients
        return together.with_parameters((weights,))

    def scaled(self, factor: Tensor) -> PauliSum:
        """Return the sum times a number."""
        return self.with_parameters((algebra.tidy(self.coefficients * in_floats(factor)),))

    def times(self, other: PauliSum) -> PauliSum:
        """Return the product, ``self`` to the left, with distinct words.

        Notes
        -----
        Cost: T * S products of Pauli words, and a sort of them.
        """
        if len(self) == len(other) == 1 and set(self.wires).isdisjoint(other.wires):
            terms = algebra.side_by_side(self.arrays, other.arrays)
            return PauliSum.of_terms(terms, Wires([*self.wires, *other.wires]))
        left, right = self._on_common_wires(other)
        return PauliSum.of_terms(algebra.product(left.arrays, right.arrays), left.wires)

    def commutator(self, other: PauliSum) -> PauliSum:
        """Return self other - other self: twice the products of words that anticommute."""
        left, right = self._on_common_wires(other)
        terms = algebra.commutator(left.arrays, right.arrays)
        if not len(terms.x):
            return PauliSum.identity(0.0, left.wires)
        return PauliSum.of_terms(terms, left.wires)

    def squared(self) -> PauliSum:
        """Return the square; words that anticommute are dropped beforehand."""
        return PauliSum.of_terms(algebra.square(self.arrays), self.wires)

    def _on_common_wires(self, other: PauliSum) -> tuple[PauliSum, PauliSum]:
        wires = Wires.all_wires([self.wires, other.wires])
        return self.expanded(wires), other.expanded(wires)

    def compare(self, other: Operator) -> bool:
        """Return whether two operators are the same; older name of ``qg.equal`` of simplified ones.

        Weights may differ by 1e-12. It warns: a sum is compared by ``==``, too.
        """
        warnings.warn(
            "op.compare(other) is of older versions. It is op == other, or "
            "qg.equal(qg.simplify(op), qg.simplify(other)).",
            DeprecationWarning,
            stacklevel=2,
        )
        theirs = getattr(other, "pauli_rep", None)
        if theirs is None:
            return False
        difference = PauliSum.total([self, theirs.scaled(-1.0)]).simplify()
        return not np.any(unwrap(difference.coefficients))

    def adjoint(self) -> PauliSum:
        return self.with_parameters((namespace(self.parameters).conj(self.coefficients),))

    def pow(self, z: float) -> list[Operator]:
        """Return the power as a list of one sum, for whole ``z`` >= 0."""
        if z != int(z) or z < 0:
            return super().pow(z)
        power, square, left = PauliSum.identity(1.0, self.wires), self, int(z)
        while left:
            if left & 1:
                power = _multiplied(power, square)
            left >>= 1
            square = _multiplied(square, square) if left else square
        return [power]


def _multiplied(first: PauliSum, second: PauliSum) -> PauliSum:
    """Return a product of powers; refuse too many words, and weights beyond double precision."""
    remedy = "Take a lower power of the sum."
    pairs = len(first) * len(second)
    check_size("A power of a sum of Pauli words", pairs, 10**7, unit="products", remedy=remedy)
    with np.errstate(over="ignore", invalid="ignore"):
        product = first.times(second)
    weights = unwrap(product.coefficients)
    largest = np.abs(weights).max(initial=0.0) if isinstance(weights, np.ndarray) else 0.0
    most = float(np.finfo(float).max)
    check_size("A power of a sum of Pauli words", largest, most, unit="weights", remedy=remedy)
    return product

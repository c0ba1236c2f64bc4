"""Classical shadows: values of a state computed from single shots in random Pauli bases.

Each shot and basis gives a snapshot, a matrix whose mean over many shots is the state. Reference:
Huang, Kueng and Preskill, Nature Physics 16, 1050 (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import log
from typing import TYPE_CHECKING

import numpy as np

from qgate.arguments import array_of, finite_number, items_of, whole_number
from qgate.arrays import finished, namespace, unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.lazy_names import refuse_unknown
from qgate.measurements.shadows import classical_shadow, pauli_words, shadow_expval
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.recording import paused
from qgate.short_repr import summary
from qgate.sizes import check_size
from qgate.tape import Tape
from qgate.transforms.circuit_transform import transform
from qgate.transforms.density import SMALLEST
from qgate.transforms.shadows import letters_of, median_of_means, pauli_expval, word_means
from qgate.transforms.tomography import density_matrix, words_of
from qgate.typing import ComplexArray, FloatArray, NumericArray, Postprocess, Tensor, Wire
from qgate.wires import Wires

__all__ = [
    "ClassicalShadow",
    "classical_shadow",
    "median_of_means",
    "pauli_expval",
    "shadow_expval",
    "shadow_state",
]

PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
"""Matrices of X, Y and Z."""

LARGEST_ORDER = 1e300
"""Order from which an entropy is that of order infinity."""

MOST_ENTRIES = 2**28
"""Maximum number of entries of all snapshots together: 4 GiB."""


class ClassicalShadow:
    """Snapshots of a state in random Pauli bases, and what can be computed from them.

    Parameters
    ----------
    bits : array of int, shape (T, n)
        Outcomes of T shots on n wires.
    recipes : array of int, shape (T, n)
        Their bases: 0 for X, 1 for Y, 2 for Z.
    wire_map : sequence of wire, optional
        Wires of the columns; default ``range(n)``.

    Raises
    ------
    InvalidParameters
        The shapes do not fit together, or there are other numbers.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local?seed=1", shots=2000)
    ... def bell():
    ...     qg.Hadamard(0)
    ...     qg.CNOT([0, 1])
    ...     return qg.classical_shadow(wires=[0, 1], seed=7)
    >>> shadow = qg.ClassicalShadow(*bell())
    >>> print(abs(shadow.expval([qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1), qg.Z(0)]).round()))
    [1. 1. 0.]
    >>> print(round(float(shadow.entropy([0])), 2))
    0.69
    """

    def __init__(
        self, bits: Tensor, recipes: Tensor, wire_map: Sequence[Wire] | None = None
    ) -> None:
        self.bits = _integers("bits", bits, 2)
        self.recipes = _integers("recipes", recipes, 3)
        if self.bits.shape != self.recipes.shape:
            raise InvalidParameters(
                f"The bits of a shadow have the shape {self.bits.shape} and its recipes "
                f"{self.recipes.shape}. Give both in one shape, (shots, wires)."
            )
        count = self.bits.shape[1]
        labels = range(count) if wire_map is None else wire_map
        self.wire_map = list(Wires.of(labels, owner="A shadow"))
        if len(self.wire_map) != count:
            raise InvalidParameters(
                f"The shadow of {count} wires was given the wires {self.wire_map}. Give one label "
                "for each column of bits and recipes."
            )

    @property
    def snapshots(self) -> int:
        """Number of snapshots."""
        return len(self.bits)

    def local_snapshots(
        self, wires: Sequence[Wire] | None = None, snapshots: Sequence[int] | int | None = None
    ) -> ComplexArray:
        r"""Return the snapshots of single wires, :math:`3 U^\dagger |b\rangle\langle b| U - 1`.

        Parameters
        ----------
        wires : sequence of wire, optional
            Default: all.
        snapshots : int or sequence of int, optional
            The number of random snapshots to take, or their positions; default all.

        Returns
        -------
        array, shape (T, n, 2, 2)

        Raises
        ------
        InvalidParameters
            A wire or a snapshot is unknown.
        """
        chosen, columns = self._chosen(snapshots), self._columns(wires)
        bits = self.bits[chosen][:, columns]
        signs = 1.0 - 2.0 * bits[:, :, None, None]
        found = (np.eye(2) + 3.0 * signs * PAULIS[self.recipes[chosen][:, columns]]) / 2
        return np.asarray(found, dtype=complex)

    def global_snapshots(
        self, wires: Sequence[Wire] | None = None, snapshots: Sequence[int] | int | None = None
    ) -> ComplexArray:
        """Return the products of the snapshots of single wires, shape (T, 2**n, 2**n).

        Their mean is an estimate of the state. Parameters and errors are those of
        ``local_snapshots``; ``TooLarge`` if they do not fit in memory.
        """
        local = self.local_snapshots(wires, snapshots)
        count, wide = local.shape[:2]
        check_size(
            "global_snapshots",
            count * 4.0**wide,
            MOST_ENTRIES,
            unit="entries",
            remedy="Take fewer wires or snapshots.",
        )
        return reduce(_tensor_products, local.swapaxes(0, 1), np.ones((count, 1, 1), dtype=complex))

    def expval(self, H: Operator | Sequence[Operator], k: int = 1) -> FloatArray:
        """Return estimates of the expectation values of observables.

        Parameters
        ----------
        H : Operator or sequence of Operator
            Sums of Pauli words with real weights.
        k : int
            Number of parts; the value of a word is the median of the means of the parts.

        Returns
        -------
        array, shape () or (len(H),)

        Raises
        ------
        InvalidParameters
            An observable is no sum of Pauli words on wires of the shadow, or there are fewer
            snapshots than parts.
        """
        parts = self._parts(k)
        given = [H] if isinstance(H, Operator) else items_of(H) or [H]
        return np.squeeze(np.array([self._mean(observable, parts) for observable in given]))

    def entropy(
        self,
        wires: Sequence[Wire],
        snapshots: Sequence[int] | int | None = None,
        alpha: float = 2,
        k: int = 1,
        base: float | None = None,
    ) -> float:
        r"""Return an estimate of a Renyi entropy.

        For the order alpha it is :math:`\log(\mathrm{tr}\,\rho^\alpha) / (1 - \alpha)`. Negative
        eigenvalues of the estimated state, which are noise, are removed: the eigenvalues are those
        of the nearest density matrix.

        Parameters
        ----------
        wires : sequence of wire
        snapshots : int or sequence of int, optional
            As for ``local_snapshots``.
        alpha : float
            Order, above 0; 1 stands for the von Neumann entropy.
        k : int
            As for ``expval``.
        base : float, optional
            Base of the logarithm; default e.

        Returns
        -------
        float

        Raises
        ------
        InvalidParameters
            A wire is unknown, or ``alpha`` or ``base`` is no such number.
        TooManyMeasuredWires
            There are more than 6 wires.
        """
        order, root = finite_number(alpha), finite_number(np.e if base is None else base)
        if order is None or order <= 0 or root is None or root <= 0 or root == 1:
            raise InvalidParameters(
                f"entropy was given alpha={described(alpha)} and base={described(base)}. Give an "
                "order above 0 and a base above 0 other than 1."
            )
        values = _nearest_spectrum(np.linalg.eigvalsh(self._state(wires, snapshots, k)))
        values = values[values > SMALLEST]
        if order == 1:
            return float(-values @ np.log(values) / log(root))
        order, largest = min(order, LARGEST_ORDER), values.max()
        # Divided by the largest, the powers do not all underflow.
        logarithm = order * np.log(largest) + np.log(np.sum((values / largest) ** order))
        return float(logarithm / (1.0 - order) / log(root))

    def _state(
        self, wires: Sequence[Wire], snapshots: Sequence[int] | int | None, k: int
    ) -> ComplexArray:
        """Return the mean of the global snapshots, computed from the means of all words."""
        chosen, columns = self._chosen(snapshots), self._columns(wires)
        letters = letters_of(_every_word(Wires(columns)), columns)
        bits, bases = self.bits[chosen][:, columns], self.recipes[chosen][:, columns]
        return np.asarray(density_matrix(word_means(bits, bases, letters, self._parts(k))))

    def _mean(self, observable: object, parts: int) -> float:
        if not isinstance(observable, Operator):
            raise InvalidParameters(
                f"expval was given {described(observable)}. Give an observable, or a sequence of "
                "observables."
            )
        words = pauli_words("expval", observable)
        self._columns(words.wires)
        letters = letters_of(words, self.wire_map)
        means = word_means(self.bits, self.recipes, letters, parts)
        return float(np.real(unwrap(words.coefficients)) @ means)

    def _columns(self, wires: Sequence[Wire] | None) -> list[int]:
        if wires is None:
            return list(range(len(self.wire_map)))
        labels = Wires.of(wires, owner="A shadow")
        unknown = [label for label in labels if label not in self.wire_map]
        if unknown:
            raise InvalidParameters(
                f"The shadow was asked for the wires {unknown}. It has the wires {self.wire_map}."
            )
        return [self.wire_map.index(label) for label in labels]

    def _chosen(self, snapshots: Sequence[int] | int | None) -> NumericArray:
        """Return the positions of snapshots."""
        if snapshots is None:
            return np.arange(self.snapshots)
        number = whole_number(snapshots)
        if number is not None and 0 < number <= self.snapshots:
            return np.random.default_rng().choice(self.snapshots, number, replace=False)
        found = array_of(snapshots)
        inside = found.dtype.kind in "iu" and found.ndim == 1 and found.size
        if not inside or not (-self.snapshots <= found.min() <= found.max() < self.snapshots):
            raise InvalidParameters(
                f"The shadow has {self.snapshots} snapshots, and snapshots={described(snapshots)} "
                "were asked for. Give a number of them, or a sequence of positions from 0 on."
            )
        return found

    def _parts(self, k: int) -> int:
        parts = whole_number(k)
        if parts is None or not 1 <= parts <= self.snapshots:
            raise InvalidParameters(
                f"A shadow of {self.snapshots} snapshots was given k={described(k)} parts. Give a "
                f"number from 1 to {self.snapshots}."
            )
        return parts

    def __repr__(self) -> str:
        return summary(self, "snapshots", wires=self.wire_map)


@transform(final_transform=True)
def shadow_state(
    tape: Tape, wires: Sequence[Wire] | Sequence[Sequence[Wire]], diffable: bool = False
) -> tuple[list[Tape], Postprocess]:
    """Return a transform to the state of a circuit, estimated from a classical shadow.

    Parameters
    ----------
    tape : QNode or Tape
        Its shots are the snapshots. Its measurements are not used, except the seed of the first.
    wires : sequence of wire, or of sequences of wire
        At most 6 wires; several sequences give a list of states, from one shadow.
    diffable : bool
        Accepted for compatibility with PennyLane: the state is always differentiable.

    Returns
    -------
    QNode, or tapes and a function
        Of the matrix of shape (2**n, 2**n), or a list of matrices.

    Notes
    -----
    ``qg.density_matrix`` needs fewer shots for the same error: it measures each of the 3**n bases
    equally often.
    """
    given = list(wires)
    several = any(isinstance(item, list | tuple) for item in given)
    sets = [Wires.of(item, owner="shadow_state") for item in (given if several else [given])]
    words = [_every_word(labels) for labels in sets]
    seed = tape.measurements[0].options.get("seed") if tape.measurements else None
    with paused():
        observables = [word for every in words for word in every.sums]
        measured = shadow_expval(observables, seed=seed)

    def states(means: Tensor) -> Tensor:
        found, start = [], 0
        for every in words:
            part = means[..., start : start + len(every)]
            found.append(finished(density_matrix(part, namespace([part])), [part]))
            start += len(every)
        return found if several else found[0]

    def of_results(results: Sequence[Tensor]) -> Tensor:
        (means,) = results
        return tuple(map(states, means)) if isinstance(means, tuple) else states(means)

    return [tape.with_measurements([measured])], of_results


def _every_word(wires: Wires) -> PauliSum:
    """Return the sum of all Pauli words on some wires, or refuse too many wires."""
    words: PauliSum = words_of(classical_shadow(wires), wires).observable
    return words


def _integers(name: str, given: Tensor, kinds: int) -> NumericArray:
    """Return an array of the integers from 0 on, shape (T, n)."""
    array = array_of(unwrap(given))
    numbers = array.dtype.kind in "iufb" and array.ndim == 2 and array.size
    if not numbers or not np.isin(array, range(kinds)).all():
        raise InvalidParameters(
            f"A shadow was given {name}={described(given)}. Give an array of the shape "
            f"(shots, wires) of the numbers {', '.join(map(str, range(kinds)))}."
        )
    return array.astype(np.int8)


def _tensor_products(left: ComplexArray, right: ComplexArray) -> ComplexArray:
    """Return the tensor product of each pair of matrices, the first ones to the left."""
    count, size = len(left), left.shape[1] * right.shape[1]
    products = np.einsum("tab,tcd->tacbd", left, right)
    return np.asarray(products.reshape(count, size, size))


def _nearest_spectrum(values: NumericArray) -> FloatArray:
    """Return the point nearest to some eigenvalues whose entries are positive with the sum 1."""
    descending = np.sort(values)[::-1]
    excess = (np.cumsum(descending) - 1.0) / np.arange(1, len(values) + 1)
    shift = excess[np.flatnonzero(descending > excess)[-1]]
    return np.asarray((values - shift).clip(min=0.0))


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

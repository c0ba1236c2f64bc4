"""Base class of noise channels: maps of density matrices that are not unitary.

A channel on k wires maps rho to the sum over r of K_r rho K_r^dagger. Nothing here takes the root
of a probability but the Kraus matrices themselves: simulators apply ``canonical_superoperator``,
whose entries are smooth functions of the parameters, so that derivatives exist where a probability
is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from qgate.arrays import is_concrete, namespace, opened, shape_of, unwrap
from qgate.exceptions import InvalidParameters
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_angle
from qgate.recording import paused
from qgate.typing import Namespace, NumericArray, Tensor, WiresLike

PROBABILITY = (0.0, 1.0)
"""Range of probabilities."""


class Channel(Operator):
    """Noise channel, given by Kraus matrices.

    Required of a subclass: ``canonical_kraus``. Optional: ``canonical_superoperator``,
    ``pauli_terms``, and ``ranges``, the allowed values of each parameter by name.

    Parameters
    ----------
    parameters : sequence of numbers or arrays
        Probabilities or times; an array is a batch.
    wires : wires
    hyperparameters : mapping of str to hashable, optional
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A parameter is outside of its range.
    """

    has_matrix = False
    has_adjoint = False
    is_gate = False
    is_channel = True
    ranges: ClassVar[Mapping[str, tuple[float, float]]] = {}
    """Lowest and highest value of each parameter."""

    grad_method: str | None = "F"
    """Kind of the shift rule, as in PennyLane: "A" exact, "F" finite differences, None: neither."""

    grad_recipe: Sequence[object] | None = None
    """Shift rule of each parameter, as in PennyLane; None: there is none."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.ranges:
            setattr(cls, "num_params", len(cls.ranges))  # noqa: B010  # a property elsewhere

    def __init__(
        self,
        parameters: Sequence[Tensor],
        wires: WiresLike,
        hyperparameters: Mapping[str, Any] | None = None,
        *,
        id: str | None = None,
    ) -> None:
        if self.ranges:
            named = zip(self.ranges, parameters, strict=True)
            parameters = [as_angle(self.name, name, value) for name, value in named]
            self.check(parameters)
        super().__init__(parameters, wires, hyperparameters, id=id)

    def check(self, parameters: Sequence[Tensor]) -> None:
        """Refuse parameters outside of their range, where their numbers are known."""
        for (argument, limits), value in zip(self.ranges.items(), parameters, strict=True):
            require_within(self.name, argument, value, *limits)

    def canonical_kraus(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the R Kraus matrices, shape (..., R, 2**k, 2**k), first wire most significant."""
        raise NotImplementedError

    def canonical_superoperator(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the matrix of the map of density matrices, shape (..., 4**k, 4**k).

        It acts on density matrices as vectors, row index before column index.
        """
        return superoperator(self.canonical_kraus(parameters, xp), xp)

    def pauli_terms(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> tuple[Sequence[str], Tensor] | None:
        """Return Pauli words and their probabilities, (..., W), of a mixture of Pauli words.

        None: the channel is no such mixture. A word has a letter for each wire; words may repeat.
        """
        return None

    def pauli_probabilities(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor | None:
        """Return the probability of every Pauli word, shape (..., 4**k), or None.

        The words are in the order of base-4 numbers with the digits I, X, Y, Z.
        """
        found = self.pauli_terms(parameters, xp)
        if found is None:
            return None
        words, probabilities = found
        places = np.zeros((len(words), 4 ** len(self.wires)))
        for row, word in enumerate(words):
            places[row, int("0" + word.translate(DIGITS), 4)] = 1.0
        return xp.matmul(probabilities[..., None, :], places)[..., 0, :]

    def kraus_matrices(self) -> list[Tensor]:
        """Return the Kraus matrices, each of shape (2**k, 2**k); batches have a leading axis."""
        matrices = self.canonical_kraus(self.parameters, namespace(self.parameters))
        count = shape_of(matrices)[-3]
        return [opened(matrices[..., index, :, :]) for index in range(count)]

    @classmethod
    def compute_kraus_matrices(cls, *params: Tensor, **hyperparams: Any) -> list[Tensor]:
        """Return the Kraus matrices of the channel with these parameters, without ``wires``.

        >>> [k.tolist() for k in qg.BitFlip.compute_kraus_matrices(0.0)]
        [[[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]]
        """
        with paused():
            made: Channel = cls._on_counted_wires("compute_kraus_matrices", params, hyperparams)
            return made.kraus_matrices()


DIGITS = str.maketrans("IXYZ", "0123")


def require_within(name: str, argument: str, value: Tensor, low: float, high: float) -> None:
    """Refuse a value outside of a range, where its number is known."""
    if isinstance(value, float) and low <= value <= high:
        return  # most channels: circuits with the noise of a device have a thousand of them
    numbers = unwrap(value) if is_concrete(value) else None
    if not isinstance(numbers, int | float | np.ndarray | np.number):
        return
    entries = np.asarray(numbers)
    if entries.dtype == object or np.all((entries >= low) & (entries <= high)):
        return
    worst = entries[~((entries >= low) & (entries <= high))].ravel()[0]
    limits = f"from {low:g} to {high:g}" if np.isfinite(high) else f"of at least {low:g}"
    raise InvalidParameters(
        f"{name} was given {argument}={worst:g}. It takes a number {limits}. Give "
        "one in that range."
    )


def superoperator(kraus: Tensor, xp: Namespace) -> Tensor:
    """Return the superoperator, (..., d*d, d*d), of Kraus matrices, (..., R, d, d)."""
    size, batch = shape_of(kraus)[-1], kraus.shape[:-3]
    rows = xp.reshape(kraus, (*kraus.shape[:-2], size * size))
    product = xp.matmul(xp.swapaxes(rows, -1, -2), xp.conj(rows))
    entries = xp.swapaxes(xp.reshape(product, (*batch, size, size, size, size)), -3, -2)
    return xp.reshape(entries, (*batch, size * size, size * size))


def combination(weights: Sequence[Tensor], constants: Sequence[NumericArray]) -> Tensor:
    """Return the sum of constant arrays with weights, each a number or a batch of numbers."""
    total: Tensor = 0.0
    for weight, constant in zip(weights, constants, strict=True):
        batched = len(shape_of(weight)) > 0
        total = total + (weight[(..., *[None] * constant.ndim)] if batched else weight) * constant
    return total


def placed(place: int, count: int, matrix: NumericArray) -> NumericArray:
    """Return Kraus matrices of which one is not zero."""
    matrices = np.zeros((count, *matrix.shape), dtype=matrix.dtype)
    matrices[place] = matrix
    return matrices

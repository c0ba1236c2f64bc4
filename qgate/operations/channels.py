"""Noise channels: maps of density matrices that are not unitary.

A channel on k wires maps rho to the sum over r of K_r rho K_r^dagger. Nothing here takes the root
of a probability but the Kraus matrices themselves: simulators apply ``canonical_superoperator``,
whose entries are smooth functions of the parameters, so that derivatives exist where a probability
is 0. Two families cover every channel with a name. A Pauli mixture applies Pauli words with
probabilities. A relaxation moves population between 0 and 1 and shrinks the coherence:

    rho_00 -> (1 - up) rho_00 + down rho_11,    rho_01 -> coherence rho_01.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from qgate.arrays import is_concrete, namespace, opened, shape_of, unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.operations.labels import Cache, labelled
from qgate.operations.matrices import dagger, kron
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.parameters import as_angle, as_array, check_shape, in_double, in_floats
from qgate.recording import paused
from qgate.sizes import check_matrix
from qgate.typing import FloatArray, Namespace, NumericArray, Tensor, WiresLike
from qgate.wires import Wires

TOLERANCE = 1e-6
"""Tolerance of the trace, for each entry of the sum of K^dagger K, and of density matrices."""

ROUNDING = 1e-12
"""Excess over 1 that a sum of probabilities may have by rounding."""

PROBABILITY = (0.0, 1.0)
"""Range of probabilities."""

KEEP_0, KEEP_1, DOWN, UP = (
    np.array(entries, dtype=float).reshape(2, 2)
    for entries in ([1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0])
)
"""The matrices |0><0|, |1><1|, |0><1| and |1><0|."""

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}

RELAXING = np.array(
    [
        np.diag([1, 0, 0, 1]),
        [[-1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]],
        [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, -1]],
        np.diag([0, 1, 1, 0]),
    ],
    dtype=complex,
)
"""Superoperators whose sum with the weights 1, up, down and coherence is a relaxation."""


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


def _at(place: int, count: int, matrix: NumericArray) -> NumericArray:
    """Return Kraus matrices of which one is not zero."""
    matrices = np.zeros((count, *matrix.shape), dtype=matrix.dtype)
    matrices[place] = matrix
    return matrices


@lru_cache(maxsize=64)
def _word_matrices(words: tuple[str, ...]) -> list[NumericArray]:
    """Return the matrices of Pauli words of equal length; real ones where none has a Y."""
    check_matrix(len(words[0]))
    matrices = np.stack([kron([LETTERS[letter] for letter in word]) for word in words])
    kept = matrices if any("Y" in word for word in words) else matrices.real
    return [_at(place, len(words), matrix) for place, matrix in enumerate(kept)]


@lru_cache(maxsize=64)
def _word_superoperators(words: tuple[str, ...]) -> list[NumericArray]:
    return [superoperator(matrices + 0j, np) for matrices in _word_matrices(words)]


# Mixtures of Pauli words -----------------------------------------------------------------


class PauliMixture(Channel):
    """Base class of channels that apply Pauli words with probabilities.

    Required: ``words``, and ``probabilities``, that of each word.
    """

    grad_method = "A"
    grad_recipe: Sequence[object] | None = ([[1, 0, 1], [-1, 0, 0]],)
    words: Sequence[str] = ()

    @abstractmethod
    def probabilities(self, p: Tensor) -> Sequence[Tensor]:
        """Return the probability of each word."""

    def pauli_terms(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> tuple[Sequence[str], Tensor]:
        units = np.eye(len(self.words))
        return self.words, combination(self.probabilities(*parameters), list(units))

    def canonical_kraus(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        roots = [xp.sqrt(value) for value in self.probabilities(*parameters)]
        return combination(roots, _word_matrices(tuple(self.words)))

    def canonical_superoperator(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        fixed = _word_superoperators(tuple(self.words))
        return combination(self.probabilities(*parameters), fixed)


class DepolarizingChannel(PauliMixture):
    """Applies X, Y and Z, each with probability p / 3.

    Parameters
    ----------
    p : real, or array of shape (B,)
        Probability of an error, from 0 to 1; 3/4 leaves the maximally mixed state.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        p is outside of its range.
    """

    num_wires = 1
    ranges: ClassVar = {"p": PROBABILITY}
    words = tuple("IXYZ")

    def __init__(self, p: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((p,), wires, id=id)

    def probabilities(self, p: Tensor) -> Sequence[Tensor]:
        return (1 - p, p / 3, p / 3, p / 3)


class BitFlip(PauliMixture):
    """Applies X with probability p.

    Parameters
    ----------
    p : real, or array of shape (B,)
        Probability, from 0 to 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        p is outside of its range.
    """

    num_wires = 1
    ranges: ClassVar = {"p": PROBABILITY}
    words = ("I", "X")

    def __init__(self, p: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((p,), wires, id=id)

    def probabilities(self, p: Tensor) -> Sequence[Tensor]:
        return (1 - p, p)


class PhaseFlip(BitFlip):
    """Applies Z with probability p.

    Parameters
    ----------
    p : real, or array of shape (B,)
        Probability, from 0 to 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        p is outside of its range.
    """

    words = ("I", "Z")


class PauliError(PauliMixture):
    """Applies a Pauli word with probability p.

    Parameters
    ----------
    operators : str
        The word, a letter I, X, Y or Z for each wire.
    p : real, or array of shape (B,)
        Probability, from 0 to 1.
    wires : wires
        The wires it acts on, any number.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        p is outside of its range, or the word has other letters, or another number of them.
    """

    ranges: ClassVar = {"p": PROBABILITY}

    def __init__(self, operators: str, p: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires.of(wires, owner=self.name)
        listed = isinstance(operators, list | tuple)
        letters = "".join(map(str, operators)) if listed else operators
        if not isinstance(letters, str) or not set(letters) <= set("IXYZ"):
            raise InvalidParameters(
                f"PauliError was given operators={described(operators)}. It takes the letters I, "
                "X, Y and Z, one for each wire. Give for example 'XY' for two wires."
            )
        if len(letters) != len(on):
            raise InvalidParameters(
                f"PauliError was given {len(letters)} letters, {letters!r}, for {len(on)} wire(s). "
                "Give one letter for each wire."
            )
        super().__init__((p,), on, {"operators": letters}, id=id)

    @property
    def words(self) -> Sequence[str]:  # type: ignore[override]  # depends on the object
        word = str(self.hyperparameters["operators"])
        return ("I" * len(word), word)

    def probabilities(self, p: Tensor) -> Sequence[Tensor]:
        return (1 - p, p)

    @classmethod
    def compute_kraus_matrices(cls, *params: Tensor, **hyperparams: Any) -> list[Tensor]:
        """Return the Kraus matrices for a probability and a word.

        >>> [k.tolist() for k in qg.PauliError.compute_kraus_matrices(1.0, "X")]
        [[[0.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]]
        """
        given = dict(zip(("p", "operators"), params, strict=False)) | hyperparams
        with paused():
            return cls(**given, wires=range(len(given["operators"]))).kraus_matrices()

    def __repr__(self) -> str:
        (p,), word = self.parameters, self.hyperparameters["operators"]
        return f"PauliError({word!r}, {opened(p)}, wires={list(self.wires)})"


# Relaxation --------------------------------------------------------------------------------


class Relaxation(Channel):
    """Base class of channels of one wire that relax it towards a mixture of 0 and 1.

    Required: ``rates``, and ``kraus``, weights and constant Kraus matrices.
    """

    num_wires = 1

    @abstractmethod
    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        """Return the probabilities of 0 to 1 and 1 to 0, and the factor of the coherence."""

    @abstractmethod
    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        """Return the parts of Kraus matrices: number of the matrix, weight, constant matrix."""

    def canonical_kraus(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        parts = self.kraus(parameters, xp)
        count = 1 + max(place for place, _, _ in parts)
        constants = [_at(place, count, matrix) for place, _, matrix in parts]
        return combination([weight for _, weight, _ in parts], constants)

    def canonical_superoperator(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return combination([1.0, *self.rates(parameters, xp)], list(RELAXING))


class AmplitudeDamping(Relaxation):
    """Loss of energy to the environment: 1 becomes 0 with probability gamma.

    Parameters
    ----------
    gamma : real, or array of shape (B,)
        Probability, from 0 to 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        gamma is outside of its range.
    """

    ranges: ClassVar = {"gamma": PROBABILITY}

    def __init__(self, gamma: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((gamma,), wires, id=id)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        (gamma,) = parameters
        return 0.0, gamma, xp.sqrt(1 - gamma)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        (gamma,) = parameters
        return ((0, 1.0, KEEP_0), (0, xp.sqrt(1 - gamma), KEEP_1), (1, xp.sqrt(gamma), DOWN))


class GeneralizedAmplitudeDamping(Relaxation):
    """Exchange of energy with an environment of finite temperature.

    Parameters
    ----------
    gamma : real, or array of shape (B,)
        Probability of an exchange, from 0 to 1.
    p : real, or array of shape (B,)
        Population of the state 1 towards which it relaxes, from 0 to 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A parameter is outside of its range.
    """

    ranges: ClassVar = {"gamma": PROBABILITY, "p": PROBABILITY}

    def __init__(self, gamma: Tensor, p: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((gamma, p), wires, id=id)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        gamma, p = parameters
        return gamma * p, gamma * (1 - p), xp.sqrt(1 - gamma)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        gamma, p = parameters
        kept, moved = xp.sqrt(1 - gamma), xp.sqrt(gamma)
        cold, hot = xp.sqrt(1 - p), xp.sqrt(p)
        return (
            *((0, cold, KEEP_0), (0, cold * kept, KEEP_1), (1, cold * moved, DOWN)),
            *((2, hot * kept, KEEP_0), (2, hot, KEEP_1), (3, hot * moved, UP)),
        )


class PhaseDamping(Relaxation):
    """Loss of coherence without a change of the populations.

    Parameters
    ----------
    gamma : real, or array of shape (B,)
        Probability, from 0 to 1; the coherence is multiplied by the root of 1 - gamma.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        gamma is outside of its range.
    """

    ranges: ClassVar = {"gamma": PROBABILITY}

    def __init__(self, gamma: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((gamma,), wires, id=id)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        (gamma,) = parameters
        return 0.0, 0.0, xp.sqrt(1 - gamma)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        (gamma,) = parameters
        return ((0, 1.0, KEEP_0), (0, xp.sqrt(1 - gamma), KEEP_1), (1, xp.sqrt(gamma), KEEP_1))

    def pauli_terms(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> tuple[Sequence[str], Tensor]:
        coherence = xp.sqrt(1 - parameters[0])
        units: list[FloatArray] = list(np.eye(2))
        return ("I", "Z"), combination([(1 + coherence) / 2, (1 - coherence) / 2], units)


class ResetError(Relaxation):
    """Replaces the state by 0 with probability p0, and by 1 with probability p1.

    Parameters
    ----------
    p0, p1 : real, or array of shape (B,)
        Probabilities, whose sum is at most 1.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A probability, or their sum, is outside of its range.
    """

    ranges: ClassVar = {"p0": PROBABILITY, "p1": PROBABILITY}

    def __init__(self, p0: Tensor, p1: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((p0, p1), wires, id=id)

    def check(self, parameters: Sequence[Tensor]) -> None:
        super().check(parameters)
        p0, p1 = parameters
        if all(map(is_concrete, parameters)):
            total = unwrap(p0) + unwrap(p1)
            require_within(self.name, "the sum p0 + p1", total, 0.0, 1.0 + ROUNDING)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        p0, p1 = parameters
        return p1, p0, 1 - p0 - p1

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        p0, p1 = parameters
        return _resetting(xp.sqrt(abs(1 - p0 - p1)), xp.sqrt(p0), xp.sqrt(p1))

    @classmethod
    def compute_kraus_matrices(cls, p_0: Tensor, p_1: Tensor) -> list[Tensor]:
        """Return the Kraus matrices for two probabilities, which PennyLane names like this."""
        return super().compute_kraus_matrices(p_0, p_1)


def _resetting(
    nothing: Tensor, zero: Tensor, one: Tensor, first: int = 1
) -> tuple[tuple[int, Tensor, NumericArray], ...]:
    """Return parts of Kraus matrices that reset to 0 and to 1, from the number ``first`` on."""
    return (
        (0, nothing, np.eye(2)),
        *((first, zero, KEEP_0), (first + 1, zero, DOWN)),
        *((first + 2, one, UP), (first + 3, one, KEEP_1)),
    )


class ThermalRelaxationError(Relaxation):
    """Relaxation and dephasing during a gate, by the times T1 and T2.

    Parameters
    ----------
    pe : real, or array of shape (B,)
        Population of the state 1 in equilibrium, from 0 to 1.
    t1, t2 : real, or array of shape (B,)
        Relaxation time and dephasing time, above 0, in the unit of ``tg``; t2 is at most 2 t1.
    tg : real, or array of shape (B,)
        Duration of the gate, at least 0.
    wires : wires
        The wire it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        A parameter is outside of its range.
    """

    ranges: ClassVar = {
        "pe": PROBABILITY,
        "t1": (np.nextafter(0.0, 1.0), np.inf),
        "t2": (np.nextafter(0.0, 1.0), np.inf),
        "tg": (0.0, np.inf),
    }

    def __init__(
        self,
        pe: Tensor,
        t1: Tensor,
        t2: Tensor,
        tg: Tensor,
        wires: WiresLike,
        id: str | None = None,
    ) -> None:
        super().__init__((pe, t1, t2, tg), wires, id=id)

    def check(self, parameters: Sequence[Tensor]) -> None:
        super().check(parameters)
        t1, t2 = parameters[1:3]
        if is_concrete(t1) and is_concrete(t2):
            ratio = unwrap(t2) / unwrap(t1)
            require_within(self.name, "the ratio t2 / t1", ratio, 0.0, 2.0 + ROUNDING)

    def rates(self, parameters: Sequence[Tensor], xp: Namespace) -> tuple[Tensor, Tensor, Tensor]:
        pe, t1, t2, tg = parameters
        reset = 1 - xp.exp(-tg / t1)
        return pe * reset, (1 - pe) * reset, xp.exp(-tg / t2)

    def kraus(
        self, parameters: Sequence[Tensor], xp: Namespace
    ) -> Sequence[tuple[int, Tensor, NumericArray]]:
        _, t1, t2, _ = parameters
        up, down, coherence = self.rates(parameters, xp)
        short = t2 <= t1
        flipped = xp.where(short, (1 - up - down - coherence) / 2, 0.0)
        resets = _resetting(
            xp.where(short, xp.sqrt(abs(1 - flipped - up - down)), 0.0),
            xp.where(short, xp.sqrt(down), 0.0),
            xp.where(short, xp.sqrt(up), 0.0),
            first=2,
        )
        return (
            *resets,
            (1, xp.sqrt(abs(flipped)), np.diag([1.0, -1.0])),
            *_slow_dephasing(up, down, coherence, xp.where(short, 0.0, 1.0), xp),
        )


def _slow_dephasing(
    up: Tensor, down: Tensor, coherence: Tensor, used: Tensor, xp: Namespace
) -> tuple[tuple[int, Tensor, NumericArray], ...]:
    """Return parts of Kraus matrices for T2 > T1, where the channel is no mixture with resets.

    The diagonal ones are the eigenvectors of [[1 - up, c], [c, 1 - down]], c the coherence.
    """
    half = (down - up) / 2
    radius = xp.sqrt(half**2 + coherence**2)
    safe = xp.where(radius > 0, radius, 1.0)
    cosine, sine = (xp.sqrt(abs(1 + sign * half / safe) / 2) for sign in (1, -1))
    low, high = (xp.sqrt(abs(1 - (up + down) / 2 + sign * radius)) for sign in (-1, 1))
    return (
        (0, used * xp.sqrt(up), UP),
        (1, used * xp.sqrt(down), DOWN),
        *((2, -used * low * sine, KEEP_0), (2, used * low * cosine, KEEP_1)),
        *((3, used * high * cosine, KEEP_0), (3, used * high * sine, KEEP_1)),
    )


# Given matrices ----------------------------------------------------------------------------


class QubitChannel(Channel):
    """Channel with given Kraus matrices.

    Parameters
    ----------
    K_list : sequence of R arrays of shape (2**k, 2**k)
        The Kraus matrices, first wire most significant.
    wires : wires
        The k wires it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        The shapes do not fit the wires, or the sum of K^dagger K is not the identity.
    """

    ndim_params = (3,)
    parameter_kinds = (ParameterKind.ARRAY,)
    grad_method = None

    def __init__(self, K_list: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires.of(wires, owner=self.name)
        kraus, size = in_floats(as_array(K_list)), 2 ** len(on)
        check_shape(self.name, "K_list", kraus, ("R", size, size), real=False)
        _check_trace_preserving(in_double(kraus))
        super().__init__((kraus,), on, id=id)

    def canonical_kraus(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return parameters[0]

    @classmethod
    def compute_kraus_matrices(cls, *params: Tensor, **hyperparams: Any) -> list[Tensor]:
        """Return the given Kraus matrices."""
        return list(params)

    def label(
        self, decimals: int | None = None, base_label: str | None = None, cache: Cache | None = None
    ) -> str:
        return labelled(
            base_label or self.symbol, self.kraus_matrices(), decimals, cache, note=self.id
        )


def _check_trace_preserving(kraus: Tensor) -> None:
    known = unwrap(kraus)
    if not isinstance(known, np.ndarray):
        return
    total = (dagger(known) @ known).sum(axis=-3)
    error = abs(total - np.eye(known.shape[-1])).max()
    if not error <= TOLERANCE:
        raise InvalidParameters(
            f"QubitChannel was given matrices whose sum of K^dagger K is off the identity by "
            f"{error:.2g}, so that probabilities would not add up to 1. Give the Kraus matrices of "
            "a trace-preserving channel."
        )


class QubitDensityMatrix(Operator):
    """Replaces the state of some wires by a given density matrix.

    Parameters
    ----------
    state : array, shape (2**k, 2**k)
        Hermitian, of trace 1 and without negative eigenvalues; first wire most significant.
    wires : wires
        The k wires. The others keep their reduced density matrix.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the matrix is no density matrix.
    """

    has_matrix = False
    is_gate = False
    is_channel = True
    ndim_params = (2,)
    parameter_kinds = (ParameterKind.ARRAY,)
    grad_method: str | None = None

    def __init__(self, state: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires.of(wires, owner=self.name)
        matrix = in_floats(as_array(state))
        check_shape(self.name, "state", matrix, (2 ** len(on),) * 2, real=False)
        _check_density(in_double(matrix))
        super().__init__((matrix,), on, id=id)

    def canonical_density(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the density matrix, shape (..., 2**k, 2**k)."""
        return parameters[0]


def _check_density(matrix: Tensor) -> None:
    known = unwrap(matrix)
    if not isinstance(known, np.ndarray):
        return
    trace = known.trace(axis1=-2, axis2=-1)
    if not np.all(abs(trace - 1) <= TOLERANCE):
        reason = f"of trace {np.ravel(trace)[0]:.6g}"
    elif not np.allclose(known, dagger(known), atol=TOLERANCE):
        reason = "that is not Hermitian"
    elif (lowest := np.linalg.eigvalsh(known).min()) < -TOLERANCE:
        reason = f"with the negative eigenvalue {lowest:.2g}"
    else:
        return
    raise InvalidParameters(
        f"QubitDensityMatrix was given a matrix {reason}. A density matrix is Hermitian, has trace "
        "1 and no negative eigenvalues. Divide a positive matrix by its trace."
    )


CHANNELS: Mapping[str, type[Channel]] = {
    channel.__name__: channel
    for channel in (
        AmplitudeDamping,
        BitFlip,
        DepolarizingChannel,
        GeneralizedAmplitudeDamping,
        PauliError,
        PhaseDamping,
        PhaseFlip,
        QubitChannel,
        ResetError,
        ThermalRelaxationError,
    )
}
"""Channels by name."""

MIXED = frozenset(CHANNELS) | {"QubitDensityMatrix"}
"""Names of operations that only a simulator of density matrices, or of trajectories, runs."""

"""Noise channels that apply Pauli words with probabilities."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from qgate.arrays import opened
from qgate.exceptions import InvalidParameters, described
from qgate.operations.channel import PROBABILITY, Channel, combination, placed, superoperator
from qgate.operations.matrices import kron
from qgate.recording import paused
from qgate.sizes import check_matrix
from qgate.typing import Namespace, NumericArray, Tensor, WiresLike
from qgate.wires import Wires

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


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
        listed = isinstance(operators, list | tuple) and all(
            isinstance(item, str) for item in operators
        )
        letters = "".join(operators) if listed else operators
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


@lru_cache(maxsize=64)
def _word_matrices(words: tuple[str, ...]) -> list[NumericArray]:
    """Return the matrices of Pauli words of equal length; real ones where none has a Y."""
    check_matrix(len(words[0]))
    matrices = np.stack([kron([LETTERS[letter] for letter in word]) for word in words])
    kept = matrices if any("Y" in word for word in words) else matrices.real
    return [placed(place, len(words), matrix) for place, matrix in enumerate(kept)]


@lru_cache(maxsize=64)
def _word_superoperators(words: tuple[str, ...]) -> list[NumericArray]:
    return [superoperator(matrices + 0j, np) for matrices in _word_matrices(words)]

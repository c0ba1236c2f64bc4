"""Universal templates: circuits that reach every unitary, or every state."""

from __future__ import annotations

from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import PauliRot
from qgate.templates.base import Template
from qgate.typing import Tensor, WiresLike
from qgate.wires import Wires

LETTERS = "IXYZ"


def gray_words(n: int) -> list[str]:
    """Return all Pauli words on ``n`` wires except the identity, as a Gray code.

    The first wire's letter changes fastest, cyclically in the order I, X, Y, Z.
    """
    words = []
    for count in range(1, 4**n):
        digits = [count >> (2 * k) & 3 for k in range(n + 1)]
        words.append("".join(LETTERS[(digits[k] - digits[k + 1]) % 4] for k in range(n)))
    return words


def state_words(n: int) -> list[str]:
    """Return the words X...X and X...Y on every non-empty set of ``n`` wires."""
    if n == 0:
        return []
    rest = state_words(n - 1)
    alone = [letter + "I" * (n - 1) for letter in "XY"]
    return alone + [letter + word for letter in "IX" for word in rest]


class PauliRotations(Template):
    """Rotation about each of some Pauli words; a subclass defines the words and their number."""

    ndim_params = (1,)

    def __init__(self, weights: Tensor, wires: WiresLike, id: str | None = None) -> None:
        wires = Wires(wires)
        weights = self.checked("weights", weights, *self.shape(len(wires)))
        super().__init__((weights,), wires, id=id)

    @staticmethod
    def words(n: int) -> list[str]:
        """Return the Pauli words, that of the first rotation first."""
        raise NotImplementedError

    @staticmethod
    def shape(n_wires: int) -> tuple[int]:
        """Return the shape of the weights."""
        raise NotImplementedError

    def gates(self, weights: Tensor) -> list[Operator]:
        words = self.words(len(self.wires))
        return [PauliRot(weights[k], word, wires=self.wires) for k, word in enumerate(words)]


class ArbitraryUnitary(PauliRotations):
    """Rotation about each Pauli word on n wires; together they reach every unitary.

    Parameters
    ----------
    weights : array, shape (4**n - 1,)
        Angles in radians; may have a leading batch axis.
    wires : wires
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape.

    Notes
    -----
    The words follow a Gray code: neighbouring words differ in one letter.
    """

    words = staticmethod(gray_words)

    @staticmethod
    def shape(n_wires: int) -> tuple[int]:
        return (4**n_wires - 1,)


class ArbitraryStatePreparation(PauliRotations):
    """Rotations about Pauli words that together map the state 0 to every state.

    Parameters
    ----------
    weights : array, shape (2**(n + 1) - 2,)
        Angles in radians; may have a leading batch axis.
    wires : wires
    id : str, optional

    Raises
    ------
    InvalidParameters
        The weights have another shape.
    """

    words = staticmethod(state_words)

    @staticmethod
    def shape(n_wires: int) -> tuple[int]:
        return (2 ** (n_wires + 1) - 2,)

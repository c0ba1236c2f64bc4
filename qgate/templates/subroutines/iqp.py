"""Instantaneous quantum polynomial circuits."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

from qgate.arguments import items_of, truth, whole_number
from qgate.exceptions import InvalidParameters, described
from qgate.operations.fixed import Hadamard
from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import MultiRZ, PauliRot
from qgate.sizes import check_size
from qgate.templates.base import Template
from qgate.typing import Tensor

Pattern = tuple[tuple[tuple[int, ...], ...], ...]


class IQP(Template):
    """Rotations exp(-i w X...X) about words of X on the wires 0, 1, ..., which commute.

    Parameters
    ----------
    weights : array, shape (m,)
        Half angles w in radians; may have a leading batch axis.
    num_wires : int
        Number of wires, at least 1.
    pattern : sequence of sequences of sequences of int
        For each weight the words that are rotated by it: the wires of each word.
    spin_sym : bool
        Whether a rotation about YX...X first prepares a state that is symmetric under the exchange
        of 0 and 1.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are more or fewer weights than entries of the pattern, or a wire that is not there.

    Notes
    -----
    Cost: a ``MultiRZ`` for each word, between Hadamards on all wires.
    Reference: Recio-Armengol et al., arXiv:2503.02934.
    """

    ndim_params = (1,)

    def __init__(
        self,
        weights: Tensor,
        num_wires: int,
        pattern: Sequence[Sequence[Sequence[int]]],
        spin_sym: bool = False,
        id: str | None = None,
    ) -> None:
        count = whole_number(num_wires)
        if count is None or count < 1:
            raise InvalidParameters(
                f"IQP was given num_wires={described(num_wires)}. Give the number of wires, at "
                "least 1."
            )
        check_size("IQP", count, unit="wires", remedy="Use fewer wires.")
        words = _checked_pattern(pattern, count)
        weights = self.checked("weights", weights, len(words))
        options = {
            "spin_sym": truth("IQP", "spin_sym", spin_sym),
            "pattern": words,
            "num_wires": count,
        }
        super().__init__((weights,), range(count), options, id=id)

    def gates(self, weights: Tensor) -> list[Operator]:
        gates: list[Operator] = [Hadamard(wires=wire) for wire in self.wires]
        turns = [
            MultiRZ(2 * weights[index], wires=self.at(word))
            for index, words in enumerate(self.options["pattern"])
            for word in words
        ]
        letters = "Y" + "X" * (len(self.wires) - 1)
        first = [PauliRot(pi / 2, letters, wires=self.wires)] if self.options["spin_sym"] else []
        return [*first, *gates, *turns, *gates]


def _checked_pattern(pattern: object, count: int) -> Pattern:
    """Return the wires of each word of each weight; refuse those that are not there."""
    rows = [[items_of(word) for word in items_of(words) or ()] for words in items_of(pattern) or ()]
    flat = [word for words in rows for word in words]
    places = [whole_number(wire) for word in flat for wire in word or ()]
    fits = all(place is not None and 0 <= place < count for place in places)
    if not all(flat) or not fits or any(len(set(word or ())) != len(word or ()) for word in flat):
        raise InvalidParameters(
            f"IQP was given pattern={described(pattern)}. Give for each weight a list of words, "
            f"and for each word a list of different wires, 0 to {count - 1}."
        )
    return tuple(tuple(tuple(map(int, word or ())) for word in words) for words in rows)

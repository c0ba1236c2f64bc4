"""Measured circuits of a structure, collected while they are planned."""

from __future__ import annotations

import numpy as np

from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.transforms.bases import Basis, Reading
from qgate.typing import IntArray, Wire


class TooWide(Exception):
    """A basis has more wires than a device measures exactly."""

    def __init__(self, wires: int) -> None:
        super().__init__(wires)
        self.wires = wires


class ExactWords:
    """Distinct Pauli words whose exact expectation values are returned by one circuit."""

    def __init__(self) -> None:
        self._places: dict[tuple[tuple[Wire, str], ...], int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def place(self, observable: PauliSum, members: IntArray) -> IntArray:
        """Return the positions of the expectation values of some terms."""
        words = (self._word(observable, term) for term in members.tolist())
        return np.array([self._places.setdefault(word, len(self._places)) for word in words])

    @property
    def measurement(self) -> Measurement:
        """Request for the expectation values of all Pauli words, in their order."""
        wires = list(dict.fromkeys(wire for word in self._places for wire, _ in word))
        letters = ["".join(dict(word).get(wire, "I") for wire in wires) for word in self._places]
        words = PauliSum.from_words(np.ones(len(letters)), letters, wires)
        return Measurement(MeasurementKind.TERMS, words)

    @staticmethod
    def _word(observable: PauliSum, term: int) -> tuple[tuple[Wire, str], ...]:
        x, z = observable.x[term], observable.z[term]
        letters = np.array([["I", "Z"], ["X", "Y"]])[x.astype(int), z.astype(int)]
        named = zip(observable.wires, letters.tolist(), strict=True)
        return tuple((wire, letter) for wire, letter in named if letter != "I")


class ReadingList(list[Reading]):
    """Measured circuits, each with a basis for its wires; compatible bases share one.

    Parameters
    ----------
    most_wires : int, optional
        Maximum number of wires of a basis.
    words : bool
        Whether expectation values of Pauli words are requested directly, not measured in a basis.
    """

    def __init__(self, *, most_wires: int | None = None, words: bool = False) -> None:
        super().__init__()
        self.most_wires = most_wires
        self.words = ExactWords() if words else None

    def place(self, basis: Basis, *, ordered: bool = False) -> int:
        """Add a basis to the first compatible circuit, or to a new one.

        Raises
        ------
        TooWide
        """
        index = next((i for i, known in enumerate(self) if self._takes(known, basis)), len(self))
        if index == len(self):
            if self.most_wires is not None and len(basis) > self.most_wires:
                raise TooWide(len(basis))
            self.append(Reading())
        self[index].take(basis)
        self[index].ordered |= ordered
        return index

    def _takes(self, known: Reading, basis: Basis) -> bool:
        fits = self.most_wires is None or len(known.basis.keys() | basis) <= self.most_wires
        return fits and known.agrees(basis)

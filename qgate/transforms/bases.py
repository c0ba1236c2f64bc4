"""Measurement bases of observables, eigenvalues of the outcomes, and the circuits to measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import compress

import numpy as np

from qgate.exceptions import QuantumFunctionError
from qgate.measurements import Measurement, MeasurementKind
from qgate.observables import Combination
from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_groups import is_qubit_wise
from qgate.outcomes import Outcomes
from qgate.recording import paused
from qgate.typing import FloatArray, IntArray, Wire
from qgate.wires import Wires

Basis = Mapping[Wire, "str | Eigenbasis"]
"""For each wire a letter, or the factor in whose eigenbasis it is measured."""


@dataclass(eq=False)
class Reading:
    """One measured circuit: a basis for each of its wires."""

    basis: dict[Wire, str | Eigenbasis] = field(default_factory=dict)
    gates: list[Operator] = field(default_factory=list)
    ordered: bool = False

    def agrees(self, basis: Basis) -> bool:
        """Return whether ``basis`` is compatible: equal on the wires that are measured already."""
        return all(self.basis.get(wire, token) == token for wire, token in basis.items())

    def take(self, basis: Basis) -> None:
        """Measure the wires of ``basis`` as well."""
        for wire, token in basis.items():
            if wire in self.basis:
                continue
            self.basis[wire] = token
            if token == "X" or token == "Y":
                self.gates += GATES[f"Pauli{token}"](wire).diagonalizing_gates()
            elif isinstance(token, Eigenbasis) and token.factor.wires[0] == wire:
                self.gates += token.factor.diagonalizing_gates()

    def positions(self, wires: Sequence[Wire]) -> list[int]:
        """Return the positions of ``wires`` among the measured wires."""
        order = {wire: index for index, wire in enumerate(self.basis)}
        return [order[wire] for wire in wires]


@dataclass(frozen=True, eq=False)
class Eigenbasis:
    """Marks the wires of a factor that is measured in its own eigenbasis."""

    factor: Operator

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Eigenbasis) and self.factor == other.factor

    def __hash__(self) -> int:
        return hash(self.factor)


@dataclass(frozen=True, eq=False)
class Factor:
    """Factor of a product, whose eigenvalue follows from the outcome on its wires.

    Parameters
    ----------
    wires : Wires
    eigenvalues : array, shape (2**n,), optional
        Eigenvalue of each outcome; default (-1)**(number of ones), as for a Pauli word.
    """

    wires: Wires
    eigenvalues: FloatArray | None = None

    def read(self, outcomes: Outcomes, reading: Reading) -> FloatArray:
        """Return the eigenvalue of each distinct outcome, shape (m,)."""
        positions = reading.positions(self.wires)
        if self.eigenvalues is None:
            return outcomes.signs(positions)
        return np.asarray(self.eigenvalues[outcomes.parts(positions)])


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues of terms that are measured in one basis.

    No array has 2**n entries for a Pauli word on n wires: eigenvalues are computed only for
    outcomes that occurred.

    Parameters
    ----------
    terms : tuple of tuple of Factor
        The factors of each term; an empty tuple is the identity.
    basis : dict
        Basis of each wire on which a factor acts.
    """

    terms: tuple[tuple[Factor, ...], ...]
    basis: Basis

    def read(self, outcomes: Outcomes, reading: Reading) -> FloatArray:
        """Return the eigenvalues of T terms for each distinct outcome, shape (T, m)."""
        ones = np.ones(len(outcomes.values))
        return np.stack(
            [
                reduce(np.multiply, (factor.read(outcomes, reading) for factor in term), ones)
                for term in self.terms
            ]
        )

    def every_outcome(self) -> FloatArray:
        """Return the eigenvalues of T terms for all outcomes on n wires, shape (T, 2**n)."""
        uniform = np.full(2 ** len(self.basis), 0.5 ** len(self.basis))
        return self.read(Outcomes.from_probabilities(uniform), Reading(dict(self.basis)))


def eigenbasis_gates(observable: PauliSum | Combination) -> list[Operator]:
    """Return gates that map the product eigenbasis of an observable to the computational basis.

    Raise ``QuantumFunctionError`` where its terms have no common product eigenbasis.
    """
    with paused():
        reading = Reading()
        reading.take(basis_of(observable))
    return reading.gates


def spectrum_of(observable: PauliSum | Combination) -> Spectrum:
    """Return the eigenvalues of every term in a basis that all terms share, if there is one."""
    if isinstance(observable, PauliSum) and is_qubit_wise(observable.x, observable.z):
        support = observable.x | observable.z
        wires = (Wires(list(compress(observable.wires, row))) for row in support)
        terms = [(Factor(acted),) for acted in wires]
        return Spectrum(tuple(terms), pauli_basis(observable, np.arange(len(support))))
    if isinstance(observable, Combination) and observable.num_terms == 1:
        return spectrum_of_product(observable.terms[0])
    raise QuantumFunctionError(
        f"{observable} cannot be read from single shots: its terms have no common product "
        "eigenbasis. Measure its terms one by one, or its expectation value."
    )


def spectrum_of_product(factors: Sequence[Operator]) -> Spectrum:
    """Return the eigenvalues of a product of factors on disjoint wires."""
    term = [
        Factor(Wires(tuple(pauli_basis(factor, np.arange(1)))))
        if isinstance(factor, PauliSum)
        else Factor(factor.wires, np.real(factor.eigvals()))
        for factor in factors
    ]
    return Spectrum((tuple(term),), _basis_of_product(factors))


def _basis_of_product(factors: Sequence[Operator]) -> Basis:
    """Return the eigenbasis of a product; its numbers need not be known."""
    basis: dict[Wire, str | Eigenbasis] = {}
    for factor in factors:
        if isinstance(factor, PauliSum):
            basis |= pauli_basis(factor, np.arange(1))
        else:
            basis |= dict.fromkeys(factor.wires, Eigenbasis(factor))
    return basis


def basis_of(observable: PauliSum | Combination) -> Basis:
    """Return the product eigenbasis of an observable whose numbers may not be known yet."""
    if isinstance(observable, Combination) and observable.num_terms == 1:
        return _basis_of_product(observable.terms[0])
    return spectrum_of(observable).basis


def pauli_basis(observable: PauliSum, members: IntArray | Sequence[int]) -> dict[Wire, str]:
    """Return the letter for each wire on which some of these qubit-wise commuting words act."""
    x, z = observable.x[members].any(axis=0), observable.z[members].any(axis=0)
    letters = np.array([["I", "Z"], ["X", "Y"]])[x.astype(int), z.astype(int)]
    return {
        wire: str(letter)
        for wire, letter in zip(observable.wires, letters, strict=True)
        if letter != "I"
    }


# Measured circuits of a structure, collected while they are planned ----------------------


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
        words = (tuple(pauli_basis(observable, [term]).items()) for term in members.tolist())
        return np.array([self._places.setdefault(word, len(self._places)) for word in words])

    @property
    def measurement(self) -> Measurement:
        """Request for the expectation values of all Pauli words, in their order."""
        wires = list(dict.fromkeys(wire for word in self._places for wire, _ in word))
        letters = ["".join(dict(word).get(wire, "I") for wire in wires) for word in self._places]
        words = PauliSum.from_words(np.ones(len(letters)), letters, wires)
        return Measurement(MeasurementKind.TERMS, words)


class ReadingList(list[Reading]):
    """Measured circuits, each with a basis for its wires; compatible bases share one.

    A basis has at most ``most_wires`` wires. With ``words``, expectation values of Pauli words are
    requested directly, not measured in a basis.
    """

    def __init__(self, *, most_wires: int | None = None, words: bool = False) -> None:
        super().__init__()
        self.most_wires = most_wires
        self.words = ExactWords() if words else None

    def place(self, basis: Basis, *, ordered: bool = False) -> int:
        """Add a basis to the first compatible circuit, or to a new one; raise ``TooWide``."""
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

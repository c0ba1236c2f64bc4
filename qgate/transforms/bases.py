"""In which basis observables are read, and what is read there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qgate.exceptions import QuantumFunctionError
from qgate.observables import Combination
from qgate.operations.gate import GATES
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_groups import is_qubit_wise
from qgate.recording import paused
from qgate.typing import FloatArray
from qgate.wires import Wires

Basis = dict[Any, Any]
"""For each wire a letter, or the factor in whose eigenbasis it is read."""


@dataclass(eq=False)
class Reading:
    """One circuit that is read: a basis for each of its wires."""

    basis: Basis = field(default_factory=dict)
    gates: list[Operator] = field(default_factory=list)
    ordered: bool = False

    def agrees(self, basis: Basis) -> bool:
        """Say whether ``basis`` asks for nothing else on the wires that are read already."""
        return all(self.basis.get(wire, token) == token for wire, token in basis.items())

    def take(self, basis: Basis) -> None:
        """Read the wires of ``basis`` as well."""
        for wire, token in basis.items():
            if wire in self.basis:
                continue
            self.basis[wire] = token
            if token == "X" or token == "Y":
                self.gates += GATES[f"Pauli{token}"](wire).diagonalizing_gates()
            elif isinstance(token, Eigenbasis) and token.factor.wires[0] == wire:
                self.gates += token.factor.diagonalizing_gates()

    def positions(self, wires: Sequence[Any]) -> list[int]:
        """Return where ``wires`` are among the wires that are read."""
        order = {wire: index for index, wire in enumerate(self.basis)}
        return [order[wire] for wire in wires]


@dataclass(frozen=True, eq=False)
class Eigenbasis:
    """Marks the wires of a factor that is read in its own eigenbasis."""

    factor: Operator

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Eigenbasis) and self.factor == other.factor

    def __hash__(self) -> int:
        return hash(self.factor)


def eigenbasis_gates(observable: PauliSum | Combination) -> list[Operator]:
    """Return gates that turn the product eigenbasis of an observable to the computational one.

    Raises
    ------
    QuantumFunctionError
        The terms have no common product eigenbasis.
    """
    with paused():
        reading = Reading()
        reading.take(spectra_of(observable)[1])
    return reading.gates


def spectra_of(observable: PauliSum | Combination) -> tuple[FloatArray, Basis]:
    """Return the eigenvalues of every term in a basis that all of them share.

    Returns
    -------
    eigenvalues : array, shape (T, 2**n)
        Over the outcomes of the observable's wires, the first most significant.
    basis : dict
        Names all of these wires.

    Raises
    ------
    QuantumFunctionError
        The terms have no common product eigenbasis.
    """
    if isinstance(observable, PauliSum):
        return _pauli_spectra(observable)
    if observable.num_terms > 1:
        raise _no_common_basis(observable)
    wires, eigenvalues, basis = term_spectrum(observable.terms[0])
    idle = [wire for wire in observable.wires if wire not in basis]
    tensor = np.kron(eigenvalues, np.ones(2 ** len(idle))).reshape((2,) * len(observable.wires))
    tensor = tensor.transpose(Wires((*wires, *idle)).indices(observable.wires))
    values = np.asarray(tensor.reshape(1, -1), dtype=float)
    return values, {wire: basis.get(wire, "Z") for wire in observable.wires}


def _pauli_spectra(observable: PauliSum) -> tuple[FloatArray, Basis]:
    if not is_qubit_wise(observable.x, observable.z):
        raise _no_common_basis(observable)
    letters = pauli_basis(observable, np.arange(observable.num_terms))
    basis = {wire: letters.get(wire, "Z") for wire in observable.wires}
    n = len(observable.wires)
    bits = (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1
    support = (observable.x | observable.z).astype(int)
    return np.asarray(1.0 - 2.0 * ((support @ bits.T) & 1), dtype=float), basis


def pauli_basis(observable: PauliSum, members: Any) -> Basis:
    """Return the letter for each wire that some of these qubit-wise commuting words act on."""
    x, z = observable.x[members].any(axis=0), observable.z[members].any(axis=0)
    letters = np.array([["I", "Z"], ["X", "Y"]])[x.astype(int), z.astype(int)]
    return {
        wire: str(letter)
        for wire, letter in zip(observable.wires, letters, strict=True)
        if letter != "I"
    }


def term_spectrum(factors: Sequence[Operator]) -> tuple[Wires, FloatArray, Basis]:
    """Return the wires, eigenvalues and basis of a product of factors on disjoint wires."""
    wires: list[Any] = []
    eigenvalues: Any = np.ones(1)
    basis: Basis = {}
    for factor in factors:
        if isinstance(factor, PauliSum):
            letters = pauli_basis(factor, np.arange(1))
            basis |= letters
            wires += letters
            for _ in letters:
                eigenvalues = np.kron(eigenvalues, [1.0, -1.0])
        else:
            basis |= dict.fromkeys(factor.wires, Eigenbasis(factor))
            wires += factor.wires
            eigenvalues = np.kron(eigenvalues, np.real(factor.eigvals()))
    return Wires(wires), eigenvalues, basis


def _no_common_basis(observable: Operator) -> QuantumFunctionError:
    return QuantumFunctionError(
        f"{observable} cannot be read from single shots: its terms have no common product "
        "eigenbasis. Measure its terms one by one, or its expectation value."
    )

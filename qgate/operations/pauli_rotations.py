"""Rotations about Pauli words, and phases on a part of the basis, on any number of wires."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import pairwise
from math import pi

import numpy as np

from qgate.arrays import shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.controlled import CNOT
from qgate.operations.controlled_decompositions import controlled_phase, on_values
from qgate.operations.fixed import Hadamard
from qgate.operations.gate import Gate, decomposed
from qgate.operations.gate_spec import Option
from qgate.operations.operator import Operator
from qgate.operations.pauli_gates import letters_of
from qgate.operations.rotations import PAULI_Z, RX, RY, RZ, GlobalPhase
from qgate.typing import ComplexArray, FloatArray, Namespace, Tensor, Wire
from qgate.wires import Wires

MOST_KEPT = 4
"""Maximum number of letters of Pauli words whose matrices are cached."""

LETTER_ROTATIONS = {"X": RX, "Y": RY, "Z": RZ}
"""Rotation about each letter."""


@decomposed(None, generator=lambda n: reduce(np.kron, [PAULI_Z] * n) / -2, eigenvalues=(-0.5, 0.5))
def MultiRZ(theta: Tensor, wires: Wires) -> list[Operator]:
    """Rotation by the parity of the wires, exp(-i theta ZZ...Z / 2)."""
    gather = [CNOT(pair) for pair in pairwise(wires)]  # the parity, on the last wire
    return [*gather, RZ(theta, wires[-1]), *reversed(gather)]


class WordRotation(Gate):
    """exp(-i x P / 2) = cos(x / 2) - i sin(x / 2) P, written down without a spectrum."""

    @property
    def _word(self) -> str:
        return str(self.hyperparameters["pauli_word"])

    def canonical_matrix(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        half = xp.reshape(parameters[0], (*shape_of(parameters[0]), 1, 1)) / 2
        word = _word_matrix(len(self.wires), self._word)
        return xp.cos(half) * np.eye(len(word)) - 1j * xp.sin(half) * word

    def canonical_diagonal(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        if not self.is_diagonal:
            return super().canonical_diagonal(parameters, xp)
        half = xp.reshape(parameters[0], (*shape_of(parameters[0]), 1)) / 2
        return xp.exp(-1j * half * _word_signs(self._word))

    def generator_matrix(self) -> ComplexArray:
        return -_word_matrix(len(self.wires), self._word) / 2

    @property
    def is_diagonal(self) -> bool:
        return set(self._word) <= {"I", "Z"}

    @property
    def symbol(self) -> str:
        return f"R{self._word}"


def _word_matrix(n: int, pauli_word: str) -> ComplexArray:
    """Return the matrix of a word, which is not to be changed."""
    return _small_matrix(n, pauli_word) if n <= MOST_KEPT else _matrix(n, pauli_word)


def _matrix(n: int, pauli_word: str) -> ComplexArray:
    """Return the matrix of a word; each row has one nonzero entry."""
    size = 2**n
    flips = int("".join("01"[letter in "XY"] for letter in pauli_word), 2)
    signs = _word_signs(pauli_word.replace("Y", "Z").replace("X", "I"))
    columns = np.arange(size)
    matrix = np.zeros((size, size), dtype=complex)
    matrix[columns ^ flips, columns] = 1j ** pauli_word.count("Y") * signs
    return matrix


_small_matrix = lru_cache(maxsize=512)(_matrix)
"""Matrices that Trotter steps and layers ask for again and again."""


def _word_signs(pauli_word: str) -> FloatArray:
    """Return the diagonal of a word of I and Z."""
    diagonal = np.ones(1)
    for letter in pauli_word:  # np.kron takes ten times as long
        diagonal = np.multiply.outer(diagonal, (1.0, -1.0 if letter == "Z" else 1.0)).ravel()
    return diagonal


def _check_word(wires: Wires, pauli_word: object) -> Mapping[str, Hashable]:
    if not isinstance(pauli_word, str) or not set(pauli_word) <= set("IXYZ"):
        raise InvalidParameters(
            f"PauliRot was given the word {described(pauli_word)}. "
            "Give a string of the letters I, X, Y and Z, one for each wire."
        )
    if len(pauli_word) != len(wires):
        raise InvalidParameters(
            f"PauliRot was given the word {described(pauli_word)} of {len(pauli_word)} letter(s) "
            f"and the {len(wires)} wire(s) {list(wires)}. Give one letter for each wire."
        )
    return {"pauli_word": pauli_word}


@decomposed(
    None,
    generator=lambda n, pauli_word: -_word_matrix(n, pauli_word) / 2,
    eigenvalues=lambda n, pauli_word: (-0.5, 0.5) if set(pauli_word) - {"I"} else (-0.5,),
    options={"pauli_word": Option("str", "P, a letter I, X, Y or Z for each wire.")},
    options_first=True,
    check=_check_word,
    base=WordRotation,
)
def PauliRot(theta: Tensor, wires: Wires, pauli_word: str) -> list[Operator]:
    """Rotation about a Pauli word P, exp(-i theta P / 2)."""
    active = letters_of(pauli_word, wires)
    if not active:
        return [GlobalPhase(theta / 2)]
    if len(active) == 1:
        ((letter, wire),) = active
        return [LETTER_ROTATIONS[letter](theta, wire)]
    turns: list[Operator] = []  # map every letter to Z
    back: list[Operator] = []
    for letter, wire in active:
        if letter == "X":
            turns.append(Hadamard(wire))
            back.append(turns[-1])
        elif letter == "Y":
            turns.append(RX(pi / 2, wire))
            back.append(RX(-pi / 2, wire))
    return [*turns, MultiRZ(theta, [wire for _, wire in active]), *back]


def word_rotation(
    angle: Tensor, word: str, wires: Sequence[Wire], kind: type[Gate] | None = None
) -> Operator:
    """Return exp(-i angle P / 2) for a word P, on the wires on which it acts."""
    active = letters_of(word, wires)
    if not active:
        return GlobalPhase(angle / 2)
    letters, on = zip(*active, strict=True)
    return (kind or PauliRot)(angle, "".join(letters), on)


def _check_dim(wires: Wires, dim: object) -> Mapping[str, Hashable]:
    if not isinstance(dim, int | np.integer) or not 0 <= dim <= 2 ** len(wires):
        raise InvalidParameters(
            f"PCPhase was given dim={described(dim)} on {len(wires)} wire(s). "
            f"dim counts states: give an integer from 0 to {2 ** len(wires)}."
        )
    return {"dim": int(dim)}


@decomposed(
    None,
    generator=lambda n, dim: np.where(np.arange(2**n) < dim, 1.0, -1.0),
    eigenvalues=lambda n, dim: (-1.0,) * (dim < 2**n) + (1.0,) * (dim > 0),
    options={"dim": Option("int", "How many of the 2**n basis states come first.")},
    options_first=True,
    check=_check_dim,
)
def PCPhase(phi: Tensor, wires: Wires, dim: int) -> list[Operator]:
    """Phase exp(i phi) on the first ``dim`` basis states, exp(-i phi) on the others."""
    # The phase -phi on all states, and 2 phi more on blocks of states below ``dim``. Each set bit
    # of ``dim`` defines a block: the bits above it equal to those of ``dim``, this bit 0.
    n = len(wires)
    if dim == 2**n:
        return [GlobalPhase(-phi)]
    bits = f"{dim:0{n}b}"
    gates: list[Operator] = [GlobalPhase(phi)]
    for place in (place for place, bit in enumerate(bits) if bit == "1"):
        values = [bit == "1" for bit in bits[:place]] + [False]
        block = wires[: place + 1]
        gates += on_values(block, values, controlled_phase(2 * phi, block))
    return gates

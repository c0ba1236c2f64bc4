"""Pauli words as gates, and gates that map their eigenbases to that of Z."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgate.operations.gate import GATES
from qgate.operations.operator import Operator, without_recording
from qgate.typing import Wire

LETTER_GATES = {"X": "PauliX", "Y": "PauliY", "Z": "PauliZ"}
"""Gate of each letter."""

BASIS_GATES = {"X": ("Hadamard",), "Y": ("PauliZ", "S", "Hadamard")}
"""Gates that map the eigenbasis of a letter to that of Z."""


def letters_of(word: Iterable[str], wires: Iterable[Wire]) -> list[tuple[str, Wire]]:
    """Return the letters of a word that are not the identity, each with its wire."""
    pairs = zip(word, wires, strict=True)
    return [(letter, wire) for letter, wire in pairs if letter != "I"]


def word_gates(word: str, wires: Sequence[Wire], phase: float) -> list[Operator]:
    """Return the gates that apply a word times exp(i phase)."""
    return without_recording(
        lambda: [
            *(GATES[LETTER_GATES[letter]](wires=wire) for letter, wire in letters_of(word, wires)),
            *([GATES["GlobalPhase"](-phase)] if phase else []),
        ]
    )


def basis_gates(word: str, wires: Sequence[Wire]) -> list[Operator]:
    """Return the gates that map the eigenbasis of each wire's letter to that of Z."""
    return without_recording(
        lambda: [
            GATES[name](wires=wire)
            for letter, wire in letters_of(word, wires)
            for name in BASIS_GATES.get(letter, ())
        ]
    )

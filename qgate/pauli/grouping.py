"""Groups of Pauli words that are measured together, and the gates before that measurement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import pi

import numpy as np

from qgate.arguments import is_text_among
from qgate.exceptions import InvalidParameters, described
from qgate.operations.operator import Operator, without_recording
from qgate.operations.rotations import RX, RY
from qgate.pauli.dictionaries import PauliWord, word_operator
from qgate.pauli.words import are_pauli_words_qwc, bits_of, observables_to_binary_matrix, word_of
from qgate.typing import BoolArray, FloatArray, NumericArray, Tensor, Wire

RELATIONS = ("qwc", "commuting", "anticommuting")
METHODS = ("lf", "rlf", "dsatur", "gis")

Groups = list[list[Operator]]


def _conflicts(observables: Sequence[Operator], relation: str) -> BoolArray:
    """Return which pairs of Pauli words cannot be in one group, shape (T, T)."""
    x, z = bits_of(observables_to_binary_matrix(observables))
    if relation == "qwc":
        return _differ_on_a_wire(x, z)
    anticommute = (x.astype(int) @ z.T.astype(int) + z.astype(int) @ x.T.astype(int)) % 2 == 1
    conflicts: BoolArray = anticommute if relation == "commuting" else ~anticommute
    np.fill_diagonal(conflicts, False)
    return conflicts


def _differ_on_a_wire(x: BoolArray, z: BoolArray) -> BoolArray:
    both = (x | z)[:, None, :] & (x | z)[None, :, :]
    differ = (x[:, None, :] != x[None, :, :]) | (z[:, None, :] != z[None, :, :])
    conflicts: BoolArray = (both & differ).any(axis=-1)
    return conflicts


def compute_partition_indices(
    observables: Sequence[Operator], grouping_type: str = "qwc", method: str = "lf"
) -> tuple[tuple[int, ...], ...]:
    """Return the positions of the Pauli words of each group.

    Parameters
    ----------
    observables : sequence of Operator
        T Pauli words.
    grouping_type : {"qwc", "commuting", "anticommuting"}
        What the words of one group do; "qwc": commute on every wire.
    method : {"lf", "rlf", "dsatur", "gis"}
        Accepted for compatibility with PennyLane: words with the most conflicts are always placed
        first, each in the first group in which it fits.

    Raises
    ------
    InvalidParameters
        An observable is not a Pauli word, or there is no such type or method.

    Notes
    -----
    Cost: O(T^2 n) time and memory.
    """
    for name, value, known in (
        ("grouping_type", grouping_type, RELATIONS),
        ("method", method, METHODS),
    ):
        if not is_text_among(value, known):
            raise InvalidParameters(
                f"{name}={described(value)} is not known. Give one of {', '.join(known)}."
            )
    if not observables:
        return ()
    conflicts = _conflicts(observables, grouping_type)
    groups: list[list[int]] = []
    for word in np.argsort(-conflicts.sum(axis=1), kind="stable").tolist():
        fitting = (group for group in groups if not conflicts[word, group].any())
        group = next(fitting, None)
        if group is None:
            groups.append([word])
        else:
            group.append(word)
    return tuple(sorted(tuple(sorted(group)) for group in groups))


def group_observables(
    observables: Sequence[Operator],
    coefficients: Sequence[Tensor] | None = None,
    grouping_type: str = "qwc",
    method: str = "lf",
) -> Groups | tuple[Groups, list[list[Tensor]]]:
    """Return Pauli words in groups that are measured together, and their coefficients likewise.

    Parameters
    ----------
    observables : sequence of Operator
        T Pauli words.
    coefficients : sequence of numbers, optional
        T numbers; without them only the groups are returned.
    grouping_type, method : str
        As for ``compute_partition_indices``, with the same errors and cost.

    Examples
    --------
    >>> group_observables([qg.Y(0), qg.X(0) @ qg.X(1), qg.Z(1)])
    [[Y(0), Z(1)], [X(0) @ X(1)]]
    """
    if coefficients is not None and len(coefficients) != len(observables):
        raise InvalidParameters(
            f"{len(coefficients)} coefficients were given for {len(observables)} observables. "
            "Give one for each."
        )
    indices = compute_partition_indices(observables, grouping_type, method)
    groups = [[observables[at] for at in group] for group in indices]
    if coefficients is None:
        return groups
    return groups, [[coefficients[at] for at in group] for group in indices]


def qwc_complement_adj_matrix(binary_observables: NumericArray) -> FloatArray:
    """Return 1 for each pair of words, as rows of bits, that do not commute qubit-wise."""
    return _differ_on_a_wire(*bits_of(binary_observables)).astype(float)


def partition_pauli_group(n_qubits: int) -> list[list[str]]:
    """Return the 4**n words on n wires as strings, in the 3**n groups that commute qubit-wise."""
    seen: set[str] = set()
    groups = []
    for basis in product("ZXY", repeat=n_qubits):
        words = ("".join(word) for word in product(*(("I", letter) for letter in basis)))
        groups.append([word for word in words if word not in seen])
        seen.update(groups[-1])
    return groups


# Diagonalization ------------------------------------------------------------------------


def qwc_rotation(pauli_operators: Sequence[Operator]) -> list[Operator]:
    """Return the rotations that map letters, one for each wire, to Z.

    >>> qwc_rotation([qg.X("a"), qg.Y("b")])
    [RY(-1.5707963267948966, wires=['a']), RX(1.5707963267948966, wires=['b'])]
    """
    letters: dict[Wire, str] = {}
    for operator in pauli_operators:
        letters |= word_of(operator)
    return _rotations(letters)


def _rotations(letters: dict[Wire, str]) -> list[Operator]:
    turns = {"X": (RY, -pi / 2), "Y": (RX, pi / 2)}
    chosen = [(wire, *turns[letter]) for wire, letter in letters.items() if letter in turns]
    return without_recording(lambda: [gate(angle, wires=wire) for wire, gate, angle in chosen])


def diagonalize_pauli_word(pauli_word: Operator) -> Operator:
    """Return the word with Z in place of every letter."""
    return _diagonal(word_of(pauli_word), pauli_word)


def _diagonal(word: PauliWord, given: Operator) -> Operator:
    wires = given.wires or [0]
    return without_recording(lambda: [word_operator(dict.fromkeys(word, "Z"), wires)])[0]


def diagonalize_qwc_pauli_words(
    qwc_grouping: Sequence[Operator],
) -> tuple[list[Operator], list[Operator]]:
    """Return the rotations that diagonalize a group of words, and the diagonal words.

    Raises
    ------
    InvalidParameters
        The words do not commute qubit-wise.
    """
    if not are_pauli_words_qwc(qwc_grouping):
        raise InvalidParameters(
            f"The words {described(list(qwc_grouping))} do not commute qubit-wise. Group them with "
            "group_observables."
        )
    letters: dict[Wire, str] = {}
    for operator in qwc_grouping:
        letters |= word_of(operator)
    return _rotations(letters), [diagonalize_pauli_word(operator) for operator in qwc_grouping]


def diagonalize_qwc_groupings(
    qwc_groupings: Sequence[Sequence[Operator]],
) -> tuple[Groups, Groups]:
    """Return the rotations and the diagonal words of each group."""
    pairs = [diagonalize_qwc_pauli_words(group) for group in qwc_groupings]
    return [rotations for rotations, _ in pairs], [words for _, words in pairs]


def optimize_measurements(
    observables: Sequence[Operator],
    coefficients: Sequence[Tensor] | None = None,
    grouping: str = "qwc",
    colouring_method: str = "lf",
) -> tuple[Groups, Groups] | tuple[Groups, Groups, list[list[Tensor]]]:
    """Return the rotations and diagonal words of groups, and their coefficients if given.

    Parameters
    ----------
    observables, coefficients
        As for ``group_observables``.
    grouping : {"qwc"}
    colouring_method : str
        ``method`` of ``group_observables``.
    """
    if grouping != "qwc":
        raise InvalidParameters(
            f"grouping={described(grouping)} cannot be diagonalized by rotations. Give 'qwc'."
        )
    indices = compute_partition_indices(observables, grouping, colouring_method)
    rotations, words = diagonalize_qwc_groupings(
        [[observables[at] for at in group] for group in indices]
    )
    if coefficients is None:
        return rotations, words
    return rotations, words, [[coefficients[at] for at in group] for group in indices]

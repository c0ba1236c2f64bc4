"""Rotations about Pauli words equal their matrix exponentials."""

import numpy as np
import pytest
from scipy.linalg import expm

import qgate as qg
from qgate.operations.matrices import circuit_matrix
from qgate.operations.word_rotations import WordRotations, is_idle, rotated
from qgate.wires import Wires

WORDS = ("XY", "ZI", "IY", "ZZ")
ANGLES = np.array([0.3, -1.2, 0.0, 2.1])


def product_of(words: tuple[str, ...], angles: np.ndarray) -> np.ndarray:
    letters = {"I": np.eye(2), "X": np.array([[0, 1], [1, 0]]), "Z": np.diag([1.0, -1.0])}
    letters["Y"] = 1j * letters["X"] @ letters["Z"]
    matrix = np.eye(4, dtype=complex)
    for angle, word in zip(angles, words, strict=True):
        matrix = expm(-0.5j * angle * np.kron(letters[word[0]], letters[word[1]])) @ matrix
    return matrix


def test_the_first_word_is_applied_first():
    gate = WordRotations(ANGLES, WORDS, wires=["a", "b"])

    matrix = circuit_matrix(gate.decomposition(), Wires(["a", "b"]))
    np.testing.assert_allclose(matrix, product_of(WORDS, ANGLES), atol=1e-14)


def test_columns_are_rotated_as_by_the_gates():
    columns = np.arange(8).reshape(4, 2) * (1 + 0.5j)

    found = rotated(columns, ANGLES, WORDS)

    np.testing.assert_allclose(found, product_of(WORDS, ANGLES) @ columns, atol=1e-13)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_batch_of_angles_is_a_batch_of_rotations(batch: int):
    rows = np.linspace(0, 1, batch)[:, None] + ANGLES

    parts = WordRotations(rows, WORDS, wires=[0, 1]).decomposition()

    assert [part.batch_size for part in parts] == [batch] * 4
    np.testing.assert_array_equal(parts[1].parameters[0], rows[:, 1])


def test_a_word_without_letters_is_a_phase():
    (part,) = WordRotations(np.array([0.4]), ["II"], wires=[0, 1]).decomposition()

    np.testing.assert_allclose(part.matrix(), np.exp(-0.2j) * np.eye(1), atol=1e-15)
    assert not is_idle(part)


def test_what_is_left_out_is_told_from_rotations_of_users():
    (part, *_) = WordRotations(ANGLES, WORDS, wires=[0, 1]).decomposition()

    assert is_idle(part)
    assert part.name == "PauliRot"
    assert not is_idle(qg.PauliRot(0.3, "XY", [0, 1]))

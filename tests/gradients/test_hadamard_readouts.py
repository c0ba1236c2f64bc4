"""Measurements together with the sign of the auxiliary wire."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import UnsupportedDiffMethod
from qgate.gradients.hadamard_readouts import with_sign, words_of
from qgate.wires import Wires

MATRIX = np.array([[1.0, 2j], [-2j, 0.4]])


@pytest.mark.parametrize(
    "observable",
    [
        qg.Z(0) @ qg.X(1),
        0.5 * qg.Z(0) - 2.0 * qg.Y(1),
        qg.Hermitian(MATRIX, wires=1),
        3.0 * qg.Hermitian(MATRIX, wires=1) @ qg.Z(0),
    ],
)
def test_an_observable_is_multiplied_by_z(observable):
    ((measured,), _) = with_sign([qg.expval(observable)], "aux", Wires())

    order = ["aux", 0, 1]
    expected = np.kron(np.diag([1, -1]), qg.matrix(observable, wire_order=[0, 1]))
    np.testing.assert_allclose(measured.observable.matrix(order), expected, atol=1e-12)


def test_the_identity_is_measured_without_the_sign_and_left_out():
    ((measured,), fold) = with_sign([qg.expval(3.0 * qg.I(0) + qg.Z(0))], "aux", Wires())

    assert "I" * 2 in measured.observable.words
    assert fold([np.array([3.5])], ())[0].tolist() == [0.5]


def test_probabilities_are_subtracted():
    ((measured,), fold) = with_sign([qg.probs(wires=[0])], "aux", Wires())

    assert measured.wires == Wires(["aux", 0])
    np.testing.assert_allclose(fold([np.array([[0.4, 0.3, 0.1, 0.2]])], ())[0], [[0.3, 0.1]])


def test_an_auxiliary_wire_that_is_read_is_zero():
    ((measured,), fold) = with_sign([qg.probs()], 1, Wires([0, 1]))

    assert measured.wires == Wires([1, 0])
    found = fold([np.array([[0.4, 0.3, 0.1, 0.2]])], ())[0]
    np.testing.assert_allclose(found, [[0.3, 0, 0.1, 0]])


def test_words_of_a_matrix_add_up_to_it():
    observable = 2.0 * qg.Hermitian(MATRIX, wires=1) @ qg.Z(0) + qg.X(0)
    words = words_of(qg.expval(observable))

    letters = {word: "".join(letter for _, letter in word) for word in words}
    assert set(letters.values()) == {"Z", "ZY", "ZZ", "X"}
    assert all(len(weights) == 2 for weights in words.values())


def test_a_wide_matrix_is_refused():
    with pytest.raises(UnsupportedDiffMethod, match="one on 7 wires"):
        words_of(qg.expval(qg.Hermitian(np.eye(128), wires=range(7))))

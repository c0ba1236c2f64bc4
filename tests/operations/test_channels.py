"""Noise channels against their Kraus sums, and their refusals."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import InvalidParameters, NoGateOfChannel
from qgate.operations.channels import CHANNELS, superoperator

PROBABILITIES = st.floats(0.0, 1.0)

ONE_WIRE = {
    "AmplitudeDamping": st.tuples(PROBABILITIES),
    "BitFlip": st.tuples(PROBABILITIES),
    "DepolarizingChannel": st.tuples(PROBABILITIES),
    "GeneralizedAmplitudeDamping": st.tuples(PROBABILITIES, PROBABILITIES),
    "PhaseDamping": st.tuples(PROBABILITIES),
    "PhaseFlip": st.tuples(PROBABILITIES),
    "ResetError": st.tuples(PROBABILITIES, PROBABILITIES).map(lambda p: (p[0] / 2, p[1] / 2)),
    "ThermalRelaxationError": st.tuples(
        PROBABILITIES, st.floats(0.1, 9.0), st.floats(0.1, 2.0), st.floats(0.0, 9.0)
    ).map(lambda p: (p[0], p[1], p[1] * p[2], p[3])),
}
"""Parameters of the channels of one wire."""

LETTERS = {"I": np.eye(2), "X": np.eye(2)[::-1], "Z": np.diag([1, -1])}
LETTERS["Y"] = 1j * LETTERS["X"] @ LETTERS["Z"]


def word(letters):
    return reduce(np.kron, [LETTERS[letter] for letter in letters])


def every_channel(data):
    """Draw a channel."""
    name = data.draw(st.sampled_from(sorted(ONE_WIRE)))
    return getattr(qg, name)(*data.draw(ONE_WIRE[name]), wires=0)


def test_every_channel_of_the_table_is_tested_here_or_given_by_matrices():
    assert set(CHANNELS) == {*ONE_WIRE, "PauliError", "QubitChannel"}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_kraus_matrices_keep_the_trace_and_have_the_superoperator(data):
    channel = every_channel(data)

    kraus = np.array(channel.kraus_matrices())

    assert_allclose(sum(k.conj().T @ k for k in kraus), np.eye(2), atol=1e-12)
    found = channel.canonical_superoperator(channel.parameters, np)
    assert_allclose(found, superoperator(kraus, np), atol=1e-12)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_pauli_probabilities_give_the_superoperator(data):
    channel = every_channel(data)

    found = channel.pauli_probabilities(channel.parameters, np)

    if found is not None:
        mixed = sum(p * np.kron(w, w.conj()) for p, w in zip(found, map(word, "IXYZ"), strict=True))
        assert_allclose(mixed, channel.canonical_superoperator(channel.parameters, np), atol=1e-12)


def test_a_pauli_error_has_the_matrices_of_its_word():
    kraus = qg.PauliError("YZ", 0.2, wires=["a", "b"]).kraus_matrices()

    assert_allclose(kraus[0], np.sqrt(0.8) * np.eye(4))
    assert_allclose(kraus[1], np.sqrt(0.2) * word("YZ"))


def test_damping_has_the_textbook_matrices():
    kept, lost = qg.AmplitudeDamping.compute_kraus_matrices(0.36)

    assert_allclose(kept, [[1, 0], [0, 0.8]])
    assert_allclose(lost, [[0, 0.6], [0, 0]])


def test_a_batch_of_probabilities_gives_batches_of_matrices():
    kraus = qg.BitFlip(np.array([0.0, 1.0]), wires=0).kraus_matrices()

    assert_allclose(kraus[0], [np.eye(2), np.zeros((2, 2))])
    assert_allclose(kraus[1], [np.zeros((2, 2)), LETTERS["X"]])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: qg.BitFlip(1.1, wires=0), "p=1.1"),
        (lambda: qg.BitFlip(float("nan"), wires=0), "p=nan"),
        (lambda: qg.DepolarizingChannel([0.1, -0.1], wires=0), "p=-0.1"),
        (lambda: qg.ResetError(0.6, 0.5, wires=0), r"p0 \+ p1=1.1"),
        (lambda: qg.ThermalRelaxationError(0.1, 1.0, 2.5, 1.0, wires=0), "t2 / t1=2.5"),
        (lambda: qg.ThermalRelaxationError(0.1, 0.0, 0.1, 1.0, wires=0), "t1=0"),
        (lambda: qg.PauliError("XA", 0.1, wires=[0, 1]), "operators='XA'"),
        (lambda: qg.PauliError("X", 0.1, wires=[0, 1]), "1 letters"),
        (lambda: qg.QubitChannel([np.eye(2), np.eye(2)], wires=0), "off the identity by 1"),
        (lambda: qg.QubitChannel([np.eye(4)], wires=0), "K_list of shape"),
        (lambda: qg.QubitDensityMatrix(np.eye(2), wires=0), "of trace 2"),
        (lambda: qg.QubitDensityMatrix(np.diag([1.5, -0.5]), wires=0), "eigenvalue -0.5"),
        (lambda: qg.QubitDensityMatrix([[1, 1], [0, 0]], wires=0), "not Hermitian"),
    ],
)
def test_numbers_that_are_no_channel_are_refused(make, text):
    with pytest.raises(InvalidParameters, match=text):
        make()


@pytest.mark.parametrize("wrapped", [qg.adjoint, lambda op: op**0.5, lambda op: qg.ctrl(op, 1)])
def test_a_channel_has_no_inverse_root_or_controlled_form(wrapped):
    @qg.qnode("local")
    def circuit():
        wrapped(qg.BitFlip(0.1, wires=0))
        return qg.expval(qg.Z(0))

    with pytest.raises(NoGateOfChannel, match=r"BitFlip.*cannot be applied: a noise channel"):
        circuit()

"""Superpositions of basis states against their amplitudes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters

NUMBERS = st.lists(st.integers(0, 15), min_size=1, max_size=7, unique=True)


def prepared(coeffs, bases, n):
    @qg.qnode(qg.device("local", wires=n + 1))
    def circuit():
        qg.Superposition(coeffs, bases, wires=range(n), work_wire=n)
        return qg.state()

    return circuit()


@given(NUMBERS, st.integers(0, 10**6))
@settings(deadline=None, max_examples=25)
def test_the_state_has_the_given_amplitudes_and_the_work_wire_is_0(numbers, seed):
    rng = np.random.default_rng(seed)
    coeffs = rng.normal(size=len(numbers)) + 1j * rng.normal(size=len(numbers))
    coeffs /= np.linalg.norm(coeffs)
    expected = np.zeros(32, dtype=complex)
    expected[np.array(numbers) * 2] = coeffs

    bases = [[number >> place & 1 for place in (3, 2, 1, 0)] for number in numbers]

    np.testing.assert_allclose(prepared(coeffs, bases, 4), expected, atol=1e-12)


@pytest.mark.parametrize("method", ["parameter-shift", "backprop"])
def test_derivatives_by_the_amplitudes(method):
    @qg.qnode(qg.device("local", wires=4), diff_method=method)
    def value(angle):
        coeffs = qg.numpy.stack([qg.numpy.cos(angle), qg.numpy.sin(angle)])
        qg.Superposition(coeffs, [[1, 1, 0], [0, 1, 1]], wires=range(3), work_wire=3)
        return qg.expval(qg.X(0) @ qg.X(2))

    assert value(0.3) == pytest.approx(np.sin(0.6))
    assert qg.grad(value)(qg.numpy.array(0.3)) == pytest.approx(2 * np.cos(0.6))


def test_it_has_what_it_was_given():
    template = qg.Superposition([0.6, 0.8], [[1, 1], [0, 1]], wires=[0, 1], work_wire="w")

    assert template.bases == ((1, 1), (0, 1))
    assert list(template.coeffs) == [0.6, 0.8]
    assert list(template.work_wire) == ["w"]
    assert [gate.name for gate in qg.tape.QuantumScript([template]).operations] == ["Superposition"]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"coeffs": [1.0, 1.0]}, "norm 1.41421"),
        ({"coeffs": [1.0]}, "shape"),
        ({"bases": [[1, 1], [1, 1]]}, "different"),
        ({"bases": [[1, 1], [0, 2]]}, "0 or 1"),
        ({"bases": [[1, 1], [0]]}, "for each wire"),
        ({"bases": 3}, "basis states"),
        ({"work_wire": 0}, "one other wire"),
        ({"work_wire": [2, 3]}, "one other wire"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(given, text):
    whole = {"coeffs": [0.6, 0.8], "bases": [[1, 1], [0, 1]], "wires": [0, 1], "work_wire": 2}

    with pytest.raises(InvalidParameters, match=text):
        qg.Superposition(**{**whole, **given})


def test_a_multiplexer_prepares_its_state():
    state = np.array([0.5, 0.5j, -0.5, 0.5])

    @qg.qnode(qg.device("local"))
    def circuit():
        qg.MultiplexerStatePreparation(state, wires=[0, 1])
        return qg.state()

    np.testing.assert_allclose(circuit(), state, atol=1e-12)

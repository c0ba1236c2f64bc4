"""The angles of charts give the arrays near a fixed one, to their order."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from qgate.operations.tangents import (
    Chart,
    diagonal_chart,
    reflection,
    state_chart,
    unitary_chart,
)
from qgate.operations.word_rotations import rotated

seeds = st.integers(0, 2**32 - 1)


def hermitian(size: int, seed: int, *, imaginary: bool = False) -> np.ndarray:
    """Return a random Hermitian matrix of norm 1; an imaginary one generates real rotations."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    if imaginary:
        matrix = 1j * matrix.imag
    matrix = matrix + matrix.conj().T
    return matrix / np.linalg.norm(matrix, 2)


def error(chart: Chart, start: np.ndarray, generator: np.ndarray, size: float) -> float:
    """Return the distance of the rotations from the generator's action, up to a phase."""
    exact = expm(-1j * size * generator) @ start
    angles = _angles(chart, exact)
    found = rotated(start, angles, chart.words)
    phase = 1.0 if phased(chart) else np.vdot(found, exact)
    return float(np.abs(found * phase / abs(phase) - exact).max())


def phased(chart: Chart) -> bool:
    return any(set(word) == {"I"} for word in chart.words)


def _angles(chart: Chart, moved: np.ndarray) -> np.ndarray:
    """Return the angles at another point than the present one; ``Chart.angles`` is 0 there."""
    rows = moved.reshape(-1)
    linear = (chart.linear @ rows).real
    pairs = linear[chart.first] * linear[chart.second]
    return np.asarray(linear + pairs @ chart.weights)


CHARTS: dict[str, Callable[[], tuple[Chart, np.ndarray, bool]]] = {
    "one wire": lambda: (
        unitary_chart(("IXYZ",), real=False, phase=False),
        np.eye(2, dtype=complex),
        False,
    ),
    "two wires": lambda: (
        unitary_chart(("IXYZ", "IXYZ"), real=False, phase=False),
        np.eye(4, dtype=complex),
        False,
    ),
    "two wires and the phase": lambda: (
        unitary_chart(("IXYZ", "IXYZ"), real=False, phase=True),
        np.eye(4, dtype=complex),
        False,
    ),
    "two wires, real": lambda: (
        unitary_chart(("IXYZ", "IXYZ"), real=True, phase=False),
        np.eye(4, dtype=complex),
        True,
    ),
    "state, real": lambda: (
        state_chart(3, real=True, phase=False),
        np.eye(8, 1, dtype=complex),
        True,
    ),
    "state and its phase": lambda: (
        state_chart(2, real=False, phase=True),
        np.eye(4, 1, dtype=complex),
        False,
    ),
}


@pytest.mark.parametrize("name", CHARTS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_rotations_agree_to_second_order(name: str, seed: int):
    chart, start, imaginary = CHARTS[name]()
    generator = hermitian(len(start), seed, imaginary=imaginary)

    # An error of third order is 1,000 times less for a step that is ten times less.
    assert error(chart, start, generator, 1e-3) < 1e-7
    assert error(chart, start, generator, 1e-2) < 1e-4


def test_diagonals_agree_to_second_order():
    chart = diagonal_chart(2, phase=True)
    phases = np.array([0.1, -0.2, 0.3, 0.05]) / 100

    found = rotated(
        np.ones((4, 1), dtype=complex), _angles(chart, np.exp(1j * phases)), chart.words
    )

    np.testing.assert_allclose(found[:, 0], np.exp(1j * phases), atol=1e-7)
    assert len(chart.first) == 0


@pytest.mark.parametrize(
    ("chart", "count"),
    [
        (lambda: unitary_chart(("IXYZ",), real=False, phase=False), 3),
        (lambda: unitary_chart(("IXYZ",) * 2, real=False, phase=False), 15),
        (lambda: unitary_chart(("IXYZ",) * 2, real=True, phase=False), 6),
        (lambda: unitary_chart(("IZ", "IXYZ"), real=False, phase=False), 7),
        (lambda: diagonal_chart(3, phase=False), 7),
        (lambda: state_chart(3, real=False, phase=False), 14),
        (lambda: state_chart(3, real=True, phase=False), 7),
    ],
)
def test_there_are_as_many_angles_as_degrees_of_freedom(chart, count):
    words = chart().words

    assert len(words) == len(set(words)) == count
    assert "I" not in words[0], "the first word names all wires, in their order"


@settings(max_examples=50, deadline=None)
@given(seed=seeds, wires=st.integers(1, 4), zeros=st.integers(0, 15), real=st.booleans())
def test_a_reflection_prepares_its_state(seed: int, wires: int, zeros: int, real: bool):
    rng = np.random.default_rng(seed)
    state = rng.normal(size=2**wires) + (0 if real else 1j * rng.normal(size=2**wires))
    state[: min(zeros, 2**wires - 1)] = 0.0
    state = state / np.linalg.norm(state)

    matrix = reflection(state, np)

    np.testing.assert_allclose(matrix[:, 0], state, atol=1e-14)
    np.testing.assert_allclose(matrix.conj().T @ matrix, np.eye(2**wires), atol=1e-14)
    assert np.iscomplexobj(matrix) != real


def test_states_on_many_wires_have_first_derivatives_only():
    assert state_chart(6, real=False, phase=False).max_order == 2
    assert state_chart(7, real=False, phase=False).max_order == 1

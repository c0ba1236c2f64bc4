"""Numbers of every kind count as the float64 of the same value, in every operator."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.measurements import Measurement
from qgate.operations.gate import GATES, ROWS

Make = Callable[[Any], Any]
"""From plain numbers to numbers of the tested kind."""

KINDS: dict[str, Make] = {
    name: (lambda values, name=name: np.array(values).astype(name)[()])
    for name in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "g", "O")
} | {
    "fraction": lambda values: Fraction(values) if np.ndim(values) == 0 else np.array(values, "O"),
    "unmasked": lambda values: np.ma.masked_array(values, dtype="i2"),
    "qgate.numpy": lambda values: qg.numpy.array(values, dtype="i1"),
}

WORDS = [qg.X(0), qg.Z(1)]
PAIR = [0, 1]

CIRCUITS: dict[str, Callable[[Make], list[Any]]] = {
    "StatePrep": lambda n: [qg.StatePrep(n([100, 50, 10, 3]), PAIR, normalize=True)],
    "AmplitudeEmbedding": lambda n: [
        qg.AmplitudeEmbedding(n([100, 50, 10]), PAIR, pad_with=3, normalize=True)
    ],
    "MottonenStatePreparation": lambda n: [qg.MottonenStatePreparation(n([0, 1, 0, 0]), PAIR)],
    "BasisState": lambda n: [qg.BasisState(n([1, 0]), PAIR)],
    "BasisEmbedding": lambda n: [qg.BasisEmbedding(n(2), PAIR)],
    "AngleEmbedding": lambda n: [qg.AngleEmbedding(n([2, 3]), PAIR)],
    "IQPEmbedding": lambda n: [qg.IQPEmbedding(n([20, 13]), PAIR)],
    "QAOAEmbedding": lambda n: [qg.QAOAEmbedding(n([1, 2]), n([[1, 2, 3]]), PAIR)],
    "StronglyEntanglingLayers": lambda n: [
        qg.StronglyEntanglingLayers(n([[[1, 2, 3], [4, 5, 6]]]), PAIR)
    ],
    "BasicEntanglerLayers": lambda n: [qg.BasicEntanglerLayers(n([[1, 2]]), PAIR)],
    "evolve": lambda n: [qg.evolve(WORDS[0] + 0.3 * WORDS[1], n(3))],
    "adjoint of evolve": lambda n: [qg.adjoint(qg.evolve(qg.X(0), n(3)))],
    "exp": lambda n: [qg.exp(qg.X(0), 1j * n(3))],
    "TrotterProduct": lambda n: [qg.TrotterProduct(WORDS[0] + WORDS[1], n(3), n=2, order=2)],
    "ApproxTimeEvolution": lambda n: [qg.ApproxTimeEvolution(WORDS[0] + WORDS[1], n(3), 2)],
    "CommutingEvolution": lambda n: [qg.CommutingEvolution(WORDS[0] + WORDS[1], n(3))],
    "adjoint": lambda n: [qg.adjoint(qg.RX(n(3), 0), lazy=False), qg.adjoint(qg.RY(n(3), 0))],
    "power": lambda n: [qg.pow(qg.RX(n(100), 0), 3, lazy=False), qg.pow(qg.RX(n(100), 0), 3)],
    "exponent": lambda n: [qg.pow(qg.RX(0.3, 0), n(3)), qg.pow(qg.S(0), n(2))],
    "batch": lambda n: [qg.RX(n([1, 2, 3]), 0), qg.PhaseShift(n([1, 2, 3]), 0)],
    "ctrl": lambda n: [qg.ctrl(qg.Rot(n(1), n(2), n(3), 1), 0)],
    "QubitUnitary": lambda n: [qg.QubitUnitary(n([[0, 1], [1, 0]]), 0)],
    "ControlledQubitUnitary": lambda n: [qg.ControlledQubitUnitary(n([[0, 1], [1, 0]]), PAIR)],
    "DiagonalQubitUnitary": lambda n: [qg.DiagonalQubitUnitary(n([1, 1]), 0)],
    "Hermitian": lambda n: [qg.expval(qg.Hermitian(n([[100, 3], [3, 2]]), 0))],
    "variance of Hermitian": lambda n: [qg.var(qg.Hermitian(n([[100, 3], [3, 2]]), 0))],
    "Hamiltonian": lambda n: [qg.expval(qg.Hamiltonian(n([100, 3]), WORDS))],
    "variance of Hamiltonian": lambda n: [qg.var(qg.Hamiltonian(n([100, 3]), WORDS))],
    "multiples": lambda n: [
        qg.expval(qg.s_prod(n(100), qg.s_prod(n(100), qg.Hermitian(np.eye(2), 0)), lazy=False))
    ],
    "Pauli multiples": lambda n: [qg.expval(n(100) * (n(100) * qg.Z(0)))],
    "Projector": lambda n: [qg.expval(qg.Projector(n([0, 1, 0, 0]), PAIR))],
}

TURNS = [name for name, row in ROWS.items() if row.angles and not row.options]
"""Gates with angles that need nothing besides wires."""


def value_of(make: Callable[[Make], list[Any]], numbers: Make) -> Any:
    """Run a circuit, and return its measurement, or the state."""

    @qg.qnode("local")
    def circuit() -> Any:
        *_, last = make(numbers)
        if isinstance(last, Measurement):
            qg.RY(0.4, 0)
            qg.Hadamard(1)
        return last if isinstance(last, Measurement) else qg.state()

    return np.asarray(circuit())


def turned(name: str, numbers: Make) -> list[Any]:
    """Return a gate of the table, its adjoint and a power, with numbers for its angles."""
    row = ROWS[name]
    for wire in range(row.wires or 2):
        qg.RY(0.3, wire)
    angles = [numbers(3 + place) for place in range(len(row.angles))]
    gate: Any = GATES[name]
    made = gate(*angles, wires=range(row.wires or 2))
    return [made, qg.adjoint(made, lazy=False), gate(*angles, wires=range(row.wires or 2))]


def assert_same(found: Any, wanted: Any, kind: str) -> None:
    """Compare with the result for float64: exactly, except for single precision."""
    tolerance = 1e-6 if found.dtype in (np.float32, np.complex64) else 1e-12
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance, err_msg=kind)


@pytest.mark.parametrize("name", CIRCUITS)
def test_numbers_of_every_kind_count_as_float64(name: str) -> None:
    wanted = value_of(CIRCUITS[name], lambda values: np.array(values, float)[()])

    for kind, numbers in KINDS.items():
        assert_same(value_of(CIRCUITS[name], numbers), wanted, kind)


@pytest.mark.parametrize("name", TURNS)
def test_angles_of_every_kind_count_as_float64(name: str) -> None:
    wanted = value_of(lambda numbers: turned(name, numbers), float)

    for kind, numbers in KINDS.items():
        assert_same(value_of(lambda made: turned(name, made), numbers), wanted, kind)


def test_pixels_are_normalized_beyond_their_largest_number() -> None:
    pixels = np.array([200, 100, 50, 10], np.uint8)

    @qg.qnode("local")
    def circuit() -> Any:
        qg.AmplitudeEmbedding(pixels, [0, 1], normalize=True)
        return qg.probs(wires=[0, 1])

    squares = np.array([200.0, 100.0, 50.0, 10.0]) ** 2
    np.testing.assert_allclose(circuit(), squares / squares.sum(), atol=1e-12)


def test_half_and_single_precision_do_not_overflow() -> None:
    for vector in (np.array([3e4, 4e4], np.float16), np.array([3e25, 4e25], np.float32)):
        state = qg.StatePrep(vector, 0, normalize=True).state_vector()
        np.testing.assert_allclose(state, [0.6, 0.8], rtol=1e-3)


def test_an_evolution_for_an_unsigned_time_goes_backwards() -> None:
    matrix = qg.evolve(qg.Z(0), np.uint8(1)).matrix()

    np.testing.assert_allclose(matrix, np.diag(np.exp([-1j, 1j])), atol=1e-12)


def test_a_matrix_that_is_unitary_only_as_small_integers_is_refused() -> None:
    with pytest.raises(InvalidParameters, match="not unitary"):
        qg.QubitUnitary(np.diag([1, 255]).astype(np.uint8), 0)
    with pytest.raises(InvalidParameters, match="modulus"):
        qg.DiagonalQubitUnitary(np.array([1, -128], np.int8), 0)


def test_masked_numbers_are_refused() -> None:
    masked = np.ma.masked_array([0.1, 0.2], mask=[False, True])

    for make in (lambda: qg.RX(masked, 0), lambda: qg.AngleEmbedding(masked, [0, 1])):
        with pytest.raises(InvalidParameters, match="masked"):
            make()


@pytest.mark.parametrize("kind", ["u1", "i8"])
def test_whole_numbers_beside_single_precision_leave_it(kind: str) -> None:
    @qg.qnode("local")
    def circuit(x: Any, weight: Any) -> Any:
        qg.AngleEmbedding(x, [0, 1])
        qg.RX(weight, 0)
        return qg.expval(qg.Z(0))

    assert circuit(np.array([1, 2], kind), np.float32(0.3)).dtype == np.float32

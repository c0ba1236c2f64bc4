"""Numbers that are not finite, or whose squares would not be, raise and never give NaN."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

import qgate as qg
from qgate.exceptions import (
    InvalidParameters,
    InvalidTangent,
    NotFinite,
    QGateError,
    QuantumFunctionError,
)

NAN, INF = float("nan"), float("inf")
ROWS = np.diag([1.0, -1.0])


@qg.qnode("local")
def probabilities(x: Any) -> Any:
    qg.RX(x, wires=0)
    return qg.probs(wires=[0])


def measured(measure: Callable[[], Any]) -> Any:
    """Run a circuit that measures this."""

    @qg.qnode("local")
    def circuit() -> Any:
        qg.Hadamard(0)
        return measure()

    return circuit()


def applied(apply: Callable[[], Any]) -> Any:
    """Run a circuit with this operator."""

    @qg.qnode("local")
    def circuit() -> Any:
        apply()
        return qg.expval(qg.Z(0))

    return circuit()


COTANGENTS = [None, "a", NAN, [NAN, 1.0], np.array([1.0, INF]), np.array([None, 1.0], object)]
COTANGENTS += [np.array([1.0, 2j]), np.ma.masked_array([1.0, 2.0], mask=[False, True])]


@pytest.mark.parametrize("cotangent", COTANGENTS, ids=repr)
def test_a_cotangent_is_made_of_finite_numbers(cotangent: Any) -> None:
    with pytest.raises((InvalidTangent, InvalidParameters)):
        qg.vjp(probabilities, [qg.numpy.array(0.3)], cotangent)


@pytest.mark.parametrize("tangent", [None, "a", NAN, INF, 1j], ids=repr)
def test_a_tangent_is_made_of_finite_numbers(tangent: Any) -> None:
    for tangents in (tangent, [tangent]):
        with pytest.raises(InvalidTangent):
            qg.jvp(probabilities, [qg.numpy.array(0.3)], tangents)


@pytest.mark.parametrize("kind", ["?", "u1", "i1", "f2", "f4"])
def test_a_cotangent_counts_in_double_precision(kind: str) -> None:
    _, product = qg.vjp(probabilities, [qg.numpy.array(0.3)], np.array([1, 0]).astype(kind))

    assert product == pytest.approx(-np.sin(0.3) / 2, abs=1e-12)


@pytest.mark.parametrize("base", [1, 0, -2, NAN, INF, 10**400, "2", 2j, np.array([2.0, 3.0])])
def test_the_base_of_a_logarithm_is_positive_and_not_one(base: Any) -> None:
    for make in (
        lambda: qg.vn_entropy([0], log_base=base),
        lambda: qg.mutual_info([0], [1], log_base=base),
    ):
        with pytest.raises(QuantumFunctionError, match="log_base"):
            make()


OBSERVABLES: dict[str, Callable[[], Any]] = {
    "large": lambda: qg.Hamiltonian([1e308, 1e308], [qg.Z(0), qg.X(0)]),
    "large multiple": lambda: 1e308 * qg.Z(0),
    "NaN": lambda: NAN * qg.Z(0),
    "infinite": lambda: qg.Hamiltonian([INF, 1.0], [qg.Z(0), qg.X(0)]),
    "large matrix": lambda: qg.Hermitian(np.full((2, 2), 1e308), 0),
    "NaN in a matrix": lambda: qg.Hermitian(ROWS * NAN, 0),
    "NaN in a sparse matrix": lambda: qg.SparseHamiltonian(csr_matrix(np.diag([1.0, NAN])), 0),
    "infinite sparse matrix": lambda: qg.SparseHamiltonian(csr_matrix(np.diag([1.0, INF])), 0),
    "NaN in a projector": lambda: qg.Projector([NAN, 0.0], 0),
}


@pytest.mark.parametrize("name", OBSERVABLES)
def test_an_observable_has_numbers_that_can_be_squared(name: str) -> None:
    for measure in (qg.expval, qg.var):
        with pytest.raises(QGateError):
            measured(lambda measure=measure: measure(OBSERVABLES[name]()))


OPERATORS: dict[str, Callable[[], Any]] = {
    "angle": lambda: qg.RX(NAN, 0),
    "large integer": lambda: qg.RX(10**400, 0),
    "evolution": lambda: qg.evolve(NAN * qg.X(0), 1.0),
    "evolution of a matrix": lambda: qg.evolve(qg.Hermitian(ROWS * NAN, 0), 1.0),
    "Trotter": lambda: qg.TrotterProduct(1e308 * qg.X(0), 1e10),
    "Trotter of NaN": lambda: qg.TrotterProduct(NAN * qg.X(0), 1.0),
    "frequencies": lambda: qg.CommutingEvolution(qg.X(0), 0.1, frequencies=[NAN]),
    "shifts": lambda: qg.CommutingEvolution(qg.X(0), 0.1, frequencies=[2.0], shifts=[INF]),
    "products": lambda: qg.IQPEmbedding([1e200, 1e200], [0, 1]),
    "matrix": lambda: qg.QubitUnitary(ROWS * NAN, 0),
    "state": lambda: qg.StatePrep([1.0, NAN], 0),
    "normalized": lambda: qg.StatePrep([1.0, INF], 0, normalize=True),
    "unchecked state": lambda: qg.StatePrep([1.0, NAN], 0, validate_norm=False),
    "padding": lambda: qg.AmplitudeEmbedding([1.0], 0, pad_with=NAN, normalize=True),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_has_finite_numbers(name: str) -> None:
    with pytest.raises(QGateError):
        applied(OPERATORS[name])


def test_no_matrix_with_nan_is_written_in_pauli_words() -> None:
    with pytest.raises(NotFinite):
        qg.pauli_decompose(ROWS * NAN)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_states_of_any_size_are_normalized(scale: float) -> None:
    state = qg.StatePrep(scale * np.array([[3.0, 4.0], [1.0, 0.0]]), 0, normalize=True)

    np.testing.assert_allclose(state.state_vector(), [[0.6, 0.8], [1.0, 0.0]], rtol=1e-14)


def test_whole_numbers_beyond_64_bits_count_as_float64() -> None:
    assert (2**64 * qg.X(0)).terms()[0][0] == 2.0**64
    with pytest.raises(QGateError):
        10**400 * qg.X(0)

"""Derivatives by arrays of gates and states, against central differences of the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import QuantumFunctionError, UnsupportedDiffMethod

LETTERS = {
    "I": np.eye(2),
    "X": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "Y": np.array([[0.0, -1j], [1j, 0.0]]),
    "Z": np.diag([1.0, -1.0]),
}
ONE = ("X", "Y", "Z")
TWO = tuple(a + b for a in "IXYZ" for b in "IXYZ")[1:]

METHODS: Mapping[str, Mapping[str, Any]] = {
    "backprop": {},
    "adjoint": {},
    "parameter-shift": {},
    "finite-diff": {"approx_order": 2, "strategy": "center"},
    "hadamard": {"mode": "direct"},
}
SHIFTING = ("parameter-shift", "finite-diff", "hadamard")


def unitary(x: Any, words: tuple[str, ...]) -> Any:
    """Return the product of exp(-i x P) over Pauli words; the identity for zeros."""
    matrices = [reduce(np.kron, [LETTERS[letter] for letter in word]) for word in words]
    eye = np.eye(len(matrices[0]))
    factors = [
        anp.cos(each) * eye - 1j * anp.sin(each) * matrix
        for each, matrix in zip(x, matrices, strict=True)
    ]
    return reduce(anp.dot, factors)


def normalized(vector: Any) -> Any:
    return vector / anp.sqrt(anp.sum(anp.real(vector) ** 2 + anp.imag(vector) ** 2))


PREPARED: Mapping[str, tuple[int, Callable[[Any], Any]]] = {
    "StatePrep, complex": (
        8,
        lambda x: qg.StatePrep(normalized(x[:4] + 1j * x[4:]), wires=[1, 2]),
    ),
    "StatePrep, real": (4, lambda x: qg.StatePrep(normalized(x), wires=[1, 2])),
    "AmplitudeEmbedding": (
        3,
        lambda x: qg.AmplitudeEmbedding(x, wires=[2, 1], pad_with=0.3, normalize=True),
    ),
    "MottonenStatePreparation": (
        2,
        lambda x: qg.MottonenStatePreparation(normalized(x), wires=[1]),
    ),
}
GATES: Mapping[str, tuple[int, Callable[[Any], Any]]] = {
    "QubitUnitary, one wire": (3, lambda x: qg.QubitUnitary(unitary(x, ONE), wires=1)),
    "QubitUnitary, two wires": (15, lambda x: qg.QubitUnitary(unitary(x, TWO), wires=[2, 1])),
    "QubitUnitary, real": (
        2,
        lambda x: qg.QubitUnitary(anp.real(unitary(x, ("YX", "IY"))), wires=[0, 2]),
    ),
    "ControlledQubitUnitary": (
        3,
        lambda x: qg.ControlledQubitUnitary(unitary(x, ONE), [0, 1], control_values=[0]),
    ),
    "DiagonalQubitUnitary": (
        4,
        lambda x: qg.DiagonalQubitUnitary(anp.exp(1j * x**2 + 1j * x), wires=[2, 0]),
    ),
    "Adjoint": (3, lambda x: qg.adjoint(qg.QubitUnitary(unitary(x, ONE), wires=2))),
}
CASES = {**PREPARED, **GATES}


def circuit(name: str) -> Callable[[Any], Any]:
    """Return a quantum function with one trainable array, and angles of the same numbers."""

    def function(x: Any) -> Any:
        qg.RX(0.3, wires=0)
        if name in PREPARED:
            CASES[name][1](x)
        qg.RY(0.5 * x[0] + 0.2, wires=0)
        qg.CNOT(wires=[0, 1])
        qg.CRX(0.4, wires=[1, 2])
        if name in GATES:
            CASES[name][1](x)
        qg.RX(0.7, wires=1)
        qg.CRY(0.3, wires=[1, 2])
        observable = qg.Z(1) @ qg.X(0) + 0.3 * qg.Y(2)
        return qg.expval(observable), qg.probs(wires=[0, 2]), qg.var(qg.X(1))

    return function


def numbers(node: Any) -> Callable[[Any], Any]:
    """Return all results of a circuit as one vector."""
    return lambda x: anp.concatenate([anp.reshape(each, (-1,)) for each in node(x)])


def difference(function: Callable[[Any], Any], x: Any, along: Any, step: float = 1e-5) -> Any:
    return (function(x + step * along) - function(x - step * along)) / (2 * step)


def points(name: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a point, singular for common angles every third time, and a direction.

    Singular points are basis states with amplitudes 0, and identity matrices.
    """
    rng = np.random.default_rng(seed)
    size = CASES[name][0]
    x, along = rng.normal(size=size), rng.normal(size=size)
    if seed % 3 == 0:
        x = np.eye(size)[seed % size] if name in PREPARED else np.zeros(size)
    return x, along


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_derivatives_are_those_of_the_values(name: str, method: str, seed: int):
    x, along = points(name, seed)
    values = numbers(qg.QNode(circuit(name), "local", diff_method=None))
    node = qg.QNode(
        circuit(name), "local", diff_method=method, gradient_kwargs=dict(METHODS[method])
    )

    slopes = qg.jacobian(numbers(node))(qnp.array(x, requires_grad=True))

    np.testing.assert_allclose(slopes @ along, difference(values, x, along), atol=1e-6)


@pytest.mark.parametrize("method", ["parameter-shift", "hadamard"])
@pytest.mark.parametrize("name", [name for name in CASES if CASES[name][0] < 10])
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_second_derivatives_are_those_of_the_first(name: str, method: str, seed: int):
    x, along = points(name, seed)
    first = qg.jacobian(numbers(qg.QNode(circuit(name), "local", diff_method="adjoint")))
    node = qg.QNode(
        circuit(name), "local", diff_method=method, gradient_kwargs=dict(METHODS[method])
    )

    found = qg.jacobian(qg.jacobian(numbers(node)))(qnp.array(x, requires_grad=True))

    marked = lambda at: first(qnp.array(at, requires_grad=True))  # noqa: E731
    np.testing.assert_allclose(found @ along, difference(marked, x, along), atol=1e-5)


@pytest.mark.parametrize("method", ["backprop", "parameter-shift"])
def test_second_derivatives_of_an_embedding_hold_at_zero_amplitudes(method: str):
    def function(x: Any) -> Any:
        qg.AmplitudeEmbedding(x, wires=[0, 1], normalize=True)
        return qg.expval(qg.Z(0) @ qg.Z(1))

    second = qg.jacobian(qg.grad(qg.QNode(function, "local", diff_method=method)))

    found = second(qnp.array([1.0, 0.0, 0.0, 0.0], requires_grad=True))

    # Of (a^2 - b^2 - c^2 + d^2) / (a^2 + b^2 + c^2 + d^2).
    np.testing.assert_allclose(found, np.diag([0.0, -4.0, -4.0, 0.0]), atol=1e-9)


@pytest.mark.parametrize("mode", ["standard", "reversed", "direct", "reversed-direct", "auto"])
@pytest.mark.parametrize("name", CASES)
def test_every_mode_of_hadamard_tests_trains_arrays(name: str, mode: str):
    def function(x: Any) -> Any:
        qg.RX(0.3, wires=0)
        CASES[name][1](x)
        qg.CRX(0.7, wires=[2, 1])
        return qg.expval(qg.X(1) @ qg.Y(2) + 0.5 * qg.Y(0))

    x, _ = points(name, 5)
    node = qg.QNode(function, "local", diff_method="hadamard", gradient_kwargs={"mode": mode})

    found = qg.grad(node)(qnp.array(x, requires_grad=True))

    wanted = qg.grad(node.update(diff_method="backprop", gradient_kwargs={}))
    np.testing.assert_allclose(found, wanted(qnp.array(x, requires_grad=True)), atol=1e-9)


@pytest.mark.parametrize("method", ["adjoint", "parameter-shift", "hadamard"])
@pytest.mark.parametrize("name", ["StatePrep, complex", "QubitUnitary, two wires"])
def test_the_state_is_differentiated_with_its_phase(name: str, method: str):
    def function(x: Any) -> Any:
        qg.RY(0.4, wires=0)
        CASES[name][1](x)
        qg.CNOT(wires=[1, 0])
        return qg.state()

    x, along = points(name, 7)
    node = qg.QNode(function, "local", diff_method=method)

    parts = lambda at: anp.concatenate([anp.real(node(at)), anp.imag(node(at))])  # noqa: E731
    found = qg.jacobian(parts)(qnp.array(x, requires_grad=True))

    np.testing.assert_allclose(found @ along, difference(parts, x, along), atol=1e-6)


@pytest.mark.parametrize(
    "matrix", [np.eye(4), qg.matrix(qg.CNOT([0, 1])), np.kron([[0, 1], [1, 0]], np.eye(2))]
)
def test_degenerate_matrices_have_derivatives(matrix: np.ndarray):
    """Of exp(-i x P) U with one word P of each kind, at x = 0, where gates of angles are known."""

    def of_matrix(x: Any) -> Any:
        qg.RX(0.4, wires=0)
        qg.RY(1.1, wires=1)
        qg.QubitUnitary(anp.dot(unitary(x, ("XY", "ZI", "IX")), matrix), wires=[0, 1])
        return qg.expval(qg.X(0) @ qg.Z(1)), qg.expval(qg.Y(1))

    def of_angles(x: Any) -> Any:
        qg.RX(0.4, wires=0)
        qg.RY(1.1, wires=1)
        qg.QubitUnitary(matrix, wires=[0, 1])
        qg.PauliRot(2 * x[2], "IX", wires=[0, 1])
        qg.PauliRot(2 * x[1], "ZI", wires=[0, 1])
        qg.PauliRot(2 * x[0], "XY", wires=[0, 1])
        return qg.expval(qg.X(0) @ qg.Z(1)), qg.expval(qg.Y(1))

    zero = qnp.zeros(3, requires_grad=True)
    wanted = qg.jacobian(numbers(qg.QNode(of_angles, "local", diff_method="adjoint")))(zero)
    for method in SHIFTING:
        node = qg.QNode(
            of_matrix, "local", diff_method=method, gradient_kwargs=dict(METHODS[method])
        )
        np.testing.assert_allclose(qg.jacobian(numbers(node))(zero), wanted, atol=1e-6)


def test_directions_that_leave_the_unitaries_do_not_count():
    """The entries of an array as arguments: a scaled state is the same state."""

    @qg.qnode("local", diff_method="parameter-shift")
    def function(amplitudes: Any) -> Any:
        qg.StatePrep(amplitudes, wires=0)
        return qg.expval(qg.Z(0))

    found = qg.grad(function)(qnp.array([0.6, 0.8], requires_grad=True))

    # Of (a^2 - b^2) / (a^2 + b^2).
    np.testing.assert_allclose(found, [4 * 0.6 * 0.64, -4 * 0.36 * 0.8], atol=1e-12)


@pytest.mark.parametrize("name", ["StatePrep, complex", "StatePrep, real"])
def test_a_batch_of_states_has_a_derivative_for_each(name: str):
    size, _ = CASES[name]
    rows = np.random.default_rng(3).normal(size=(3, size))

    def function(x: Any) -> Any:
        states = x if size == 4 else x[:, :4] + 1j * x[:, 4:]
        norms = anp.sqrt(anp.sum(anp.real(states) ** 2 + anp.imag(states) ** 2, axis=1))
        qg.StatePrep(states / anp.reshape(norms, (-1, 1)), wires=[0, 1])
        qg.CRX(0.5, wires=[0, 1])
        return qg.expval(qg.Y(1))

    def single(x: Any) -> Any:
        states = x if size == 4 else x[:4] + 1j * x[4:]
        qg.StatePrep(normalized(states), wires=[0, 1])
        qg.CRX(0.5, wires=[0, 1])
        return qg.expval(qg.Y(1))

    found = qg.jacobian(qg.QNode(function, "local", diff_method="parameter-shift"))(
        qnp.array(rows, requires_grad=True)
    )

    alone = qg.QNode(single, "local", diff_method=None)
    for row, slopes in enumerate(found):
        for along in np.eye(size):
            wanted = difference(alone, rows[row], along)
            np.testing.assert_allclose(slopes[row] @ along, wanted, atol=1e-8)
        np.testing.assert_array_equal(np.delete(slopes, row, axis=0), 0.0)


def executions(name: str, method: str) -> int:
    """Return the number of circuits of a gradient by an array, the value included."""

    def function(x: Any) -> Any:
        qg.RX(0.3, wires=0)
        CASES[name][1](x)
        return qg.expval(qg.Z(1) @ qg.X(0) @ qg.Z(2))

    x, _ = points(name, 1)
    node = qg.QNode(function, "local?shots=10&seed=1", diff_method=method)
    with qg.Tracker() as tracker:
        qg.grad(node)(qnp.array(x, requires_grad=True))
    return int(tracker.totals["executions"])


@pytest.mark.parametrize(
    ("name", "degrees"),
    [
        ("QubitUnitary, one wire", 3),
        ("QubitUnitary, two wires", 15),
        ("StatePrep, complex", 6),
        ("StatePrep, real", 3),
        ("DiagonalQubitUnitary", 3),
    ],
)
def test_there_are_two_circuits_for_each_degree_of_freedom(name: str, degrees: int):
    assert executions(name, "parameter-shift") == 1 + 2 * degrees


def test_simultaneous_perturbation_moves_an_array_at_once():
    assert executions("StatePrep, complex", "spsa") == 3


def with_arrays(x: Any) -> Any:
    qg.StatePrep(qg.Rot.compute_matrix(x[0], x[1], 0.4)[:, 0], wires=0)
    qg.RY(x[0], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.QubitUnitary(qg.CRot.compute_matrix(x[1], x[2], x[0] * x[2]), wires=[1, 0])
    return qg.expval(qg.X(0) @ qg.Z(1) + 0.4 * qg.Y(1))


def with_gates(x: Any) -> Any:
    qg.Rot(x[0], x[1], 0.4, wires=0)
    qg.RY(x[0], wires=1)
    qg.CNOT(wires=[0, 1])
    qg.CRot(x[1], x[2], x[0] * x[2], wires=[1, 0])
    return qg.expval(qg.X(0) @ qg.Z(1) + 0.4 * qg.Y(1))


TRANSFORMS: Mapping[str, Callable[[Any], Any]] = {
    "param_shift": qg.gradients.param_shift,
    "finite_diff": lambda node: qg.gradients.finite_diff(node, approx_order=2, strategy="center"),
    "hadamard_grad": qg.gradients.hadamard_grad,
    "param_shift_hessian": qg.gradients.param_shift_hessian,
    "metric_tensor": qg.metric_tensor,
    "adjoint_metric_tensor": qg.adjoint_metric_tensor,
    "classical_fisher": qg.gradients.classical_fisher,
    "quantum_fisher": qg.gradients.quantum_fisher,
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_give_what_they_give_for_gates(name: str):
    x = qnp.array([0.3, -0.7, 0.9], requires_grad=True)

    found = TRANSFORMS[name](qg.QNode(with_arrays, "local"))(x)

    wanted = TRANSFORMS[name](qg.QNode(with_gates, "local"))(x)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_estimates_of_gradients_take_arrays():
    x = qnp.array([0.3, -0.7, 0.9], requires_grad=True)
    node = qg.QNode(with_arrays, qg.device("local", seed=4), shots=qg.Budget(shots=200_000))

    found = qg.gradient_estimate(node)(x)

    wanted = qg.grad(qg.QNode(with_gates, "local"))(x)
    assert (np.abs(found.gradient - wanted) < 5 * found.standard_error).all()


@pytest.mark.parametrize(
    "optimizer",
    [qg.GradientDescentOptimizer, partial(qg.QNGOptimizer, approx=None), qg.AdamOptimizer],
)
def test_optimizers_take_the_steps_that_they_take_with_gates(optimizer: Any):
    x = qnp.array([0.3, -0.7, 0.9], requires_grad=True)
    node = qg.QNode(with_arrays, "local", diff_method="parameter-shift")

    found = optimizer(0.2).step(node, x)

    wanted = optimizer(0.2).step(qg.QNode(with_gates, "local"), x)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("device", ["local", "braket:local"])
def test_a_trained_state_is_prepared_first(device: str):
    @qg.qnode(device, diff_method="parameter-shift")
    def function(x: Any) -> Any:
        qg.RX(0.3, wires=1)
        qg.StatePrep(normalized(x), wires=[0, 1])
        return qg.expval(qg.Z(0))

    with pytest.raises(QuantumFunctionError, match=r"prepares the wires \[1\] after"):
        qg.grad(function)(qnp.array([0.1, 0.2, 0.3, 0.4], requires_grad=True))


def test_a_third_derivative_is_refused():
    node = qg.QNode(circuit("StatePrep, real"), "local", diff_method="parameter-shift")
    third = qg.jacobian(qg.jacobian(qg.jacobian(lambda x: node(x)[0])))

    with pytest.raises(UnsupportedDiffMethod, match="has them up to order 2"):
        third(qnp.array([0.1, 0.2, 0.3, 0.4], requires_grad=True))


def test_a_state_of_many_wires_is_refused_with_what_to_do():
    @qg.qnode("local", diff_method="parameter-shift")
    def function(x: Any) -> Any:
        qg.StatePrep(x, wires=range(11), normalize=True)
        return qg.expval(qg.Z(0))

    with pytest.raises(UnsupportedDiffMethod, match=r"on up to 10 wires.*backprop"):
        qg.grad(function)(qnp.ones(2**11, requires_grad=True))


def test_an_observable_is_not_trained_by_shifts():
    @qg.qnode("local", diff_method="parameter-shift")
    def function(x: Any) -> Any:
        qg.RX(0.3, wires=0)
        return qg.expval(qg.Hermitian(x, wires=0))

    with pytest.raises(UnsupportedDiffMethod, match="is trained by a whole array"):
        qg.jacobian(function)(qnp.eye(2, requires_grad=True))


@pytest.mark.parametrize("name", ["QubitUnitary, two wires", "StatePrep, real"])
def test_best_keeps_backprop_where_there_is_a_state(name: str):
    explanation = qg.gradients.explain(qg.QNode(circuit(name), "local"))(
        qnp.ones(CASES[name][0], requires_grad=True)
    )

    assert explanation.method == "backprop"
    assert explanation.others["parameter-shift"] == explanation.others["adjoint"] == "can"

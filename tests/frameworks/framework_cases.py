"""Cases for every framework; each has a test class made of them.

An ``Adapter`` describes how a framework makes arrays and takes derivatives. Results are compared
with those of autograd for the same circuits, which other tests compare with mathematics.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.base import Device
from qgate.devices.capabilities import Capabilities
from qgate.devices.job import Job
from qgate.exceptions import (
    DeviceError,
    DifferentiationError,
    InterfaceMismatch,
    JobFailed,
    NotFinite,
    UnsupportedDiffMethod,
)

X = np.array([0.31, -0.42])
Y = np.array(0.73)

EXACT = ("best", "backprop", "adjoint", "parameter-shift", "finite-diff", "hadamard")
ANY_ORDER = ("best", "backprop", "parameter-shift")

STATE_LIKE: dict[str, Callable[[], Any]] = {
    "probs": lambda: qg.probs(wires=[0, 1]),
    "var": lambda: qg.var(qg.Z(0) @ qg.X(1) + 0.3 * qg.Y(0)),
    "vn_entropy": lambda: qg.vn_entropy([0]),
    "mutual_info": lambda: qg.mutual_info([0], [1]),
    "purity": lambda: qg.purity([0]),
    "state": qg.state,
    "density_matrix": lambda: qg.density_matrix([1]),
}


ARRAYS: dict[str, Callable[[Any], Any]] = {
    "AmplitudeEmbedding": lambda x: qg.AmplitudeEmbedding(
        x, wires=[0, 1], pad_with=0.3, normalize=True
    ),
    "StatePrep": lambda x: qg.StatePrep(
        qg.Rot.compute_matrix(x[0], x[1], x[0] * x[1])[:, 0], wires=1
    ),
    "QubitUnitary on one wire": lambda x: qg.QubitUnitary(
        qg.Rot.compute_matrix(x[0], x[1], x[0] * x[1]), wires=1
    ),
    "QubitUnitary on two wires": lambda x: qg.QubitUnitary(
        qg.IsingXY.compute_matrix(x[0]) @ qg.CRot.compute_matrix(x[1], x[0], 0.3), wires=[1, 0]
    ),
}
"""Operations with a trainable array made of two numbers."""


@dataclass(frozen=True)
class Adapter:
    """Functions of a framework that make arrays and take derivatives.

    Parameters
    ----------
    name : str
        Of the interface.
    array, numbers : callable
        From numpy to the framework, and back.
    jacobian : callable
        The function that gives the derivatives of a function by its argument number ``argnum``.
    compiled : callable
        The function as the framework compiles it.
    absolute : callable
        The modulus of complex numbers.
    dtype_name : callable
        The name of the type of an array's numbers, as numpy has it.
    """

    name: str
    array: Callable[..., Any]
    numbers: Callable[[Any], Any]
    jacobian: Callable[..., Callable[..., Any]]
    compiled: Callable[[Callable[..., Any]], Callable[..., Any]]
    absolute: Callable[[Any], Any]
    dtype_name: Callable[[Any], str]


def circuit(x: Any, y: Any) -> None:
    """Two wires, a parameter that is used twice, functions of parameters."""
    qg.RX(x[0], wires=0)
    qg.RY(x[1] * 2, wires=1)
    qg.CNOT([0, 1])
    qg.CRY(x[0] * y, wires=[1, 0])
    qg.RZ(y, wires=1)
    qg.RY(0.3, wires=1)


def qnode(
    measure: Callable[[], Any], device: Any = None, diff_method: Any = "best", **options: Any
) -> qg.QNode:
    """Return the circuit as a QNode that returns one measurement."""

    def function(x: Any, y: Any) -> Any:
        circuit(x, y)
        return measure()

    return qg.QNode(function, device or qg.device("local"), diff_method=diff_method, **options)


def energy() -> Any:
    """Return an expectation value of a sum."""
    return qg.expval(qg.Z(0) @ qg.Z(1) + 0.5 * qg.X(1))


def reference(measure: Callable[[], Any], argnum: int, order: int = 1) -> Any:
    """Return the result of autograd through the simulation."""
    node = qnode(measure, diff_method="backprop")
    function: Any = node
    if np.iscomplexobj(np.asarray(node(X, Y))):
        function = partial(_absolute, node)
    for _ in range(order):
        function = qg.jacobian(function, argnum)
    return function(qnp.array(X), qnp.array(Y))


def _absolute(node: qg.QNode, *args: Any) -> Any:
    return qnp.abs(node(*args))


class Broken(Device):
    """Fails for each request that exceeds its capacity."""

    capabilities = Capabilities(
        gates=frozenset({"RX", "RY", "RZ", "CNOT"}), exact=frozenset({"probs"})
    )
    name = "broken"

    def submit(self, sweeps: Sequence[Any]) -> Job:
        raise DeviceError("The queue is closed.")


class Failing(Broken):
    """Submits jobs that fail because of an error of the provider's package."""

    name = "failing"

    def submit(self, sweeps: Sequence[Any]) -> Job:
        error = JobFailed(device=self.name, job="job-7", reason="the cryostat is warm")
        raise error from OSError("503")


def failing(x: Any) -> Any:
    """Call a circuit on a device whose jobs fail."""
    return FAILING(x)


def _failing(x: Any) -> Any:
    qg.RX(x, wires=0)
    return qg.expval(qg.Z(0))


FAILING = qg.QNode(_failing, Failing(), diff_method="parameter-shift")


def assert_is_of_the_device(error: Any, wrapped_in: type[BaseException]) -> None:
    """Check that an error is the device's own, with all its causes."""
    assert type(error) is JobFailed
    assert (error.job, error.device, error.reason) == ("job-7", "failing", "the cryostat is warm")
    assert isinstance(error.__cause__, wrapped_in)
    assert "Job job-7 on failing failed" in str(error.__cause__)
    assert isinstance(error.__cause__.__cause__, OSError)


class FailingStates:
    """States whose derivatives fail."""

    size = 2

    def require(self, order: int) -> None:
        """Allow every order."""

    def fixing(self, numbers: Sequence[Any]) -> FailingStates:
        return self

    def __call__(self, x: Any) -> Any:
        return np.ones((len(x), self.size), complex)

    def jvp(self, x: Any, tangents: Any) -> Any:
        raise JobFailed(device="failing", job="job-7", reason="the cryostat is warm")

    vjp = jvp


class FrameworkCases:
    """The tests; a subclass names its ``adapter``."""

    adapter: Adapter

    def arrays(self) -> tuple[Any, Any]:
        """Return the arguments of the circuit in the framework."""
        return self.adapter.array(X), self.adapter.array(Y)

    def derivative(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Return the derivative of a function of one number."""
        found: Callable[[Any], Any] = self.adapter.jacobian(function, 0)
        return found

    def test_integer_arrays_are_wire_labels(self) -> None:
        label, labels = (self.adapter.array(given, "int64") for given in (3, [3, 1]))

        def circuit() -> Any:
            qg.RX(0.4, label)
            qg.CNOT(labels)
            return qg.expval(qg.Z(labels[1])), qg.probs(wires=[label])

        value, chances = qg.QNode(circuit, qg.device("local", wires=4))()

        assert value == pytest.approx(np.cos(0.4))
        np.testing.assert_allclose(chances, [np.cos(0.2) ** 2, np.sin(0.2) ** 2])
        assert qg.X(label).wires == qg.X([label]).wires == (3,)
        assert type(qg.CNOT(labels).wires[0]) is int

    @pytest.mark.parametrize("method", EXACT)
    @pytest.mark.parametrize("argnum", [0, 1])
    def test_gradients_are_those_of_autograd(self, method: str, argnum: int) -> None:
        node = qnode(energy, diff_method=method)
        found = self.adapter.jacobian(node, argnum)(*self.arrays())
        tolerance = 1e-6 if method == "finite-diff" else 1e-8
        np.testing.assert_allclose(
            self.adapter.numbers(found), reference(energy, argnum), atol=tolerance
        )

    @pytest.mark.parametrize("method", EXACT)
    def test_gradients_are_the_same_when_compiled(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        found = self.adapter.compiled(self.adapter.jacobian(node, 0))(*self.arrays())
        tolerance = 1e-6 if method == "finite-diff" else 1e-8
        np.testing.assert_allclose(
            self.adapter.numbers(found), reference(energy, 0), atol=tolerance
        )

    @pytest.mark.parametrize("method", ["adjoint", "backprop", "parameter-shift"])
    def test_probabilities_of_noise_are_differentiated(self, method: str) -> None:
        def function(x: Any) -> Any:  # (1 - 2 p) ((1 - g) cos(a) + g)
            qg.RX(x[0], wires=0)
            qg.AmplitudeDamping(x[1], wires=0)
            qg.BitFlip(x[2], wires=0)
            return qg.expval(qg.Z(0))

        node = qg.QNode(function, "local", diff_method=method)
        found = self.adapter.jacobian(node, 0)(self.adapter.array(np.array([0.4, 0.3, 0.1])))

        cosine, sine = np.cos(0.4), np.sin(0.4)
        exact = [-0.8 * 0.7 * sine, 0.8 * (1 - cosine), -2 * (0.7 * cosine + 0.3)]
        np.testing.assert_allclose(self.adapter.numbers(found), exact, atol=1e-8)

    def test_the_state_after_noise_has_second_derivatives(self) -> None:
        def function(p: Any) -> Any:
            qg.Hadamard(wires=0)
            qg.PhaseDamping(p, wires=0)
            return qg.purity(wires=0)  # 1 - p / 2

        node = qg.QNode(function, "local", diff_method="backprop")
        first = self.derivative(node)
        at = self.adapter.array(np.array(0.3))

        assert float(self.adapter.numbers(first(at))) == pytest.approx(-0.5)
        assert float(self.adapter.numbers(self.derivative(first)(at))) == pytest.approx(0, abs=1e-9)

    @pytest.mark.parametrize("method", ["adjoint", "parameter-shift"])
    def test_gates_under_conditions_are_differentiated(self, method: str) -> None:
        def function(x: Any) -> Any:
            qg.RY(x[0], wires=0)
            outcome = qg.measure(0, reset=True)
            qg.cond(outcome, qg.RX)(x[1], wires=1)
            qg.RX(x[1], wires=0)
            qg.measure(0, postselect=1)
            return qg.expval(qg.Z(1))

        node = qg.QNode(function, "local", diff_method=method)
        x = self.adapter.array(X)

        found = self.adapter.jacobian(node, 0)(x)
        compiled = self.adapter.compiled(node)(x)

        flips = np.sin(X[0] / 2) ** 2
        expected = [np.sin(X[0]) / 2 * (np.cos(X[1]) - 1), -flips * np.sin(X[1])]
        np.testing.assert_allclose(self.adapter.numbers(found), expected, atol=1e-10)
        value = 1 - flips + flips * np.cos(X[1])
        np.testing.assert_allclose(self.adapter.numbers(compiled), value, atol=1e-10)

    def test_a_kernel_is_trained_with_one_batch_of_circuits(self) -> None:
        def embed(x: Any, weights: Any) -> None:
            qg.AngleEmbedding(x, wires=range(2))
            qg.AngleEmbedding(weights, wires=range(2), rotation="Y")
            qg.CNOT([0, 1])
            qg.AngleEmbedding(x, wires=range(2), rotation="Z")

        points, labels = np.array([[0.1, 0.9], [-0.4, 0.3], [0.6, -0.8]]), [1, -1, 1]
        device = qg.device("local")
        kernel = qg.kernels.EmbeddingKernel(embed, device, diff_method="parameter-shift")

        def align(weights: Any) -> Any:
            return kernel.target_alignment(self.adapter.array(points), labels, weights)

        with qg.Tracker(device) as tracker:
            found = self.adapter.jacobian(align, 0)(self.adapter.array(X))

        def plain(weights: Any) -> Any:
            return kernel.target_alignment(points, labels, weights)

        wanted = qg.grad(plain)(qnp.array(X, requires_grad=True))
        np.testing.assert_allclose(self.adapter.numbers(found), wanted, atol=1e-8)
        assert tracker.totals["submissions"] <= 2  # values, and shifted circuits on request

    @pytest.mark.parametrize("kind", STATE_LIKE)
    def test_backprop_differentiates_whatever_the_state_gives(self, kind: str) -> None:
        node = qnode(STATE_LIKE[kind], diff_method="backprop")
        value = node(*self.arrays())
        np.testing.assert_allclose(
            self.adapter.numbers(value), qnode(STATE_LIKE[kind])(X, Y), atol=1e-10
        )
        complex_result = np.iscomplexobj(self.adapter.numbers(value))
        absolute = self.adapter.absolute if complex_result else (lambda result: result)
        found = self.adapter.jacobian(lambda x, y: absolute(node(x, y)), 0)(*self.arrays())
        np.testing.assert_allclose(
            self.adapter.numbers(found), reference(STATE_LIKE[kind], 0), atol=1e-8
        )

    @pytest.mark.parametrize("kind", STATE_LIKE)
    @pytest.mark.parametrize("method", ["adjoint", "parameter-shift"])
    def test_other_methods_differentiate_it_as_well(self, kind: str, method: str) -> None:
        node = qnode(STATE_LIKE[kind], diff_method=method)
        complex_result = np.iscomplexobj(self.adapter.numbers(node(*self.arrays())))
        absolute = self.adapter.absolute if complex_result else (lambda result: result)
        found = self.adapter.jacobian(lambda x, y: absolute(node(x, y)), 0)(*self.arrays())
        np.testing.assert_allclose(
            self.adapter.numbers(found), reference(STATE_LIKE[kind], 0), atol=1e-8
        )

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_second_derivatives_agree_with_the_shifted_hessian(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        jacobian = self.adapter.jacobian
        found = jacobian(jacobian(node, 0), 0)(*self.arrays())
        shifted = qg.gradients.param_shift_hessian(qnode(energy))(
            qnp.array(X), qnp.array(Y, requires_grad=False)
        )
        np.testing.assert_allclose(self.adapter.numbers(found), shifted, atol=1e-8)

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_third_derivatives_agree_with_differences(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        jacobian = self.adapter.jacobian
        found = jacobian(jacobian(jacobian(node, 0), 0), 0)(*self.arrays())
        step = 1e-4
        exact = qnode(energy, diff_method="backprop")
        hessian = qg.jacobian(qg.jacobian(exact, 0), 0)
        for index in range(2):
            ahead, behind = X.copy(), X.copy()
            ahead[index] += step
            behind[index] -= step
            difference = (hessian(ahead, Y) - hessian(behind, Y)) / (2 * step)
            np.testing.assert_allclose(
                self.adapter.numbers(found)[..., index], difference, atol=1e-6
            )

    @pytest.mark.parametrize("method", ["parameter-shift", "finite-diff", "hadamard", "spsa"])
    def test_gradients_from_shots_lie_within_five_standard_errors(self, method: str) -> None:
        shots, repetitions = 2000, 12
        options = {"num_directions": 8} if method == "spsa" else {}
        device = qg.device("local", shots=shots, seed=11)
        node = qnode(energy, device, method, gradient_kwargs=options)
        found = [
            self.adapter.numbers(self.adapter.jacobian(node, 0)(*self.arrays()))
            for _ in range(repetitions)
        ]
        error = np.std(found, axis=0, ddof=1) / np.sqrt(repetitions)
        bias = 0.02 if method in ("finite-diff", "spsa") else 0.0
        assert np.all(abs(np.mean(found, axis=0) - reference(energy, 0)) < 5 * error + bias)

    @pytest.mark.parametrize("measure", [energy, STATE_LIKE["probs"]])
    def test_a_jacobian_runs_each_circuit_once(self, measure: Callable[[], Any]) -> None:
        device = qg.device("local")
        node = qnode(measure, device, "parameter-shift")
        with qg.Tracker(device) as expected:
            qg.jacobian(node, 0)(qnp.array(X), Y)
        with qg.Tracker(device) as tracker:
            self.adapter.jacobian(node, 0)(*self.arrays())
        assert tracker.totals["executions"] == expected.totals["executions"]

    def test_coefficients_are_trained_by_every_method(self) -> None:
        for method in EXACT:

            def function(c: Any, x: Any) -> Any:
                qg.RX(x, wires=0)
                return qg.expval(qg.Hamiltonian(c, [qg.Z(0), qg.Y(0)]))

            node = qg.QNode(function, qg.device("local"), diff_method=method)
            found = self.adapter.jacobian(node, 0)(
                self.adapter.array(np.array([0.4, 0.7])), self.adapter.array(Y)
            )
            np.testing.assert_allclose(
                self.adapter.numbers(found), [np.cos(Y), -np.sin(Y)], atol=1e-8
            )

    def test_matrices_and_states_are_trained_by_backprop(self) -> None:
        def function(amplitudes: Any) -> Any:
            qg.StatePrep(amplitudes, wires=[0], normalize=True)
            return qg.expval(qg.Z(0))

        node = qg.QNode(function, qg.device("local"), diff_method="best")
        vector = np.array([0.6, 0.5])
        found = self.adapter.jacobian(node, 0)(self.adapter.array(vector))
        a, b = vector
        square = (a * a + b * b) ** 2
        np.testing.assert_allclose(
            self.adapter.numbers(found), [4 * a * b * b / square, -4 * a * a * b / square]
        )

        def of_matrix(matrix: Any) -> Any:
            qg.RY(0.4, wires=0)
            return qg.expval(qg.Hermitian(matrix, wires=0))

        node = qg.QNode(of_matrix, qg.device("local"), diff_method="backprop")
        found = self.adapter.jacobian(node, 0)(self.adapter.array(np.diag([1.0, -1.0])))
        psi = np.array([np.cos(0.2), np.sin(0.2)])
        np.testing.assert_allclose(self.adapter.numbers(found), np.outer(psi, psi), atol=1e-10)

    @pytest.mark.parametrize("compiled", [False, True])
    @pytest.mark.parametrize("method", ["adjoint", "parameter-shift", "finite-diff", "hadamard"])
    @pytest.mark.parametrize("name", ARRAYS)
    def test_arrays_are_trained_by_every_method(
        self, name: str, method: str, compiled: bool
    ) -> None:
        def function(x: Any) -> Any:
            qg.RX(0.5, wires=2)
            ARRAYS[name](x)
            qg.CRX(0.4, wires=[0, 2])
            qg.CRY(x[0], wires=[1, 0])
            return qg.probs(wires=[0, 2])

        options = {"mode": "direct"} if method == "hadamard" else {}
        node = qg.QNode(function, "local", diff_method=method, gradient_kwargs=options)
        derivative = self.adapter.jacobian(node, 0)
        if compiled:
            derivative = self.adapter.compiled(derivative)
        values = qg.QNode(function, "local", diff_method=None)
        for x in (X, 0.0 * X):
            found = self.adapter.numbers(derivative(self.adapter.array(x)))
            steps = 1e-5 * np.eye(2)
            columns = [(values(x + step) - values(x - step)) / 2e-5 for step in steps]
            np.testing.assert_allclose(found, np.stack(columns, axis=-1), atol=1e-6)

    @pytest.mark.parametrize("name", ARRAYS)
    def test_arrays_have_second_derivatives(self, name: str) -> None:
        def function(x: Any) -> Any:
            ARRAYS[name](x)
            qg.CRX(0.4, wires=[0, 1])
            return qg.expval(qg.Y(1) + 0.5 * qg.Z(0))

        node = qg.QNode(function, "local", diff_method="parameter-shift")
        second = self.adapter.jacobian(self.adapter.jacobian(node, 0), 0)
        first = qg.grad(qg.QNode(function, "local", diff_method="adjoint"), argnums=0)
        steps = 1e-5 * np.eye(2)
        columns = [(first(X + step) - first(X - step)) / 2e-5 for step in steps]
        found = self.adapter.numbers(second(self.adapter.array(X)))
        np.testing.assert_allclose(found, np.stack(columns, axis=-1), atol=1e-6)

    def test_the_matrix_of_an_observable_is_refused_elsewhere_with_the_reason(self) -> None:
        def function(matrix: Any) -> Any:
            qg.RY(0.4, wires=0)
            return qg.expval(qg.Hermitian(matrix, wires=0))

        node = qg.QNode(function, qg.device("local"), diff_method="parameter-shift")
        matrix = self.adapter.array(np.diag([1.0, -1.0]))
        assert float(self.adapter.numbers(node(matrix))) == pytest.approx(np.cos(0.4))
        with pytest.raises(UnsupportedDiffMethod, match="backprop"):
            self.adapter.jacobian(node, 0)(matrix)

    @pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
    def test_probabilities_of_the_eigenvalues_of_a_matrix_are_differentiated(
        self, method: str
    ) -> None:
        matrix = np.array([[0.3, 0.2 - 0.1j], [0.2 + 0.1j, -0.6]])
        _, vectors = np.linalg.eigh(matrix)

        def function(x: Any) -> Any:
            qg.RX(x, wires=0)
            return qg.probs(op=qg.Hermitian(matrix, wires=0))

        node = qg.QNode(function, "local", diff_method=method)
        found = self.adapter.numbers(self.adapter.jacobian(node, 0)(self.adapter.array(Y)))

        state = np.array([np.cos(Y / 2), -1j * np.sin(Y / 2)])
        change = np.array([-np.sin(Y / 2), -1j * np.cos(Y / 2)]) / 2
        amplitudes, changes = vectors.conj().T @ state, vectors.conj().T @ change
        np.testing.assert_allclose(found, 2 * np.real(amplitudes.conj() * changes), atol=1e-8)

    @pytest.mark.parametrize("name", ["uint8", "int8", "int32", "float16", "bfloat16"])
    def test_narrow_numbers_count_as_float64(self, name: str) -> None:
        def circuit(features: Any, time: Any) -> Any:
            qg.AmplitudeEmbedding(features, [0, 1], pad_with=3, normalize=True)
            qg.evolve(qg.X(0) + 0.3 * qg.Z(1), time)
            qg.adjoint(qg.RY(time, 0), lazy=False)
            return qg.probs(wires=[0, 1])

        node = qg.QNode(circuit, "local")
        given = np.array([100.0, 50.0, 12.0]), np.array(3.0)

        value = node(*(self.adapter.array(numbers, name) for numbers in given))

        coarse = {"float16": 1e-3, "bfloat16": 1e-2}
        found = np.array(value.tolist() if hasattr(value, "tolist") else value.numpy(), float)
        np.testing.assert_allclose(found, node(*given), atol=coarse.get(name, 1e-12))

    def test_whole_numbers_leave_the_precision_of_others(self) -> None:
        def circuit(bits: Any, x: Any) -> Any:
            qg.AngleEmbedding(bits, wires=[0, 1])
            qg.RX(x, wires=0)
            return qg.expval(qg.Z(0))

        bits = self.adapter.array(np.array([1, 2]), "int32")
        value = qg.QNode(circuit, "local")(bits, self.adapter.array(Y, "float32"))
        assert self.adapter.dtype_name(value) == "float32"
        assert float(self.adapter.numbers(value)) == pytest.approx(np.cos(1 + Y), abs=1e-6)

    @pytest.mark.parametrize("name", ["float32", "float64"])
    def test_the_precision_is_kept(self, name: str) -> None:
        for method in ("best", "backprop", "parameter-shift"):
            node = qnode(energy, diff_method=method)
            x, y = self.adapter.array(X, name), self.adapter.array(Y, name)
            assert self.adapter.dtype_name(node(x, y)) == name
            found = self.adapter.jacobian(node, 0)(x, y)
            assert self.adapter.dtype_name(found) == name
            np.testing.assert_allclose(self.adapter.numbers(found), reference(energy, 0), atol=1e-5)
        state = qnode(qg.state, diff_method="backprop")(
            self.adapter.array(X, name), self.adapter.array(Y, name)
        )
        wanted = {"float32": "complex64", "float64": "complex128"}[name]
        assert self.adapter.dtype_name(state) == wanted

    def test_a_batch_is_one_sweep(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        batch = np.stack([X, X + 0.3, X - 0.2], axis=-1)
        with qg.Tracker(device) as tracker:
            found = self.adapter.jacobian(node, 0)(self.adapter.array(batch), self.adapter.array(Y))
        assert tracker.totals["submissions"] <= 2
        for row in range(3):
            alone = self.adapter.jacobian(node, 0)(
                self.adapter.array(batch[:, row]), self.adapter.array(Y)
            )
            np.testing.assert_allclose(
                self.adapter.numbers(found)[row, :, row], self.adapter.numbers(alone), atol=1e-10
            )

    def test_entropies_have_derivatives_of_fourth_order(self) -> None:
        def circuit(x: Any) -> Any:
            qg.RX(x, wires=0)
            qg.CNOT([0, 1])
            return qg.vn_entropy([0])

        def closed(x: Any) -> Any:
            chance = qnp.cos(x / 2) ** 2
            return -chance * qnp.log(chance) - (1 - chance) * qnp.log(1 - chance)

        found: Any = qg.QNode(circuit, "local", diff_method="backprop")
        for _ in range(4):
            found, closed = self.derivative(found), qg.grad(closed, 0)

        value = self.adapter.numbers(found(self.adapter.array(Y)))
        assert value == pytest.approx(float(closed(float(Y))), rel=1e-8)

    def test_an_error_of_the_device_keeps_what_it_knows_and_its_cause(self) -> None:
        angle = self.adapter.array(Y)
        for run in (failing, self.adapter.jacobian(failing, 0)):
            with pytest.raises(JobFailed, match="the cryostat is warm") as raised:
                run(angle)
            error = raised.value
            assert error.job == "job-7"
            causes = [error.__cause__, getattr(error.__cause__, "__cause__", None)]
            assert any(isinstance(cause, OSError) for cause in causes)

    def test_an_error_of_the_device_arrives_as_itself(self) -> None:
        node = qnode(lambda: qg.expval(qg.Z(0)), Broken(), "parameter-shift")
        with pytest.raises(DeviceError, match="The queue is closed"):
            node(*self.arrays())
        with pytest.raises(DeviceError, match="The queue is closed"):
            self.adapter.jacobian(node, 0)(*self.arrays())

    def test_four_threads_on_one_qnode(self) -> None:
        for method in ("best", "backprop", "parameter-shift"):
            node = qnode(energy, diff_method=method)

            def slope(shift: float, node: qg.QNode = node) -> Any:
                x = self.adapter.array(X + shift)
                return self.adapter.numbers(
                    self.adapter.jacobian(node, 0)(x, self.adapter.array(Y))
                )

            shifts = np.linspace(0, 1, 12)
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(slope, shifts))
            exact = qnode(energy, diff_method="backprop")
            for shift, gradient in zip(shifts, found, strict=True):
                wanted = qg.jacobian(exact, 0)(X + shift, Y)
                np.testing.assert_allclose(gradient, wanted, atol=1e-8)

    def test_single_shots_are_returned_and_not_differentiated(self) -> None:
        device = qg.device("local", shots=20, seed=3)
        node = qnode(lambda: qg.sample(wires=[0, 1]), device, "parameter-shift")
        assert self.adapter.numbers(node(*self.arrays())).shape == (20, 2)
        counted = qnode(lambda: qg.counts(wires=[0, 1]), device, "parameter-shift")
        assert sum(counted(*self.arrays()).values()) == 20

    def test_derivatives_beyond_max_diff_are_refused(self) -> None:
        node = qnode(energy, diff_method="parameter-shift", max_diff=1)
        jacobian = self.adapter.jacobian
        jacobian(node, 0)(*self.arrays())
        with pytest.raises(DifferentiationError, match="max_diff=1"):
            jacobian(jacobian(node, 0), 0)(*self.arrays())

    def test_adjoint_refuses_second_derivatives(self) -> None:
        node = qnode(energy, diff_method="adjoint")
        jacobian = self.adapter.jacobian
        with pytest.raises(UnsupportedDiffMethod, match="first derivatives"):
            jacobian(jacobian(node, 0), 0)(*self.arrays())

    def test_a_switched_off_method_says_how_to_get_derivatives(self) -> None:
        node = qnode(energy, diff_method=None)
        assert self.adapter.numbers(node(*self.arrays())) == pytest.approx(
            float(qnode(energy)(X, Y))
        )
        with pytest.raises(DifferentiationError, match="diff_method='best'"):
            self.adapter.jacobian(node, 0)(*self.arrays())

    def test_another_interface_is_refused(self) -> None:
        other = "torch" if self.adapter.name != "torch" else "autograd"
        node = qnode(energy, interface="autograd" if other == "torch" else other)
        with pytest.raises(InterfaceMismatch, match=self.adapter.name):
            node(*self.arrays())

    def test_without_an_interface_values_are_numpy(self) -> None:
        node = qnode(energy, interface=None)
        assert isinstance(node(*self.arrays()), np.ndarray | np.floating)

    def test_numbers_that_are_not_finite_are_refused(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        with pytest.raises(NotFinite):
            self.adapter.jacobian(node, 0)(
                self.adapter.array(np.array([np.nan, 0.0])), self.adapter.array(Y)
            )

    def test_operators_take_numbers_of_the_framework(self) -> None:
        number = self.adapter.array(np.array(2.0))
        for operator in (number * qg.Z(0), qg.Z(0) * number, qg.s_prod(number, qg.Z(0))):
            np.testing.assert_allclose(self.adapter.numbers(qg.matrix(operator)), np.diag([2, -2]))
        gate = qg.RX(self.adapter.array(Y), wires=0)
        assert type(gate.data[0]) is type(number)
        assert type(qg.matrix(gate)) is type(number)
        np.testing.assert_allclose(
            self.adapter.numbers(qg.matrix(gate)), qg.matrix(qg.RX(float(Y), wires=0))
        )

    def test_a_tape_runs_with_numbers_of_the_framework(self) -> None:
        tape = qg.tape.QuantumScript([qg.RX(self.adapter.array(Y), 0)], [qg.expval(qg.Z(0))])
        (value,) = qg.execute([tape], "local")
        assert self.adapter.numbers(value) == pytest.approx(np.cos(Y))

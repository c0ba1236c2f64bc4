"""Cases of the gradient transforms for every framework.

Values and derivatives are compared with those of autograd for the same circuits, which the tests of
the transforms compare with mathematics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from framework_cases import Adapter, X, Y, circuit, energy, qnode

import qgate as qg
from qgate import numpy as qnp
from qgate.arrays import enclosed, finished
from qgate.exceptions import DifferentiationError, NoSpectrum
from qgate.gradients import (
    classical_fisher,
    classical_jacobian,
    finite_diff,
    hadamard_grad,
    param_shift,
    param_shift_hessian,
    quantum_fisher,
    spsa_grad,
)

PARAMETER_SHIFT = "parameter-shift"


def several() -> qg.QNode:
    """Return a QNode with results of several shapes."""

    def function(x: Any, y: Any) -> Any:
        circuit(x, y)
        return qg.probs(wires=[0, 1]), {"variance": qg.var(qg.Z(0))}

    return qg.QNode(function, "local")


def curved(diff_method: str = "best") -> qg.QNode:
    """Return a QNode whose angles are not linear in its arguments."""

    def function(x: Any, y: Any) -> Any:
        qg.RX(x[0] ** 2, wires=0)
        qg.CRY(x[0] * x[1] * y, wires=[0, 1])
        return qg.expval(qg.Z(0) @ qg.Z(1)), qg.probs(wires=1)

    return qg.QNode(function, "local", diff_method=diff_method)


def entropy() -> qg.QNode:
    """Return a QNode with a result that is not a polynomial of expectation values."""

    def function(x: Any, y: Any) -> Any:
        circuit(x, y)
        return qg.vn_entropy(wires=0)

    return qg.QNode(function, "local", diff_method=PARAMETER_SHIFT)


def shifted() -> qg.QNode:
    """Return the usual circuit, differentiated by shifts: fewer operations of the framework."""
    return qnode(energy, diff_method=PARAMETER_SHIFT)


@qg.transform
def at_two_points(tape: qg.tape.QuantumScript) -> Any:
    """Give the sum of the results at the angles and at their doubles."""
    places = range(len(tape.parameters))
    doubled = tape.bind_new_parameters([2 * value for value in tape.parameters], places)
    return [tape, doubled], lambda results: results[0] + results[1]


TRANSFORMS: dict[str, Callable[[], Callable[..., Any]]] = {
    "param_shift": lambda: param_shift(several(), argnums=[0, 1]),
    "finite_diff": lambda: finite_diff(several(), argnums=0),
    "hadamard_grad": lambda: hadamard_grad(qnode(energy), argnums=[0, 1]),
    "param_shift_hessian": lambda: param_shift_hessian(curved(), argnums=[0, 1]),
    "hessian_of_entropy": lambda: param_shift_hessian(entropy(), argnums=0),
    "metric_tensor": lambda: qg.metric_tensor(qnode(energy), argnums=[0, 1]),
    "block_diagonal": lambda: qg.metric_tensor(qnode(energy), argnums=0, approx="block-diag"),
    "diagonal": lambda: qg.metric_tensor(curved(), argnums=0, approx="diag"),
    "overlap": lambda: qg.metric_tensor(on_two_wires(), argnums=0),
    "by_angles": lambda: qg.metric_tensor(qnode(energy), argnums=[0, 1], hybrid=False),
    "adjoint_metric_tensor": lambda: qg.adjoint_metric_tensor(curved(), argnums=0),
    "quantum_fisher": lambda: quantum_fisher(qnode(energy), argnums=[0, 1]),
    "classical_fisher": lambda: classical_fisher(curved(), argnums=0),
    "classical_jacobian": lambda: classical_jacobian(curved(), argnum=[0, 1]),
}

DIFFERENTIATED: dict[str, Callable[[], Callable[..., Any]]] = {
    "param_shift": lambda: param_shift(shifted(), argnums=0),
    "param_shift_hessian": lambda: first(param_shift_hessian(curved(PARAMETER_SHIFT), argnums=0)),
    "metric_tensor": lambda: qg.metric_tensor(curved(PARAMETER_SHIFT), argnums=0),
    "block_diagonal": lambda: qg.metric_tensor(shifted(), argnums=0, approx="block-diag"),
    "adjoint_metric_tensor": lambda: qg.adjoint_metric_tensor(shifted(), argnums=0),
    "classical_fisher": lambda: classical_fisher(shifted(), argnums=0),
    "classical_jacobian": lambda: classical_jacobian(curved(PARAMETER_SHIFT), argnum=0),
    "transformed": lambda: at_two_points(shifted()),
}


def on_two_wires() -> qg.QNode:
    """Return a QNode whose device has no further wire."""
    return qnode(energy, qg.device("local", wires=2))


def first(transformed: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function with the first result of another one."""
    return lambda *args: transformed(*args)[0]


def leaves(found: Any) -> list[Any]:
    """Return the arrays in nested containers."""
    if isinstance(found, dict):
        return leaves(list(found.values()))
    return (
        [leaf for part in found for leaf in leaves(part)]
        if type(found) in (list, tuple)
        else [found]
    )


def tape_of(x: Any, y: Any) -> qg.tape.QuantumScript:
    """Return a tape all of whose parameters are trainable."""
    operations = [
        qg.RX(x[0], 0),
        qg.RY(x[1] * 2, 1),
        qg.CNOT([0, 1]),
        qg.CRY(x[0] * y, [1, 0]),
    ]
    return qg.tape.QuantumScript(operations, [qg.probs(wires=[0]), qg.var(qg.Z(0) @ qg.Z(1))])


def on_tape(transform: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """Return the result of a transform for the tape, as a function of its numbers."""

    def function(x: Any, y: Any) -> Any:
        tapes, postprocess = transform(tape_of(x, y), **options)
        return postprocess(qg.execute(tapes, "local", PARAMETER_SHIFT))

    return function


OF_TAPES: dict[str, Callable[..., Any]] = {
    "param_shift": on_tape(param_shift),
    "chosen": on_tape(param_shift, argnum=[0, 2], broadcast=False),
    "finite_diff": on_tape(finite_diff),
    "param_shift_hessian": on_tape(param_shift_hessian),
    "metric_tensor": on_tape(qg.metric_tensor),
}


class TransformCases:
    """The tests; a subclass names its ``adapter``."""

    adapter: Adapter

    def arrays(self, dtype: str = "float64") -> tuple[Any, Any]:
        """Return the arguments of the circuits in the framework."""
        return self.adapter.array(X, dtype), self.adapter.array(Y, dtype)

    def assert_same(self, found: Any, wanted: Any, atol: float = 1e-8) -> None:
        """Compare arrays of the framework in containers with numpy's."""
        for left, right in zip(leaves(found), leaves(wanted), strict=True):
            assert type(left) is type(self.adapter.array(0.0))
            np.testing.assert_allclose(self.adapter.numbers(left), right, atol=atol)

    @pytest.mark.parametrize("name", TRANSFORMS)
    def test_values_are_those_of_autograd(self, name: str) -> None:
        found = TRANSFORMS[name]()(*self.arrays())

        self.assert_same(found, TRANSFORMS[name]()(qnp.array(X), qnp.array(Y)))

    @pytest.mark.parametrize("name", ["param_shift", "block_diagonal", "transformed"])
    def test_values_are_the_same_when_compiled(self, name: str) -> None:
        found = self.adapter.compiled(DIFFERENTIATED[name]())(*self.arrays())

        self.assert_same(found, DIFFERENTIATED[name]()(qnp.array(X), qnp.array(Y)))

    @pytest.mark.parametrize("name", ["param_shift", "diagonal", "classical_jacobian"])
    def test_results_have_the_precision_of_the_arguments(self, name: str) -> None:
        found = leaves(TRANSFORMS[name]()(*self.arrays("float32")))

        assert {self.adapter.dtype_name(part) for part in found} == {"float32"}

    @pytest.mark.parametrize("name", DIFFERENTIATED)
    def test_derivatives_are_those_of_autograd(self, name: str) -> None:
        found = self.adapter.jacobian(DIFFERENTIATED[name](), 0)(*self.arrays())

        wanted = qg.jacobian(DIFFERENTIATED[name](), 0)(qnp.array(X), qnp.array(Y))
        np.testing.assert_allclose(self.adapter.numbers(found), wanted, atol=1e-8)

    def test_derivatives_by_another_argument_are_those_of_autograd(self) -> None:
        metric = qg.metric_tensor(shifted(), argnums=0)

        found = self.adapter.jacobian(metric, 1)(*self.arrays())

        wanted = qg.jacobian(metric, 1)(qnp.array(X), qnp.array(Y))
        np.testing.assert_allclose(self.adapter.numbers(found), wanted, atol=1e-8)

    def test_random_directions_give_the_gradient_on_average(self) -> None:
        gradient = spsa_grad(qnode(energy), argnums=0, num_directions=2, sampler_rng=3)

        found = self.adapter.numbers(gradient(*self.arrays()))

        assert found.shape == X.shape
        assert np.isfinite(found).all()

    def test_nothing_trainable(self) -> None:
        with pytest.raises(DifferentiationError, match="is trainable"):
            qg.metric_tensor(qnode(energy))(X, Y)

    def test_the_jacobian_of_complex_values(self) -> None:
        gradient = param_shift(qnode(qg.state), argnums=0)

        self.assert_same(gradient(*self.arrays()), gradient(qnp.array(X), qnp.array(Y)))

    # Tapes ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", OF_TAPES)
    def test_values_for_a_tape_are_those_of_numpy(self, name: str) -> None:
        self.assert_same(OF_TAPES[name](*self.arrays()), OF_TAPES[name](X, Y))

    def test_hadamard_tests_of_a_tape(self) -> None:
        def gradient(x: Any, y: Any) -> Any:
            tape = qg.tape.QuantumScript(tape_of(x, y).operations, [qg.probs(wires=[0, 1])])
            tapes, postprocess = hadamard_grad(tape)
            return postprocess(qg.execute(tapes, "local", PARAMETER_SHIFT))

        self.assert_same(gradient(*self.arrays()), gradient(X, Y))

    @pytest.mark.parametrize("name", ["param_shift", "chosen", "metric_tensor"])
    def test_what_a_tape_gives_has_derivatives(self, name: str) -> None:
        def number(x: Any, y: Any) -> Any:
            found = [enclosed(part) for part in leaves(OF_TAPES[name](x, y))]
            return finished(sum(part.sum() for part in found), [x])

        found = self.adapter.numbers(self.adapter.jacobian(number, 0)(*self.arrays()))

        for index, step in enumerate(1e-5 * np.eye(2)):
            difference = (number(X + step, Y) - number(X - step, Y)) / 2e-5
            np.testing.assert_allclose(found[index], difference, atol=1e-7)

    # Fourier series -------------------------------------------------------------------------

    def test_spectra(self) -> None:
        spectra = qg.fourier.qnode_spectrum(qnode(energy), argnum=0)

        assert spectra(*self.arrays()) == spectra(X, Y)
        single, double = spectra(*self.arrays("float32"))["x"], spectra(X, Y)["x"]
        for index, frequencies in double.items():
            np.testing.assert_allclose(single[index], frequencies, atol=1e-6)

    def test_spectra_are_refused_while_compiled(self) -> None:
        def lengths(x: Any, y: Any) -> Any:
            found = qg.fourier.qnode_spectrum(qnode(energy), argnum=0)(x, y)
            return x * len(found)

        compiled = self.adapter.compiled(lengths)
        if compiled is lengths:
            return

        with pytest.raises(NoSpectrum, match="not known while"):
            compiled(*self.arrays())

    def test_a_series_has_the_values_and_the_derivatives_of_the_circuit(self) -> None:
        node = qnode(energy)
        point = self.adapter.array(0.9)

        series = qg.fourier.reconstruct(node, nums_frequency={"x": {(1,): 2}})(*self.arrays())

        x = np.array([X[0], 0.9])
        self.assert_same(series["x"][1,](point), node(x, Y))
        slope = self.adapter.jacobian(series["x"][1,], 0)(point)
        wanted = qg.jacobian(node, 0)(qnp.array(x), Y)[1]
        np.testing.assert_allclose(self.adapter.numbers(slope), wanted, atol=1e-8)

    def test_a_series_depends_on_the_other_arguments(self) -> None:
        def value(x: Any, y: Any) -> Any:
            series = qg.fourier.reconstruct(qnode(energy), nums_frequency={"x": {(1,): 2}})
            return series(x, y)["x"][1,](0.9)

        found = self.adapter.jacobian(value, 1)(*self.arrays())

        wanted = qg.jacobian(qnode(energy), 1)(np.array([X[0], 0.9]), qnp.array(Y))
        np.testing.assert_allclose(self.adapter.numbers(found), wanted, atol=1e-8)

    @pytest.mark.parametrize("options", [{}, {"lowpass_filter": True}])
    def test_fourier_coefficients_and_their_derivatives(self, options: dict[str, Any]) -> None:
        def spectrum(scale: Any) -> Any:
            def function(x: Any) -> Any:
                qg.RX(scale, wires=0)
                qg.RY(x[0], wires=0)
                qg.CRZ(x[1], wires=[0, 1])
                return qg.expval(qg.X(0))

            node = qg.QNode(function, "local")
            return qg.fourier.coefficients(node, 2, [1, 1], **options)

        def parts(scale: Any) -> Any:
            return self.adapter.absolute(spectrum(scale))

        self.assert_same(spectrum(self.adapter.array(0.4)), spectrum(0.4))
        found = self.adapter.numbers(self.adapter.jacobian(parts, 0)(self.adapter.array(0.4)))
        step = 1e-5
        wanted = (np.abs(spectrum(0.4 + step)) - np.abs(spectrum(0.4 - step))) / (2 * step)
        np.testing.assert_allclose(found[0, 1:], wanted[0, 1:], atol=1e-8)

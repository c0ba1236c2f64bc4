"""Values and derivatives in TensorFlow, eager and in ``tf.function``."""

from __future__ import annotations

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from framework_cases import (
    ANY_ORDER,
    STATE_LIKE,
    Adapter,
    FrameworkCases,
    X,
    Y,
    energy,
    qnode,
    reference,
)

import qgate as qg
from qgate.exceptions import DifferentiationError, InvalidParameters, UnsupportedDiffMethod

tf.get_logger().setLevel("ERROR")


def jacobian(function: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    def derivative(*args: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(args[argnum])
            value = function(*args)
        return tape.jacobian(value, args[argnum])

    return derivative


class TestTensorFlow(FrameworkCases):
    adapter = Adapter(
        name="tf",
        array=lambda values, dtype="float64": tf.constant(values, dtype=dtype),
        numbers=np.asarray,
        jacobian=jacobian,
        compiled=tf.function,
        absolute=tf.abs,
        dtype_name=lambda value: value.dtype.name,
    )

    def derivative(self, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def gradient(x: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = function(x)
            return tape.gradient(value, x)

        return gradient


class TestTapes:
    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_variables_are_trained(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = tf.Variable(X), tf.Variable(Y)
        for function in (node, tf.function(node)):
            with tf.GradientTape() as tape:
                value = function(x, y)
            by_x, by_y = tape.gradient(value, [x, y])
            np.testing.assert_allclose(by_x, reference(energy, 0), atol=1e-8)
            np.testing.assert_allclose(by_y, reference(energy, 1), atol=1e-8)

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_forward_accumulator(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = tf.constant(X), tf.constant(Y)
        direction = np.array([0.3, -0.9])
        with tf.autodiff.ForwardAccumulator(x, tf.constant(direction)) as accumulator:
            value = node(x, y)
        np.testing.assert_allclose(
            accumulator.jvp(value), reference(energy, 0) @ direction, atol=1e-8
        )

    @pytest.mark.parametrize("compiled", [lambda f: f, tf.function])
    def test_batch_jacobian(self, compiled: Any) -> None:
        @qg.qnode("local", diff_method="parameter-shift")
        def node(x: Any) -> Any:
            qg.RX(x[:, 0], wires=0)
            qg.RY(x[:, 1], wires=0)
            return qg.probs(wires=0)

        x = tf.constant(np.linspace(0, 1, 6).reshape(3, 2))
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = compiled(node)(x)
        found = tape.batch_jacobian(value, x)
        wanted = [jacobian(node)(x[row : row + 1])[0, :, 0, :] for row in range(3)]
        np.testing.assert_allclose(found, wanted, atol=1e-10)

    def test_data_that_no_tape_watches_is_not_shifted(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        with qg.Tracker(device) as expected:
            qg.grad(node, 1)(X, Y)
        x, y = tf.constant(X), tf.Variable(Y)

        def step() -> Any:
            with tf.GradientTape() as tape:
                value = node(x, y)
            return tape.gradient(value, y)

        for function in (step, tf.function(step)):
            with qg.Tracker(device) as tracker:
                function()
            assert tracker.totals["executions"] == expected.totals["executions"]

    @pytest.mark.parametrize("method", ["best", "backprop", "parameter-shift"])
    def test_the_length_of_a_batch_may_be_unknown(self, method: str) -> None:
        @qg.qnode("local", diff_method=method)
        def node(inputs: Any, weights: Any) -> Any:
            qg.AngleEmbedding(inputs, wires=range(2))
            qg.BasicEntanglerLayers(weights, wires=range(2))
            return qg.expval(qg.Z(0))

        weights = tf.Variable([[0.1, 0.2], [0.3, 0.4]], dtype=tf.float64)

        @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float64)])
        def step(inputs: Any) -> Any:
            with tf.GradientTape() as tape:
                value = tf.reduce_sum(node(inputs, weights) ** 2)
            return tape.gradient(value, weights)

        for size in (3, 5):
            inputs = tf.constant(np.linspace(0, 1, 2 * size).reshape(size, 2))
            with tf.GradientTape() as tape:
                value = tf.reduce_sum(node(inputs, weights) ** 2)
            np.testing.assert_allclose(step(inputs), tape.gradient(value, weights), atol=1e-10)

    def test_text_is_no_angle(self) -> None:
        with pytest.raises(InvalidParameters, match="an array of the type <dtype: 'string'>"):
            qg.RX(tf.constant("text"), 0)

    def test_an_unknown_rank_is_refused(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        function = tf.function(
            lambda y: node(tf.constant(X), y),
            input_signature=[tf.TensorSpec(None, tf.float64)],
            autograph=False,
        )
        with pytest.raises(DifferentiationError, match="unknown rank"):
            function(tf.constant(Y))

    @pytest.mark.parametrize("method", ["backprop", "parameter-shift", "adjoint"])
    @pytest.mark.parametrize("amplitudes", [3, 4])
    def test_the_length_of_a_batch_of_states_may_be_unknown(
        self, method: str, amplitudes: int
    ) -> None:
        @qg.qnode("local", diff_method=method)
        def node(features: Any, angles: Any) -> Any:
            qg.AmplitudeEmbedding(features, wires=[0, 1], pad_with=0.1, normalize=True)
            qg.RX(angles, wires=0)
            return qg.probs(wires=[0, 1]), qg.expval(qg.Y(0))

        angle = tf.Variable(0.4, dtype=tf.float64)

        def step(features: Any) -> Any:
            with tf.GradientTape() as tape:
                probabilities, mean = node(features, angle)
                cost = tf.reduce_sum(probabilities[:, 0] ** 2 + mean**3)
            return probabilities, mean, tape.gradient(cost, angle)

        signature = [tf.TensorSpec((None, amplitudes), tf.float64)]
        compiled = tf.function(step, input_signature=signature)
        for rows in (3, 5):
            features = tf.constant(np.random.default_rng(rows).normal(size=(rows, amplitudes)))
            for found, expected in zip(compiled(features), step(features), strict=True):
                np.testing.assert_allclose(found, expected, atol=1e-10)

    def test_xla_is_refused(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        with pytest.raises(DifferentiationError, match="jit_compile"):
            tf.function(node, jit_compile=True)(tf.constant(X), tf.constant(Y))

    def test_xla_compiles_backprop(self) -> None:
        node = qnode(energy, diff_method="backprop")
        found = tf.function(node, jit_compile=True)(tf.constant(X), tf.constant(Y))
        assert float(found) == pytest.approx(float(node(X, Y)))

    def test_compiled_samples_are_fresh_and_shared_by_the_rows_of_a_jacobian(self) -> None:
        device = qg.device("local", shots=100, seed=5)
        node = qnode(lambda: qg.probs(wires=[0, 1]), device, "parameter-shift")
        derivative = tf.function(jacobian(node))
        found = [derivative(tf.constant(X), tf.constant(Y)).numpy() for _ in range(4)]
        assert len({gradient.tobytes() for gradient in found}) > 1
        for gradient in found:  # rows of one sampled Jacobian cancel exactly
            np.testing.assert_allclose(gradient.sum(axis=0), 0.0, atol=1e-12)


COMPILED: dict[str, Callable[[Any], Any]] = {"eager": lambda f: f, "compiled": tf.function}
DIRECTION = np.array([0.7, 0.4])
STEP = 1e-4


def summed(kind: str, method: str) -> Callable[[Any], Any]:
    """Return the weighted sum of a measurement's numbers, one real number."""
    node = qnode(MEASURED[kind], diff_method=method)
    weights = np.arange(1.0, 17.0)

    def function(x: Any) -> Any:
        flat = tf.reshape(tf.convert_to_tensor(node(x, tf.constant(Y))), (-1,))
        real = tf.math.real(flat) + 0.3 * tf.math.imag(flat) if flat.dtype.is_complex else flat
        return tf.reduce_sum(real * weights[: flat.shape[0]])

    return function


def slope(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return tape.gradient(value, x)

    return gradient


def pushed(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def change(x: Any) -> Any:
        with tf.autodiff.ForwardAccumulator(x, tf.constant(DIRECTION)) as accumulator:
            value = function(x)
        return accumulator.jvp(value)

    return change


MEASURED: dict[str, Callable[[], Any]] = {"expval": energy, **STATE_LIKE}


class TestForwardMode:
    @pytest.mark.parametrize("mode", COMPILED)
    @pytest.mark.parametrize("kind", MEASURED)
    @pytest.mark.parametrize("method", ["adjoint", "backprop", "parameter-shift"])
    def test_an_accumulator_gives_the_change_along_its_direction(
        self, method: str, kind: str, mode: str
    ) -> None:
        function = summed(kind, "parameter-shift")
        ahead, behind = (function(tf.constant(X + s * DIRECTION)) for s in (STEP, -STEP))

        found = COMPILED[mode](pushed(summed(kind, method)))(tf.constant(X))

        np.testing.assert_allclose(found, (ahead - behind) / (2 * STEP), atol=1e-6)

    @pytest.mark.parametrize("mode", COMPILED)
    @pytest.mark.parametrize("kind", ["expval", "probs", "purity", "state"])
    @pytest.mark.parametrize("order", [(slope, pushed), (pushed, slope)])
    def test_a_tape_and_an_accumulator_nest_or_refuse(
        self, order: tuple[Any, Any], kind: str, mode: str
    ) -> None:
        outer, inner = order
        gradient = slope(summed(kind, "parameter-shift"))
        ahead, behind = (gradient(tf.constant(X + s * DIRECTION)) for s in (STEP, -STEP))
        wanted = (ahead - behind) / (2 * STEP)

        for method in ("backprop", "parameter-shift"):
            function = COMPILED[mode](outer(inner(summed(kind, method))))
            np.testing.assert_allclose(function(tf.constant(X)), wanted, atol=1e-6)
        with pytest.raises(UnsupportedDiffMethod, match="first derivatives"):
            COMPILED[mode](outer(inner(summed(kind, "adjoint"))))(tf.constant(X))

"""Values and derivatives in JAX, eager and compiled."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from framework_cases import (
    ANY_ORDER,
    STATE_LIKE,
    Adapter,
    Broken,
    FrameworkCases,
    X,
    Y,
    circuit,
    energy,
    qnode,
    reference,
)

import qgate as qg
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod, WireError

jax.config.update("jax_enable_x64", True)


def jacobian(function: Any, argnum: int = 0) -> Any:
    return jax.jacrev(function, argnum)


class TestJax(FrameworkCases):
    adapter = Adapter(
        name="jax",
        array=lambda values, dtype="float64": jnp.asarray(values, dtype=dtype),
        numbers=np.asarray,
        jacobian=jacobian,
        compiled=jax.jit,
        absolute=jnp.abs,
        dtype_name=lambda value: str(value.dtype),
    )

    def derivative(self, function: Any) -> Any:
        return jax.grad(function)


def test_a_circuit_of_no_layers_runs_compiled() -> None:
    @jax.jit
    @qg.qnode(qg.device("local", wires=2))
    def circuit(weights: Any) -> Any:
        qg.StronglyEntanglingLayers(weights, wires=[0, 1])
        return qg.expval(qg.Z(0))

    assert circuit(jnp.zeros((0, 2, 3))) == 1.0


def test_a_wire_whose_number_is_not_known_is_refused() -> None:
    node = qg.QNode(lambda wire: [qg.X(wire), qg.expval(qg.Z(0))][1], qg.device("local"))

    with pytest.raises(WireError, match="Name wires by plain integers or strings"):
        jax.jit(node)(1)


class TestTransformations:
    @pytest.mark.parametrize("method", ["best", "parameter-shift"])
    def test_forward_and_reverse_mode_nest(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        x, y = jnp.asarray(X), jnp.asarray(Y)
        wanted = reference(energy, 0, order=2)
        modes = (lambda f: f, jax.jit) if method == "parameter-shift" else (jax.jit,)
        for outer in (jax.jacfwd, jax.jacrev):
            for inner in (jax.jacfwd, jax.jacrev):
                for compiled in modes:
                    np.testing.assert_allclose(
                        compiled(outer(inner(node)))(x, y), wanted, atol=1e-8
                    )

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_mixed_derivatives_are_symmetric(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        (_, mixed), (transposed, _) = jax.jit(jax.hessian(node, (0, 1)))(
            jnp.asarray(X), jnp.asarray(Y)
        )
        np.testing.assert_allclose(mixed, transposed, atol=1e-10)

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_vmap_is_a_loop(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        xs, y = jnp.stack([X, X + 1, X - 2]), jnp.asarray(Y)
        modes = (jax.jit,) if method == "backprop" else (lambda f: f, jax.jit)
        for function in (node, jax.grad(node), jax.hessian(node)):
            compiled_function = jax.jit(function)
            wanted = jnp.stack([compiled_function(x, y) for x in xs])
            for compiled in modes:
                found = compiled(jax.vmap(function, (0, None)))(xs, y)
                np.testing.assert_allclose(found, wanted, atol=1e-10)

    def test_vmap_is_one_submission(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        with qg.Tracker(device) as tracker:
            jax.vmap(jax.grad(node), (0, None))(jnp.stack([X, X + 1, X - 2]), jnp.asarray(Y))
        assert tracker.totals["submissions"] == 1

    def test_vmap_over_a_matrix_that_is_not_differentiated(self) -> None:
        def function(matrix: Any, x: Any) -> Any:
            qg.RX(x, wires=0)
            qg.QubitUnitary(matrix, wires=0)
            return qg.expval(qg.Z(0))

        node = qg.QNode(function, "local", diff_method="parameter-shift")
        matrices = jnp.stack([qg.matrix(qg.RX(angle, 0)) for angle in (0.2, 0.5)])
        found = jax.jit(jax.vmap(jax.grad(node, 1), (0, None)))(matrices, jnp.asarray(Y))
        np.testing.assert_allclose(found, [-np.sin(Y + 0.2), -np.sin(Y + 0.5)], atol=1e-10)

    @pytest.mark.parametrize("kind", STATE_LIKE)
    def test_adjoint_serves_batches_of_cotangents(self, kind: str) -> None:
        node = qnode(STATE_LIKE[kind], diff_method="adjoint")

        def numbers(x: Any) -> Any:
            return jnp.abs(node(x, jnp.asarray(Y)))

        found = jax.jacrev(numbers)(jnp.asarray(X))
        np.testing.assert_allclose(found, jax.jacfwd(numbers)(jnp.asarray(X)), atol=1e-10)
        if kind not in ("state", "density_matrix"):
            np.testing.assert_allclose(found, reference(STATE_LIKE[kind], 0), atol=1e-8)

    @pytest.mark.parametrize("method", ANY_ORDER)
    def test_scan(self, method: str) -> None:
        node = qnode(energy, diff_method=method)
        y = jnp.asarray(Y)

        def step(x: Any, _: Any) -> tuple[Any, Any]:
            return x - 0.1 * jax.grad(node)(x, y), node(x, y)

        _, values = jax.lax.scan(step, jnp.asarray(X), None, length=4)
        assert np.all(np.diff(values) < 0)

    def test_only_what_is_differentiated_is_shifted(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        counts = []
        for derivative in (
            jax.grad(node, 1),
            jax.jit(jax.grad(node, 1)),
            jax.grad(jax.jit(node), 1),
        ):
            with qg.Tracker(device) as tracker:
                jax.block_until_ready(derivative(jnp.asarray(X), jnp.asarray(Y)))
            counts.append(tracker.totals["executions"])
        assert counts == [counts[0]] * 3
        with qg.Tracker(device) as tracker:
            qg.grad(node, 1)(X, Y)
        assert counts[0] == tracker.totals["executions"]

    def test_a_hessian_is_one_submission(self) -> None:
        device = qg.device("local")
        node = qnode(energy, device, "parameter-shift")
        for compiled in (lambda f: f, jax.jit):
            with qg.Tracker(device) as tracker:
                jax.block_until_ready(compiled(jax.hessian(node))(jnp.asarray(X), jnp.asarray(Y)))
            assert tracker.totals["submissions"] == 1

    @pytest.mark.parametrize("kind", STATE_LIKE)
    def test_backprop_compiles(self, kind: str) -> None:
        node = qnode(STATE_LIKE[kind], diff_method="backprop")
        derivative = jax.jit(jax.jacrev(lambda x, y: jnp.abs(node(x, y))))
        found = derivative(jnp.asarray(X), jnp.asarray(Y))
        if kind not in ("state", "density_matrix"):
            np.testing.assert_allclose(abs(found), abs(reference(STATE_LIKE[kind], 0)), atol=1e-8)
        else:
            np.testing.assert_allclose(found, reference(STATE_LIKE[kind], 0), atol=1e-8)


GIVEN: dict[str, Any] = {
    "float": lambda: 0.5,
    "numpy float32": lambda: np.float32(0.5),
    "numpy float64": lambda: np.float64(0.5),
    "float32": lambda: jnp.float32(0.5),
    "bfloat16": lambda: jnp.bfloat16(0.5),
    "default": lambda: jnp.asarray(0.5),
}


def turned(kind: str, method: str) -> Any:
    """Return a function of one number, real, that sums a measurement."""

    def function(x: Any) -> Any:
        circuit([x, 2 * x], x)
        return STATE_LIKE[kind]()

    node = qg.QNode(function, "local", diff_method=method)
    return lambda x: jnp.sum(jnp.cos(jnp.abs(node(x))))


class TestPrecision:
    @pytest.mark.parametrize("wide", [True, False], ids=["x64", "x32"])
    @pytest.mark.parametrize("kind", ["probs", "state"])
    def test_numbers_of_any_precision_are_differentiated(self, kind: str, wide: bool) -> None:
        function, step = turned(kind, "adjoint"), 1e-4
        ahead, behind = (float(turned(kind, "best")(0.5 + s)) for s in (step, -step))
        wanted = (ahead - behind) / (2 * step)

        with jax.enable_x64(wide):
            for name, given in GIVEN.items():
                found = jax.grad(function)(given())
                tolerance = 2e-2 if name == "bfloat16" else 1e-4
                assert float(found) == pytest.approx(wanted, abs=tolerance)
            for take in (jax.jacfwd(function), jax.jit(jax.grad(function))):
                assert float(take(0.5)) == pytest.approx(wanted, abs=1e-4)

    @pytest.mark.parametrize("method", ["adjoint", "backprop", "parameter-shift"])
    def test_single_precision_is_computed_in_double(self, method: str) -> None:
        node = qnode(STATE_LIKE["probs"], diff_method=method)
        x, y = jnp.asarray(X, jnp.float32), jnp.asarray(Y, jnp.float32)
        exact = qnode(STATE_LIKE["probs"])(np.asarray(x, float), np.asarray(y, float))

        found = jax.jit(node)(x, y)

        assert found.dtype == jnp.float32
        np.testing.assert_array_equal(found, exact.astype(np.float32))


class TestCallbacks:
    def test_a_large_result_does_not_wait_for_itself(self) -> None:
        device = qg.device("local")

        def function(x: Any) -> Any:
            qg.RX(x, wires=0)
            return qg.probs(wires=range(4))

        node = qg.QNode(function, device, diff_method="parameter-shift")
        xs = jnp.linspace(0, 1, 300)
        grid = jax.jit(lambda a: jax.vmap(jax.vmap(jax.jacfwd(node)))(a[:, None] + a[None, :]))
        assert grid(xs).shape == (300, 300, 16)

    def test_compiled_samples_are_fresh(self) -> None:
        node = qnode(energy, qg.device("local", shots=100, seed=5), "parameter-shift")
        compiled = jax.jit(node)
        values = {float(compiled(jnp.asarray(X), jnp.asarray(Y))) for _ in range(6)}
        assert len(values) > 1

    def test_compiled_samples_are_reproduced_by_a_seed(self) -> None:
        node = qnode(energy, qg.device("local", shots=100, seed=5), "parameter-shift")
        x, y = jnp.asarray(X), jnp.asarray(Y)
        value = jax.jit(lambda key: node(x, y, seed=key))
        slope = jax.jit(lambda x, key: jax.grad(node)(x, y, seed=key))
        for first, second in ((3, 4), tuple(jax.random.split(jax.random.key(0)))):
            assert value(first) == value(first) != value(second)
            np.testing.assert_array_equal(slope(x, first), slope(x, first))
            assert not np.array_equal(slope(x, first), slope(x, second))
            assert float(value(first)) == float(node(x, y, seed=first))
        keys = jax.random.split(jax.random.key(1), 3)
        found = jax.jit(jax.vmap(lambda key: node(x, y, seed=key)))(keys)
        np.testing.assert_array_equal(found, [node(x, y, seed=key) for key in keys])

    def test_a_device_with_a_key_is_made_inside_a_compiled_function(self) -> None:
        @jax.jit
        def sampled(key: Any, x: Any) -> Any:
            device = qg.device("local", shots=20, seed=key)

            @qg.qnode(device)
            def node(x: Any) -> Any:
                qg.RX(x, 0)
                return qg.sample(qg.Z(0))

            return node(x), node(x)

        key = jax.random.PRNGKey(3)
        first, second = sampled(key, 1.5)
        np.testing.assert_array_equal(first, sampled(key, 1.5)[0])
        assert not np.array_equal(first, second)
        with pytest.raises(qg.exceptions.SeedRefused):
            qg.device("qiskit:aer", shots=20, seed=key)

    def test_a_compiled_function_is_compiled_once(self) -> None:
        node = qnode(energy, diff_method="parameter-shift")
        traced = []

        @jax.jit
        def derivative(x: Any, y: Any) -> Any:
            traced.append(1)
            return jax.grad(node)(x, y)

        for _ in range(3):
            derivative(jnp.asarray(X), jnp.asarray(Y))
        assert len(traced) == 1

    def test_samples_have_no_derivative(self) -> None:
        device = qg.device("local", shots=10, seed=3)
        node = qnode(lambda: qg.sample(qg.Z(0)), device, "parameter-shift")
        assert jax.jit(node)(jnp.asarray(X), jnp.asarray(Y)).shape == (10,)
        with pytest.raises(UnsupportedDiffMethod, match="single shots"):
            jax.jacobian(node)(jnp.asarray(X), jnp.asarray(Y))

    def test_counts_cannot_be_compiled(self) -> None:
        device = qg.device("local", shots=10, seed=3)
        node = qnode(lambda: qg.counts(wires=[0]), device, "parameter-shift")
        with pytest.raises(DifferentiationError, match="probs"):
            jax.jit(node)(jnp.asarray(X), jnp.asarray(Y))

    def test_a_compiled_error_names_the_devices(self) -> None:
        node = qnode(lambda: qg.expval(qg.Z(0)), Broken(), "parameter-shift")
        with pytest.raises(jax.errors.JaxRuntimeError, match="The queue is closed"):
            jax.block_until_ready(jax.jit(node)(jnp.asarray(X), jnp.asarray(Y)))

    def test_without_an_interface_tracing_is_refused(self) -> None:
        node = qnode(energy, interface=None)
        with pytest.raises(DifferentiationError, match="interface='auto'"):
            jax.grad(node)(jnp.asarray(X), jnp.asarray(Y))

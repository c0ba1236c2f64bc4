"""Programs that JAX compiles run small exact circuits without Python."""

import shutil
import subprocess
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import qgate as qg

LAYOUT = Path(__file__).with_name("xla_layout.c")
RNG = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def double_precision():
    with jax.enable_x64():
        yield


def circuit(**options):
    """Return a QNode of x (6,) with gates on 3 wires, and two results."""

    @qg.qnode(qg.device("local"), **options)
    def node(x):
        for wire in range(3):
            qg.RY(x[wire], wires=wire)
        qg.IsingXX(0.7, wires=[0, 1])
        for wire in range(3):
            qg.CNOT(wires=[wire, (wire + 1) % 3])
            qg.RX(x[3 + wire], wires=wire)
        return qg.expval(qg.Z(0) @ qg.X(1)), qg.expval(0.5 * qg.Y(2) - qg.Z(1))

    return lambda x: jnp.stack(node(x))


def cosine(x):
    """Return cos(x), from a QNode."""

    @qg.qnode("local")
    def node():
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    return node()


def has_python(function, *args):
    """Return whether the program of a compiled function calls Python."""
    text = jax.jit(function).lower(*args).as_text()
    assert ("qgate_" in text) != ("callback" in text)
    return "callback" in text


@pytest.mark.parametrize("function", [cosine, jax.grad(cosine), jax.value_and_grad(cosine)])
def test_a_compiled_program_does_not_call_python(function):
    assert not has_python(function, 0.3)


def test_values_and_derivatives_are_those_of_closed_forms():
    xs = jnp.linspace(-4.0, 4.0, 50)

    value, slope = jax.jit(jax.vmap(jax.value_and_grad(cosine)))(xs)

    np.testing.assert_allclose(value, jnp.cos(xs), atol=1e-12)
    np.testing.assert_allclose(slope, -jnp.sin(xs), atol=1e-12)


@pytest.mark.parametrize("take", [lambda f: f, jax.jacrev, jax.jacfwd])
def test_compiled_results_are_those_of_the_callback(take):
    function, x = take(circuit()), jnp.asarray(RNG.normal(size=6))

    found = jax.jit(function)(x)

    assert not has_python(function, x)
    np.testing.assert_allclose(found, function(x), atol=1e-12, rtol=0)


def test_vmap_of_vmap_gives_one_call_with_all_rows():
    function, xs = jax.jacrev(circuit()), jnp.asarray(RNG.normal(size=(4, 5, 6)))

    found = jax.jit(jax.vmap(jax.vmap(function)))(xs)

    assert found.shape == (4, 5, 2, 6)
    np.testing.assert_allclose(found[3, 2], function(xs[3, 2]), atol=1e-12, rtol=0)


def test_rows_are_divided_among_the_devices_of_a_mesh():
    mesh = jax.sharding.Mesh(np.array(jax.devices()[:1]), ("rows",))
    rows = jax.sharding.PartitionSpec("rows")
    xs = jnp.linspace(-1.0, 1.0, 8)

    found = jax.jit(
        jax.shard_map(jax.vmap(jax.grad(cosine)), mesh=mesh, in_specs=rows, out_specs=rows)
    )(xs)

    np.testing.assert_allclose(found, -jnp.sin(xs), atol=1e-12)


def test_rows_of_a_batch_keep_the_angles_that_are_fixed():
    @qg.qnode("local")
    def node(x):
        qg.RX(np.array([0.1, 0.2, 0.3]), wires=0)
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    found = jax.jit(jax.vmap(node))(jnp.array([0.0, 1.0]))

    expected = np.cos([[0.1, 0.2, 0.3], [1.1, 1.2, 1.3]])
    assert not has_python(node, 0.0)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_single_precision_stays_single():
    found = jax.jit(jax.jacrev(circuit()))(jnp.ones(6, dtype=jnp.float32))

    assert found.dtype == jnp.float32
    np.testing.assert_allclose(found, jax.jacrev(circuit())(jnp.ones(6)), atol=1e-6)


def test_derivatives_of_any_order_are_the_callbacks():
    second = jax.hessian(circuit())
    x = jnp.asarray(RNG.normal(size=6))

    assert has_python(second, x)
    np.testing.assert_allclose(jax.jit(second)(x), second(x), atol=1e-12, rtol=0)


@pytest.mark.parametrize("method", ["parameter-shift", None])
def test_values_are_custom_calls_with_every_method(method):
    function, x = circuit(diff_method=method), jnp.asarray(RNG.normal(size=6))

    assert not has_python(function, x)
    np.testing.assert_allclose(jax.jit(function)(x), function(x), atol=1e-12, rtol=0)


def test_shots_and_noise_are_callbacks():
    def noisy(x):
        @qg.qnode("local")
        def node():
            qg.RX(x, wires=0)
            qg.DepolarizingChannel(0.1, wires=0)
            return qg.expval(qg.Z(0))

        return node()

    assert has_python(lambda x: jnp.stack(qg.set_shots(_node(), 100)(x)), 0.3)
    assert has_python(noisy, 0.3)
    np.testing.assert_allclose(jax.jit(noisy)(0.3), np.cos(0.3) * (1 - 0.4 / 3), atol=1e-12)


def _node():
    @qg.qnode("local")
    def node(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0)), qg.expval(qg.X(0))

    return node


def test_large_angles_are_reduced_as_always():
    large = 2 * np.pi * 12345678 + 0.25

    value, slope = jax.jit(jax.value_and_grad(cosine))(large)

    np.testing.assert_allclose([value, slope], [np.cos(large), -np.sin(large)], atol=1e-12)


def test_a_tracker_counts_circuits_of_compiled_programs():
    compiled = jax.jit(cosine)
    compiled(0.1)

    with qg.Tracker() as tracker:
        compiled(0.2).block_until_ready()
    compiled(0.3)

    assert tracker.totals["executions"] == 1


def test_angles_that_are_not_finite_raise_the_usual_error():
    compiled = jax.jit(jax.value_and_grad(cosine))
    compiled(0.1)

    for angle in (jnp.nan, jnp.inf):
        with pytest.raises(qg.exceptions.NotFinite), qg.device_errors():
            jax.block_until_ready(compiled(angle))


def test_circuits_live_as_long_as_their_programs():
    compiled = [jax.jit(jax.grad(lambda x, k=k: cosine(k * x))) for k in range(1, 6)]
    lost = [jax.jit(jax.vmap(jax.grad(cosine)))(jnp.linspace(0.0, 1.0, 300)) for _ in range(5)]

    found = [function(0.2) for function in compiled]

    expected = [-k * np.sin(0.2 * k) for k in range(1, 6)]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    for derivatives in lost:
        np.testing.assert_allclose(derivatives, -np.sin(np.linspace(0.0, 1.0, 300)), atol=1e-12)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_structures_have_the_layout_that_jaxlib_documents():
    import qgate.devices.local as local

    folders = [jax.ffi.include_dir(), Path(local.__file__).resolve().parent / "csrc"]
    command = ["cc", "-fsyntax-only", *(f"-I{folder}" for folder in folders), str(LAYOUT)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr

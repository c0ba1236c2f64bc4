"""Quantum functions that ``qjit`` records once."""

import copy
import pickle

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.autodiff.returns import leaves
from qgate.exceptions import NeedsValue, QuantumFunctionError

POINT = qnp.array([0.3, -0.7, 1.9])
CALLS: list[str] = []


def circuit(x, scale=1.0, layers=1):
    CALLS.append("called")
    for _ in range(layers):
        for wire in range(3):
            qg.RX(2 * x[wire] + scale, wires=wire)
        qg.CNOT(wires=[0, 1])
        qg.RY(np.sin(x[0]) * x[1] / 2, wires=1)
        qg.Rot(-x[2], np.pi - x[0], x[1] ** 2, wires=2)
        qg.CNOT(wires=[1, 2])
    return qg.expval(qg.Z(0) @ qg.X(2)), qg.probs(wires=[1, 2]), qg.var(qg.Y(1))


def total(node):
    """Return a cost of a QNode with several results."""

    def cost(x, *rest):
        found = leaves(node(x, *rest))
        return sum(qnp.sum(value**2) * (place + 1) for place, value in enumerate(found))

    return cost


def both(**options):
    """Return a QNode, and the same recorded."""
    node = qg.QNode(circuit, options.pop("device", "local"), **options)
    return node, qg.qjit(node)


def test_a_recorded_circuit_calls_its_function_no_more():
    _, recorded = both()
    recorded(POINT)
    CALLS.clear()
    recorded(POINT + 0.1)
    assert CALLS == []


def test_its_results_are_those_of_the_qnode_at_other_numbers():
    node, recorded = both()
    recorded(POINT)
    for shift in (0.0, 0.4, -3.1):
        for one, other in zip(
            leaves(node(POINT + shift)), leaves(recorded(POINT + shift)), strict=True
        ):
            np.testing.assert_allclose(other, one, atol=1e-14)
            assert type(other) is type(one)


@pytest.mark.parametrize(
    "method", ["best", "adjoint", "backprop", "parameter-shift", "finite-diff", "hadamard"]
)
def test_its_derivatives_are_those_of_the_qnode(method):
    node, recorded = both(diff_method=method)
    scale = qnp.array(0.4)
    for one, other in zip(
        qg.grad(total(node))(POINT, scale), qg.grad(total(recorded))(POINT, scale), strict=True
    ):
        np.testing.assert_allclose(other, one, atol=1e-9)


def test_arguments_that_are_not_differentiated_are_as_in_the_call():
    node, recorded = both(diff_method="parameter-shift")
    recorded(POINT, 0.1)
    for scale in (0.2, 0.7):
        expected = qg.grad(total(node), argnums=0)(POINT, scale)
        np.testing.assert_allclose(
            qg.grad(total(recorded), argnums=0)(POINT, scale), expected, atol=1e-12
        )


@pytest.mark.parametrize("method", ["parameter-shift", "backprop"])
def test_second_derivatives(method):
    node, recorded = both(diff_method=method)
    expected = qg.jacobian(qg.grad(total(node)))(POINT)
    np.testing.assert_allclose(qg.jacobian(qg.grad(total(recorded)))(POINT), expected, atol=1e-9)


def test_shots_draw_what_the_qnode_draws():
    node, _ = both(device=qg.device("local", shots=100, seed=3))
    _, recorded = both(device=qg.device("local", shots=100, seed=3))
    for _ in range(2):
        for one, other in zip(leaves(node(POINT)), leaves(recorded(POINT)), strict=True):
            np.testing.assert_array_equal(other, one)
    seeded = {"seed": 5, "shots": [10, 20]}
    for one, other in zip(
        leaves(node(POINT, **seeded)), leaves(recorded(POINT, **seeded)), strict=True
    ):
        np.testing.assert_array_equal(other, one)


def test_a_gradient_from_shots_is_one_submission():
    _, recorded = both(device=qg.device("local", shots=100))
    recorded(POINT)
    with qg.Tracker() as tracker:
        qg.grad(lambda x: recorded(x)[0])(POINT)
    assert tracker.totals["submissions"] == 1


def test_rows_are_recorded_as_a_batch():
    node, recorded = both()
    points = np.random.default_rng(0).normal(size=(3, 5))
    for one, other in zip(leaves(node(points)), leaves(recorded(points)), strict=True):
        np.testing.assert_allclose(other, one, atol=1e-14)


def test_templates_and_containers_of_arguments():
    @qg.qnode("local")
    def model(weights, data):
        qg.AngleEmbedding(data, wires=range(3))
        qg.StronglyEntanglingLayers(weights["layers"], wires=range(3))
        return {"z": [qg.expval(qg.Z(wire)) for wire in range(3)]}

    weights = {"layers": np.random.default_rng(1).normal(size=(2, 3, 3))}
    recorded = qg.qjit(model)
    for data in (np.array([0.1, 0.2, 0.3]), np.array([0.5, -0.2, 1.3]), np.ones((4, 3))):
        np.testing.assert_allclose(recorded(weights, data)["z"], model(weights, data)["z"])


def test_other_shapes_integers_and_flags_are_recorded_again():
    node, recorded = both()
    for layers in (1, 2, 1):
        for one, other in zip(
            leaves(node(POINT, layers=layers)), leaves(recorded(POINT, layers=layers)), strict=True
        ):
            np.testing.assert_allclose(other, one, atol=1e-14)


def test_variables_outside_that_refer_to_other_objects_are_noticed():
    factor = 1.0

    @qg.qjit
    @qg.qnode("local")
    def scaled(x):
        qg.RX(factor * x, wires=0)
        return qg.expval(qg.Z(0))

    assert scaled(0.5) == pytest.approx(np.cos(0.5))
    factor = 2.0
    assert scaled(0.5) == pytest.approx(np.cos(1.0))


FACTOR = 1.0


def test_global_variables_in_comprehensions_are_noticed(monkeypatch):
    @qg.qjit
    @qg.qnode("local")
    def scaled(x):
        [qg.RX(FACTOR * angle, wires=0) for angle in x]
        return qg.expval(qg.Z(0))

    x = np.array([0.2, 0.3])
    assert scaled(x) == pytest.approx(np.cos(0.5))
    monkeypatch.setitem(globals(), "FACTOR", 2.0)
    assert scaled(x) == pytest.approx(np.cos(1.0))


def test_a_traced_value_from_outside_is_differentiated():
    def cost(x):
        @qg.qjit
        @qg.qnode("local")
        def inner(y):
            qg.RX(x, wires=0)
            qg.RX(y, wires=0)
            return qg.expval(qg.Z(0))

        return inner(0.2)

    assert qg.grad(cost)(qnp.array(0.4)) == pytest.approx(-np.sin(0.6))


def test_a_cost_records_the_qnodes_that_it_calls():
    node, _ = both()
    cost = qg.qjit(total(node))
    expected = qg.grad(total(node))(POINT)
    np.testing.assert_allclose(qg.grad(cost)(POINT), expected, atol=1e-12)
    CALLS.clear()
    qg.grad(cost)(POINT + 0.1)
    assert CALLS == []


def test_transforms_and_mid_circuit_measurements_are_computed_as_without():
    @qg.qnode("local")
    def measured(x):
        qg.RX(x, wires=0)
        first = qg.measure(0)
        qg.cond(first, qg.RY)(x / 2, wires=1)
        return qg.expval(qg.Z(1))

    recorded = qg.qjit(measured)
    assert recorded(0.7) == pytest.approx(measured(0.7))
    cancelled = qg.transforms.cancel_inverses(qg.qjit(qg.QNode(circuit, "local")))
    np.testing.assert_allclose(cancelled(POINT)[0], both()[0](POINT)[0])


@pytest.mark.parametrize(
    ("angle", "line"),
    [
        (lambda x: 0.1 if x > 0 else x, "0.1 if x > 0"),
        (lambda x: float(x), "float(x)"),
        (lambda x: np.maximum(x, 0.0), "np.maximum(x, 0.0)"),
    ],
)
def test_a_function_that_asks_for_a_value_is_refused_with_its_line(angle, line):
    @qg.qjit
    @qg.qnode("local")
    def asking(x):
        qg.RX(angle(x), wires=0)
        return qg.expval(qg.Z(0))

    with pytest.raises(NeedsValue, match="leave qjit out") as caught:
        asking(0.3)
    assert line in str(caught.value)


def test_gates_that_differ_between_equal_calls_are_refused():
    random = np.random.default_rng(2)

    @qg.qjit
    @qg.qnode("local")
    def drawn(x):
        qg.RX(x, wires=int(random.integers(10**6)))
        return qg.expval(qg.Z(0))

    with pytest.raises(NeedsValue, match="applied different gates"):
        drawn(0.3)


def test_errors_of_the_function_itself_stay_as_they_are():
    @qg.qjit
    @qg.qnode("local")
    def wrong(x):
        qg.CNOT(wires=[0, 0])
        return qg.expval(qg.Z(0))

    with pytest.raises(qg.exceptions.DuplicateWires):
        wrong(0.3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(value):
    _, recorded = both()
    recorded(POINT)
    with pytest.raises(qg.exceptions.NotFinite):
        recorded(np.array([0.1, value, 0.2]))


def test_something_else_than_a_function_is_refused():
    with pytest.raises(QuantumFunctionError, match="Give it a QNode"):
        qg.qjit(3)


def test_it_is_a_decorator_with_and_without_parentheses():
    @qg.qjit()
    @qg.qnode("local")
    def short(x):
        qg.RX(x, wires=0)
        return qg.expval(qg.Z(0))

    assert short(0.0) == 1.0
    assert isinstance(short, qg.QNode)


def test_copies_and_pickles_record_again():
    _, recorded = both()
    recorded(POINT)
    for other in (copy.copy(recorded), pickle.loads(pickle.dumps(recorded))):
        np.testing.assert_allclose(other(POINT)[0], recorded(POINT)[0])

"""Trainable and fixed arguments of an objective."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import NothingTrainable, UnsuitableObjective
from qgate.optimize.arguments import Arguments

SHAPES = st.lists(st.sampled_from([(), (1,), (3,), (2, 2), (0,)]), min_size=1, max_size=4)


def of(*args):
    return Arguments.of(args, optimizer="AdamOptimizer")


@given(SHAPES, st.integers(0, 1000))
def test_a_vector_goes_back_into_the_arrays_it_came_from(shapes, seed):
    random = numpy.random.default_rng(seed)
    arguments = of(*(np.array(random.normal(size=shape)) for shape in shapes))

    back = arguments.at(arguments.vector)

    assert all(map(numpy.array_equal, back, arguments.args))
    assert arguments.size == len(arguments.vector)


def test_what_is_not_marked_is_returned_as_it_is():
    fixed = np.array([1.0], requires_grad=False)
    words = ["XX", "ZZ"]
    plain = numpy.ones(2)
    arguments = of(fixed, np.array([0.5]), words, 3, plain)

    found = arguments.at(numpy.array([0.7]))

    assert (found[0] is fixed, found[2] is words, found[4] is plain) == (True, True, True)
    assert found[3] == 3
    assert found[1].requires_grad


def test_a_fixed_dict_may_change_during_a_step():
    def objective(weights, record):
        record["cost"] = np.sum(weights**2)
        return record["cost"]

    record = {"user": 1}

    found = qg.GradientDescentOptimizer(0.1).step(objective, np.array([1.0]), record)

    assert found[0] == pytest.approx([0.8])
    assert found[1] is record
    assert "cost" in record


def test_lists_tuples_and_dicts_are_trees():
    fixed = np.array(9.0, requires_grad=False)
    arguments = of({"a": np.array([1.0, 2.0]), "b": (np.array(3.0), fixed)}, [np.array(4.0)])

    found = arguments.at(arguments.vector * 10)

    assert found[0]["a"].tolist() == [10.0, 20.0]
    assert isinstance(found[0]["b"], tuple)
    assert (float(found[0]["b"][0]), found[0]["b"][1]) == (30.0, fixed)
    assert [float(item) for item in found[1]] == [40.0]


@pytest.mark.parametrize(("given", "kept"), [("float32", "float32"), ("int64", "float64")])
def test_precision_stays_and_integers_become_floats(given, kept):
    arguments = of(np.array([1, 2], dtype=given))

    assert arguments.at(arguments.vector + 0.5)[0].dtype == kept


def test_a_step_takes_nested_arguments():
    def objective(weights, *, scale):
        return scale * (np.sum(weights["a"] ** 2) + weights["b"][0] ** 2)

    weights = {"a": np.array([1.0, 2.0]), "b": [np.array(3.0), np.array(5.0, requires_grad=False)]}

    found, cost = qg.GradientDescentOptimizer(0.1).step_and_cost(objective, weights, scale=2.0)

    assert cost == 28.0
    assert found["a"] == pytest.approx([0.6, 1.2])
    assert [float(item) for item in found["b"]] == pytest.approx([1.8, 5.0])


def test_the_gradient_of_a_nested_argument_may_come_from_grad_fn():
    weights = [np.array([1.0, 2.0]), np.array(3.0, requires_grad=False)]

    found = qg.GradientDescentOptimizer(0.1).step(
        lambda w: 0.0, weights, grad_fn=lambda w: [2 * w[0], None]
    )

    assert found[0] == pytest.approx([0.8, 1.6])


def test_qng_and_qnspsa_take_nested_arguments():
    @qg.qnode("local?shots=100&seed=1")
    def circuit(weights):
        qg.RX(weights["x"][0], wires=0)
        qg.RY(weights["y"], wires=1)
        return qg.expval(qg.Z(0) + qg.Z(1))

    weights = {"x": np.array([0.3]), "y": np.array(0.4)}

    for optimizer in (qg.QNGOptimizer(0.1, lam=0.1), qg.QNSPSAOptimizer(0.1, seed=1)):
        found = optimizer.step(circuit, weights)

        assert found.keys() == weights.keys()
        assert found["x"].shape == (1,)


@pytest.mark.parametrize("args", [(), (0.5,), (numpy.ones(2),), (np.ones(2, requires_grad=False),)])
def test_nothing_trainable_is_refused(args):
    with pytest.raises(NothingTrainable, match="requires_grad=True") as caught:
        qg.AdamOptimizer().step(lambda *values: 1.0, *args)

    assert caught.value.optimizer == "AdamOptimizer"


def test_complex_numbers_are_refused():
    with pytest.raises(UnsuitableObjective, match="real and imaginary parts"):
        qg.AdamOptimizer().step(lambda x: 1.0, np.array([1j]))


@pytest.mark.parametrize("gradient", [(1.0, 2.0), ([1.0],), (), [0.0, 0.0]])
def test_gradients_of_another_form_are_refused(gradient):
    with pytest.raises(UnsuitableObjective, match="shapes"):
        qg.AdamOptimizer().step(lambda x: 1.0, np.ones(3), grad_fn=lambda x: gradient)

"""Quantum functions and weights that are accepted as a layer."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidLayer
from qgate.qnn.signature import checked_shapes


@qg.qnode("local")
def circuit(inputs, weights, shift):
    qg.RX(inputs[..., 0] + shift, 0)
    qg.RY(weights[0], 0)
    return qg.expval(qg.Z(0))


def node(function):
    return qg.QNode(function, "local")


def test_numbers_stand_for_shapes():
    shapes = checked_shapes(circuit, {"weights": np.int64(3), "shift": 1}, input_arg="inputs")

    assert shapes == {"weights": (3,), "shift": ()}


def test_shapes_are_kept_in_the_order_given():
    shapes = checked_shapes(circuit, {"shift": (1,), "weights": [2, 3]}, input_arg="inputs")

    assert list(shapes.items()) == [("shift", (1,)), ("weights", (2, 3))]


def test_an_argument_with_a_default_needs_no_shape():
    qnode = node(lambda inputs, weights, scale=1.0: None)

    assert checked_shapes(qnode, {"weights": 2}, input_arg="inputs") == {"weights": (2,)}


def test_weights_may_come_as_keywords():
    qnode = node(lambda inputs, **weights: None)

    assert checked_shapes(qnode, {"a": 2, "b": 1}, input_arg="inputs") == {"a": (2,), "b": ()}


def test_the_argument_for_the_data_may_have_another_name():
    qnode = node(lambda data, weights: None)

    assert checked_shapes(qnode, {"weights": 2}, input_arg="data") == {"weights": (2,)}


@pytest.mark.parametrize(
    ("qnode", "shapes", "text"),
    [
        (lambda inputs: None, {}, "not bound to a device"),
        (node(lambda x, w: None), {"w": 2}, "no argument 'inputs'.*Its arguments are: x, w"),
        (circuit, [("weights", 3)], "weight_shapes is .*Give a dict"),
        (circuit, {"weights": 3}, "no shape for the argument 'shift'"),
        (circuit, {"weights": 3, "shift": 1, "inputs": 2}, "'inputs', which is the data"),
        (circuit, {"weigths": 3, "shift": 1}, "'weigths', which is not.*Did you mean 'weights'"),
        (circuit, {"weights": 0, "shift": 1}, "the weight 'weights' is 0"),
        (circuit, {"weights": (2, -1), "shift": 1}, "positive whole number"),
        (circuit, {"weights": "3", "shift": 1}, "the weight 'weights' is '3'"),
        (circuit, {"weights": True, "shift": 1}, "the weight 'weights' is True"),
        (node(lambda inputs, *weights: None), {}, "'weights' is given by position only"),
        (node(lambda inputs, w, /: None), {"w": 1}, "is given by position only"),
    ],
)
def test_what_does_not_fit_is_refused(qnode, shapes, text):
    with pytest.raises(InvalidLayer, match=text):
        checked_shapes(qnode, shapes, input_arg="inputs")


def test_the_error_is_caught_under_the_names_that_users_know():
    assert issubclass(InvalidLayer, TypeError)
    assert issubclass(InvalidLayer, ValueError)
    assert issubclass(InvalidLayer, qg.exceptions.QuantumFunctionError)

"""QNodes as plain data, and back."""

from __future__ import annotations

import json
import sys

import pytest

import qgate as qg
from qgate.exceptions import CircuitNotFound
from qgate.qnn.saving import config_of, key_of, restored


@qg.qnode("local?wires=2&seed=3", diff_method="finite-diff", gradient_kwargs={"h": 0.1})
def decorated(x):
    qg.RX(x, 0)
    return qg.expval(qg.Z(0))


def plain(x):
    qg.RY(x, 0)
    return qg.expval(qg.X(0))


class Circuits:
    @staticmethod
    def inside(x):
        qg.RZ(x, 0)
        return qg.expval(qg.Z(0))


@pytest.mark.parametrize("function", [decorated.func, plain, Circuits.inside])
def test_a_function_is_found_by_its_name(function):
    qnode = qg.QNode(function, "local", "auto", "finite-diff", gradient_kwargs={"h": 0.1})

    found = restored(json.loads(json.dumps(config_of(qnode))))

    assert found.func is function
    assert found.diff_method == "finite-diff"
    assert found.gradient_kwargs == {"h": 0.1}


@pytest.mark.parametrize("shots", [None, 10, (10, 20)])
def test_device_and_shots_are_those_of_the_qnode(shots):
    found = restored(config_of(decorated.with_shots(shots)))

    assert found.device.config == decorated.device.config
    assert found.shots.parts == qg.set_shots(decorated, shots).shots.parts


def test_a_given_qnode_is_returned_as_it_is():
    other = qg.QNode(plain, "local")

    assert restored(config_of(decorated), other) is other


def test_a_given_function_takes_the_place_of_the_saved_one():
    found = restored(config_of(decorated), plain)

    assert found.func is plain
    assert found.device.config == decorated.device.config


def test_the_key_is_the_name_of_the_function():
    def inner(x):
        return qg.expval(qg.Z(0))

    assert key_of(config_of(decorated)) == "decorated"
    assert key_of(config_of(qg.QNode(Circuits.inside, "local"))) == "inside"
    assert key_of(config_of(qg.QNode(inner, "local"))) == "inner"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"function": "no.such.module:circuit"}, "has not imported 'no.such.module'"),
        ({"function": f"{__name__}:circuit"}, "has no such function"),
        ({"function": f"{__name__}:__name__"}, "has no such function"),
        ({"function": f"{__name__}:outer.<locals>.circuit"}, "it has no name in its module"),
        ({"device": None}, "its device was not made from a string"),
        ({"diff_method": False}, "its gradient method is a function"),
    ],
)
def test_what_cannot_be_made_again_says_why(changes, reason):
    description = {**config_of(decorated), **changes}

    with pytest.raises(CircuitNotFound, match=reason):
        restored(description)


def test_what_a_file_names_is_not_imported():
    with pytest.raises(CircuitNotFound, match="has not imported 'this'"):
        restored({**config_of(decorated), "function": "this:circuit"})

    assert "this" not in sys.modules


def test_a_gradient_transform_is_not_written_down():
    qnode = qg.QNode(plain, "local", diff_method=qg.gradients.param_shift)

    assert config_of(qnode)["diff_method"] is False

"""Repetition in layers."""

from __future__ import annotations

import numpy as np
import pytest

from qgate.exceptions import InvalidParameters
from qgate.operations.fixed import Hadamard
from qgate.operations.rotations import RX
from qgate.recording import recording
from qgate.templates.layer import layer


def recorded(function, *args, **kwargs):
    with recording() as recorder:
        function(*args, **kwargs)
    return list(recorder.items)


def test_layer_gives_each_repetition_its_arguments():
    def block(angle, wires):
        Hadamard(wires)
        RX(angle, wires)

    made = recorded(layer, block, 2, np.array([0.1, 0.2]), wires="a")

    assert made == [Hadamard("a"), RX(0.1, "a"), Hadamard("a"), RX(0.2, "a")]


def test_layer_refuses_arguments_of_another_length():
    with pytest.raises(InvalidParameters, match=r"depth=3.*length 2"):
        layer(RX, 3, [0.1, 0.2], wires=0)


@pytest.mark.parametrize(
    "apply",
    [
        lambda: layer(lambda: None, 2, [0.1, 0.2]),
        lambda: layer(lambda x: None, 2, [0.1, 0.2], wires=0),
    ],
)
def test_a_template_that_cannot_be_called_with_the_arguments_is_refused(apply):
    with pytest.raises(InvalidParameters, match="a function that accepts 1 positional arg"):
        apply()

"""Properties of all templates."""

from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from qgate.exceptions import InvalidParameters
from qgate.operations.rotations import RX, RY
from qgate.recording import recording
from qgate.templates.base import Template, gate_class
from qgate.templates.layers import StronglyEntanglingLayers

ANGLES = np.random.default_rng(8).uniform(-3, 3, (2, 2, 3))


def test_a_template_is_recorded_and_its_gates_are_not():
    with recording() as recorder:
        template = StronglyEntanglingLayers(ANGLES, wires=range(2))
        template.decomposition()
        template.matrix()

    assert recorder.items == (template,)


def test_a_batch_is_a_batch_of_circuits():
    batch = np.stack([ANGLES, -ANGLES, 2 * ANGLES])

    template = StronglyEntanglingLayers(batch, wires=range(2))

    single = [StronglyEntanglingLayers(angles, wires=range(2)).matrix() for angles in batch]
    assert template.batch_size == 3
    np.testing.assert_allclose(template.matrix(), single, atol=1e-12)


def test_other_numbers_keep_the_signature():
    one, two = (StronglyEntanglingLayers(x * ANGLES, wires=range(2)) for x in (1, 2))

    assert one.signature == two.signature
    assert one != two
    assert one.with_parameters(two.parameters) == two


def test_a_matrix_can_be_differentiated_through_its_gates():
    def overlap(angles):
        return anp.real(StronglyEntanglingLayers(angles, wires=range(2)).matrix()[0, 3])

    direction, step = np.random.default_rng(9).normal(size=ANGLES.shape), 1e-6
    expected = (overlap(ANGLES + step * direction) - overlap(ANGLES - step * direction)) / (
        2 * step
    )

    found = np.sum(autograd.grad(overlap)(ANGLES) * direction)
    assert found == pytest.approx(expected, abs=1e-8)


def test_gates_are_found_by_class_name_and_short_name():
    assert gate_class(RX) is RX
    assert gate_class("RX") is RX
    assert gate_class("Y", prefix="R") is RY
    with pytest.raises(InvalidParameters, match="Did you mean"):
        gate_class("RXX")


def test_a_template_that_does_not_say_its_gates_is_unfinished():
    class Unfinished(Template):
        pass

    with pytest.raises(NotImplementedError):
        Unfinished((), wires=0).decomposition()

"""The tapes of a plan, and the processing of their results."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import UnsupportedDiffMethod
from qgate.gradients.registry import METHODS
from qgate.gradients.tape_plans import tape_plan
from qgate.tape import Tape

BOTH = np.array([True, True])


def tape():
    return Tape([qg.RX(0.3, 0), qg.RY(0.4, 0)], [qg.expval(qg.Z(0)), qg.probs(wires=0)])


EXPECTED = np.array([-np.sin(0.3) * np.cos(0.4), -np.cos(0.3) * np.sin(0.4)])


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("method", ["finite-diff", "hadamard"])
def test_a_plan_gives_derivatives_of_each_quantity(method, value):
    planned = tape_plan(METHODS[method], tape(), BOTH, {}, value=value)

    slopes, values = planned.read(qg.execute(planned.tapes, "local"))

    np.testing.assert_allclose(slopes[0], EXPECTED, atol=1e-6)
    np.testing.assert_allclose(slopes[1], np.outer(EXPECTED, [0.5, -0.5]), atol=1e-6)
    assert values[0] == (pytest.approx(np.cos(0.3) * np.cos(0.4)) if value else 0.0)


def test_only_wanted_slots_are_planned():
    planned = tape_plan(METHODS["hadamard"], tape(), np.array([False, True]), {}, value=False)

    assert len(planned.tapes) == 1


def test_a_method_without_circuits_has_no_plan():
    with pytest.raises(UnsupportedDiffMethod, match="it runs no circuits of its own"):
        tape_plan(METHODS["adjoint"], tape(), BOTH, {}, value=False)

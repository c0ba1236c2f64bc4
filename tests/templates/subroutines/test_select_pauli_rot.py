"""Selected rotations against block-diagonal matrices."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidParameters

ANGLES = np.array([0.1, -0.7, 1.3, 0.4])


@pytest.mark.parametrize(("axis", "gate"), [("X", qg.RX), ("Y", qg.RY), ("Z", qg.RZ)])
def test_the_number_on_the_controls_chooses_the_angle(axis, gate):
    expected = scipy.linalg.block_diag(*(gate(angle, "t").matrix() for angle in ANGLES))

    template = qg.SelectPauliRot(ANGLES, [0, 1], "t", rot_axis=axis)

    np.testing.assert_allclose(template.matrix(), expected, atol=1e-12)
    batch = qg.SelectPauliRot(np.stack([ANGLES, 2 * ANGLES]), [0, 1], "t", rot_axis=axis)
    np.testing.assert_allclose(batch.matrix()[0], expected, atol=1e-12)


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop"])
def test_derivatives_by_the_angles(method):
    @qg.qnode(qg.device("local"), diff_method=method)
    def value(angles):
        qg.H(0)
        qg.RY(0.4, wires=1)
        qg.SelectPauliRot(angles, [0, 1], 2, rot_axis="Y")
        return qg.expval(qg.Z(2))

    weights = np.kron([0.5, 0.5], [np.cos(0.2) ** 2, np.sin(0.2) ** 2])
    found = qg.grad(value)(qg.numpy.array(ANGLES))
    np.testing.assert_allclose(found, -weights * np.sin(ANGLES), atol=1e-12)


@pytest.mark.parametrize(
    ("angles", "controls", "target", "axis"),
    [
        (ANGLES, [0], 1, "Z"),
        (ANGLES, [0, 1], 1, "Z"),
        (ANGLES, [0, 1], [2, 3], "Z"),
        (ANGLES, [0, 1], 2, "W"),
        (ANGLES, [0, 1], 2, None),
    ],
)
def test_arguments_that_do_not_fit_are_refused(angles, controls, target, axis):
    with pytest.raises(InvalidParameters):
        qg.SelectPauliRot(angles, controls, target, axis)

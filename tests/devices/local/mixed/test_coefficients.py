"""Coefficients of angles and channels, against transfer matrices and central differences."""

import numpy as np
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.mixed.coefficients import Coefficients, transfer_of
from qgate.operations.slots import Affine
from qgate.structure import ArraySlot

ANGLES = np.array([[0.3, 0.2, 0.4], [0.6, 0.1, 0.05]])


def slot(index):
    return Affine.slot(index)


def filled():
    """Return coefficients of a wave, and of two channels of a kind."""
    found = Coefficients()
    found.wave(0, 2.0)
    damping = qg.GeneralizedAmplitudeDamping(0.1, 0.2, wires=0)
    found.channel(damping.with_parameters([slot(1), 0.3]))
    found.channel(damping.with_parameters([slot(2), slot(1)]))
    return found


def test_entries_of_channels_are_those_of_their_transfer_matrices():
    found = Coefficients()
    channel = qg.ThermalRelaxationError(0.2, 1.0, 1.5, 0.3, wires=0)
    start, (rows, columns) = found.channel(channel.with_parameters([slot(1), 1.0, 1.5, slot(0)]))
    values = found.values(ANGLES)

    for row, (time, excited, _) in zip(values, ANGLES, strict=True):
        matrix = np.zeros((4, 4))
        matrix[rows, columns] = row[start : start + len(rows)]
        assert_allclose(matrix, transfer_of(channel, [excited, 1.0, 1.5, time]), atol=1e-15)


def test_pull_back_is_the_transposed_derivative():
    coefficients, random = filled(), np.random.default_rng(1)
    slopes = random.normal(size=(2, 1, coefficients.count))
    direction, step = random.normal(size=ANGLES.shape), 1e-6
    ahead, behind = (coefficients.values(ANGLES + sign * step * direction) for sign in (1, -1))

    values = coefficients.values(ANGLES)
    found = coefficients.pull_back(slopes, values, ANGLES, frozenset({0, 1, 2}))

    expected = np.einsum("kc,kc->k", slopes[:, 0], (ahead - behind) / (2 * step))
    assert_allclose(np.einsum("qk,kq->k", found[:, :, 0], direction), expected, rtol=1e-6)


def test_given_matrices_are_common_to_all_rows():
    found, random = Coefficients(), np.random.default_rng(0)
    gates = [qg.RX(0.3, 0), qg.RY(0.4, 0)]
    unitary = qg.QubitUnitary(np.eye(2), wires=0)
    starts = [found.matrix(unitary.with_parameters([ArraySlot(index)])) for index in (0, 1)]

    values = found.common([gate.matrix() for gate in gates])

    places = np.array(starts)[:, None] - np.arange(16)
    expected = [transfer_of(gate, gate.parameters).reshape(-1) for gate in gates]
    assert_allclose(values[places], expected, atol=1e-15)
    assert found.values(random.normal(size=(3, 0))).shape == (3, 1)


def test_only_coefficients_of_wanted_angles_are_needed():
    coefficients = filled()

    needed = coefficients.needed(frozenset({2}))

    assert not needed[:3].any()
    assert needed.sum() == len(needed) - 3 - (len(needed) - 3) // 2
    assert not coefficients.needed(frozenset()).any()

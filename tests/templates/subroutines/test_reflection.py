"""Reflections and amplitude amplification against their matrices."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters, WireError

PREPARE = qg.prod(qg.CNOT([0, 1]), qg.RX(0.3, 1), qg.RY(0.8, 0))
ORACLE = qg.FlipSign([1, 1], wires=[0, 1])


@pytest.mark.parametrize("wires", [None, [0], [1, 0]])
@pytest.mark.parametrize("alpha", [np.pi, 0.7])
def test_a_reflection_is_a_phase_on_a_prepared_state(alpha, wires):
    unitary = PREPARE.matrix(wire_order=[0, 1])
    projector = np.diag([1, 0, 0, 0] if wires != [0] else [1, 1, 0, 0])
    expected = -np.eye(4) + (1 - np.exp(1j * alpha)) * unitary @ projector @ unitary.conj().T

    template = qg.Reflection(PREPARE, alpha, reflection_wires=wires)

    np.testing.assert_allclose(template.matrix(wire_order=[0, 1]), expected, atol=1e-12)
    assert template.alpha == alpha
    assert list(template.reflection_wires) == ([0, 1] if wires is None else wires)


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop"])
def test_derivative_by_the_angle(method):
    @qg.qnode(qg.device("local"), diff_method=method)
    def value(alpha):
        qg.RY(0.4, wires=0)
        qg.Reflection(qg.prod(qg.RX(0.5, 1), qg.H(0)), alpha)
        return qg.expval(qg.Z(0) @ qg.Y(1))

    slope = (value(0.7 + 1e-5) - value(0.7 - 1e-5)) / 2e-5
    assert qg.grad(value)(qg.numpy.array(0.7)) == pytest.approx(slope, abs=1e-8)


def test_amplification_turns_the_state_by_twice_its_angle():
    def prepare():
        return qg.prod(qg.RY(0.5, 0), qg.RY(0.9, 1))

    start = np.arcsin(np.sin(0.25) * np.sin(0.45))

    for iters in range(4):

        @qg.qnode(qg.device("local", wires=2))
        def marked():
            prepare()
            qg.AmplitudeAmplification(prepare(), ORACLE, iters=iters)  # noqa: B023
            return qg.probs()

        assert marked()[3] == pytest.approx(np.sin((2 * iters + 1) * start) ** 2)


@pytest.mark.parametrize("iters", [9, 16, 30])
def test_a_fixed_point_does_not_overshoot(iters):
    def prepare():
        return qg.prod(qg.H(0), qg.H(1))

    @qg.qnode(qg.device("local", wires=3))
    def marked():
        prepare()
        qg.AmplitudeAmplification(
            prepare(), ORACLE, iters=iters, fixed_point=True, work_wire=2, p_min=0.9
        )
        return qg.probs(wires=[0, 1])

    assert marked()[3] >= 0.9


def test_iterations_are_oracles_and_reflections():
    gates = qg.AmplitudeAmplification(PREPARE, ORACLE, iters=2).decomposition()

    assert gates == [ORACLE, qg.Reflection(PREPARE)] * 2
    assert qg.AmplitudeAmplification(PREPARE, ORACLE, 1, True, 2).decomposition() == []
    matrices = [gate.matrix(wire_order=[0, 1]) for gate in reversed(gates)]
    np.testing.assert_allclose(
        qg.AmplitudeAmplification(PREPARE, ORACLE, iters=2).matrix(wire_order=[0, 1]),
        reduce(np.matmul, matrices),
        atol=1e-12,
    )


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: qg.Reflection(PREPARE, 0.1, [2]), InvalidParameters),
        (lambda: qg.Reflection(PREPARE, 0.1, []), InvalidParameters),
        (lambda: qg.AmplitudeAmplification(PREPARE, ORACLE, iters=-1), InvalidParameters),
        (lambda: qg.AmplitudeAmplification(PREPARE, ORACLE, p_min=1.0), InvalidParameters),
        (lambda: qg.AmplitudeAmplification(PREPARE, ORACLE, 2, True), WireError),
        (lambda: qg.AmplitudeAmplification(PREPARE, ORACLE, 2, True, 0), InvalidParameters),
    ],
)
def test_arguments_that_do_not_fit_are_refused(make, error):
    with pytest.raises(error):
        make()

"""Templates that consist of operators."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.recording import recording


def test_the_parts_leave_the_record():
    with recording() as recorder:
        template = qg.HilbertSchmidt(V=[qg.RX(0.1, 1)], U=qg.H(0))

    assert recorder.items == (template,)


def test_numbers_and_wires_of_the_parts_are_those_of_the_template():
    template = qg.ControlledSequence(qg.RX(0.1, "t"), control=[0, 1])

    other = template.with_parameters([0.2]).map_wires({"t": 2})

    assert other == qg.ControlledSequence(qg.RX(0.2, 2), control=[0, 1])
    assert other.signature != template.signature
    assert template.with_parameters([0.2]).signature == template.signature


@pytest.mark.parametrize("method", ["parameter-shift", "adjoint", "backprop", "hadamard"])
def test_derivatives_by_angles_of_the_parts(method):
    @qg.qnode(qg.device("local"), diff_method=method)
    def overlap(angle):
        qg.HilbertSchmidt(V=[qg.RZ(angle, 1), qg.RX(0.4, 1)], U=[qg.RX(0.3, 0), qg.RZ(0.2, 0)])
        return qg.probs(wires=[0, 1])

    def value(angle):
        return overlap(angle)[0]

    def exact(angle):
        first = qg.RZ(0.2, 0).matrix() @ qg.RX(0.3, 0).matrix()
        second = qg.RX(0.4, 0).matrix() @ qg.RZ(angle, 0).matrix()
        return abs(np.trace(second.conj().T @ first)) ** 2 / 4

    assert value(0.5) == pytest.approx(exact(0.5))
    slope = (exact(0.5 + 1e-5) - exact(0.5 - 1e-5)) / 2e-5
    assert qg.grad(value)(qg.numpy.array(0.5)) == pytest.approx(slope, abs=1e-8)


def test_operators_of_users_are_decomposed():
    class Turn(qg.operation.Operation):
        num_wires = 1

        @staticmethod
        def compute_decomposition(angle, wires):
            return [qg.RX(angle**2, wires)]

    tape = qg.tape.QuantumScript([qg.ControlledSequence(Turn(0.5, wires=1), control=[0])])

    assert [gate.name for gate in tape.operations] != ["ControlledSequence"]
    np.testing.assert_allclose(
        qg.matrix(tape, wire_order=[0, 1]), qg.CRX(0.25, [0, 1]).matrix(), atol=1e-12
    )

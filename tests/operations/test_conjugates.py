"""Complex conjugates of gates against those of their matrices."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import DecompositionUndefinedError
from qgate.operations.conjugates import conjugated
from qgate.operations.slots import Affine

GATES = [
    qg.RX(0.3, 0),
    qg.RY(0.3, 0),
    qg.RX(np.array([0.3, 0.4]), 0),
    qg.Y(0),
    qg.SX(0),
    qg.T(0),
    qg.CY([0, 1]),
    qg.Rot(0.1, 0.2, 0.3, 0),
    qg.U2(0.1, 0.2, 0),
    qg.CRot(0.1, 0.2, 0.3, [0, 1]),
    qg.PauliRot(0.3, "XY", [0, 1]),
    qg.PauliRot(0.3, "YY", [0, 1]),
    qg.IsingXY(0.3, [0, 1]),
    qg.SISWAP([0, 1]),
    qg.SingleExcitationPlus(0.3, [0, 1]),
    qg.GlobalPhase(0.3),
    qg.ctrl(qg.PhaseShift(0.3, 0), 1),
    qg.adjoint(qg.U3(0.1, 0.2, 0.3, 0)),
    qg.prod(qg.RX(0.1, 0), qg.Y(1)),
    qg.evolve(qg.Y(0), 0.3),
    qg.QFT(range(6)),
    qg.QubitUnitary(np.diag([1, 1j]), 0),
    qg.DiagonalQubitUnitary(np.exp([0.1j, 0.2j]), 0),
]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_the_product_of_the_gates_is_the_conjugate(gate):
    found = qg.matrix(qg.tape.QuantumScript(conjugated([gate])), wire_order=gate.wires)

    np.testing.assert_allclose(found, np.conj(gate.matrix()), atol=1e-12)


def test_gates_are_conjugated_in_their_order():
    assert conjugated([qg.RZ(0.1, 0), qg.RY(0.2, 0)]) == [qg.RZ(-0.1, 0), qg.RY(0.2, 0)]


def test_angles_stay_linear():
    gate = qg.Rot(0.1, 0.2, 0.3, 0).with_parameters([Affine.slot(k) for k in range(3)])

    angles = [gate.parameters[0] for gate in conjugated([gate])]

    assert angles == [-Affine.slot(0), Affine.slot(1), -Affine.slot(2)]


def test_an_operator_without_gates_is_refused():
    class Unknown(qg.operation.Operation):
        num_wires = 1

    with pytest.raises(DecompositionUndefinedError, match="Unknown"):
        conjugated([Unknown(0.1, wires=0)])

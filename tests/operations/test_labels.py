"""Labels of operators in drawings."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg


@pytest.mark.parametrize(
    ("operator", "text"),
    [
        (qg.I(0), "I"),
        (qg.Hadamard(0), "H"),
        (qg.PhaseShift(0.123, 0), "Rϕ\n(0.12)"),
        (qg.ControlledPhaseShift(0.123, [0, 1]), "Rϕ\n(0.12)"),
        (qg.CPhaseShift00(0.123, [0, 1]), "Rϕ(00)\n(0.12)"),
        (qg.Rot(0.1, 0.2, 0.3, 0), "Rot\n(0.10,\n0.20,\n0.30)"),
        (qg.SingleExcitationPlus(0.1, [0, 1]), "G₊\n(0.10)"),
        (qg.DoubleExcitation(0.1, range(4)), "G²\n(0.10)"),
        (qg.FermionicSWAP(0.1, [0, 1]), "fSWAP\n(0.10)"),
        (qg.BasisState([1, 0], [0, 1]), "|Ψ⟩"),
        (qg.AmplitudeEmbedding([1.0, 0.0], 0), "|Ψ⟩"),
        (qg.Barrier([0, 1]), "||"),
        (qg.adjoint(qg.RX(0.1, 0)), "RX\n(0.10)†"),
        (qg.adjoint(qg.prod(qg.X(0), qg.S(1))), "(X@S)†"),
        (qg.pow(qg.adjoint(qg.RX(0.1, 0)), 3), "(RX\n(0.10)†)³"),
        (qg.pow(qg.X(0), 0.5), "X⁰⋅⁵"),
        (qg.pow(qg.S(0), -2), "S⁻²"),
        (qg.pow(qg.S(0), 1e-9), "S^1e-09"),
        (qg.evolve(qg.X(0), 0.3), "Exp(-0.30j X)"),
        (2.5 * (qg.X(0) @ qg.Z(1)), "2.50*X@Z"),
        (qg.prod(qg.X(0), qg.RZ(0.1, 0)), "X@RZ\n(0.10)"),
        (qg.RX(0.1, 0, id="mine"), 'RX\n(0.10,\n"mine")'),
        (qg.X(0, id="mine"), 'X("mine")'),
    ],
)
def test_labels_are_symbols_with_rounded_parameters(operator, text):
    assert operator.label(decimals=2) == text


def test_parameters_are_left_out_by_default():
    assert qg.RX(0.1, 0).label() == "RX"
    assert qg.QubitUnitary(np.eye(2), 0).label(decimals=2) == "U"


def test_a_label_may_be_given():
    assert qg.RX(0.123, 0).label(base_label="mine") == "mine"
    assert qg.ctrl(qg.RX(0.123, 0), [1, 2]).label(decimals=2, base_label="mine") == "mine\n(0.12)"
    assert (qg.X(0) + qg.Z(1)).label(base_label="mine") == "mine"


def test_equal_arrays_have_one_number():
    cache = {"matrices": []}
    same, other = np.eye(2), np.diag([1.0, -1.0])

    labels = [qg.QubitUnitary(matrix, 0).label(cache=cache) for matrix in (same, other, same)]

    assert labels == ["U\n(M0)", "U\n(M1)", "U\n(M0)"]
    assert len(cache["matrices"]) == 2


def test_several_arrays_have_several_numbers():
    design = qg.SimplifiedTwoDesign(np.zeros(2), np.zeros((1, 1, 2)), [0, 1])

    assert design.label(cache={"matrices": []}) == "SimplifiedTwoDesign\n(M0,\nM1)"

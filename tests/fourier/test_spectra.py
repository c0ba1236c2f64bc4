"""Spectra of gates."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import NoSpectrum
from qgate.fourier.spectra import joined, symmetric


class Turn(qg.Operator):
    """User-defined gate that has a generator and nothing else."""

    num_wires = 1

    def __init__(self, angle, wires):
        super().__init__((angle,), wires)

    def generator_matrix(self):
        return np.diag([0.0, 3.0])


@pytest.mark.parametrize(
    ("gate", "wanted"),
    [
        (qg.RX(0.1, 0), {0, 1}),
        (qg.PhaseShift(0.1, 0), {0, 1}),
        (qg.MultiRZ(0.1, wires=[0, 1, 2]), {0, 1}),
        (qg.PauliRot(0.1, "XYZ", wires=[0, 1, 2]), {0, 1}),
        (qg.CRX(0.1, wires=[0, 1]), {0, 0.5, 1}),
        (qg.ControlledPhaseShift(0.1, wires=[0, 1]), {0, 1}),
        (qg.SingleExcitation(0.1, wires=[0, 1]), {0, 0.5, 1}),
        (qg.ctrl(qg.IsingXX(0.1, wires=[0, 1]), control=2), {0, 0.5, 1}),
        (qg.evolve(qg.X(0) @ qg.X(1), 0.1), {0, 2}),
        (qg.evolve(qg.Z(0) + 0.25 * qg.Z(1), 0.1), {0, 0.5, 1.5, 2, 2.5}),
        (qg.GlobalPhase(0.1), {0}),
        (qg.adjoint(qg.RX(0.1, 0), lazy=True), {0, 1}),
        (Turn(0.1, 0), {0, 3}),
    ],
)
def test_a_gate_has_the_differences_of_its_generators_eigenvalues(gate, wanted):
    assert qg.fourier.get_spectrum(gate, decimals=8) == wanted


def test_frequencies_are_rounded():
    gate = qg.evolve(np.pi * qg.Z(0), 0.1)

    assert qg.fourier.get_spectrum(gate, decimals=3) == {0, 6.283}


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        (qg.Hadamard(0), "Hadamard has 0 parameters"),
        (qg.Rot(0.1, 0.2, 0.3, wires=0), "Rot has 3 parameters"),
        (qg.QubitUnitary(np.eye(2), wires=0), "frequencies of QubitUnitary are not known"),
        (qg.AngleEmbedding([0.1, 0.2], wires=[0, 1]), "frequencies of AngleEmbedding"),
    ],
)
def test_other_gates_are_refused(gate, says):
    with pytest.raises(NoSpectrum, match=says):
        qg.fourier.get_spectrum(gate, decimals=8)


def test_two_spectra_join_to_sums_and_differences():
    assert qg.fourier.join_spectra({0, 1, 4}, {0, 2}) == {0, 1, 2, 3, 4, 6}


def test_frequencies_that_agree_up_to_rounding_are_one():
    many = joined([np.array([0.1])] * 12, decimals=8)

    np.testing.assert_allclose(many, 0.1 * np.arange(13), atol=1e-14)


def test_a_spectrum_has_negative_frequencies_and_zero():
    assert symmetric([0.0, 0.5, 2.0], decimals=8) == [-2.0, -0.5, 0.0, 0.5, 2.0]
    assert symmetric([0.0], decimals=8) == [0.0]

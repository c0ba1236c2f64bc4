"""Phase estimation against known phases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.exceptions import InvalidParameters
from qgate.operations.rotations import RX, PhaseShift
from qgate.recording import recording
from qgate.templates.subroutines.phase_estimation import QuantumPhaseEstimation


@given(st.integers(1, 4).flatmap(lambda m: st.tuples(st.just(m), st.integers(0, 2**m - 1))))
@settings(deadline=None, max_examples=15)
def test_a_phase_of_m_bits_is_read_exactly(pair):
    m, number = pair
    gate = PhaseShift(2 * np.pi * number / 2**m, wires="target")

    matrix = QuantumPhaseEstimation(gate, estimation_wires=range(m)).matrix()

    # The target, the first wire, is in the eigenstate 1.
    assert abs(matrix[2**m + number, 2**m]) == pytest.approx(1)


def test_every_power_is_controlled_by_its_own_wire():
    unitary = RX(0.3, "t").matrix()
    fourier = np.fft.ifft(np.eye(4), norm="ortho")
    applied = np.zeros((2, 4, 2, 4), dtype=complex)
    for number in range(4):
        applied[:, number, :, number] = np.linalg.matrix_power(unitary, number)
    uniform = np.kron(np.eye(2), np.kron([[1, 1], [1, -1]], [[1, 1], [1, -1]]) / 2)
    expected = np.kron(np.eye(2), fourier.conj().T) @ applied.reshape(8, 8) @ uniform

    by_gate = QuantumPhaseEstimation(RX(0.3, "t"), estimation_wires=[0, 1])
    by_matrix = QuantumPhaseEstimation(unitary, target_wires="t", estimation_wires=[0, 1])

    np.testing.assert_allclose(by_gate.matrix(), expected, atol=1e-12)
    np.testing.assert_allclose(by_matrix.matrix(), expected, atol=1e-12)
    assert list(by_gate.target_wires) == ["t"]
    assert list(by_gate.estimation_wires) == [0, 1]


def test_it_takes_its_unitary_from_the_record():
    with recording() as recorder:
        template = QuantumPhaseEstimation(RX(0.3, "t"), estimation_wires=[0, 1])
        other = QuantumPhaseEstimation(np.eye(2), target_wires="t", estimation_wires=[0, 1])

    assert recorder.items == (template, other)


def test_the_parameters_are_those_of_the_unitary():
    template = QuantumPhaseEstimation(RX(0.3, "t"), estimation_wires=[0, 1])

    again = QuantumPhaseEstimation(RX(0.7, "t"), estimation_wires=[0, 1])

    assert template.parameters == (0.3,)
    assert template.signature == again.signature
    np.testing.assert_allclose(template.with_parameters((0.7,)).matrix(), again.matrix())


def test_wires_are_mapped_in_the_unitary_too():
    template = QuantumPhaseEstimation(RX(0.3, "t"), estimation_wires=[0, 1])

    moved = template.map_wires({"t": "u", 0: "v"})

    assert moved == QuantumPhaseEstimation(RX(0.3, "u"), estimation_wires=["v", 1])
    assert moved.signature != template.signature


@pytest.mark.parametrize(
    ("unitary", "wires"),
    [
        (RX(0.3, 0), {}),
        (RX(0.3, 0), {"estimation_wires": [0, 1]}),
        (RX(0.3, 0), {"target_wires": [0], "estimation_wires": [1]}),
        (np.eye(2), {"estimation_wires": [1]}),
    ],
)
def test_wires_that_are_missing_or_overlap_are_refused(unitary, wires):
    with pytest.raises(InvalidParameters, match=r"estimation wire|Target wires"):
        QuantumPhaseEstimation(unitary, **wires)


@pytest.mark.parametrize("number", range(8))
def test_iterations_read_a_phase_of_three_bits_exactly(number):
    @qg.qnode(qg.device("local"))
    def digits():
        qg.X(0)
        outcomes = qg.iterative_qpe(PhaseShift(np.pi * number / 4, wires=0), 1, iters=3)
        return [qg.expval(outcome) for outcome in outcomes]

    np.testing.assert_allclose(digits(), [number >> 2 & 1, number >> 1 & 1, number & 1], atol=1e-9)


@pytest.mark.parametrize("iters", [0, 1.5, 60])
def test_a_number_of_digits_out_of_range_is_refused(iters):
    with pytest.raises(InvalidParameters, match="number of digits"):
        qg.iterative_qpe(PhaseShift(0.1, wires=0), 1, iters)

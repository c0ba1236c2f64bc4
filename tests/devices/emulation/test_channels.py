"""Channels from calibrated errors: they have these errors."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.devices.emulation.calibration import Calibration
from qgate.devices.emulation.channels import gate_channels, idle_channels, readout_channels

ERRORS = st.floats(0.0, 0.3)
TIMES = st.floats(0.1, 100.0)


def average_fidelity(channels, qubits):
    """Return (d F + 1) / (d + 1), with the process fidelity F from Kraus matrices."""
    size = 2 ** len(qubits)
    products = [np.eye(size)]
    for channel in channels:
        place = [qubits.index(wire) for wire in channel.wires]
        before, after = np.eye(2 ** place[0]), np.eye(2 ** (len(qubits) - 1 - place[-1]))
        kraus = [reduce(np.kron, (before, k, after)) for k in channel.kraus_matrices()]
        products = [k @ product for k in kraus for product in products]
    process = sum(abs(np.trace(product)) ** 2 for product in products) / size**2
    return (size * process + 1) / (size + 1)


@given(ERRORS, TIMES, TIMES, st.sampled_from([(4,), (4, 7)]))
@settings(max_examples=10)
def test_a_gate_has_the_calibrated_error_with_the_relaxation_of_its_qubits(error, t1, t2, qubits):
    made = Calibration(
        errors={qubits: {"cz": error}},
        durations_s={qubits: {"cz": 0.02}},
        t1_s={-1: t1},
        t2_s={-1: t2},
    )
    relaxed = [each for qubit in qubits for each in idle_channels(made, qubit, 0.02)]
    least = 1 - average_fidelity(relaxed, qubits)  # decay alone may be more than the error

    found = 1 - average_fidelity(gate_channels(made, "CZ", qubits), qubits)

    assert found == pytest.approx(max(error, least), abs=1e-9)


def test_virtual_gates_have_no_channels():
    made = Calibration(means={1: 0.1}, virtual=frozenset({"rz"}), t1_s={-1: 1.0})

    assert gate_channels(made, "rz", (0,)) == []
    assert len(gate_channels(made, "sx", (0,))) == 1


@pytest.mark.parametrize("errors", [(0.02, 0.1), (0.7, 0.9)])
@pytest.mark.parametrize("bit", [0, 1])
def test_a_readout_errs_with_the_given_probabilities(errors, bit):
    channels = readout_channels(*errors, 3)

    @qg.qnode("local")
    def read():
        qg.BasisState([bit], wires=[3])
        for item in channels:
            qg.apply(item)
        return qg.probs(wires=3)

    assert read()[1 - bit] == pytest.approx(errors[bit])


def test_a_qubit_without_known_times_waits_without_decay():
    assert idle_channels(Calibration(), 0, 1.0) == []
    assert [item.name for item in idle_channels(Calibration(t2_s={-1: 1.0}), 0, 1.0)] == [
        "PhaseDamping"
    ]

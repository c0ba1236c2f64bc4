import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.devices.braket.layout import Layout
from qgate.devices.braket.results import Measured, read_probabilities, read_set, whole_counts
from qgate.devices.job import RowFailure
from qgate.exceptions import WrongResult

SHOTS = 20
LAYOUT = Layout("OPENQASM 3.0;", ("slot_0",), ((2, 1, 0),), (0, 1, 2), ordered=True, rows=2)


def bits(*rows, shots=SHOTS):
    return np.tile(np.array(rows), (shots, 1))


def executable(reading=(0, 1, 1), qubits=(0, 1, 2), shots=SHOTS):
    return Measured(qubits, bits(reading, shots=shots))


def read(*programs, layouts=(LAYOUT,)):
    return read_set(programs, layouts, SHOTS, device="braket:test")


def test_bits_are_put_into_the_order_of_the_measured_wires():
    (((first, second),),) = read([executable((0, 0, 1)), executable((0, 1, 1))])

    assert first.counts() == {"100": SHOTS}
    assert second.counts() == {"110": SHOTS}


def test_the_order_of_measured_qubits_is_taken_from_the_result():
    (((first, _),),) = read([executable((1, 1, 0), qubits=(1, 2, 0)), executable()])

    assert first.counts() == {"110": SHOTS}


def test_missing_executables_are_noticed():
    with pytest.raises(WrongResult, match=r"\[1\] executables .* \[2\] were sent"):
        read([executable()])


def test_missing_circuits_are_noticed():
    with pytest.raises(WrongResult, match=r"\[2\] executables .* \[2, 2\] were sent"):
        read([executable(), executable()], layouts=[LAYOUT, LAYOUT])


def test_missing_shots_are_noticed():
    with pytest.raises(WrongResult, match=r"\(19, 3\) for 20 shots of 3 qubits"):
        read([executable(), executable(shots=19)])


def test_missing_qubits_are_noticed():
    with pytest.raises(WrongResult, match=r"qubits \[0, 1, 5\], \[2, 1, 0\] were measured"):
        read([executable(qubits=(0, 1, 5)), executable()])


def test_a_row_that_failed_keeps_its_reason_and_spoils_no_other():
    (((first, second),),) = read([RowFailure("lost calibration"), executable()])

    assert first == RowFailure("lost calibration")
    assert second.counts() == {"110": SHOTS}


def test_frequencies_become_counts_that_add_up_to_the_shots():
    shares = {"000": 0.335, "011": 0.335, "001": 0.33}

    (((first, _),),) = read([Measured((0, 1, 2), frequencies=shares), executable()])

    assert sum(first.counts().values()) == SHOTS
    assert set(first.counts()) == {"000", "110", "100"}


@pytest.mark.parametrize("shares", [{"000": 0.7}, {"00": 1.0}, {}])
def test_frequencies_that_cannot_be_are_noticed(shares):
    with pytest.raises(WrongResult, match="frequencies add up to"):
        read([Measured((0, 1, 2), frequencies=shares), executable()])


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20).filter(any))
def test_counts_come_back_from_their_own_frequencies(counts):
    shots = sum(counts)

    assert whole_counts(np.array(counts) / shots, shots).tolist() == counts


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=20).filter(lambda values: sum(values) > 0.01),
    st.integers(1, 10_000),
)
def test_whole_counts_add_up_and_are_near_their_shares(weights, shots):
    shares = np.array(weights) / sum(weights)

    counts = whole_counts(shares, shots)

    assert counts.sum() == shots
    assert np.all(np.abs(counts - shares * shots) < 1 + 1e-6)


def test_a_wrong_number_of_probabilities_is_noticed():
    with pytest.raises(WrongResult, match="4 probabilities for 3 qubits"):
        read_probabilities([0.25] * 4, LAYOUT, "braket:test")

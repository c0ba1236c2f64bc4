"""Results of backends become outcomes."""

import numpy as np
import pytest

from qgate.devices.qiskit.results import read_outcomes, read_results
from qgate.exceptions import WrongResult


def read(data, num_wires=2, *, shots=10, ordered=False):
    return read_outcomes(data, num_wires, shots=shots, ordered=ordered, device="here")


@pytest.mark.parametrize("keys", [("0x1", "0x2"), ("01", "10"), ("0 1", "1 0")])
def test_outcomes_are_read_in_every_spelling(keys):
    outcomes = read({"counts": dict(zip(keys, (3, 7), strict=True))})

    assert outcomes.counts() == {"01": 3, "10": 7}


def test_order_of_shots_is_kept():
    memory = ["0x1", "0x3", "0x0"]

    outcomes = read({"counts": {}, "memory": memory}, shots=3, ordered=True)

    np.testing.assert_array_equal(outcomes.bits(), [[0, 1], [1, 1], [0, 0]])


def test_wide_outcomes_do_not_overflow():
    outcomes = read({"counts": {hex(2**99 + 1): 10}}, num_wires=100)

    assert outcomes.counts() == {"1" + "0" * 98 + "1": 10}


def test_counts_that_do_not_add_up_are_refused():
    with pytest.raises(WrongResult, match="9 shots came back, 10 were asked for"):
        read({"counts": {"0x0": 9}})


def test_outcomes_with_too_many_bits_are_refused():
    with pytest.raises(WrongResult, match="the outcome 100 has more than 2 bits"):
        read({"counts": {"0x4": 10}})


def test_no_outcomes_at_all_are_refused():
    with pytest.raises(WrongResult, match="0 shots came back"):
        read({"counts": {}})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "no counts in it"),
        ({"counts": {"two": 10}}, "cannot be read"),
        ({"counts": {"0x0": "many"}}, "cannot be read"),
        ({"counts": None}, "cannot be read|no counts"),
    ],
)
def test_outcomes_that_are_none_are_refused(data, reason):
    with pytest.raises(WrongResult, match=reason):
        read(data)


@pytest.mark.parametrize("result", [None, "a text", {"results": []}, object()])
def test_what_is_no_result_is_refused(result):
    with pytest.raises(WrongResult, match=r"an object of type \w+ came back"):
        read_results(result, [], device="here")


def test_samples_of_counts_are_the_same_for_one_job_and_differ_between_rows():
    counts = {"0x0": 50, "0x3": 50}

    first, again, other = (
        read_outcomes({"counts": counts}, 2, shots=100, ordered=True, device="here", seed=seed)
        for seed in ("job 0", "job 0", "job 1")
    )

    assert np.array_equal(first.bits(), again.bits())
    assert not np.array_equal(first.bits(), other.bits())
    assert first.counts() == other.counts() == {"00": 50, "11": 50}

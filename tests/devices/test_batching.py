"""Rows are distributed over submissions within every limit, and results return to their places."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qgate.devices.base import Device
from qgate.devices.batching import pack, raised, submit_packed, unpack
from qgate.devices.capabilities import Capabilities
from qgate.devices.job import FinishedJob, JobStatus, RowFailure
from qgate.exceptions import InvalidShots, SubmissionTooLarge
from qgate.measurements import counts, probs
from qgate.operations import RX
from qgate.outcomes import Outcomes
from qgate.sweep import Sweep
from qgate.tape import Tape

NUM_WIRES = 16
WEIGHT = (7, 2)
"""Bytes of each circuit and of each of its rows."""


def sweep(number, shots):
    """Rows whose angles identify their sweep and row."""
    measurement = probs(wires=0) if shots is None else counts(wires=range(NUM_WIRES))
    tape = Tape([RX(0.0, 0)], [measurement], shots=None if shots is None else 1)
    rows = shots if shots is not None else [0] * 3
    angles = 100.0 * number + np.arange(len(rows))
    given_shots = None if shots is None else np.array(shots, dtype=np.int64)
    return tape.sweep().with_rows(angles.reshape(-1, 1), given_shots)


def answer(part: Sweep):
    """Return for each row its angle, once for each shot."""
    if part.shots is None:
        return (part.rows[:, 0],)
    return (
        [
            Outcomes.from_readings(np.full(shots, int(row[0])), NUM_WIRES)
            for row, shots in zip(part.rows, part.shots.tolist(), strict=True)
        ],
    )


optional = st.none() | st.integers(1, 12)
limits = st.builds(
    Capabilities,
    max_rows=optional,
    max_exact_rows=optional,
    max_sweeps=optional,
    max_shots=st.none() | st.integers(1, 60),
    max_total_shots=st.none() | st.integers(1, 200),
    max_bytes=st.none() | st.integers(9, 60),
    equal_shots=st.booleans(),
)
shots_of_rows = st.lists(st.integers(1, 150), min_size=1, max_size=8)
sweeps = st.lists(st.none() | shots_of_rows, min_size=1, max_size=5).map(
    lambda given: [sweep(number, shots) for number, shots in enumerate(given)]
)


def held(batch, whole):
    """Contents of a submission, counted from its arguments."""
    parts = batch.sweeps(whole)
    return {
        "rows": sum(map(len, parts)),
        "sweeps": len(parts),
        "shots": sum(int(part.shots.sum()) for part in parts if part.shots is not None),
        "bytes": sum(WEIGHT[0] + WEIGHT[1] * len(part) for part in parts),
    }


def within(number, limit):
    return limit is None or number <= limit


@given(sweeps, limits)
def test_no_submission_passes_a_limit(whole, capabilities):
    for batch in pack(whole, capabilities, device="test", weigh=lambda _: WEIGHT):
        found, exact = held(batch, whole), batch.chunks[0].shots == 0
        most_rows = capabilities.max_exact_rows if exact else capabilities.max_rows

        assert within(found["rows"], most_rows)
        assert within(found["sweeps"], capabilities.max_sweeps)
        assert within(found["shots"], capabilities.max_total_shots)
        assert within(found["bytes"], capabilities.max_bytes)
        assert all(within(chunk.shots, capabilities.max_shots) for chunk in batch.chunks)


@given(sweeps, limits)
def test_exact_and_sampled_rows_do_not_share_a_submission(whole, capabilities):
    for batch in pack(whole, capabilities, device="test", weigh=lambda _: WEIGHT):
        kinds = {chunk.shots == 0 for chunk in batch.chunks}
        shots = {chunk.shots for chunk in batch.chunks}

        assert len(kinds) == 1
        assert len(shots) == 1 or not capabilities.equal_shots


@given(sweeps, limits)
def test_every_row_comes_back_in_its_place_with_all_its_shots(whole, capabilities):
    batches = pack(whole, capabilities, device="test", weigh=lambda _: WEIGHT)
    results = [[answer(part) for part in batch.sweeps(whole)] for batch in batches]

    found = unpack(batches, results, whole)

    for (entry,), asked in zip(found, whole, strict=True):
        if asked.shots is None:
            assert np.array_equal(entry, asked.rows[:, 0])
        else:
            expected = [
                ({int(row[0])}, shots) for row, shots in zip(asked.rows, asked.shots, strict=True)
            ]
            assert [(set(each.values.tolist()), each.shots) for each in entry] == expected


@given(sweeps, limits)
def test_packing_twice_gives_the_same(whole, capabilities):
    first, second = (
        pack(whole, capabilities, device="test", weigh=lambda _: WEIGHT) for _ in range(2)
    )

    assert first == second


@given(shots_of_rows, st.integers(1, 40))
def test_pieces_of_a_row_differ_by_one_shot_at_most(shots, most):
    batches = pack([sweep(0, shots)], Capabilities(max_shots=most), device="test")
    chunks = [chunk for batch in batches for chunk in batch.chunks]

    for row, asked in enumerate(shots):
        sizes = [chunk.shots for chunk in chunks if chunk.row == row]
        assert sum(sizes) == asked
        assert max(sizes) - min(sizes) <= 1


@given(sweeps)
def test_without_limits_there_is_one_submission_of_each_kind(whole):
    batches = pack(whole, Capabilities(), device="test")

    assert len(batches) == len({each.shots is None for each in whole})


@given(st.lists(st.integers(1, 30), min_size=1, max_size=10), st.integers(1, 20))
def test_a_row_below_the_fewest_shots_is_refused(shots, fewest):
    assume(min(shots) < fewest)

    with pytest.raises(InvalidShots, match=f"at least {fewest}"):
        pack([sweep(0, shots)], Capabilities(min_shots=fewest), device="test")


@given(st.integers(1, 400), st.integers(1, 50), st.integers(1, 100))
def test_pieces_are_within_the_range_of_shots_or_refused(shots, fewest, most):
    assume(fewest <= most)
    capabilities = Capabilities(min_shots=fewest, max_shots=most)

    try:
        batches = pack([sweep(0, [shots])], capabilities, device="test")
    except InvalidShots:
        parts = -(-shots // most)
        assert shots // parts < fewest
        return

    for batch in batches:
        assert all(fewest <= chunk.shots <= most for chunk in batch.chunks)


def test_a_submission_below_its_fewest_shots_is_refused():
    with pytest.raises(InvalidShots, match="60 shots in one submission, it takes at least 100"):
        pack([sweep(0, [30, 30])], Capabilities(min_total_shots=100), device="test")


def test_the_last_submission_does_not_fall_below_the_fewest_shots():
    capabilities = Capabilities(max_rows=10, min_total_shots=50)

    batches = pack([sweep(0, [10] * 12)], capabilities, device="test")

    assert [batch.shots for batch in batches] == [70, 50]


@given(shots_of_rows, st.integers(1, 8), st.integers(1, 300))
def test_submissions_have_their_fewest_shots_or_are_refused(shots, most_rows, fewest):
    capabilities = Capabilities(max_rows=most_rows, min_total_shots=fewest)

    try:
        batches = pack([sweep(0, shots)], capabilities, device="test")
    except InvalidShots:
        return

    assert all(batch.shots >= fewest for batch in batches)
    assert [chunk.row for batch in batches for chunk in batch.chunks] == list(range(len(shots)))


def test_a_row_that_is_too_large_is_refused():
    with pytest.raises(SubmissionTooLarge, match=r"bytes with one row.*may have 8\. Use fewer"):
        pack([sweep(0, [1])], Capabilities(max_bytes=8), device="test", weigh=lambda _: WEIGHT)


def test_a_row_of_which_a_piece_failed_has_failed():
    whole = [sweep(0, [20, 5])]
    batches = pack(whole, Capabilities(max_shots=10, max_rows=2), device="test")
    results = [[answer(part) for part in batch.sweeps(whole)] for batch in batches]
    results[0][0][0][0] = RowFailure("tired")

    ((found,),) = unpack(batches, results, whole)

    assert found[0] == RowFailure("tired")
    assert found[1].shots == 5


class Recorder(Device):
    """Keeps the submitted data."""

    def __init__(self, **facts):
        self.capabilities = Capabilities(exact=frozenset({"probs"}), **facts)
        super().__init__()
        self.sent = []

    def submit(self, sweeps):
        self.sent.append(sweeps)
        return FinishedJob([answer(part) for part in sweeps], id=str(len(self.sent)))


def test_what_fits_is_submitted_as_it_is():
    recorder, whole = Recorder(), [sweep(0, [5, 6])]

    job = submit_packed(recorder, whole)

    assert job.submissions == 1
    assert recorder.sent[0][0] is whole[0]


def test_all_submissions_are_sent_before_any_is_waited_for():
    recorder = Recorder(max_rows=2)

    job = submit_packed(recorder, [sweep(0, [5] * 5)])

    assert (len(recorder.sent), job.submissions, job.id) == (3, 3, "1,2,3")
    assert job.status is JobStatus.DONE
    ((found,),) = job.result()
    assert [int(each.values[0]) for each in found] == list(range(5))


@given(
    st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=4), min_size=1, max_size=3),
    st.integers(1, 200),
    st.booleans(),
)
def test_what_has_too_few_shots_for_a_submission_is_raised_evenly(shots, fewest, equal):
    if equal:
        shots = [[shots[0][0]] * len(rows) for rows in shots]
    sweeps = [sweep(number, rows) for number, rows in enumerate(shots)]

    found = raised(sweeps, Capabilities(min_total_shots=fewest, equal_shots=equal))

    before, after = np.concatenate(shots), np.concatenate([each.shots for each in found])
    assert max(after - before) - min(after - before) <= 1
    assert sum(after) >= fewest
    if not equal:
        assert sum(after) == max(sum(before), fewest)
    assert sum(after) - len(after) < max(sum(before), fewest)
    assert len(set(after)) == 1 or not equal
    assert [each.rows.tolist() for each in found] == [each.rows.tolist() for each in sweeps]

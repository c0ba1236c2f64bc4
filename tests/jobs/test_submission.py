"""Rows with any number, shots and limits are batched, submitted, and resubmitted after failures."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from threading import Lock

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shop import RowFailure, ShopDevice, ShopJob

import qgate as qg
from qgate.exceptions import InvalidShots
from qgate.jobs.codec import encode
from qgate.jobs.exactly_once import MOST_SUBMISSIONS
from qgate.jobs.journal import MEMORY, Journal
from qgate.jobs.submission import submit_sweeps
from qgate.measurements import counts
from qgate.operations import RX
from qgate.outcomes import Outcomes
from qgate.tape import Tape

NUM_WIRES = 16
WEIGHT = (7, 2)
"""Bytes of each circuit and of each of its rows."""


def sweep(number, shots):
    """Rows whose angles identify their sweep and row."""
    tape = Tape([RX(0.0, 0)], [counts(wires=range(NUM_WIRES))], shots=1)
    angles = 10.0 * number + np.arange(len(shots))  # small enough to reach the device unchanged
    return tape.sweep().with_rows(angles.reshape(-1, 1), np.array(shots, dtype=np.int64))


class Unreliable(ShopDevice):
    """Device of the shop whose outcomes are a row's angle, and which cannot run some rows.

    Parameters
    ----------
    journal : Journal
        Identifies the part of the request that a submission is, and its earlier submissions.
    bad : sequence of sequence of bool
        Rows that fail in the first, second, ... submission, cyclically. The submission after these
        returns all rows.
    """

    def __init__(self, journal, bad, **limits):
        super().__init__(MEMORY, **limits)
        self.journal, self.bad, self.guard = journal, [*bad, [False]], Lock()
        self.sent = [Counter() for _ in self.bad]
        self.failed = [Counter() for _ in self.bad]
        self.submissions = []

    def weigh(self, sweep):
        return WEIGHT

    def send(self, sweeps, *, token):
        order = self.journal.find(token)
        bad, entries, failed = self.bad[order.attempt], [], []
        rows = [rows_of(sweep) for sweep in sweeps]
        number = order.part
        for part in rows:
            entry = []
            for row in part:
                fails, number = bad[number % len(bad)], number + 1
                failed += [row] * fails
                entry.append(RowFailure("calibration") if fails else reading(*row))
            entries.append((entry,))
        with self.guard:
            self.submissions.append(rows)
            self.sent[order.attempt].update(chain(*rows))
            self.failed[order.attempt].update(failed)
        data = encode(entries)
        return ShopJob(self.shop.create(token, order.rows, order.shots, data, unique=True), self)


def rows_of(sweep):
    """Rows of a sweep, and their shots."""
    return [
        (int(angle), int(shots)) for (angle,), shots in zip(sweep.rows, sweep.shots, strict=True)
    ]


def reading(name, shots):
    """Outcomes of a row: its angle, once for each shot."""
    return Outcomes.from_readings(np.full(shots, name), NUM_WIRES)


def names_of(rows):
    """Number of times that each row occurs."""
    return Counter(name for name, _ in rows.elements())


def shots_of(rows):
    """The shots of all rows together."""
    return sum(shots for _, shots in rows.elements())


def obtained(whole, device):
    """Draw sweeps that a device accepts: too few shots are tested elsewhere."""
    try:
        return submit_sweeps(whole, device)
    except InvalidShots:
        assume(False)


def within(number, limit):
    return limit is None or number <= limit


def assert_within_limits(submissions, limits):
    """Check each submission, including resubmissions."""
    for parts in submissions:
        shots = [shots for rows in parts for _, shots in rows]
        assert within(len(parts), limits["max_sweeps"])
        assert within(len(shots), limits["max_rows"])
        assert within(max(shots), limits["max_shots"])
        assert limits["min_total_shots"] <= sum(shots)
        assert within(sum(shots), limits["max_total_shots"])
        assert within(WEIGHT[0] * len(parts) + WEIGHT[1] * len(shots), limits["max_bytes"])
        assert len(set(shots)) == 1 or not limits["equal_shots"]


limits = st.fixed_dictionaries(
    {
        "max_rows": st.none() | st.integers(1, 12),
        "max_sweeps": st.none() | st.integers(1, 4),
        "max_shots": st.none() | st.integers(5, 40),
        "max_total_shots": st.none() | st.integers(5, 100),
        "max_bytes": st.none() | st.integers(9, 60),
        "equal_shots": st.booleans(),
        "min_total_shots": st.sampled_from([1, 1, 5]),
    }
)
sweeps = st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=5), min_size=1, max_size=3).map(
    lambda given: [sweep(number, shots) for number, shots in enumerate(given)]
)
rounds = st.lists(
    st.lists(st.booleans(), min_size=1, max_size=9),
    min_size=MOST_SUBMISSIONS - 1,
    max_size=MOST_SUBMISSIONS - 1,
)


@given(sweeps, limits, rounds)
@settings(max_examples=50)
def test_rows_that_fail_are_bought_again_alone_and_all_come_back_in_their_places(
    whole, limits, bad
):
    journal = Journal()
    device = Unreliable(journal, bad, **limits)

    with qg.run("drawn", journal=journal) as run:
        results, submitted = obtained(whole, device)

    found = [[(set(row.values.tolist()), row.shots) for row in entry] for (entry,) in results]
    assert found == [[({name}, shots) for name, shots in rows_of(asked)] for asked in whole]

    asked = Counter()
    for name, shots in device.sent[0].elements():
        asked[name] += shots
    assert asked == dict(chain(*map(rows_of, whole)))
    if limits["min_total_shots"] == 1:
        assert device.sent[1:] == device.failed[:-1]
    assert list(map(names_of, device.sent[1:])) == list(map(names_of, device.failed[:-1]))

    assert submitted.usage.submissions == len(device.submissions) == device.shop.jobs
    brought = sum(map(shots_of, device.sent)) - sum(map(shots_of, device.failed))
    assert run.shots == brought >= sum(asked.values())  # the shots of failed rows were given back

    assert_within_limits(device.submissions, limits)


@given(sweeps, limits, rounds)
@settings(max_examples=50)
def test_what_was_bought_in_several_rounds_is_replayed_in_its_places(whole, limits, bad):
    journal = Journal()
    with qg.run("drawn", journal=journal):
        first, _ = obtained(whole, Unreliable(journal, bad, **limits))

    device = Unreliable(journal, bad, **limits)
    with qg.run("drawn", journal=journal):
        second, submitted = submit_sweeps(whole, device)

    assert (submitted.usage.submissions, device.submissions) == (0, [])
    for (before,), (after,) in zip(first, second, strict=True):
        assert [rows.readings.tolist() for rows in before] == [
            rows.readings.tolist() for rows in after
        ]

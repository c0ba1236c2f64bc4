"""Results as bytes are restored to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.devices.job import RowFailure
from qgate.jobs.codec import decode, encode
from qgate.outcomes import Outcomes


def same(first, second):
    if isinstance(first, RowFailure):
        return first == second
    if isinstance(first, Outcomes):
        pairs = [(first.values, second.values), (first.weights, second.weights)]
        if first.readings is not None:
            pairs.append((first.readings, second.readings))
        alike = (first.num_wires, first.shots) == (second.num_wires, second.shots)
        return alike and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)
    return first.dtype == second.dtype and np.array_equal(first, second)


@st.composite
def rows(draw):
    if draw(st.integers(0, 5)) == 0:
        return RowFailure(draw(st.text(max_size=20)))
    wires = draw(st.sampled_from([1, 3, 62, 63, 130]))
    bits = draw(st.lists(st.integers(0, 2**wires - 1), min_size=1, max_size=6))
    readings = np.array(bits, dtype=np.int64 if wires <= 62 else object)
    outcomes = Outcomes.from_readings(readings, wires)
    return outcomes if draw(st.booleans()) else outcomes.without_order()


@given(st.lists(st.lists(rows(), max_size=4), max_size=3))
def test_readings_come_back_to_the_last_bit(entries):
    results = [(entry,) for entry in entries]

    found = decode(encode(results))

    assert [len(entry) for (entry,) in found] == [len(entry) for entry in entries]
    for (entry,), (expected,) in zip(found, results, strict=True):
        assert all(same(row, other) for row, other in zip(entry, expected, strict=True))


@pytest.mark.parametrize("dtype", [float, complex, np.int64, np.float32])
def test_exact_values_come_back_to_the_last_bit(dtype):
    values = (np.random.default_rng(1).normal(size=(3, 4)) * 100).astype(dtype)

    ((first, second),) = decode(encode([(values, values.T)]))

    assert same(first, values)
    assert same(second, values.T)


def test_what_could_run_code_is_not_written():
    with pytest.raises(ValueError, match="allow_pickle"):
        encode([(np.array([object()], dtype=object),)])

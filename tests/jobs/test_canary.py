"""Canary circuits distinguish every wire from every other, and from a dead one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.devices.job import RowFailure
from qgate.devices.local.device import LocalDevice
from qgate.jobs.canary import canary, expected_bits, misread, num_canaries
from qgate.outcomes import Outcomes
from qgate.wires import Wires


@pytest.mark.parametrize("wires", [1, 2, 3, 4, 7, 8, 20, 156])
def test_no_two_wires_and_no_dead_wire_read_alike(wires):
    bits = expected_bits(wires)

    assert bits.shape == (num_canaries(wires), wires)
    columns = {tuple(column) for column in bits.T}
    assert len(columns) == wires
    assert (0,) * len(bits) not in columns
    assert (1,) * len(bits) not in columns


@pytest.mark.parametrize("labels", [[0], [0, 1, 2], ["b", "a", 5, ("c", 1)]])
def test_a_device_that_works_passes(labels):
    wires = Wires(labels)

    ((rows,),) = LocalDevice(seed=1).submit([canary(wires, 20, LocalDevice())]).result()

    assert misread(rows, wires) == []


@given(st.permutations(range(5)))
def test_any_other_order_of_the_wires_shows(order):
    read = [Outcomes.from_bits(row[None, list(order)]) for row in expected_bits(5)]

    wrong = misread(read, Wires(list("abcde")))

    assert bool(wrong) == (list(order) != list(range(5)))


@given(st.integers(0, 4), st.integers(0, 1), st.floats(0.0, 0.35))
def test_a_dead_wire_shows_through_noise(dead, value, noise):
    random = np.random.default_rng(5)
    read = []
    for row in expected_bits(5):
        bits = np.tile(row, (400, 1)) ^ (random.random((400, 5)) < noise)
        bits[:, dead] = value
        read.append(Outcomes.from_bits(bits))

    assert misread(read, Wires(range(5))) == [dead]


def test_programs_that_failed_tell_nothing():
    rows = [RowFailure("lost")] * num_canaries(3)

    assert misread(rows, Wires(range(3))) == []

"""Rules that end a minimization."""

from __future__ import annotations

from dataclasses import replace

import numpy
import pytest
import scipy.stats

from qgate.optimize.history import History, Record
from qgate.optimize.stopping import Stopping, most_noise


def history(values, *, error=None, signals=None):
    signals = signals or [None] * len(values)
    return History(
        tuple(
            Record(step, float(value), error, signal, 10, 1, None, 0.1)
            for step, (value, signal) in enumerate(zip(values, signals, strict=True), 1)
        )
    )


@pytest.mark.parametrize("count", [1, 2, 5, 30, 200])
def test_the_level_of_noise_is_that_of_the_chi_square_distribution(count):
    assert most_noise(count) == pytest.approx(scipy.stats.chi2.ppf(0.95, count) / count, rel=0.025)


@pytest.mark.parametrize(
    ("signals", "reason"),
    [([9, 0.5, 0.5], "noise"), ([0.5, 9, 0.5], None), ([0.5], None), ([0.5, None], None)],
)
def test_noise_has_to_be_met_twice_in_a_row(signals, reason):
    found = history(numpy.arange(len(signals)), signals=signals)

    assert Stopping(100, 3).after(found) == reason


@pytest.mark.parametrize(
    ("signal", "totals", "reason"),
    [
        (9, [0.5, 0.5], "floor"),
        (9, [0.5, 9], None),
        (9, [None, 0.5], None),
        (0.5, [0.4] * 2, "noise"),
    ],
)
def test_the_floor_is_met_where_only_the_total_error_hides_the_gradient(signal, totals, reason):
    before = history([1.0, 1.0], signals=[signal] * 2)
    records = [
        replace(record, total_signal=total)
        for record, total in zip(before.records, totals, strict=True)
    ]

    assert Stopping(100, 3).after(History(tuple(records))) == reason


@pytest.mark.parametrize(("slope", "reason"), [(-1e-2, None), (-1e-5, "tol"), (1e-2, None)])
def test_values_without_noise_have_to_change_by_less_than_tol(slope, reason):
    assert Stopping(100, 1, tol=1e-3).after(history(slope * numpy.arange(12), error=0.0)) == reason


def test_values_with_known_errors_have_to_change_by_more_than_these():
    values = -1e-2 * numpy.arange(12)

    assert Stopping(100, 1, tol=1e-3).after(history(values, error=0.1)) == "tol"
    assert Stopping(100, 1, tol=1e-3).after(history(values, error=0.01)) is None


def test_unknown_errors_are_told_by_the_scatter_around_a_line():
    random = numpy.random.default_rng(2)
    steep, flat = (s * numpy.arange(12) + 0.1 * random.normal(size=12) for s in (-1.0, -0.001))

    assert Stopping(100, 1, tol=1e-6).after(history(steep)) is None
    assert Stopping(100, 1, tol=1e-6).after(history(flat)) == "tol"


def test_steps_are_counted():
    assert Stopping(3, 1).before(history([1, 2, 3])) == "steps"
    assert Stopping(4, 1).before(history([1, 2, 3])) is None

"""Samples of few and of many outcomes, and search in cumulative sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qgate as qg
from qgate.devices.local.engine import GateByGateEngine
from qgate.devices.local.libraries import best_library
from qgate.devices.local.sampling import FEW_OUTCOMES, sample
from qgate.measurements import Measurement, MeasurementKind
from qgate.wires import Wires

SHOTS = 200_000
WIRES = 13


def probabilities(wires, seed=1):
    weights = np.random.default_rng(seed).exponential(size=2**wires) ** 3
    weights[:: 2**wires // 8] = 0.0
    weights[-1] = 0.0
    return weights / weights.sum()


def drawn(kind, wires=WIRES, seed=5, shots=SHOTS):
    measurement = Measurement(kind, wires=Wires(range(wires)))
    random = np.random.default_rng(seed)
    return sample(measurement, probabilities(wires), shots, random, GateByGateEngine())


def assert_distributed(outcomes, expected, shots):
    found = np.zeros(len(expected))
    found[outcomes.values] = outcomes.weights
    assert outcomes.weights.sum() == shots == outcomes.shots
    assert found[expected == 0].sum() == 0
    likely = expected * shots > 20
    squares = (found - expected * shots)[likely] ** 2 / (expected * shots)[likely]
    assert abs(squares.sum() - likely.sum()) < 5 * np.sqrt(2 * likely.sum())


@pytest.mark.parametrize("kind", [MeasurementKind.COUNTS, MeasurementKind.SAMPLE])
@pytest.mark.parametrize(("wires", "shots"), [(4, SHOTS), (10, 4000), (10, SHOTS), (WIRES, SHOTS)])
def test_outcomes_are_as_frequent_as_they_are_probable(wires, shots, kind):
    assert_distributed(drawn(kind, wires, shots=shots), probabilities(wires), shots)


def test_many_outcomes_take_the_road_without_a_draw_for_each():
    assert 2**4 <= FEW_OUTCOMES < 2**10 < 2**WIRES


def test_the_order_of_the_shots_is_random():
    readings = drawn(MeasurementKind.SAMPLE).readings

    assert len(readings) == SHOTS
    centred = readings - readings.mean()
    correlation = (centred[1:] * centred[:-1]).mean() / centred.var()
    assert abs(correlation) < 5 / np.sqrt(SHOTS)


def test_a_seed_gives_the_same_bits_again():
    first, second = (drawn(MeasurementKind.COUNTS, seed=9) for _ in range(2))
    other = drawn(MeasurementKind.COUNTS, seed=10)

    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(first.weights, second.weights)
    assert not np.array_equal(first.values, other.values)


@given(
    st.lists(st.floats(0, 1) | st.just(0.0), min_size=1, max_size=20).filter(any),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=50),
)
def test_compiled_and_numpy_look_up_the_same(weights, fractions):
    library = best_library()
    if library is None:
        pytest.skip("no compiled engine was built")
    weights = np.array(weights)
    places = np.sort(fractions) * np.cumsum(weights)[-1]

    for found, expected in zip(
        library.count(weights, places), GateByGateEngine().count(weights, places), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_counts_of_many_wires_through_a_qnode():
    @qg.qnode(qg.device("local?shots=5000&seed=3"))
    def spread(x):
        for wire in range(14):
            qg.RY(x, wire)
        return qg.counts(wires=range(14))

    found = spread(0.8)

    assert sum(found.values()) == 5000
    assert {len(bits) for bits in found} == {14}
    ones = sum(bits.count("1") * count for bits, count in found.items()) / (14 * 5000)
    assert abs(ones - np.sin(0.4) ** 2) < 5 * np.sqrt(0.25 / (14 * 5000))

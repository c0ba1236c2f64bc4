"""Statistics of outcomes, against the same on plain arrays of bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from qgate.outcomes import PACKED_WIRES, Outcomes, pack_bits

WIDTHS = st.one_of(st.integers(1, 6), st.sampled_from([62, 63, 64, 65, 130]))


@st.composite
def readings(draw):
    """Rows of zeros and ones, each row one shot."""
    wires, shots, seed = draw(WIDTHS), draw(st.integers(1, 30)), draw(st.integers(0, 10**6))
    rows = np.random.default_rng(seed).integers(0, 2, size=(shots, wires))
    return rows[np.random.default_rng(seed).integers(0, shots, size=shots)]  # some of them twice


@st.composite
def readings_and_positions(draw):
    bits = draw(readings())
    every = range(bits.shape[1])
    return bits, draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=5))


def spelled(bits):
    return ["".join(map(str, row)) for row in bits]


def counted(strings):
    return {string: strings.count(string) for string in sorted(set(strings))}


@given(readings())
def test_shots_come_back_in_their_order(bits):
    outcomes = Outcomes.from_bits(bits)

    assert outcomes.shots == len(bits)
    assert_array_equal(outcomes.bits(), bits)


@given(readings())
def test_counts_are_those_of_the_rows(bits):
    assert Outcomes.from_bits(bits).counts() == counted(spelled(bits))


@given(readings())
def test_outcomes_are_distinct_and_ascending(bits):
    outcomes = Outcomes.from_bits(bits)

    assert outcomes.bitstrings() == sorted(set(spelled(bits)))
    assert outcomes.weights.sum() == len(bits)


@given(readings())
def test_a_dictionary_of_counts_says_the_same(bits):
    direct = Outcomes.from_bits(bits, ordered=False)

    read = Outcomes.from_counts(dict(reversed(direct.counts().items())), bits.shape[1])

    assert_array_equal(read.values, direct.values)
    assert_array_equal(read.weights, direct.weights)
    assert read.shots == direct.shots
    assert read.readings is None


@given(readings_and_positions())
def test_a_marginal_reads_columns_in_the_order_asked_for(drawn):
    bits, positions = drawn

    part = Outcomes.from_bits(bits).marginal(positions)

    assert part.num_wires == len(positions)
    assert_array_equal(part.bits(), bits[:, positions])
    assert part.counts() == counted(spelled(bits[:, positions]))
    assert part.weights.dtype.kind == "i"


@given(readings_and_positions())
def test_parities_are_means_of_products_of_signs(drawn):
    bits, positions = drawn

    parity, none = Outcomes.from_bits(bits).parities([positions, []])

    assert parity == pytest.approx(np.prod(1 - 2 * bits[:, positions], axis=1).mean())
    assert none == pytest.approx(1.0)


@given(readings_and_positions())
def test_parts_and_signs_of_outcomes_are_those_of_their_bits(drawn):
    bits, positions = drawn
    outcomes = Outcomes.from_bits(bits)

    signs, parts = outcomes.signs(positions), outcomes.parts(positions)

    chosen = bits[:, positions]
    assert_array_equal(outcomes.of_each_shot(signs), np.prod(1 - 2 * chosen, axis=1))
    assert_array_equal(outcomes.of_each_shot(parts), chosen @ 2 ** np.arange(len(positions))[::-1])


@given(st.integers(1, 5), st.integers(0, 1000))
def test_probabilities_and_means_are_averages_over_shots(wires, seed):
    random = np.random.default_rng(seed)
    bits, eigenvalues = random.integers(0, 2, size=(20, wires)), random.normal(size=2**wires)
    numbers = bits @ 2 ** np.arange(wires)[::-1]

    outcomes = Outcomes.from_bits(bits)

    expected = np.bincount(numbers, minlength=2**wires) / 20
    assert_allclose(outcomes.probabilities(), expected)
    read, every = eigenvalues[outcomes.values], eigenvalues[numbers]
    assert outcomes.mean(read) == pytest.approx(every.mean())
    assert outcomes.variance(read) == pytest.approx(every.var())
    assert_allclose(outcomes.of_each_shot(read), every)


@given(st.integers(1, 4), st.integers(0, 1000))
def test_exact_probabilities_are_outcomes_too(wires, seed):
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(2**wires))
    tensor = probabilities.reshape((2,) * wires)
    order = random.permutation(wires).tolist()

    outcomes = Outcomes.from_probabilities(probabilities)

    assert outcomes.shots is None
    assert_allclose(outcomes.probabilities(), probabilities)
    assert_allclose(outcomes.marginal(order).probabilities(), tensor.transpose(order).ravel())
    expected = tensor.sum(axis=tuple(range(1, wires)))
    assert_allclose(outcomes.marginal([0]).probabilities(), expected)


def test_the_first_wire_is_the_most_significant_bit():
    outcomes = Outcomes.from_bits(np.array([[1, 0, 0]]))

    assert outcomes.values.tolist() == [4]
    assert outcomes.bitstrings() == ["100"]


@pytest.mark.parametrize("wires", [PACKED_WIRES, PACKED_WIRES + 1])
def test_many_wires_are_counted_without_loss(wires):
    bits = np.ones((2, wires), dtype=int)
    bits[1, -1] = 0

    outcomes = Outcomes.from_bits(bits)

    assert outcomes.values.tolist() == [2**wires - 2, 2**wires - 1]
    assert outcomes.values.dtype == (np.int64 if wires == PACKED_WIRES else object)
    assert outcomes.marginal([wires - 1, 0]).counts() == {"01": 1, "11": 1}


def test_counts_of_the_same_bits_written_twice_are_added():
    outcomes = Outcomes.from_counts({"01": 2, "1": 3}, 2)

    assert outcomes.counts() == {"01": 5}


def test_order_that_was_not_kept_cannot_be_asked_for():
    outcomes = Outcomes.from_bits(np.array([[0], [1]]), ordered=False)

    assert outcomes.readings is None
    with pytest.raises(ValueError, match="order"):
        outcomes.bits()
    with pytest.raises(ValueError, match="order"):
        outcomes.of_each_shot(np.ones(2))


def test_bits_are_packed_along_the_last_axis():
    bits = np.array([[[1, 0], [0, 1]], [[1, 1], [0, 0]]])

    assert pack_bits(bits).tolist() == [[2, 1], [3, 0]]


def test_thinning_takes_the_first_of_ordered_shots():
    outcomes = Outcomes.from_readings(np.array([3, 1, 1, 0]), 2)

    thinned = outcomes.thinned(3, seed="any")

    assert thinned.counts() == {"01": 2, "11": 1}
    assert thinned.readings.tolist() == [3, 1, 1]


def test_thinning_takes_any_of_unordered_shots_and_the_same_for_the_same_seed():
    outcomes = Outcomes.from_counts({"0": 700, "1": 300}, 1)

    drawn = [outcomes.thinned(100, seed=str(seed)).counts().get("1", 0) for seed in range(400)]

    assert abs(np.mean(drawn) - 30) < 5 * np.sqrt(30 * 0.7 * 0.9 / 400)
    assert len(set(drawn)) > 10
    assert outcomes.thinned(100, seed="7").counts() == outcomes.thinned(100, seed="7").counts()
    assert outcomes.thinned(1000, seed="7") is outcomes
    assert outcomes.thinned(100, seed="7").shots == 100

"""Values of measurements from given samples, counts, states and density matrices."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.exceptions import InvalidParameters, QuantumFunctionError
from qgate.measurements import Measurement

ORDER = ["a", 0, 2]
BITS = np.array([[0, 1, 0], [1, 1, 0], [1, 1, 1], [0, 0, 1]])
COUNTS = {"010": 1, "110": 1, "111": 1, "001": 1}


def states():
    random = np.random.default_rng(5)
    psi = random.normal(size=(2, 8)) + 1j * random.normal(size=(2, 8))
    return psi / np.linalg.norm(psi, axis=1)[:, None]


OF_BITS = {
    "probs": (lambda: qg.probs(wires=[2, "a"]), [0.25, 0.25, 0.25, 0.25]),
    "expval": (lambda: qg.expval(qg.Z(2) @ qg.Z("a")), 0.0),
    "var": (lambda: qg.var(qg.Z(0)), 0.75),
    "counts": (lambda: qg.counts(wires=[0, 2]), {"01": 1, "10": 2, "11": 1}),
    "counts of an observable": (lambda: qg.counts(qg.Z(0)), {1.0: 1, -1.0: 3}),
    "every count": (
        lambda: qg.counts(wires=0, all_outcomes=True),
        {"0": 1, "1": 3},
    ),
}


@pytest.mark.parametrize("name", OF_BITS)
def test_samples_and_counts_give_the_same_statistics(name):
    make, expected = OF_BITS[name]

    found = make().process_samples(BITS, ORDER)

    assert make().process_counts(COUNTS, ORDER) == pytest.approx(found)
    assert found == pytest.approx(expected)


def test_samples_are_selected_and_turned_to_eigenvalues():
    assert qg.sample(wires=[2, 0]).process_samples(BITS, ORDER).tolist() == BITS[:, [2, 1]].tolist()
    assert qg.sample(qg.Z(0)).process_samples(BITS, ORDER).tolist() == [-1, -1, -1, 1]
    assert qg.sample().process_samples(BITS, ORDER, shot_range=(1, 3)).tolist() == [
        [1, 1, 0],
        [1, 1, 1],
    ]


def test_bins_are_the_last_axis():
    assert_allclose(
        qg.probs(wires=0).process_samples(BITS, ORDER, bin_size=2), [[0, 0.5], [1, 0.5]]
    )
    assert_allclose(qg.expval(qg.Z(0)).process_samples(BITS, ORDER, bin_size=2), [-1, 0])
    assert qg.counts(wires=0).process_samples(BITS, ORDER, bin_size=2) == [
        {"1": 2},
        {"0": 1, "1": 1},
    ]
    assert qg.sample().process_samples(BITS, ORDER, bin_size=2).shape == (3, 2, 2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: qg.probs(wires=[2, "a"]),
        lambda: qg.expval(qg.Z(2) @ qg.Z("a")),
        lambda: qg.var(qg.Z(2)),
        lambda: qg.density_matrix([2, "a"]),
        lambda: qg.purity([2, 0]),
        lambda: qg.vn_entropy(0),
        lambda: qg.mutual_info(0, 2),
    ],
)
def test_states_and_density_matrices_give_what_a_circuit_gives(make):
    psi = states()
    rho = psi[:, :, None] * psi[:, None, :].conj()

    @qg.qnode(qg.device("local", wires=ORDER))
    def circuit(state):
        qg.StatePrep(state, wires=ORDER)
        return make()

    expected = [circuit(state) for state in psi]

    assert_allclose(make().process_state(psi, ORDER), expected, atol=1e-12)
    assert_allclose(make().process_state(psi[0], ORDER), expected[0], atol=1e-12)
    assert_allclose(make().process_density_matrix(rho, ORDER), expected, atol=1e-9)


def test_what_cannot_be_computed_is_refused():
    with pytest.raises(QuantumFunctionError, match="cannot be computed from samples"):
        qg.purity(0).process_samples(BITS, ORDER)
    with pytest.raises(QuantumFunctionError, match="cannot be computed from a state"):
        qg.sample().process_state(states()[0], ORDER)
    with pytest.raises(InvalidParameters, match="which are not among"):
        qg.probs(wires=5).process_samples(BITS, ORDER)
    with pytest.raises(InvalidParameters, match=r"of shape \(4, 3\) for 2 wire"):
        qg.probs().process_samples(BITS, [0, 1])
    with pytest.raises(InvalidParameters, match="bin_size=3 for 4 shots"):
        qg.probs().process_samples(BITS, ORDER, bin_size=3)
    with pytest.raises(InvalidParameters, match="axis of length 8 for 2 wire"):
        qg.probs().process_state(states()[0], [0, 1])
    assert isinstance(qg.probs(), Measurement)

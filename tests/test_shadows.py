"""Values computed from classical shadows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters, TooLarge, TooManyMeasuredWires

PAULIS = [qg.matrix(gate(0)) for gate in (qg.X, qg.Y, qg.Z)]


def drawn(shots, wires, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, (shots, wires)), rng.integers(0, 3, (shots, wires))


@settings(max_examples=20)
@given(shots=st.integers(1, 6), wires=st.integers(1, 3), seed=st.integers(0, 999))
def test_snapshots_are_products_of_three_times_the_eigenstate_minus_one(shots, wires, seed):
    bits, bases = drawn(shots, wires, seed)
    shadow = qg.ClassicalShadow(bits, bases)

    wanted = []
    for outcome, basis in zip(bits, bases, strict=True):
        matrix = np.eye(1)
        for bit, letter in zip(outcome, basis, strict=True):
            vectors = np.linalg.eigh(PAULIS[letter])[1]
            state = vectors[:, 1 - bit]  # the eigenvalue 1 is the last
            matrix = np.kron(matrix, 3 * np.outer(state, state.conj()) - np.eye(2))
        wanted.append(matrix)

    np.testing.assert_allclose(shadow.global_snapshots(), wanted, atol=1e-12)
    assert shadow.snapshots == shots


@settings(max_examples=20)
@given(shots=st.integers(1, 9), wires=st.integers(1, 3), seed=st.integers(0, 999))
def test_expectation_values_are_those_of_the_mean_snapshot(shots, wires, seed):
    bits, bases = drawn(shots, wires, seed)
    shadow = qg.ClassicalShadow(bits, bases)
    rng = np.random.default_rng(seed)
    letters = rng.integers(0, 4, (3, wires))
    words = [qg.prod(*[(qg.I, qg.X, qg.Y, qg.Z)[c](i) for i, c in enumerate(w)]) for w in letters]
    total = 0.5 * words[0] - 2.0 * words[1]

    state = shadow.global_snapshots().mean(axis=0)
    wanted = [
        np.trace(state @ qg.matrix(op, wire_order=range(wires))).real for op in (total, words[2])
    ]

    np.testing.assert_allclose(shadow.expval([total, words[2]]), wanted, atol=1e-10)
    assert shadow.expval(total).shape == ()


def test_median_of_means_is_the_median_over_equal_parts():
    bits, bases = drawn(12, 1, 4)
    shadow = qg.ClassicalShadow(bits, bases)
    values = np.where(bases[:, 0] == 2, 3 * (1 - 2 * bits[:, 0]), 0)

    for k in (1, 2, 3, 12):
        wanted = np.median([part.mean() for part in np.split(values, k)])
        assert shadow.expval(qg.Z(0), k=k) == pytest.approx(wanted)


def spread(angle):
    qg.RY(angle, wires="a")
    qg.CNOT(["a", "b"])


@qg.qnode("local?seed=6", shots=6000)
def snapshots(angle):
    spread(angle)
    return qg.classical_shadow(["a", "b"], seed=2)


def test_entropies_are_those_of_the_state():
    shadow = qg.ClassicalShadow(*snapshots(0.8), wire_map=["a", "b"])
    values = np.array([np.cos(0.4) ** 2, np.sin(0.4) ** 2])

    for alpha, wanted in (
        (1, -values @ np.log(values)),
        (2, -np.log(values @ values)),
        (3, -np.log(np.sum(values**3)) / 2),
    ):
        assert shadow.entropy(["b"], alpha=alpha) == pytest.approx(wanted, abs=0.1)
    assert shadow.entropy(["a"], base=2) == pytest.approx(shadow.entropy(["a"]) / np.log(2))
    assert shadow.entropy(["a", "b"], k=3) == pytest.approx(0, abs=0.1)
    assert shadow.entropy(["a"], snapshots=range(100)) == qg.ClassicalShadow(
        shadow.bits[:100], shadow.recipes[:100], ["a", "b"]
    ).entropy(["a"])


def test_wires_are_found_by_their_labels():
    shadow = qg.ClassicalShadow(*drawn(5, 3, 1), wire_map=["c", 7, "a"])

    np.testing.assert_array_equal(
        shadow.local_snapshots(["a", "c"]), shadow.local_snapshots()[:, [2, 0]]
    )
    np.testing.assert_array_equal(
        shadow.local_snapshots(snapshots=[3, 0]), shadow.local_snapshots()[[3, 0]]
    )
    assert len({row.tobytes() for row in shadow.local_snapshots(snapshots=5)}) > 1
    assert shadow.local_snapshots([7], snapshots=2).shape == (2, 1, 2, 2)


@pytest.mark.parametrize("diffable", [True, False])
def test_the_state_and_its_derivative_are_those_of_the_circuit(diffable):
    state = qg.shadows.shadow_state(wires=[["a", "b"], ["b"]], diffable=diffable)(snapshots)
    amplitudes = np.array([np.cos(0.4), 0, 0, np.sin(0.4)])

    whole, part = state(0.8)
    slopes = qg.jacobian(lambda angle: qnp.real(state(angle)[1]))(
        qnp.array(0.8, requires_grad=True)
    )

    np.testing.assert_allclose(whole, np.outer(amplitudes, amplitudes), atol=0.15)
    np.testing.assert_allclose(part, np.diag(amplitudes[[0, 3]] ** 2), atol=0.1)
    np.testing.assert_allclose(slopes, np.diag([-0.5, 0.5]) * np.sin(0.8), atol=0.1)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: qg.ClassicalShadow([[0, 2]], [[0, 1]]), "bits="),
        (lambda: qg.ClassicalShadow([[0, 1]], [[0, 3]]), "recipes="),
        (lambda: qg.ClassicalShadow([[0, 1]], [[0]]), r"\(1, 2\)"),
        (lambda: qg.ClassicalShadow([0, 1], [0, 1]), "shape"),
        (lambda: qg.ClassicalShadow([[0, 1]], [[0, 1]], ["a"]), "'a'"),
        (lambda: qg.ClassicalShadow([[0, 1]], [[0, 1]], 7), "2 wires"),
        (lambda: qg.ClassicalShadow(*drawn(5, 2, 0)).expval(qg.Z(4)), r"\[4\]"),
        (lambda: qg.ClassicalShadow(*drawn(5, 2, 0)).expval(3), "expval was given 3"),
        (lambda: qg.ClassicalShadow(*drawn(5, 2, 0)).expval(qg.Z(0), k=6), "k=6"),
        (lambda: qg.ClassicalShadow(*drawn(5, 2, 0)).local_snapshots(snapshots=6), "snapshots=6"),
        (lambda: qg.ClassicalShadow(*drawn(5, 2, 0)).entropy([0], alpha=0), "alpha=0"),
        (lambda: qg.ClassicalShadow(*drawn(5, 2, 0)).entropy([0], base=1), "base=1"),
    ],
)
def test_wrong_use_is_refused(call, text):
    with pytest.raises(InvalidParameters, match=text):
        call()


def test_states_of_many_wires_are_refused():
    shadow = qg.ClassicalShadow(*drawn(5, 20, 0))

    with pytest.raises(TooLarge):
        shadow.global_snapshots()
    with pytest.raises(TooManyMeasuredWires):
        shadow.entropy(range(7))


def test_entropies_of_high_order_are_those_of_the_largest_eigenvalue():
    shadow = qg.ClassicalShadow(*snapshots(0.8))
    high = shadow.entropy([0], alpha=1e6)

    assert high == pytest.approx(shadow.entropy([0], alpha=10**400), rel=1e-5)
    assert shadow.entropy([0], base=2**70) == pytest.approx(shadow.entropy([0], base=2) / 70)

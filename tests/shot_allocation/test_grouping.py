"""Measurement bases: outcomes agree with the Pauli words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.operations.pauli import PauliSum
from qgate.shot_allocation.grouping import fully_commuting, qubit_wise
from qgate.shot_allocation.parity import Representatives, conserved_parities
from qgate.tape import Tape
from qgate.wires import Wires

WIRES = Wires(range(4))
words = st.sets(
    st.text("IXYZ", min_size=4, max_size=4).filter(lambda word: set(word) != {"I"}),
    min_size=1,
    max_size=12,
)


def read(basis, state):
    bits = ((np.arange(16)[:, None] >> np.arange(3, -1, -1)) & 1).astype(bool)
    for gate in basis.gates:
        state = gate.matrix(wire_order=range(4)) @ state
    return np.abs(state) ** 2 @ basis.values(bits)


@pytest.mark.parametrize("group", [qubit_wise, fully_commuting])
@given(found=words, seed=st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_means_that_are_read_are_those_of_the_words(group, found, seed):
    random = np.random.default_rng(seed)
    state = random.normal(size=16) + 1j * random.normal(size=16)
    state /= np.linalg.norm(state)
    every = PauliSum.from_words(np.ones(len(found)), sorted(found), WIRES)
    means = [np.vdot(state, word.matrix(range(4)) @ state).real for word in every.ops]

    bases = group(Representatives.themselves(every.x, every.z), random.random(len(found)), WIRES)

    assert bases.readable.any(axis=0).all()
    assert (bases.readable | ~bases.disjoint).all()
    for basis in bases.members:
        np.testing.assert_allclose(read(basis, state), np.array(means)[basis.readable], atol=1e-12)


def test_words_that_differ_by_a_conserved_parity_have_the_means_that_are_said():
    angles = np.random.default_rng(4).uniform(-3, 3, 3)
    gates = [
        qg.PauliX(0),
        qg.PauliX(1),
        qg.DoubleExcitation(angles[0], wires=[0, 1, 2, 3]),
        qg.SingleExcitation(angles[1], wires=[0, 2]),
        qg.SingleExcitation(angles[2], wires=[1, 3]),
    ]
    letters = ["XZXI", "ZIII", "YYXX", "XIII", "IZIZ"]
    every = PauliSum.from_words(np.ones(5), letters, WIRES)
    tape = Tape(gates, [qg.expval(every)])
    state = np.eye(16)[0]
    for gate in gates:
        state = gate.matrix(wire_order=range(4)) @ state

    found = conserved_parities(tape.structure, WIRES).representatives(every.x, every.z)

    assert found.signs.shape == (5, 4)
    for term, word in enumerate(every.ops):
        mean = np.vdot(state, word.matrix(range(4)) @ state).real
        assert not found.vanishing[term] or abs(mean) < 1e-12
        for place in range(4):
            if found.vanishing[term]:
                continue
            bits = found.x[term, place][None], found.z[term, place][None]
            other = PauliSum(np.ones(1), *bits, WIRES).matrix(range(4))
            assert found.signs[term, place] * np.vdot(state, other @ state).real == pytest.approx(
                mean, abs=1e-12
            )
    assert found.vanishing.tolist() == [False, False, False, True, False]

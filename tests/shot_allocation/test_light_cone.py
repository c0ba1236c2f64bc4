"""Expectation values outside an angle's causal cone do not depend on the angle."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.operations.pauli import PauliSum
from qgate.shot_allocation.light_cone import dependences
from qgate.tape import Tape
from qgate.wires import Wires

WIRES = Wires(range(3))
ONE = ("RX", "RY", "RZ", "PhaseShift")
TWO = ("IsingXX", "IsingZZ", "CRX", "SingleExcitation")
FIXED = ("Hadamard", "S", "T", "SX")


@st.composite
def circuits(draw):
    gates = []
    for _ in range(draw(st.integers(1, 8))):
        name = draw(st.sampled_from([*ONE, *TWO, *FIXED, "CNOT", "CZ"]))
        first, second = draw(st.permutations(range(3)))[:2]
        angle = draw(st.floats(-3, 3))
        if name in ONE:
            gates.append(getattr(qg, name)(angle, wires=first))
        elif name in TWO:
            gates.append(getattr(qg, name)(angle, wires=[first, second]))
        elif name in FIXED:
            gates.append(getattr(qg, name)(wires=first))
        else:
            gates.append(getattr(qg, name)(wires=[first, second]))
    return gates, draw(
        st.text("IXYZ", min_size=3, max_size=3).filter(lambda word: set(word) != {"I"})
    )


@given(circuits(), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_what_is_pruned_has_derivative_zero_in_any_state(case, seed):
    gates, letters = case
    word = PauliSum.from_words([1.0], [letters], WIRES)
    start = np.random.default_rng(seed).uniform(-3, 3, 6)
    first = [qg.RY(start[wire], wires=wire) for wire in WIRES]
    first += [qg.CNOT([0, 1]), qg.CNOT([1, 2]), *(qg.RX(start[3 + w], wires=w) for w in WIRES)]
    tape = Tape([*first, *gates], [qg.expval(word)])

    found = dependences(tape.structure, WIRES, word.x, word.z)[:, 0]

    tape.trainable_params = [i for i, kind in enumerate(tape.parameters) if np.ndim(kind) == 0]
    _, slopes = qg.device("local").jacobian(tape.sweep(), tuple(range(len(found))))
    assert np.abs(slopes[~found, 0, 0]).max(initial=0) < 1e-12


def test_a_cone_and_commuting_gates_are_pruned():
    word = PauliSum.from_words([1.0, 1.0], ["ZII", "IIX"], WIRES)
    gates = [qg.RX(0.1, 0), qg.RZ(0.2, 0), qg.RY(0.3, 2), qg.CZ([0, 1])]
    tape = Tape(gates, [qg.expval(word)])

    found = dependences(tape.structure, WIRES, word.x, word.z)

    assert found.tolist() == [[True, False], [False, False], [False, True]]

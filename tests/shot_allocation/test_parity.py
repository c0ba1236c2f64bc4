"""Pauli words that are related by parity have the same expectation value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate.operations.pauli import PauliSum
from qgate.shot_allocation.parity import conserved_parities
from qgate.tape import Tape
from qgate.wires import Wires

WIRES = Wires(range(4))
MIXING = ("RX", "RY", "Hadamard")


@st.composite
def circuits(draw):
    """Gates, most of which conserve the number of ones, and a Pauli word."""
    gates = [qg.PauliX(wires=wire) for wire in WIRES if draw(st.booleans())]
    for _ in range(draw(st.integers(1, 6))):
        name = draw(
            st.sampled_from(
                ["SingleExcitation", "DoubleExcitation", "IsingXX", "IsingXY", "RZ", "CZ", *MIXING]
            )
        )
        wires = list(draw(st.permutations(range(4))))
        gate = getattr(qg, name)
        wires = wires[: gate.num_wires]
        if name in ("CZ", "Hadamard"):
            gates.append(gate(wires=wires))
        else:
            gates.append(gate(draw(st.floats(-3, 3)), wires=wires))
    return gates, draw(st.text("IXYZ", min_size=4, max_size=4))


def mean(gates, x, z):
    word = PauliSum(np.ones(1), x[None], z[None], WIRES)
    (found,) = qg.execute([Tape(gates, [qg.expval(word)])], "local")
    return float(found)


@given(circuits())
@settings(max_examples=60, deadline=None)
def test_representatives_have_the_mean_of_their_word(case):
    gates, letters = case
    word = PauliSum.from_words([1.0], [letters], WIRES)
    tape = Tape(gates, [qg.expval(word)])

    found = conserved_parities(tape.structure, WIRES).representatives(word.x, word.z)

    expected = mean(gates, word.x[0], word.z[0])
    for x, z, sign in zip(found.x[0], found.z[0], found.signs[0], strict=True):
        assert sign * mean(gates, x, z) == pytest.approx(expected, abs=1e-9)
    if found.vanishing[0]:
        assert expected == pytest.approx(0, abs=1e-9)


def test_an_ansatz_that_conserves_spins_has_two_parities():
    gates = [qg.PauliX(0), qg.PauliX(1), qg.DoubleExcitation(0.3, wires=[0, 1, 2, 3])]
    gates += [qg.SingleExcitation(0.1, wires=[0, 2]), qg.SingleExcitation(0.2, wires=[1, 3])]

    found = conserved_parities(Tape(gates, [qg.expval(qg.Z(0))]).structure, WIRES)

    assert len(found.values) == 2
    assert (found.supports.sum(axis=1) == 2).all()
    assert (found.values == -1).all()


def test_a_circuit_without_a_parity_is_read_as_it_is():
    @qg.qnode("local?seed=1", shots=qg.Budget(shots=2000))
    def circuit(x):
        qg.RY(x, wires=0)
        qg.RX(0.3, wires=1)
        qg.CNOT(wires=[0, 1])
        return qg.expval(qg.Z(0) @ qg.Z(1) + qg.X(0))

    x = qg.numpy.array(0.4, requires_grad=True)
    found = qg.gradient_estimate(circuit, grouping="symmetry")(x)

    exact = qg.grad(qg.QNode(circuit.func, "local"))(x)
    assert abs(float(found) - exact) < 6 * float(found.standard_error)

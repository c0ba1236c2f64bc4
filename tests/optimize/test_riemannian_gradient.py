"""Flows on the group of unitaries."""

from __future__ import annotations

import itertools
from functools import reduce

import numpy
import pytest
import scipy.linalg

import qgate as qg
from qgate.exceptions import InvalidOptimizerOption, UnsuitableObjective

LETTERS = {
    "I": numpy.eye(2),
    "X": numpy.array([[0, 1], [1, 0]]),
    "Y": numpy.array([[0, -1j], [1j, 0]]),
    "Z": numpy.diag([1, -1]),
}
H = qg.X(0) + 0.5 * qg.Z(0) @ qg.Z(1) + 0.3 * qg.Y(1)


@qg.qnode(qg.device("local", wires=2))
def circuit():
    qg.RX(0.1, wires=0)
    qg.RY(0.5, wires=1)
    qg.CNOT(wires=[0, 1])
    return qg.expval(H)


def dense(word):
    return reduce(numpy.kron, [LETTERS[letter] for letter in word])


@pytest.mark.parametrize("exact", [True, False])
def test_a_step_is_the_flow_along_the_commutators(exact):
    words = ["".join(letters) for letters in itertools.product("IXYZ", repeat=2)]
    words = words if exact else ["XY", "YX"]
    restriction = None if exact else qg.PauliSum.from_words([1.0, 1.0], words, [0, 1])
    hamiltonian = qg.matrix(H, wire_order=[0, 1])
    optimizer = qg.RiemannianGradientOptimizer(circuit, 0.1, restriction, exact=exact)
    psi = numpy.array(
        qg.QNode(lambda: [circuit.func(), qg.state()][1:], circuit.device)()[0], dtype=complex
    )

    for _ in range(20):
        rho = numpy.outer(psi, psi.conj())
        value = numpy.trace(rho @ hamiltonian).real
        slopes = [
            (numpy.trace(rho @ (1j * (dense(w) @ hamiltonian - hamiltonian @ dense(w))))).real
            for w in words
        ]
        parts = [-0.1 * w * dense(word) for w, word in zip(slopes, words, strict=True)]
        steps = [sum(parts)] if exact else parts
        for part in steps:
            psi = scipy.linalg.expm(-1j * part) @ psi

        evolved, cost = optimizer.step_and_cost()

        assert cost == pytest.approx(value)
        assert float(evolved()) == pytest.approx((psi.conj() @ hamiltonian @ psi).real, abs=1e-9)


def test_a_reset_brings_the_first_circuit_back():
    optimizer = qg.RiemannianGradientOptimizer(circuit, 0.1)
    optimizer.step()

    optimizer.reset()

    assert float(optimizer.circuit()) == pytest.approx(float(circuit()))


def test_the_older_name_is_the_same_class():
    assert qg.LieAlgebraOptimizer is qg.RiemannianGradientOptimizer


def test_a_stationary_circuit_stays():
    @qg.qnode("local")
    def ground():
        qg.X(0)
        return qg.expval(1.0 * qg.Z(0))

    evolved = qg.RiemannianGradientOptimizer(ground, 0.1).step()

    assert float(evolved()) == pytest.approx(-1.0)


def test_many_wires_without_a_restriction_are_warned_of():
    @qg.qnode(qg.device("local", wires=5))
    def wide():
        qg.RX(0.1, wires=0)
        return qg.expval(qg.Z(0) + qg.Z(4))

    with pytest.warns(UserWarning, match="all 1024 Pauli words"):
        qg.RiemannianGradientOptimizer(wide)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: 1.0, "not a QNode"),
        (qg.QNode(lambda: qg.probs(wires=0), "local"), "it returns"),
    ],
)
def test_other_circuits_are_refused(wrong, text):
    with pytest.raises(UnsuitableObjective, match=text):
        qg.RiemannianGradientOptimizer(wrong)


def test_other_restrictions_are_refused():
    with pytest.raises(UnsuitableObjective, match="restriction='X'"):
        qg.RiemannianGradientOptimizer(circuit, restriction="X")


@pytest.mark.parametrize("options", [{"stepsize": -1.0}, {"trottersteps": 0}])
def test_other_options_are_refused(options):
    with pytest.raises(InvalidOptimizerOption):
        qg.RiemannianGradientOptimizer(circuit, **options)

"""Overlaps of unitaries against traces of matrices."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import InvalidParameters

U = (qg.RX(0.3, 0), qg.CRot(0.5, 0.1, 0.7, wires=[0, 1]), qg.T(1))
V = (qg.Y(2), qg.Rot(0.1, 0.2, 0.3, wires=3), qg.ISWAP([2, 3]), qg.RX(0.9, 2))


def on_zero(template, wires):
    """Return the probability that these wires are 0."""

    @qg.qnode(qg.device("local"))
    def circuit():
        qg.apply(template)
        return qg.probs(wires=wires)

    return circuit()[0]


def product(operators, wires):
    return qg.matrix(qg.tape.QuantumScript(operators), wire_order=wires)


def test_the_overlap_is_that_of_the_matrices():
    trace = np.trace(product(V, [2, 3]).conj().T @ product(U, [0, 1]))

    assert on_zero(qg.HilbertSchmidt(V, U), range(4)) == pytest.approx(abs(trace) ** 2 / 16)


def test_the_local_overlap_is_that_of_one_pair():
    between = (product(U, [0, 1]) @ product(V, [2, 3]).conj().T).reshape(2, 2, 2, 2)
    # One wire after the channel; the other wire goes in mixed, and is discarded.
    kraus = between.transpose(1, 3, 0, 2).reshape(4, 2, 2) / np.sqrt(2)
    fidelity = sum(abs(np.trace(operator)) ** 2 for operator in kraus) / 4

    template = qg.LocalHilbertSchmidt(V, U)

    assert on_zero(template, [0, 2]) == pytest.approx(fidelity)


def test_the_template_names_the_wires_of_u_first():
    template = qg.HilbertSchmidt(V=qg.RZ(0.1, "v"), U=qg.H("u"))

    assert list(template.wires) == ["u", "v"]
    assert template.parameters == (0.1,)


@pytest.mark.parametrize(
    ("V", "U", "text"),
    [
        (qg.RZ(0.1, 1), qg.CNOT([0, 2]), "as many wires"),
        (qg.RZ(0.1, 0), qg.H(0), "share the wires"),
        ([], qg.H(0), "Give an operator"),
        (lambda: qg.RZ(0.1, 1), qg.H(0), "Give an operator"),
        (qg.RZ(0.1, 1), [qg.H(0), "X"], "Give an operator"),
    ],
)
def test_unitaries_that_do_not_fit_are_refused(V, U, text):
    with pytest.raises(InvalidParameters, match=text):
        qg.HilbertSchmidt(V, U)

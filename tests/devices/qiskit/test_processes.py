"""Devices of Qiskit on this machine in forked children."""

from __future__ import annotations

import os

import pytest
from children import answer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")

COMPILES = """
import qgate as qg

device = qg.device(sys.argv[1])

def value(gates):
    @qg.qnode(device)
    def circuit():
        for number in range(gates):
            qg.RX(0.1, wires=number % 3)
        qg.CNOT(wires=[0, 1])
        qg.CNOT(wires=[1, 2])
        qg.CNOT(wires=[1, 2])
        return qg.probs(wires=[3])
    return circuit().tolist()

value(2)
tell(in_child(lambda: value(3)))
"""


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_child_compiles_circuits_after_its_parent_has_compiled_others(level):
    config = f"qiskit:aer?shots=100&optimization_level={level}"

    assert answer(COMPILES, config) == [1.0, 0.0]

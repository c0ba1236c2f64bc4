"""Operators of Qiskit as observables."""

import numpy as np
import pytest
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

import qgate as qg
from qgate.exceptions import InputError, NotACircuit


def test_operators_have_the_wire_of_each_qubit():
    a = Parameter("a")
    source = SparsePauliOp(["IXY", "ZII"], [0.5, 2.0])
    free = SparsePauliOp(["X"], np.array([a]))

    assert qg.equal(qg.from_qiskit_op(source), 0.5 * (qg.Y(0) @ qg.X(1)) + 2 * qg.Z(2))
    labelled = 0.5 * (qg.Y("a") @ qg.X("b")) + 2 * qg.Z("c")
    assert qg.equal(qg.from_qiskit_op(source, wires=["a", "b", "c"]), labelled)
    assert qg.equal(qg.from_qiskit_op(free, params={a: 3}), 3 * qg.X(0))
    with pytest.raises(InputError, match="depend on a"):
        qg.from_qiskit_op(free)
    with pytest.raises(InputError, match=r"params=\[1, 2\] does not fit"):
        qg.from_qiskit_op(free, params=[1, 2])
    with pytest.raises(NotACircuit):
        qg.from_qiskit_op("XY")

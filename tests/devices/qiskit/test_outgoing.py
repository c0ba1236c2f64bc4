"""Circuits as circuits of Qiskit."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from qiskit.quantum_info import DensityMatrix, Operator

import qgate as qg
from qgate.exceptions import QuantumFunctionError


def function(x, w):
    qg.RX(x, "a")
    qg.CNOT(["a", "b"])
    qg.Rot(w[0], 2 * w[1], -w[2] + 0.5, "b")
    qg.IsingXY(0.3, ["a", "b"])
    qg.MultiControlledX(["a", "b", "c"], control_values=[0, 1])
    qg.GlobalPhase(0.2)
    qg.Barrier()
    qg.QubitUnitary(np.kron([[0, 1j], [1, 0]], np.eye(2)), ["c", "a"])
    qg.DoubleExcitation(x, ["a", "b", "c", "d"])


ARGS = (0.3, [0.1, 0.7, -0.4])


def assert_equal_up_to_phase(found, expected):
    overlap = np.vdot(found, expected)
    np.testing.assert_allclose(found * overlap / abs(overlap), expected, atol=1e-12)


def test_the_circuit_has_the_unitary_of_the_function():
    expected = np.asarray(qg.matrix(function, wire_order=list("abcd"))(*ARGS))

    circuit = qg.to_qiskit(function)(*ARGS)
    free = qg.to_qiskit(function)("x", ["p", "q", "r"])
    bound = free.assign_parameters(dict(zip("xpqr", (ARGS[0], *ARGS[1]), strict=True)))

    for found in (circuit, bound):
        matrix = Operator(found.reverse_bits()).data
        assert_equal_up_to_phase(matrix, expected)
    assert {parameter.name for parameter in free.parameters} == set("xpqr")


def test_a_circuit_that_comes_back_is_the_same():
    tape = qg.QuantumScript(
        [qg.RX(0.3, 0), qg.CRY(0.2, [1, 0]), qg.Toffoli([2, 0, 1]), qg.ISWAP([0, 2])],
        [qg.counts(wires=[2, 0])],
    )

    back = qg.from_qiskit(qg.to_qiskit(tape))

    with qg.QuantumTape() as found:
        back(measurements=[])
    order = {wire: place for place, wire in enumerate(tape.wires)}
    assert found.operations == [item.map_wires(order) for item in tape.operations]
    assert back.measured == qg.tape.Wires([order[2], order[0]])


def test_observables_are_rotated_and_their_wires_measured():
    tape = qg.QuantumScript([qg.H(0), qg.H(1)], [qg.expval(qg.X(1))])

    assert qg.to_qiskit(tape).count_ops() == {"h": 3, "measure": 1}
    assert qg.to_qiskit(tape, rotations=False).count_ops() == {"h": 2, "measure": 1}
    assert qg.to_qiskit(tape, measure_all=True).count_ops()["measure"] == 2


def test_a_batch_is_refused():
    with pytest.raises(QuantumFunctionError, match="batch"):
        qg.to_qiskit(lambda: qg.RX([0.1, 0.2], 0))()


def test_conditions_are_those_of_the_function():
    @qg.qnode("local")
    def circuit(x):
        qg.RY(x, 0)
        qg.RY(0.4, 1)
        first, second = qg.measure(0, reset=True), qg.measure(1)
        qg.cond(first, qg.X)(2)
        qg.cond(first + second == 1, qg.Rot)(0.1, x, 0.3, wires=2)
        return qg.probs(wires=[0, 2])

    back = qg.QNode(qg.to_qiskit(circuit)(0.3), "local")

    found = back(measurements=qg.probs(wires=[0, 2]))
    np.testing.assert_allclose(found, circuit(0.3), atol=1e-12)


def test_channels_are_written_by_kraus_matrices():
    def noisy():
        qg.RY(0.7, wires=0)
        qg.CNOT(wires=[0, 1])
        qg.AmplitudeDamping(0.3, wires=1)
        qg.PauliError("XY", 0.1, wires=[0, 1])

    written = qg.to_qiskit(noisy)()

    @qg.qnode("local")
    def read():
        qg.from_qiskit(written)()
        return qg.state()

    @qg.qnode("local")
    def expected():
        noisy()
        return qg.state()

    assert_allclose(DensityMatrix(written.reverse_bits()).data, expected(), atol=1e-12)
    assert_allclose(read(), expected(), atol=1e-12)

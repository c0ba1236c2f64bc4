"""Circuits as circuits of the Braket SDK."""

import numpy as np
import pytest
from braket.devices import LocalSimulator
from numpy.testing import assert_allclose

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


def test_the_circuit_has_the_unitary_of_the_function():
    expected = np.asarray(qg.matrix(function, wire_order=list("abcd"))(*ARGS))

    circuit = qg.to_braket(function)(*ARGS)
    free = qg.to_braket(function)("x", ["p", "s", "r"])
    bound = free.make_bound_circuit(dict(zip("xpsr", (ARGS[0], *ARGS[1]), strict=True)))

    np.testing.assert_allclose(circuit.to_unitary(), expected, atol=1e-12)
    np.testing.assert_allclose(bound.to_unitary(), expected, atol=1e-12)


def test_a_circuit_that_comes_back_is_the_same():
    tape = qg.QuantumScript(
        [qg.RX(0.3, 0), qg.ISWAP([1, 0]), qg.Toffoli([2, 0, 1]), qg.adjoint(qg.SX(0))],
        [qg.counts(wires=[2, 0])],
    )

    back = qg.from_braket(qg.to_braket(tape, wires=[0, 1, 2]))

    with qg.QuantumTape() as found:
        back(measurements=[])
    assert found.operations == tape.operations
    assert back.measured == qg.tape.Wires([2, 0])


def test_wires_without_gates_are_qubits_of_the_circuit():
    circuit = qg.to_braket(qg.QuantumScript([qg.X(1)], [qg.probs(wires=0)]), wires=[0, 1])

    assert sorted(map(int, circuit.qubits)) == [0, 1]


def test_conditions_are_refused():
    with pytest.raises(QuantumFunctionError, match="dialect='braket'"):
        qg.to_braket(lambda: qg.cond(qg.measure(0), qg.X)(1))()


def test_names_that_braket_reserves_are_refused():
    with pytest.raises(QuantumFunctionError, match="Choose another name"):
        qg.to_braket(lambda x: qg.RX(x, 0))("b")


def test_several_global_phases_are_kept_as_one():
    def phases():
        for angle in (0.1, 0.2, 0.3):
            qg.GlobalPhase(angle)
            qg.X(0)

    found = qg.to_braket(phases)().to_unitary()

    np.testing.assert_allclose(found, np.exp(-0.6j) * np.eye(2)[::-1], atol=1e-12)


def test_channels_are_written_by_name_or_by_kraus_matrices():
    def noisy():
        qg.RY(0.7, wires=0)
        qg.CNOT(wires=[0, 1])
        qg.DepolarizingChannel(0.1, wires=0)
        qg.BitFlip(0.6, wires=1)  # beyond the range of Braket's
        qg.ThermalRelaxationError(0.1, 1.4, 1.0, 0.3, wires=0)  # six Kraus matrices
        qg.PauliError("XY", 0.1, wires=[0, 1])

    written = qg.to_braket(noisy)()
    asked = written.copy().density_matrix(target=[0, 1])

    @qg.qnode("local")
    def read():
        qg.from_braket(written)()
        return qg.state()

    @qg.qnode("local")
    def expected():
        noisy()
        return qg.state()

    names = [item.operator.name for item in written.instructions]
    assert names == ["Ry", "CNot", "Depolarizing", "Kraus", "Kraus", "Kraus"]
    found = LocalSimulator("braket_dm").run(asked, shots=0).result().values[0]
    assert_allclose(found, expected(), atol=1e-12)
    assert_allclose(read(), expected(), atol=1e-12)


def test_a_channel_that_braket_cannot_hold_is_refused():
    with pytest.raises(QuantumFunctionError, match="on 3 wires cannot be written for Braket"):
        qg.to_braket(lambda: qg.PauliError("XXX", 0.1, wires=range(3)))()
    with pytest.raises(QuantumFunctionError, match="ResetError has a free parameter"):
        qg.to_braket(lambda p: qg.ResetError(p, 0.1, wires=0))("p")

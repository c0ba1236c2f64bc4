"""Rotations at the angle 0 are removed, others are multiplied into their neighbour."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

import qgate as qg
from qgate.operations.tangents import reflection
from qgate.operations.word_rotations import WordRotations
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import GateSet, decompose
from qgate.transforms.idle_rotations import merged, without_idle
from qgate.transforms.trained_arrays import PreparedState

WORDS = ("XY", "ZZ", "YI")
NATIVE = GateSet(frozenset({"RX", "RY", "RZ", "CNOT", "GlobalPhase"}))
STATE = np.array([0.5, 0.5j, -0.7, 0.1]) / np.linalg.norm([0.5, 0.5, 0.7, 0.1])
UNITARY = qg.matrix(qg.CRot(0.3, 0.4, 0.5, wires=[0, 1])) @ qg.matrix(qg.IsingXY(0.7, [0, 1]))


def neighbour(kind: str) -> Any:
    """Return the operation after the rotations."""
    if kind == "state":
        return PreparedState(reflection(STATE, np), [0, 1])
    if kind == "diagonal":
        return qg.DiagonalQubitUnitary(np.exp(1j * np.arange(4)), [0, 1])
    return qg.QubitUnitary(UNITARY, wires=[0, 1])


def sweep(kind: str, angles: Any, *, before: bool = False) -> Sweep:
    words = ("ZI", "IZ", "ZZ") if kind == "diagonal" else WORDS
    operations = [
        *([qg.RX(0.8, 0), qg.RY(0.5, 1)] if before else []),
        WordRotations(np.asarray(angles, dtype=float), words, [0, 1]),
        neighbour(kind),
        qg.CRX(0.4, [1, 0]),
    ]
    return Tape(operations, [qg.probs(wires=[0, 1]), qg.expval(qg.Y(0))]).sweep()


def values(of: Sweep) -> list[np.ndarray]:
    """Return the results of the local device in the remaining gates."""
    native = decompose(of, NATIVE, device="a test")
    return [np.asarray(entry) for entry in qg.device("local").submit([native]).result()[0]]


ROWS = [[0.0, 0.0, 0.0], [1.5, 0.0, 0.0], [0.0, -0.4, 0.9]]


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("kind", ["state", "diagonal", "unitary"])
def test_what_is_measured_stays(kind: str, before: bool):
    if kind == "state" and before:
        pytest.skip("a state is prepared first")
    whole = sweep(kind, ROWS, before=before)

    together = merged(without_idle(whole))

    for found, wanted in zip(values(together), values(whole), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("kind", ["state", "diagonal", "unitary"])
def test_shifted_circuits_have_no_more_gates_than_the_circuit(kind: str):
    def gates(of: Sweep) -> Counter[str]:
        native = decompose(of, NATIVE, device="a test")
        return Counter(operation.name for operation in native.structure.operations)

    alone = gates(without_idle(sweep(kind, [0.0, 0.0, 0.0])))
    shifted = gates(merged(without_idle(sweep(kind, ROWS))))

    assert shifted["CNOT"] <= alone["CNOT"]
    assert gates(sweep(kind, ROWS))["CNOT"] > alone["CNOT"]


def test_rotations_at_0_leave_nothing_behind():
    alone = without_idle(sweep("unitary", [0.0, 0.0, 0.0]))

    assert [item.name for item in alone.structure.operations] == ["QubitUnitary", "CRX"]


def test_a_state_that_nothing_moves_is_prepared_as_a_state():
    alone = without_idle(sweep("state", [0.0, 0.0, 0.0]))

    assert [item.name for item in alone.structure.operations] == ["StatePrep", "CRX"]
    np.testing.assert_allclose(alone.arrays[-1], STATE, atol=1e-15)


def test_rotations_by_slots_that_are_kept_stay():
    kept = without_idle(sweep("unitary", [0.0, 0.0, 0.0]), keep=[1])

    assert kept.structure.operations[0].words == ("ZZ",)


def test_each_rotation_goes_into_its_own_neighbour():
    def one(angle: float, matrix: np.ndarray) -> list[Any]:
        turn = WordRotations(np.array([angle]), ["XZ"], [0, 1])
        return [turn, qg.QubitUnitary(matrix, wires=[0, 1])]

    tape = Tape([*one(0.3, UNITARY), *one(-0.8, UNITARY.T)], [qg.probs(wires=[0, 1])])
    together = merged(tape.sweep())

    assert not any(isinstance(item, WordRotations) for item in together.structure.operations)
    np.testing.assert_allclose(values(together)[0], values(tape.sweep())[0], atol=1e-12)


def test_rotations_away_from_what_they_belong_to_stay_gates():
    operations = [
        WordRotations(np.array([0.3]), ["XZ"], [0, 1]),
        qg.CNOT([0, 2]),
        qg.QubitUnitary(UNITARY, wires=[0, 1]),
    ]
    whole = Tape(operations, [qg.probs(wires=[0, 1, 2])]).sweep()

    np.testing.assert_allclose(values(merged(whole))[0], values(whole)[0], atol=1e-12)
    assert merged(whole).structure.operations[0] == whole.structure.operations[0]


def test_sweeps_without_such_rotations_are_as_they_were():
    plain = Tape([qg.PauliRot(0.0, "XY", [0, 1])], [qg.expval(qg.Z(0))]).sweep()

    assert without_idle(plain) is plain
    assert merged(plain) is plain


@pytest.mark.parametrize("device", ["braket:local", "qiskit:aer", "local"])
@pytest.mark.parametrize("method", ["parameter-shift", "hadamard"])
def test_devices_without_a_state_train_arrays(device: str, method: str):
    def function(x: Any) -> Any:
        qg.StatePrep(x[:4], wires=[0, 1], normalize=True)
        qg.QubitUnitary(qg.Rot.compute_matrix(x[4], 0.2, x[5]), wires=1)
        qg.CNOT([0, 1])
        return qg.expval(qg.X(1) @ qg.Y(0))

    x = qg.numpy.array([0.5, 0.0, 0.4, -0.3, 0.7, 0.2], requires_grad=True)
    options = {"mode": "direct"} if method == "hadamard" else {}
    exact = qg.grad(qg.QNode(function, "local", diff_method="backprop"))(x)
    node = qg.QNode(function, device, diff_method=method, gradient_kwargs=options, shots=None)
    sampled = qg.set_shots(node, 4000)

    np.testing.assert_allclose(qg.grad(node)(x), exact, atol=1e-6)
    np.testing.assert_allclose(qg.grad(sampled)(x), exact, atol=0.2)

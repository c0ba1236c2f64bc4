"""Circuits of a QNode on the way to its device."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.compiled import CompiledCircuit, NativeOperation
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import InvalidDrawing

WEIGHTS = np.linspace(0.1, 0.9, 6).reshape(1, 2, 3)


def layers(weights):
    qg.StronglyEntanglingLayers(weights, wires=[0, 1])
    return qg.expval(qg.X(0)), qg.expval(qg.Z(0) @ qg.Z(1))


def names(qnode, level):
    tapes = qnode.circuits_at(level, (WEIGHTS,), {})
    return [[operation.name for operation in tape.operations] for tape in tapes]


def test_levels_go_from_the_circuit_as_written_to_that_of_the_device():
    qnode = qg.QNode(layers, qg.device("local", shots=10), diff_method="parameter-shift")
    native = ["Rot", "Rot", "CNOT", "CNOT"]

    assert names(qnode, "top") == names(qnode, "user") == [["StronglyEntanglingLayers"]]
    assert names(qnode, "gradient") == names(qnode, 1) == [native]
    assert len(names(qnode, "device")) == 2  # X and Z are measured in different bases
    assert names(qnode, "device") == names(qnode, 2)
    assert names(qnode, slice(0, 1)) == names(qnode, 1)


def test_methods_that_shift_nothing_leave_the_circuit():
    for method in ("best", "backprop", "adjoint"):
        qnode = qg.QNode(layers, "local", diff_method=method)

        assert names(qnode, "gradient") == [["StronglyEntanglingLayers"]]


def test_every_level_has_the_same_values():
    qnode = qg.QNode(layers, "local", diff_method="parameter-shift")

    for level in ("top", "gradient", "device"):
        (tape,) = qnode.circuits_at(level, (WEIGHTS,), {})
        assert_allclose(qg.execute([tape], "local")[0], qnode(WEIGHTS))


class Placed(LocalDevice):
    """A device that compiles every circuit to two native gates on the qubits 7 and 12."""

    def compiled(self, sweeps):
        operations = (
            NativeOperation("rz", (0.5,), (12,)),
            NativeOperation("cx", (), (7, 12)),
            NativeOperation("barrier", (), (7, 12)),
            NativeOperation("measure", (), (12,)),
        )
        return [CompiledCircuit(operations, (("a", 12),)) for _ in sweeps]


def test_a_compiled_circuit_has_native_gates_on_physical_qubits():
    qnode = qg.QNode(layers, Placed(shots=10))

    tapes = qnode.circuits_at("compiled", (WEIGHTS,), {})
    text = qg.draw(qnode, level="compiled")(WEIGHTS).split("\n")[:2]

    assert len(tapes) == 2  # X and Z are measured in different bases
    assert text == [" q7: ───────────╭●─╭||────────┤  ", "q12: ──rz(0.50)─╰X─╰||──┤↗ a├─┤  "]


def test_a_shot_vector_is_one_circuit_and_a_batch_too():
    qnode = qg.QNode(layers, qg.device("local", shots=(10, 20)))
    batch = qg.QNode(lambda x: [qg.RX(x, 0), qg.probs(wires=0)][1], "local")

    (first, _) = qnode.circuits_at("device", (WEIGHTS,), {})
    (batched,) = batch.circuits_at("device", (np.array([0.1, 0.2]),), {})

    assert first.batch_size is None
    assert batched.batch_size == 2


@pytest.mark.parametrize(
    ("level", "same"), [(-1, "gradient"), (slice(0, None), "device"), (slice(0, -2), "top"), (9, 2)]
)
def test_numbers_and_slices_count_the_stages_up_to_the_device(level, same):
    qnode = qg.QNode(layers, "local", diff_method="parameter-shift")

    assert qnode.circuits_at(level, (WEIGHTS,), {}) == qnode.circuits_at(same, (WEIGHTS,), {})


@pytest.mark.parametrize("level", ["nope", 1.5, None])
def test_unknown_levels_are_refused(level):
    with pytest.raises(InvalidDrawing, match="'gradient'"):
        qg.QNode(layers, "local").circuits_at(level, (WEIGHTS,), {})

"""Names at the paths from which programs import them from PennyLane."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate import operations, ops
from qgate.exceptions import QuantumFunctionError
from qgate.queuing import AnnotatedQueue, QueuingManager, process_queue
from qgate.tape import make_qscript
from qgate.workflow import construct_batch, construct_tape, get_best_diff_method

IMPORTS = """
from pennylane import numpy as np
from pennylane.numpy import tensor
from pennylane.numpy.linalg import norm
from pennylane.templates import AngleEmbedding, StronglyEntanglingLayers, broadcast, layer
from pennylane.templates.broadcast import broadcast
from pennylane.templates.embeddings import AmplitudeEmbedding, AngleEmbedding, BasisEmbedding
from pennylane.templates.embeddings import IQPEmbedding, QAOAEmbedding
from pennylane.templates.layer import layer
from pennylane.templates.layers import BasicEntanglerLayers, RandomLayers, SimplifiedTwoDesign
from pennylane.templates.layers import ParticleConservingU1, StronglyEntanglingLayers
from pennylane.templates.state_preparations import ArbitraryStatePreparation
from pennylane.templates.state_preparations import MottonenStatePreparation
from pennylane.templates.subroutines import ApproxTimeEvolution, ArbitraryUnitary, GroverOperator
from pennylane.templates.subroutines import QFT, UCCSD, Permute, QuantumPhaseEstimation
from pennylane.templates import MERA, MPS, TTN, ControlledSequence, GateFabric, HilbertSchmidt
from pennylane.templates.layers import GateFabric
from pennylane.templates.state_preparations import CosineWindow, MPSPrep, Superposition
from pennylane.templates.subroutines import BasisRotation, FlipSign, QDrift, kUpCCGSD
from pennylane.ops import SpecialUnitary
from pennylane.ops.qubit import SpecialUnitary
from pennylane.transforms import apply_controlled_Q, quantum_monte_carlo
from pennylane.math import fidelity, get_interface, stack, toarray, unwrap
from pennylane.operation import AnyWires, Observable, Operation, Operator
from pennylane.ops import RX, RY, RZ, CNOT, Hadamard, Hamiltonian, Prod, Sum, ctrl
from pennylane.ops.functions import equal, eigvals, generator, matrix, simplify
from pennylane.ops.op_math import Adjoint, Controlled, LinearCombination, Prod, SProd, Sum, adjoint
from pennylane.ops.op_math import Conditional, Exp, Pow
from pennylane.ops.qubit import Hermitian, PauliX, Projector, QubitUnitary, StatePrep
from pennylane.measurements import CountsMP, ExpectationMP, MeasurementProcess, MidMeasureMP
from pennylane.measurements import MeasurementValue, ProbabilityMP, SampleMP, Shots, StateMP
from pennylane.measurements import expval, probs, sample, state, var
from pennylane.queuing import AnnotatedQueue, QueuingManager, apply, process_queue
from pennylane.tape import QuantumScript, QuantumScriptBatch, QuantumTape, make_qscript
from pennylane.typing import PostprocessingFn, Result, ResultBatch, TensorLike
from pennylane.wires import WireError, Wires, WiresLike
from pennylane.devices import DefaultQubit, Device
from pennylane.gradients import finite_diff, metric_tensor, param_shift, spsa_grad
from pennylane.workflow import QNode, construct_batch, construct_tape, execute, qnode
from pennylane.optimize import AdamOptimizer, GradientDescentOptimizer, QNGOptimizer
from pennylane.optimize import SPSAOptimizer
from pennylane.fourier import circuit_spectrum, coefficients, reconstruct
from pennylane.exceptions import DeviceError, QuantumFunctionError
from pennylane.pauli import PauliSentence, PauliWord, group_observables, is_pauli_word
from pennylane.pauli import pauli_decompose, pauli_sentence, string_to_pauli_word
"""
"""Lines of programs."""


@pytest.mark.parametrize("line", [line for line in IMPORTS.splitlines() if line])
def test_an_import_from_pennylane_has_its_counterpart(line):
    exec(line.replace("from pennylane", "from qgate"), {})


@pytest.mark.parametrize("name", ["ops", "operation", "measurements", "queuing", "math", "pauli"])
def test_modules_are_attributes_of_the_package(name):
    assert getattr(qg, name).__name__ == f"qgate.{name}"


# Operators ------------------------------------------------------------------------------

SHAPES = {
    "sum of words": (qg.X(0) + qg.Z(1), {ops.Sum, ops.CompositeOp, qg.Hamiltonian}),
    "product of words": (qg.X(0) @ qg.Z(1), {ops.Prod, ops.CompositeOp}),
    "multiple of a word": (2 * qg.X(0), {ops.SProd}),
    "multiple of a product": (2 * qg.X(0) @ qg.Z(1), {ops.SProd}),
    "letter": (qg.X(0), set()),
    "sum": (qg.X(0) + qg.Hadamard(1), {ops.Sum, ops.CompositeOp, qg.Hamiltonian}),
    "product": (qg.Hadamard(0) @ qg.Hadamard(1), {ops.Prod, ops.CompositeOp}),
    "multiple": (2 * qg.Hadamard(0), {ops.SProd}),
    "Hamiltonian": (
        qg.Hamiltonian([1.0, 2.0], [qg.X(0), qg.Z(1)]),
        {ops.Sum, ops.CompositeOp, qg.Hamiltonian},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_sums_and_products_are_recognized_however_they_are_stored(shape):
    operator, expected = SHAPES[shape]

    classes = {ops.Sum, ops.Prod, ops.SProd, ops.CompositeOp, qg.Hamiltonian}
    assert {cls for cls in classes if isinstance(operator, cls)} == expected


def test_recognizing_classes_make_operators():
    made = [ops.Sum(qg.X(0), qg.Z(1)), ops.Prod(qg.X(0), qg.Z(1)), ops.SProd(2.0, qg.X(0))]
    expected = [qg.X(0) + qg.Z(1), qg.X(0) @ qg.Z(1), 2.0 * qg.X(0)]

    for operator, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(operator.matrix([0, 1]), other.matrix([0, 1]))
    assert ops.RX is qg.RX
    assert set(operations.__all__) - set(ops.__all__) == {
        "GATES",
        "Operator",
        "ParameterKind",
        "PauliSum",
        "pauli_decompose",
    }
    assert ops.bind_new_parameters(qg.RX(0.1, 0), [0.2]) == qg.RX(0.2, 0)


# Recording ------------------------------------------------------------------------------


def test_queues_record_and_the_manager_knows_the_innermost():
    with AnnotatedQueue() as outer:
        qg.X(0)
        with AnnotatedQueue() as inner:
            kept = qg.Y(1)
            assert QueuingManager.active_context() is inner
        measured = qg.expval(qg.Z(0))
        QueuingManager.append(kept)
        QueuingManager.remove(outer.queue[0])

    assert inner.queue == [qg.Y(1)]
    assert process_queue(outer) == ([kept], [measured])
    assert measured in outer
    assert len(outer) == 2
    assert not QueuingManager.recording()


def test_stop_recording_is_a_context_manager_and_a_decorator():
    @QueuingManager.stop_recording()
    def gates(depth):
        return [qg.X(depth), *(gates(depth - 1) if depth else [])]

    with AnnotatedQueue() as queue:
        gates(2)
        with QueuingManager.stop_recording():
            qg.Z(0)
        qg.Y(0)

    assert queue.queue == [qg.Y(0)]


def test_what_is_no_recording_is_refused():
    with pytest.raises(QuantumFunctionError, match="Give an AnnotatedQueue"):
        process_queue([qg.X(0)])


# Circuits -------------------------------------------------------------------------------


def circuit(x):
    qg.StronglyEntanglingLayers(x, wires=[0, 1])
    return qg.expval(qg.Z(0) @ qg.X(1))


WEIGHTS = np.full((1, 2, 3), 0.1)


def test_a_quantum_function_becomes_a_tape():
    tape = make_qscript(circuit, shots=10)(WEIGHTS)

    assert [operation.name for operation in tape.operations] == ["StronglyEntanglingLayers"]
    assert tape.measurements == [qg.expval(qg.Z(0) @ qg.X(1))]
    assert tape.shots.total_shots == 10


def test_circuits_of_a_qnode_are_constructed_at_a_level():
    qnode = qg.QNode(circuit, qg.device("local", wires=2))

    (tape,), together = construct_batch(qnode)(WEIGHTS)
    native = construct_tape(qnode)(WEIGHTS)

    assert tape.operations[0].name == "StronglyEntanglingLayers"
    assert {operation.name for operation in native.operations} == {"Rot", "CNOT"}
    assert together(qg.execute([tape], qnode.device)) == pytest.approx((qnode(WEIGHTS),))
    assert get_best_diff_method(qnode)(WEIGHTS) == qnode.explain(WEIGHTS).method
    with pytest.raises(QuantumFunctionError, match="level"):
        construct_tape(qnode, level="nowhere")(WEIGHTS)

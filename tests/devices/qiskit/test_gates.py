"""Every gate converted to Qiskit is the same gate."""

import numpy as np
import pytest
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator as QiskitOperator

from qgate.devices.qiskit.gates import NATIVE
from qgate.operations.gate import GATES
from qgate.operations.symbolic import Adjoint

WIRES = {"QubitUnitary": 2, "DiagonalQubitUnitary": 2, "MultiControlledX": 4}
UP_TO_A_PHASE = {"Rot"}


def random_unitary(size, rng):
    matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    return np.linalg.qr(matrix)[0]


def make(name, rng):
    """Return the gate of a name with random numbers."""
    if name.startswith("Adjoint("):
        return Adjoint(GATES[name.removeprefix("Adjoint(").removesuffix(")")](0))
    wires = range(WIRES.get(name) or GATES[name].num_wires)
    if name == "QubitUnitary":
        return GATES[name](random_unitary(4, rng), wires)
    if name == "DiagonalQubitUnitary":
        return GATES[name](np.exp(1j * rng.normal(size=4)), wires)
    if name == "MultiControlledX":
        return GATES[name](wires, control_values=[0, 1, 1])
    return GATES[name](*rng.normal(size=len(GATES[name].spec.angles)), wires)


def angles_of(operation):
    return [float(value) for value in operation.parameters if np.shape(value) == ()]


def matrix_of(instruction, *, last_first):
    """Return Qiskit's matrix with our first wire most significant."""
    operator = QiskitOperator(instruction)
    return operator.data if last_first else operator.reverse_qargs().data


def align(matrix, other):
    """Return ``matrix`` with the phase of ``other``."""
    overlap = np.vdot(matrix, other)
    return matrix * overlap / abs(overlap)


@pytest.mark.parametrize("name", NATIVE)
def test_matrix_is_the_one_meant(name):
    operation = make(name, np.random.default_rng(5))
    native = NATIVE[name]

    matrix = matrix_of(native.make(operation, angles_of(operation)), last_first=native.last_first)

    expected = operation.matrix()
    if name in UP_TO_A_PHASE:
        matrix = align(matrix, expected)
    np.testing.assert_allclose(matrix, expected, atol=1e-9)


@pytest.mark.parametrize("name", [name for name in NATIVE if name in GATES])
def test_angles_may_be_left_open(name):
    operation = make(name, np.random.default_rng(6))
    free = [Parameter(f"angle_{index}") for index in range(len(angles_of(operation)))]

    instruction = NATIVE[name].make(operation, free)

    expressions = [value for value in instruction.params if hasattr(value, "parameters")]
    assert {p for expression in expressions for p in expression.parameters} == set(free)

"""Primitive gates in terms of others, against their matrices."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.devices.local.device import LocalDevice
from qgate.exceptions import UnsupportedOperation
from qgate.operations.gate import GATES
from qgate.tape import Tape
from qgate.transforms.decomposition import GateSet, decompose
from qgate.transforms.primitive_rules import RULES

PREPARED = [qg.RX(0.3, 0), qg.RY(0.5, 1), qg.CZ([0, 1]), qg.RY(1.1, 0)]
"""Prepare a state of which no gate below is an eigenstate."""

CASES = [(name, index) for name, rules in RULES.items() for index in range(len(rules))]
SETS = [
    {"RX", "RY", "CZ", "GlobalPhase"},
    {"RX", "RZ", "CZ", "GlobalPhase"},
    {"RY", "RZ", "CZ", "GlobalPhase"},
    {"RX", "RY", "RZ", "IsingXX", "GlobalPhase"},
    {"RX", "RY", "IsingZZ", "GlobalPhase"},
]


def on_all(operation, num_wires):
    """The matrix of an operation on wires 0, 1, ... in their order."""
    if len(operation.wires) == num_wires:
        return operation.matrix(wire_order=range(num_wires))
    (wire,) = operation.wires
    factors = [np.eye(2)] * num_wires
    factors[wire] = operation.matrix()
    return factors[0] if num_wires == 1 else np.kron(*factors)


def overlap(one, other):
    """1 for equal unitaries, whatever their phases."""
    return abs(np.trace(one.conj().T @ other)) / len(one)


@pytest.mark.parametrize(("name", "index"), CASES)
def test_a_rule_gives_the_same_matrix_up_to_a_phase(name, index):
    gate = GATES[name](wires=[0, 1]) if name == "CNOT" else GATES[name](0.7, 0)
    size = len(gate.wires)

    product = np.eye(2**size)
    for part in RULES[name][index](gate):
        product = on_all(part, size) @ product

    assert overlap(product, gate.matrix()) == pytest.approx(1)


@pytest.mark.parametrize("names", SETS, ids=lambda names: "-".join(sorted(names)))
@pytest.mark.parametrize(
    "operations",
    [
        [qg.Rot(0.1, 0.2, 0.3, 0), qg.CNOT([0, 1]), qg.S(1), qg.Hadamard(0)],
        [qg.SWAP([0, 1]), qg.T(0), qg.IsingYY(0.4, [0, 1]), qg.CRX(0.3, [1, 0])],
        [qg.QubitUnitary(np.array([[1, 1j], [1j, 1]]) / np.sqrt(2), 0), qg.PhaseShift(0.6, 1)],
    ],
)
def test_any_circuit_is_written_in_two_rotations_and_an_entangling_gate(names, operations):
    tape = Tape([*PREPARED, *operations], [qg.probs(wires=[0, 1])])

    native = decompose(tape.sweep(), GateSet(frozenset(names)), device="a chip")

    assert {operation.name for operation in native.structure.operations} <= names
    expected = np.array([1, 0, 0, 0], dtype=complex)
    for operation in [*PREPARED, *operations]:
        expected = on_all(operation, 2) @ expected
    (state,) = LocalDevice(wires=2).states(native)
    assert abs(state.conj() @ expected) == pytest.approx(1)


def test_a_device_without_an_entangling_gate_refuses_one():
    tape = Tape([qg.CNOT([0, 1])], [qg.probs(wires=0)])

    with pytest.raises(UnsupportedOperation, match=r"CNOT.*RX, RY"):
        decompose(
            tape.sweep(), GateSet(frozenset({"RX", "RY"})), device="a chip", names=["RX", "RY"]
        )

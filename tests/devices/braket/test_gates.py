from functools import reduce

import numpy as np
import pytest
from braket.circuits import Gate
from scipy.stats import unitary_group

import qgate.operations  # noqa: F401  (fills the table)
from qgate.devices.braket.gates import (
    GATES,
    NATIVE_FORMS,
    SEQUENCES,
    UNREAD,
    accepted,
    forms,
    sequences,
)
from qgate.operations.gate import GATES as OURS
from qgate.operations.operator import Operator
from qgate.operations.unitaries import QubitUnitary

ANGLES = (0.7, -1.9, 0.4)
MATRIX = unitary_group.rvs(8, random_state=3)


def operation(name: str) -> Operator:
    """Make an operation of the table on wires 0, 1, ..."""
    if name == "QubitUnitary":
        return QubitUnitary(MATRIX, wires=[0, 1, 2])
    if name.startswith("Adjoint("):
        return operation(name[len("Adjoint(") : -1]).adjoint()
    spec = OURS[name].spec
    return OURS[name](*ANGLES[: len(spec.angles)], wires=range(spec.wires))


@pytest.mark.parametrize("name", sorted(GATES))
def test_gate_has_the_same_matrix_in_the_sdk(name):
    ours = operation(name)

    theirs = getattr(Gate, GATES[name])(*ours.parameters)

    assert ours.name == name
    np.testing.assert_allclose(theirs.to_matrix(), ours.matrix(), atol=1e-12)


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_what_is_left_out_changes_no_probability(name):
    matrix = OURS[name](0.7, wires=[0]).matrix()

    np.testing.assert_allclose(matrix, matrix[0, 0] * np.eye(2))


def test_a_device_accepts_what_it_lists_whatever_the_case():
    assert accepted(["RX", "ccnot", "H", "prx"]) == UNREAD | {"RX", "Toffoli", "Hadamard"}


@pytest.mark.parametrize("name", sorted(NATIVE_FORMS))
def test_a_native_form_has_the_same_matrix(name):
    ours, form = operation(name), NATIVE_FORMS[name]

    theirs = getattr(Gate, form.gate)(*ours.parameters, *form.angles)

    np.testing.assert_allclose(theirs.to_matrix(), ours.matrix(), atol=1e-12)


@pytest.mark.parametrize("name", sorted(SEQUENCES))
def test_a_sequence_of_native_gates_has_the_same_matrix_up_to_a_phase(name):
    ours = operation(name)
    (angle,) = ours.parameters

    steps = [
        getattr(Gate, step.gate)(step.factor * angle + step.offset).to_matrix()
        for step in SEQUENCES[name]
    ]

    product = reduce(np.matmul, reversed(steps))
    overlap = np.trace(product.conj().T @ ours.matrix()) / 2
    assert abs(overlap) == pytest.approx(1)


@pytest.mark.parametrize(
    ("native", "ours"),
    [
        (["GPI", "GPI2", "ZZ"], {"RX", "RY", "RZ"}),
        (["GPI", "ZZ"], {"RZ"}),
        (["cz", "prx"], set()),
        (["rx", "rz", "gpi", "gpi2"], {"RY"}),
    ],
)
def test_rotations_are_sequences_where_a_device_has_all_their_gates_and_not_them(native, ours):
    assert set(sequences(native)) == ours


@pytest.mark.parametrize(
    ("native", "ours"),
    [(["cz", "prx"], {"CZ", "RX", "RY"}), (["rx", "rz", "cz"], {"CZ", "RX", "RZ"})],
)
def test_only_native_gates_have_a_form(native, ours):
    assert set(forms(native)) == ours

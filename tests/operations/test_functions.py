"""Functions of operators and quantum functions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from qgate.exceptions import GeneratorUndefinedError, InvalidParameters
from qgate.operations.arithmetic import prod, sum_
from qgate.operations.controlled import CNOT, CRX
from qgate.operations.excitations import SingleExcitation
from qgate.operations.fixed import Hadamard, S, X, Y, Z
from qgate.operations.functions import (
    commutator,
    eigvals,
    equal,
    generator,
    is_commuting,
    map_wires,
    matrix,
    simplify,
)
from qgate.operations.hermitian import Hermitian, SparseHamiltonian
from qgate.operations.ising import IsingXY
from qgate.operations.pauli import PauliSum
from qgate.operations.rotations import RX, RY, RZ, PhaseShift
from qgate.recording import recording


def circuit(angle):
    RX(angle, "a")
    CNOT(["a", "b"])


class WithDevice:
    """Looks like a QNode: it has a function and a device with wires."""

    func = staticmethod(circuit)

    class device:
        wires = ("b", "a")


# matrix, eigvals ----------------------------------------------------------------------


def test_matrix_of_a_function_multiplies_what_it_applies():
    expected = CNOT([0, 1]).matrix() @ np.kron(RX(0.3, 0).matrix(), np.eye(2))

    assert_allclose(matrix(circuit)(0.3), expected)
    assert_allclose(matrix(circuit, wire_order=["a", "b"])(0.3), expected)


def test_matrix_of_a_qnode_is_in_the_order_of_its_device():
    reversed_cnot = CNOT([1, 0]).matrix([0, 1])
    expected = reversed_cnot @ np.kron(np.eye(2), RX(0.3, 0).matrix())

    assert_allclose(matrix(WithDevice())(0.3), expected)


def test_matrix_of_an_operator_is_its_own():
    assert_allclose(matrix(X(0) @ Z(1), wire_order=[1, 0]), np.kron(Z(0).matrix(), X(0).matrix()))


def test_eigenvalues_of_operators_and_functions():
    assert_allclose(eigvals(X(0) + Z(0)), [-np.sqrt(2), np.sqrt(2)])
    values = eigvals(lambda: S(0))()
    assert_allclose(sorted(values, key=np.angle), [1, 1j])


def test_the_lowest_eigenvalues_of_a_sparse_hamiltonian_are_those_of_the_dense_one():
    h = PauliSum.from_words([1.0, 0.5, 0.3], ["ZZII", "XIIX", "IYYI"])
    dense = np.linalg.eigvalsh(h.matrix())

    assert_allclose(eigvals(SparseHamiltonian(h.sparse_matrix(), range(4))), dense[:1])
    assert_allclose(
        sorted(eigvals(SparseHamiltonian(h.sparse_matrix(), range(4)), k=16)), dense, atol=1e-12
    )


# generator ----------------------------------------------------------------------------

GATES = [
    RX(0.1, 0),
    PhaseShift(0.2, "a"),
    CRX(0.3, [0, 1]),
    IsingXY(0.4, [0, 1]),
    SingleExcitation(0.5, [2, 0]),
]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_generators_exponentiate_to_the_gate(gate):
    observable, prefactor = generator(gate)
    whole = generator(gate, format="observable")
    values, vectors = np.linalg.eigh(whole.matrix(gate.wires))

    exponential = (vectors * np.exp(1j * gate.parameters[0] * values)) @ vectors.conj().T

    assert_allclose(exponential, gate.matrix(), atol=1e-12)
    assert_allclose(prefactor * observable.matrix(), whole.matrix(), atol=1e-12)


def test_the_prefactor_is_taken_out_where_all_weights_have_one_size():
    assert generator(RX(0.1, 0)) == (PauliSum.word({0: "X"}), -0.5)
    assert generator(IsingXY(0.1, [0, 1])) == (PauliSum.from_words([1.0, 1.0], ["XX", "YY"]), 0.25)


def test_generator_of_a_class_takes_the_arguments_of_the_gate():
    assert generator(RX)(0.1, wires=0) == generator(RX(0.1, 0))


@pytest.mark.parametrize("op", [X(0), SWAP := CNOT([0, 1])])
def test_gates_without_an_angle_have_no_generator(op):
    with pytest.raises(GeneratorUndefinedError, match="0 parameters"):
        generator(op)


def test_an_unknown_format_is_refused():
    with pytest.raises(InvalidParameters, match="prefactor"):
        generator(RX(0.1, 0), format="matrix")


# equal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (X(0), X(0)),
        (X(0), PauliSum.word({0: "X"})),
        (X(0) @ Z(1), Z(1) @ X(0)),
        (X(0) + Z(1) + X(0), 2 * X(0) + Z(1)),
        (prod(RX(0.1, 0), RX(0.2, 1)), prod(RX(0.2, 1), RX(0.1, 0))),
        (sum_(RX(0.1, 0), X(0)), sum_(X(0), RX(0.1 + 1e-12, 0))),
    ],
)
def test_equal_operators_are_equal(left, right):
    assert equal(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (X(0), Y(0)),
        (X(0), X(1)),
        (RX(0.1, 0), RX(0.2, 0)),
        (RX(0.1, 0), RY(0.1, 0)),
        (prod(RX(0.1, 0), RY(0.2, 0)), prod(RY(0.2, 0), RX(0.1, 0))),
        (prod(RX(0.1, 0), RX(0.2, 1)), prod(RX(0.1, 0), RX(0.2, 1), RX(0.3, 2))),
        (sum_(RX(0.1, 0), X(0)), prod(RX(0.1, 0), X(0))),
    ],
)
def test_different_operators_are_not_equal(left, right):
    assert not equal(left, right)


# commutator, is_commuting -------------------------------------------------------------


def test_the_commutator_of_pauli_operators_is_a_pauli_sum():
    assert commutator(X(0), Y(0)) == PauliSum.word({0: "Z"}, 2j)
    assert commutator(X(0), Z(1)) == PauliSum.identity(0.0)


def test_the_commutator_of_other_operators_has_the_matrix_of_the_formula():
    a, b = RX(0.1, 0), Hadamard(0) @ X(1)

    left, right = (op.matrix([0, 1]) for op in (a, b))
    assert_allclose(commutator(a, b).matrix([0, 1]), left @ right - right @ left, atol=1e-12)


@pytest.mark.parametrize(
    ("left", "right", "commute"),
    [
        (X(0), Y(1), True),
        (X(0) @ X(1), Z(0) @ Z(1), True),
        (X(0) + Z(1), Z(0), False),
        (RX(0.1, 0), X(0), True),
        (RX(0.1, 0), RZ(0.1, 0), False),
        (CNOT([0, 1]), RZ(0.3, 0), True),
        (CNOT([0, 1]), RZ(0.3, 1), False),
    ],
)
def test_commuting_operators_are_found(left, right, commute):
    assert is_commuting(left, right) is commute


# map_wires, simplify ------------------------------------------------------------------


def test_mapped_and_simplified_operators_take_the_place_of_the_original():
    with recording() as recorder:
        mapped = map_wires(RX(0.1, 0), {0: "a"})
        simpler = simplify(X(1) @ Z(2) @ X(1))

    assert recorder.items == (mapped, simpler)
    assert tuple(mapped.wires) == ("a",)
    assert simpler == PauliSum.word({2: "Z"})


def test_a_mapped_function_applies_the_same_on_other_wires():
    with recording() as recorder:
        map_wires(circuit, {"a": 0, "b": 1})(0.3)

    assert [tuple(item.wires) for item in recorder.items] == [(0,), (0, 1)]


def test_asking_records_nothing():
    with recording() as recorder:
        gate = RX(0.1, 0)
        matrix(gate)
        generator(gate)
        equal(gate, gate)
        is_commuting(gate, gate)
        eigvals(gate)

    assert recorder.items == (gate,)


def test_simplifying_a_hermitian_matrix_leaves_it():
    op = Hermitian(np.eye(2), 0)

    assert simplify(op) is op

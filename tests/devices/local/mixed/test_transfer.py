"""Pauli transfer matrices, against their definition by dense matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.mixed.transfer import (
    commuting_words,
    from_density,
    from_matrix,
    from_superoperator,
    pauli_basis,
    replacing,
    rotation_terms,
    turn_signs,
)
from qgate.operations.matrices import kron

PAULIS = {0: np.eye(2), 1: qg.Z(0).matrix(), 2: qg.X(0).matrix(), 3: qg.Y(0).matrix()}


def word(number, k):
    """Return the matrix of a word, whose first wire is the most significant digit."""
    return kron([PAULIS[number >> 2 * place & 3] for place in reversed(range(k))])


def by_definition(kraus, k):
    words = [word(number, k) for number in range(4**k)]
    images = [sum(m @ w @ m.conj().T for m in kraus) for w in words]
    return np.array([[np.trace(w @ image).real / 2**k for image in images] for w in words])


@pytest.mark.parametrize("gate", [qg.S(0), qg.Rot(0.1, 0.2, 0.3, 0), qg.CRY(0.4, [0, 1])])
def test_transfer_matrix_of_a_gate_is_that_of_its_definition(gate):
    matrix = np.asarray(gate.matrix(), dtype=complex)

    assert_allclose(from_matrix(matrix), by_definition([matrix], len(gate.wires)), atol=1e-15)


def test_transfer_matrix_of_a_channel_is_that_of_its_definition():
    channel = qg.ThermalRelaxationError(0.2, 1.0, 1.5, 0.3, wires=0)
    found = from_superoperator(channel.canonical_superoperator(channel.parameters, np) + 0j)

    assert_allclose(found.imag, 0.0, atol=1e-15)
    assert_allclose(found.real, by_definition(channel.kraus_matrices(), 1), atol=1e-15)


def test_replacing_a_state_gives_its_expectation_values():
    state = np.array([[0.7, 0.2j], [-0.2j, 0.3]])

    assert_allclose(from_density(state), [1.0, 0.4, 0.0, np.trace(word(3, 1) @ state).real])
    assert_allclose(replacing(state) @ [1.0, 0.5, 0.6, 0.7], from_density(state))


@pytest.mark.parametrize(
    "gate", [qg.RX(0.7, 0), qg.PhaseShift(0.7, 0), qg.CRX(0.7, [0, 1]), qg.IsingXY(0.7, [0, 1])]
)
def test_waves_of_a_generator_add_up_to_the_gate(gate):
    terms = rotation_terms(np.asarray(gate.generator_matrix(), dtype=complex))
    total = sum(even * np.cos(f * 0.7) + odd * np.sin(f * 0.7) for f, even, odd in terms)

    assert_allclose(total, from_matrix(np.asarray(gate.matrix(), dtype=complex)), atol=1e-14)


def test_generators_are_written_in_commuting_words_where_possible():
    excitation = commuting_words(qg.SingleExcitation(0.1, [0, 1]).generator_matrix() + 0j)
    mixed = commuting_words((word(1, 1) + word(2, 1)) + 0j)

    assert {number for number, _ in excitation} == {0b1011, 0b1110}
    assert mixed is None


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 63), st.integers(0, 63))
def test_signs_of_products_of_words_are_those_of_their_matrices(first, second):
    product = 1j * word(first, 3) @ word(second, 3)
    sign = turn_signs(first, np.array([second]))[0]

    if np.allclose(word(first, 3) @ word(second, 3), word(second, 3) @ word(first, 3)):
        assert sign == 0
    else:
        assert_allclose(product, sign * word(first ^ second, 3))


def test_basis_has_the_first_wire_most_significant():
    assert_allclose(pauli_basis(2)[0b1101].reshape(4, 4), word(0b1101, 2).conj())

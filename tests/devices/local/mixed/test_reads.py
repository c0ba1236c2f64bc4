"""Measurements as sums of the expectation values of words."""

import numpy as np
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.mixed.reads import reads_of
from qgate.devices.local.mixed.transfer import from_density
from qgate.wires import Wires

ORDER = Wires(range(3))


def tape_of(*measurements):
    with qg.QuantumTape() as tape:
        for measurement in measurements:
            qg.apply(measurement)
    return tape


def test_words_are_read_at_their_base_4_numbers():
    tape = tape_of(qg.expval(2.0 * qg.X(0) @ qg.Y(2) + 3.0 * qg.Z(1)), qg.probs(wires=[2, 0]))

    reads = reads_of(tape.structure, ORDER)

    assert sorted(reads.indices[:2].tolist()) == [0b000100, 0b100011]
    assert reads.indices[2:].tolist() == [0, 0b010000, 0b000001, 0b010001]


def test_weights_give_the_results():
    tape = tape_of(qg.expval(2.0 * qg.X(0) @ qg.Y(2) + 3.0 * qg.Z(1)), qg.probs(wires=[2, 0]))
    sweep, means = tape.sweep(), np.random.default_rng(0).normal(size=(1, 6))
    reads = reads_of(tape.structure, ORDER)
    measurements = sweep.structure.bind_measurements(sweep.arrays)

    value, probabilities = reads.results(measurements, means)

    both = np.concatenate([value, probabilities[0]])
    assert_allclose(reads.weights(measurements) @ means[0], both)


def test_observables_with_matrices_are_read_as_all_words_on_their_wires():
    matrix = np.array([[0.3, 0.1j], [-0.1j, 0.7]])
    observable = 2.0 * qg.Hermitian(matrix, wires=2) @ qg.Y(0) + 3.0 * qg.Z(1)
    tape = tape_of(qg.expval(observable))
    sweep, reads = tape.sweep(), reads_of(tape.structure, ORDER)
    state = np.random.default_rng(0).normal(size=16).view(complex)
    rho = np.outer(state, state.conj())

    measurements = sweep.structure.bind_measurements(sweep.arrays)
    (value,) = reads.results(measurements, from_density(rho)[None, reads.indices])

    dense = qg.matrix(observable, wire_order=[0, 1, 2])
    assert_allclose(value, np.trace(dense @ rho).real)


def test_other_measurements_are_no_sums_of_words():
    assert reads_of(tape_of(qg.purity(wires=[0])).structure, ORDER) is None

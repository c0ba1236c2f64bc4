"""Circuits on Pauli vectors, against density matrices gate by gate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate.devices.local.libraries import best_library, library
from qgate.devices.local.mixed import pauli_engine
from qgate.devices.local.mixed.density import DensityEngine
from qgate.devices.local.mixed.pauli_engine import PauliEngine
from qgate.devices.local.plan_engine import Settings
from qgate.wires import Wires

NUM_WIRES = 4
ORDER = Wires(range(NUM_WIRES))
OBSERVABLE = qg.X(0) @ qg.Y(1) - 0.5 * qg.Z(1) @ qg.Y(2) @ qg.Y(3) + 0.3 * qg.Z(3)
KRAUS = qg.AmplitudeDamping(0.4, wires=0).kraus_matrices()
LIBRARIES = [None, *filter(None, [library("baseline"), best_library()])]

GATES = (
    lambda x, a, b, c, d: qg.Rot(x, 2 * x, x + 1, wires=a),
    lambda x, a, b, c, d: qg.CRX(x, wires=[a, b]),
    lambda x, a, b, c, d: qg.IsingXY(x, wires=[b, a]),
    lambda x, a, b, c, d: qg.CNOT(wires=[a, b]),
    lambda x, a, b, c, d: qg.Toffoli(wires=[a, b, c]),
    lambda x, a, b, c, d: qg.DoubleExcitation(x, wires=[a, b, c, d]),
    lambda x, a, b, c, d: qg.PauliRot(x, "YXZ", wires=[a, b, c]),
    lambda x, a, b, c, d: qg.MultiRZ(x, wires=[a, b, c, d]),
    lambda x, a, b, c, d: qg.QubitUnitary(qg.RX(x, 0).matrix(), wires=a),
    lambda x, a, b, c, d: qg.DepolarizingChannel(x / 3, wires=a),
    lambda x, a, b, c, d: qg.GeneralizedAmplitudeDamping(x / 3, 0.3, wires=b),
    lambda x, a, b, c, d: qg.ThermalRelaxationError(0.1, 1.0, 1.3, x, wires=a),
    lambda x, a, b, c, d: qg.PauliError("XY", x / 3, wires=[a, b]),
    lambda x, a, b, c, d: qg.QubitChannel(KRAUS, wires=c),
    lambda x, a, b, c, d: qg.QubitDensityMatrix(np.diag([0.7, 0.3]), wires=d),
)


@st.composite
def sweeps(draw):
    """Draw two rows of a circuit with channels."""
    size = draw(st.integers(3, 14))
    choices = draw(st.lists(st.integers(0, len(GATES) - 1), min_size=size, max_size=size))
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    with qg.QuantumTape() as tape:
        for choice in choices:
            GATES[choice](random.uniform(0.1, 0.9), *random.permutation(NUM_WIRES).tolist())
        qg.PhaseDamping(0.1, wires=0)
        qg.expval(OBSERVABLE)
        qg.probs(wires=[3, 1])
    sweep = tape.sweep()
    return sweep.with_rows(np.concatenate([sweep.rows, 0.9 * sweep.rows]), None)


@pytest.mark.parametrize("compiled", LIBRARIES, ids=lambda found: getattr(found, "name", "numpy"))
@settings(max_examples=10, deadline=None)
@given(sweep=sweeps())
def test_values_and_derivatives_are_those_of_density_matrices(compiled, sweep):
    engine, slots = PauliEngine(compiled), range(sweep.structure.num_slots)

    values, slopes = engine.jacobian(sweep, slots, ORDER)

    expected, derivatives = DensityEngine().jacobian(sweep, slots, ORDER)
    assert_allclose(values, expected, atol=1e-12)
    assert_allclose(slopes, derivatives, atol=1e-11)
    results = [part.reshape(2, -1) for part in engine.results(sweep, ORDER)]
    assert_allclose(np.concatenate(results, axis=1), expected, atol=1e-12)


def layered(num_wires, layers=3):
    """Return a sweep of layers of rotations, damping and CZ."""
    random = np.random.default_rng(0)
    with qg.QuantumTape() as tape:
        for _ in range(layers):
            for wire in range(num_wires):
                qg.RY(random.uniform(0, 3), wires=wire)
                qg.AmplitudeDamping(random.uniform(0, 0.2), wires=wire)
            for wire in range(num_wires - 1):
                qg.CZ(wires=[wire, wire + 1])
        qg.expval(qg.Z(0) @ qg.X(num_wires - 1))
    return tape.sweep(), tape.structure.wires


compiled_only = pytest.mark.skipif(best_library() is None, reason="there is no compiled library")


@compiled_only
def test_fewer_kept_vectors_give_the_same_derivatives(monkeypatch):
    sweep, order = layered(5, layers=6)
    slots = range(sweep.structure.num_slots)
    engine = PauliEngine(best_library())
    whole = engine.jacobian(sweep, slots, order)

    monkeypatch.setattr(pauli_engine, "KEPT_BYTES", 0)

    assert engine.room(sweep.structure, 1, 1) < 8
    assert np.array_equal(whole[1], engine.jacobian(sweep, slots, order)[1])


@compiled_only
def test_threads_do_not_change_the_last_bit():
    sweep, order = layered(8)
    slots = range(sweep.structure.num_slots)
    one, three = (PauliEngine(best_library(), Settings(threads=n)) for n in (1, 3))

    found, expected = three.jacobian(sweep, slots, order), one.jacobian(sweep, slots, order)

    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])


@pytest.mark.parametrize("compiled", LIBRARIES, ids=lambda found: getattr(found, "name", "numpy"))
def test_tiles_of_large_vectors_give_the_same_values(compiled):
    sweep, order = layered(8)

    (found,) = PauliEngine(compiled).results(sweep, order)

    assert_allclose(found, DensityEngine().results(sweep, order)[0], atol=1e-13)


@compiled_only
def test_single_precision_agrees_to_its_rounding():
    sweep, order = layered(5)
    slots = range(sweep.structure.num_slots)
    single, double = (PauliEngine(best_library(), Settings(single=flag)) for flag in (True, False))

    found, expected = single.jacobian(sweep, slots, order), double.jacobian(sweep, slots, order)

    assert_allclose(found[0], expected[0], atol=1e-5)
    assert_allclose(found[1], expected[1], atol=1e-5)
    assert np.abs(found[1] - expected[1]).max() > 0


def test_other_measurements_are_those_of_the_density_matrix():
    with qg.QuantumTape() as tape:
        qg.QubitDensityMatrix(np.diag([0.6, 0.4]), wires=0)
        qg.CRY(0.7, wires=[0, 1])
        qg.DepolarizingChannel(0.1, wires=1)
        qg.purity(wires=[1])
        qg.state()
        qg.var(qg.Z(0) @ qg.X(1))
    sweep, order = tape.sweep(), tape.structure.wires

    found = PauliEngine(best_library()).results(sweep, order)

    expected = DensityEngine().results(sweep, order)
    for part, other in zip(found, expected, strict=True):
        assert_allclose(part, other, atol=1e-14)


def test_probabilities_of_all_wires_add_up_to_one():
    sweep, order = layered(3)

    found = PauliEngine(best_library()).probabilities(sweep, order)

    assert_allclose(found, DensityEngine().probabilities(sweep, order), atol=1e-14)

"""Adjoint derivatives against central differences of dense matrices, and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import qgate as qg
from qgate import numpy as qnp
from qgate.devices.local.adjoint import OneAngleGates, preparations_first
from qgate.devices.local.choice import choose_engine
from qgate.devices.local.device import LOCAL, LocalDevice
from qgate.devices.local.engine import GateByGateEngine
from qgate.devices.local.plan_engine import Settings
from qgate.exceptions import QuantumFunctionError, UnsupportedOperation
from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.slots import Affine
from qgate.structure import Structure
from qgate.tape import Tape

ACCEPTS = OneAngleGates(LOCAL.gate_set)


def jacobian(tape, slots=None, device=None):
    sweep = tape.sweep()
    every = range(sweep.structure.num_slots) if slots is None else slots
    return (device or LocalDevice()).jacobian(sweep, every)


def differences(tape, dense, wires, step=1e-4):
    """Central differences of the fourth order, of dense expectation values."""
    rows = tape.sweep().rows
    structure, arrays = tape.structure, tape.sweep().arrays

    def values(rows):
        found = []
        for row in rows:
            psi = dense.state(structure.bind(row, arrays), wires)
            found.append([mean(psi, item.obs, dense, wires) for item in tape.measurements])
        return np.array(found)

    columns = np.zeros((rows.shape[1], len(rows), len(tape.measurements)))
    for column, unit in zip(columns, np.eye(rows.shape[1]), strict=True):
        near = values(rows + step * unit) - values(rows - step * unit)
        far = values(rows + 2 * step * unit) - values(rows - 2 * step * unit)
        column[:] = (8 * near - far) / (12 * step)
    return values(rows), columns


def mean(psi, observable, dense, wires):
    return np.vdot(psi, dense.matrix(observable, wires) @ psi).real


def observables(numbers, wires):
    a, b, c, d = wires
    return [
        qg.expval(qg.dot([0.4, -1.1, 0.3], [qg.X(a) @ qg.Z(c), qg.Y(b), qg.Z(d)])),
        qg.expval(qg.Hermitian(numbers.hermitian(2), wires=[c, a])),
        qg.expval(0.5 * qg.Projector([1], wires=[b]) @ qg.Y(d) + 2 * qg.Hadamard(a)),
    ]


@settings(max_examples=60)
@given(data=st.data())
def test_random_circuits_agree_with_central_differences(data, dense, drawn):
    operations = data.draw(drawn.circuits(most=3))
    numbers = drawn.numbers(data.draw(st.integers(0, 99)), None)
    tape = Tape(operations, observables(numbers, drawn.wires))

    values, derivatives = jacobian(tape, device=LocalDevice(wires=drawn.wires))

    true_values, true_derivatives = differences(tape, dense, drawn.wires)
    assert_allclose(values, true_values, atol=1e-9)
    assert_allclose(derivatives, true_derivatives, atol=1e-7)


def test_everything_with_an_angle_agrees_with_central_differences(dense, drawn):
    checked = []
    for seed, (name, make) in enumerate(drawn.menu.items()):
        numbers = drawn.numbers(seed, None)
        before = [qg.StatePrep(numbers.state(4), wires=drawn.wires)]
        tape = Tape([*before, make(numbers, drawn.wires)], observables(numbers, drawn.wires))
        if not tape.structure.num_slots:
            continue

        _, derivatives = jacobian(tape, device=LocalDevice(wires=drawn.wires))

        expected = differences(tape, dense, drawn.wires)[1]
        assert_allclose(derivatives, expected, atol=1e-7, err_msg=name)
        checked.append(name)
    assert {"CRX", "Rot", "PSWAP", "FermionicSWAP", "evolve", "power"} <= set(checked)


def test_the_derivative_of_a_rotation_is_a_sine():
    angles = np.linspace(-3, 3, 7)
    tape = Tape([qg.RX(angles, 0)], [qg.expval(qg.Z(0)), qg.expval(qg.Y(0))])

    values, derivatives = jacobian(tape)

    assert_allclose(values, np.stack([np.cos(angles), -np.sin(angles)], axis=1), atol=1e-12)
    expected = np.stack([-np.sin(angles), -np.cos(angles)], axis=1)
    assert_allclose(derivatives, [expected], atol=1e-12)


def test_an_angle_that_feeds_several_gates_gets_a_contribution_from_each():
    x = 0.7
    structure = Structure(
        [qg.RX(Affine.slot(0), 0), qg.RX(2 * Affine.slot(0) + 0.3, 0)], [qg.expval(qg.Z(0))], 1, 0
    )
    sweep = Tape([qg.RX(x, 0)], []).sweep().with_structure(structure)

    values, derivatives = LocalDevice().jacobian(sweep, [0])

    assert values == pytest.approx(np.cos(3 * x + 0.3))
    assert derivatives == pytest.approx(-3 * np.sin(3 * x + 0.3))


def test_only_the_slots_that_are_asked_for_come_and_in_that_order():
    tape = Tape([qg.RX(0.1, 0), qg.RY(0.2, 0), qg.CRZ(0.3, [0, 1])], [qg.expval(qg.X(0))])
    whole = jacobian(tape)[1]

    assert_allclose(jacobian(tape, [2, 0])[1], whole[[2, 0]])
    assert jacobian(tape, [])[1].shape == (0, 1, 1)


@pytest.mark.parametrize(
    "words",
    [
        [qg.Z(0), qg.X(0), qg.Y(1) @ qg.X(0)],
        [qg.Hadamard(0), qg.X(0), qg.Hermitian(np.array([[1, 2j], [-2j, 3]]), 1) @ qg.Z(0)],
    ],
    ids=["words", "other factors"],
)
def test_means_of_terms_are_differentiated_one_by_one(words):
    gates = [qg.RY(0.4, 0), qg.CNOT([0, 1]), qg.RX(0.9, 1)]
    terms = Measurement(MeasurementKind.TERMS, qg.dot([0.5, 2.0, -1.0], words))

    values, derivatives = jacobian(Tape(gates, [terms, qg.expval(qg.Z(1))]))

    one_by_one = [jacobian(Tape(gates, [qg.expval(word)])) for word in [*words, qg.Z(1)]]
    assert_allclose(values[0], [value[0, 0] for value, _ in one_by_one], atol=1e-12)
    expected = np.stack([part[:, :, 0] for _, part in one_by_one], axis=-1)
    assert_allclose(derivatives, expected, atol=1e-12)


def test_states_are_prepared_first_though_they_stand_later():
    late = Tape([qg.RX(0.3, 0), qg.StatePrep([0.6, 0.8], wires=1), qg.CNOT([1, 0])], [])
    first = Tape([qg.StatePrep([0.6, 0.8], wires=1), qg.RX(0.3, 0), qg.CNOT([1, 0])], [])

    ordered = preparations_first(late.structure)

    assert [op.name for op in ordered.operations] == [op.name for op in first.operations]
    measured = [qg.expval(qg.Z(0))]
    assert_allclose(
        jacobian(late.with_measurements(measured))[1],
        jacobian(first.with_measurements(measured))[1],
    )


def test_states_prepared_on_wires_that_were_acted_on_are_refused():
    tape = Tape([qg.RX(0.3, 0), qg.StatePrep([0.6, 0.8], wires=0)], [qg.expval(qg.Z(0))])

    with pytest.raises(QuantumFunctionError, match=r"StatePrep prepares the wires \[0\] after"):
        jacobian(tape)


def test_constant_gates_after_the_last_angle_and_before_the_first_count(dense):
    gates = [qg.Hadamard(0), qg.T(0), qg.RX(0.4, 0), qg.S(0), qg.CNOT([0, 1]), qg.ISWAP([1, 0])]
    tape = Tape(gates, [qg.expval(qg.X(0) @ qg.Y(1)), qg.expval(qg.Z(1))])

    _, derivatives = jacobian(tape)

    assert_allclose(derivatives, differences(tape, dense, [0, 1])[1], atol=1e-7)


# Native derivatives ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "accepted"),
    [
        (qg.RX(Affine.slot(0), 0), True),
        (qg.CRX(Affine.slot(0), [0, 1]), True),
        (qg.RX(0.3, 0), True),
        (qg.SISWAP([0, 1]), True),
        (qg.QubitUnitary(np.eye(2), 0), True),
        (qg.Rot(Affine.slot(0), Affine.slot(1), 0.1, 0), False),
        (qg.PSWAP(Affine.slot(0), [0, 1]), False),
        (qg.adjoint(qg.RX(Affine.slot(0), 0)), True),
        (qg.prod(qg.RX(Affine.slot(0), 0), qg.X(1)), False),
    ],
    ids=repr,
)
def test_gates_of_one_angle_and_a_generator_need_no_decomposition(operation, accepted):
    assert ACCEPTS(operation) is accepted


def test_what_has_neither_generator_nor_decomposition_is_refused():
    tape = Tape([qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), 0.5)], [qg.expval(qg.Z(0))])

    assert not LocalDevice().differentiates(tape.structure)
    with pytest.raises(UnsupportedOperation, match=r"Rot\*\*0.5"):
        jacobian(tape)


# States ----------------------------------------------------------------------------------


def state_slopes(tape, dense, wires, step=1e-4):
    """Central differences of the fourth order, of dense states, shape (P, K, 2**n)."""
    rows, arrays = tape.sweep().rows, tape.sweep().arrays

    def states(rows):
        return np.stack([dense.state(tape.structure.bind(row, arrays), wires) for row in rows])

    def slope(unit):
        near = states(rows + step * unit) - states(rows - step * unit)
        far = states(rows + 2 * step * unit) - states(rows - 2 * step * unit)
        return (8 * near - far) / (12 * step)

    slopes = [slope(unit) for unit in np.eye(rows.shape[1])]
    return np.array(slopes).reshape(rows.shape[1], len(rows), 2 ** len(wires))


@settings(max_examples=40)
@given(data=st.data())
def test_products_with_the_jacobian_of_states_agree_with_central_differences(data, dense, drawn):
    tape = Tape(data.draw(drawn.circuits(most=3)), [qg.state()])
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    sweep, device = tape.sweep(), LocalDevice(wires=drawn.wires)
    every = range(sweep.rows.shape[1])
    cotangents = random.normal(size=(2, len(sweep), 16)) + 1j * random.normal(
        size=(2, len(sweep), 16)
    )
    tangents = random.normal(size=(3, *sweep.rows.shape))

    pulled = device.state_vjp(sweep, every, cotangents)
    pushed = device.state_jvp(sweep, every, tangents)

    slopes = state_slopes(tape, dense, drawn.wires)
    expected = np.einsum("vki,nki->vkn", cotangents.conj(), slopes).real
    assert_allclose(pulled, expected, atol=1e-7)
    assert_allclose(pushed, np.einsum("vkn,nki->vki", tangents, slopes), atol=1e-7)


def test_states_are_those_of_dense_matrices(dense, drawn):
    numbers = drawn.numbers(3, None)
    gates = [drawn.menu[name](numbers, drawn.wires) for name in ("CRot", "evolve", "GlobalPhase")]
    tape = Tape([qg.StatePrep(numbers.state(4), wires=drawn.wires), *gates], [qg.state()])

    found = LocalDevice(wires=drawn.wires).states(tape.sweep())

    assert_allclose(found, dense.states(list(tape.operations), drawn.wires), atol=1e-12)


def test_products_with_the_jacobian_are_by_the_slots_that_are_asked_for():
    tape = Tape([qg.RX(0.1, 0), qg.RY(0.2, 0), qg.CRZ(0.3, [0, 1])], [qg.state()])
    device, sweep = LocalDevice(), tape.sweep()
    cotangents = np.random.default_rng(1).normal(size=(1, 1, 4)) + 0j

    whole = device.state_vjp(sweep, [0, 1, 2], cotangents)
    along = device.state_jvp(sweep, [2], np.ones((1, 1, 1)))

    assert_allclose(device.state_vjp(sweep, [2, 0], cotangents), whole[..., [2, 0]])
    assert_allclose(along, device.state_jvp(sweep, [0, 1, 2], np.array([[[0.0, 0.0, 1.0]]])))


@pytest.mark.parametrize("gate", [qg.MultiRZ, qg.GlobalPhase])
def test_wide_gates_are_taken_back_by_their_diagonals(gate):
    tape = Tape(
        [*(qg.RY(0.3, wire) for wire in range(16)), gate(0.4, range(16))],
        [qg.expval(qg.X(0) @ qg.Y(1))],
    )
    sweep, engines = tape.sweep(), (GateByGateEngine(), choose_engine(Settings()))

    found = [LocalDevice(engine=engine).jacobian(sweep, [16])[1] for engine in engines]
    along = LocalDevice().state_jvp(sweep, [16], np.ones((1, 1, 1)))

    assert_allclose(found[0], found[1], atol=1e-12)
    assert along.shape == (1, 1, 2**16)


# With shots -------------------------------------------------------------------------------------

SAMPLED = {
    "expval": lambda: qg.expval(qg.Z(0) @ qg.X(1)),
    "probs": lambda: qg.probs(wires=[1]),
    "probs of an observable": lambda: qg.probs(op=qg.X(0) @ qg.Y(1)),
    "projector": lambda: qg.expval(qg.Projector([0, 1], [0, 1])),
}


@pytest.mark.parametrize("method", ["adjoint", "device"])
@pytest.mark.parametrize("returned", SAMPLED)
def test_the_gradient_of_a_sampled_value_is_exact_and_says_so(returned, method):
    def circuit(x):
        qg.Hadamard(0)
        qg.CRX(x[0], [0, 1])
        qg.RY(x[1], 0)
        return SAMPLED[returned]()

    x = qnp.array([0.4, 0.7])
    exact = qg.QNode(circuit, "local", diff_method="backprop")
    sampled = qg.QNode(circuit, qg.device("local", shots=1000, seed=3), diff_method=method)

    assert np.abs(sampled(x) - exact(x)).max() > 0
    with pytest.warns(UserWarning, match="values are from shots"):
        found = qg.jacobian(sampled)(x)
    np.testing.assert_allclose(found, qg.jacobian(exact)(x), atol=1e-12)

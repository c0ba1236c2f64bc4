"""``qg.gradients.param_shift_hessian`` on QNodes and on tapes."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import (
    DifferentiationError,
    InvalidTransform,
)

hessian = qg.gradients.param_shift_hessian

RESULTS = {
    "expval": lambda: qg.expval(qg.Z(0) @ qg.Z("b")),
    "probs": lambda: qg.probs(wires=[0, "b"]),
    "var": lambda: qg.var(qg.Z(0) @ qg.Z("b") + 0.3 * qg.X("b")),
    "both": lambda: (qg.expval(qg.X("b")), qg.probs(wires=[0])),
}
X = qnp.array(0.3, requires_grad=True)
Y = qnp.array([0.4, 0.7], requires_grad=True)


def processed(returned, **options):
    """Angles that are functions of the arguments, and gates with several frequencies."""

    @qg.qnode("local", **options)
    def circuit(x, y):
        qg.RX(qnp.sin(x), 0)
        qg.CRY(y[0] * x, [0, "b"])
        qg.RY(y[1] ** 2, 0)
        qg.PhaseShift(y[0] * y[1], "b")
        qg.Hadamard("b")
        return returned()

    return circuit


@qg.qnode("local")
def plain(x):
    qg.RX(x[0], 0)
    qg.CRY(x[1], [0, 1])
    return qg.expval(qg.Z(0) @ qg.Z(1))


WEIGHTS = qnp.array([0.5, 0.2], requires_grad=True)


def flattened(circuit):
    def flat(*args):
        found = circuit(*args)
        parts = found if isinstance(found, tuple) else (found,)
        return qnp.concatenate([qnp.reshape(part, (-1,)) for part in parts])

    return flat


def by_hand(x):
    c, s, d, e = np.cos(x[0]), np.sin(x[0]), np.cos(x[1]), np.sin(x[1])
    # <ZZ> = (1 + c) / 2 - d (1 - c) / 2
    return np.array([[-c / 2 - c * d / 2, s * e / 2], [s * e / 2, (1 - c) / 2 * d]])


def test_the_closed_form():
    np.testing.assert_allclose(hessian(plain)(WEIGHTS), by_hand(np.asarray(WEIGHTS)), atol=1e-13)


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("position", [0, 1])
def test_it_is_the_second_derivative_by_each_argument(name, position):
    circuit = processed(RESULTS[name])
    flat = flattened(circuit)
    expected = qg.jacobian(qg.jacobian(flat, argnums=position), argnums=position)(X, Y)

    found = hessian(circuit)(X, Y)[position]

    parts = found if isinstance(found, tuple) else (found,)
    shape = np.shape(expected)[1:]
    last = [np.reshape(part, (*shape, -1)) for part in parts]
    np.testing.assert_allclose(
        np.moveaxis(np.concatenate(last, axis=-1), -1, 0), expected, atol=1e-11
    )


def test_shapes_are_those_of_the_argument_twice_and_the_result():
    by_x, by_y = hessian(processed(RESULTS["both"]))(X, Y)

    assert [np.shape(part) for part in by_x] == [(), (2,)]
    assert [np.shape(part) for part in by_y] == [(2, 2), (2, 2, 2)]


def test_one_argument_stands_bare_and_a_sequence_does_not():
    circuit = processed(RESULTS["expval"])

    assert np.shape(hessian(circuit, argnums=1)(X, Y)) == (2, 2)
    assert np.shape(hessian(circuit, argnums=[1])(X, Y)[0]) == (2, 2)
    assert isinstance(hessian(circuit, argnums=[1])(X, Y), tuple)


def test_a_matrix_argument():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0, 0], 0)
        qg.RY(x[0, 1], 0)
        qg.RX(x[1, 0] * x[1, 1], 0)
        return qg.probs(wires=0)

    x = qnp.array([[0.1, 0.2], [0.3, 0.4]], requires_grad=True)

    expected = np.moveaxis(qg.jacobian(qg.jacobian(circuit))(x), 0, -1)
    np.testing.assert_allclose(hessian(circuit)(x), expected, atol=1e-12)


def test_by_the_angles_of_the_gates():
    found = hessian(processed(RESULTS["expval"]), hybrid=False)(X, Y)

    assert np.shape(found) == (4, 4)
    np.testing.assert_allclose(found, np.transpose(found), atol=1e-14)


def test_the_hessian_can_be_differentiated():
    circuit = processed(RESULTS["expval"])
    third = qg.jacobian(hessian(circuit, argnums=1), argnums=1)(X, Y)

    expected = qg.jacobian(qg.jacobian(qg.grad(circuit, 1), 1), 1)(X, Y)
    np.testing.assert_allclose(third, expected, atol=1e-10)


def test_an_angle_without_a_second_derivative_here_has_one_nearby():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x**3 + x, 0)
        return qg.expval(qg.Z(0) + qg.Y(0))

    x = qnp.array(0.0, requires_grad=True)

    expected = qg.grad(qg.grad(qg.grad(circuit)))(x)
    assert qg.grad(hessian(circuit))(x) == pytest.approx(expected, abs=1e-10)


# argnum ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argnum", "kept"),
    [
        (0, [[1, 0], [0, 0]]),
        (-1, [[0, 0], [0, 1]]),
        ([0, 1], [[1, 1], [1, 1]]),
        ([False, True], [[0, 0], [0, 1]]),
        (np.array([[True, False], [False, True]]), [[1, 0], [0, 1]]),
        (np.array([[False, True], [True, False]]), [[0, 1], [1, 0]]),
    ],
)
def test_argnum_leaves_the_other_derivatives_at_zero(argnum, kept):
    found = hessian(plain, argnum=argnum)(WEIGHTS)

    np.testing.assert_allclose(found, by_hand(np.asarray(WEIGHTS)) * kept, atol=1e-13)


def test_what_is_not_wanted_costs_nothing():
    def executions(argnum):
        with qg.Tracker() as tracker:
            hessian(plain, argnum=argnum)(WEIGHTS)
        return tracker.totals["executions"]

    assert executions(0) == 2
    assert executions(None) == 2 + 3 + 2 * 4  # at 0 and pi, three more for CRY, the mixed ones


@pytest.mark.parametrize(
    "argnum", [2, [0, 5], [True], np.array([[True, True], [False, True]]), 0.5]
)
def test_an_argnum_that_does_not_fit(argnum):
    with pytest.raises(InvalidTransform, match="trainable parameter") as caught:
        hessian(plain, argnum=argnum)(WEIGHTS)

    assert "Give positions from 0 to 1" in str(caught.value)


# Shifts, known values, shots ------------------------------------------------------------


@pytest.mark.parametrize("option", ["diagonal_shifts", "off_diagonal_shifts"])
def test_any_shifts_give_the_same(option):
    found = hessian(plain, **{option: [(0.3,), (0.4, 1.1)]})(WEIGHTS)

    np.testing.assert_allclose(found, by_hand(np.asarray(WEIGHTS)), atol=1e-12)


def test_shifts_are_used():
    tape = qg.QuantumScript([qg.RX(0.5, 0)], [qg.expval(qg.Z(0))])

    (batch,), _ = hessian(tape, diagonal_shifts=[(0.25,)])

    np.testing.assert_allclose(sorted(batch.parameters[0]), [0.0, 0.5, 1.0])


def test_a_known_value_is_not_run_again():
    tape = plain.construct((WEIGHTS,), {})
    known = plain(WEIGHTS)

    (batch,), postprocess = hessian(tape, f0=known)
    (all_points,), _ = hessian(tape)

    assert all_points.batch_size - batch.batch_size == 1
    found = postprocess(qg.execute([batch], "local"))
    np.testing.assert_allclose(found, by_hand(np.asarray(WEIGHTS)), atol=1e-13)


def test_it_is_one_submission():
    device = qg.device("qiskit:aer?shots=100&seed=7")
    circuit = qg.QNode(plain.func, device)

    with qg.Tracker() as tracker:
        hessian(circuit)(WEIGHTS)

    assert tracker.totals["submissions"] == 1


def test_from_shots():
    shots = 20_000
    circuit = qg.QNode(plain.func, qg.device("local", seed=11), shots=shots)

    found = hessian(circuit)(WEIGHTS)

    # Each value has a variance of at most 1/shots, and the squared weights add up to at most 2.
    assert np.abs(found - by_hand(np.asarray(WEIGHTS))).max() < 5 * np.sqrt(2 / shots)


def test_a_shot_vector_gives_a_tuple():
    circuit = qg.QNode(processed(RESULTS["both"]).func, qg.device("local", seed=1), shots=(50, 60))

    found = hessian(circuit)(X, Y)

    assert len(found) == 2
    assert [np.shape(part) for part in found[1][1]] == [(2, 2), (2, 2, 2)]


# Tapes ----------------------------------------------------------------------------------


def test_a_tape_gives_tuples_of_tuples():
    tape = qg.QuantumScript(
        [qg.RX(0.3, 0), qg.RY(0.2, 1)], [qg.expval(qg.Z(0)), qg.probs(wires=[0, 1])]
    )

    tapes, postprocess = hessian(tape)
    first, second = postprocess(qg.execute(tapes, "local"))

    assert [[entry.shape for entry in row] for row in first] == [[()] * 2] * 2
    assert [[entry.shape for entry in row] for row in second] == [[(4,)] * 2] * 2
    assert first[0][0] == pytest.approx(-np.cos(0.3))


def test_one_parameter_stands_bare():
    tape = qg.QuantumScript([qg.RX(0.3, 0)], [qg.expval(qg.Z(0))])

    tapes, postprocess = hessian(tape)

    assert postprocess(qg.execute(tapes, "local")) == pytest.approx(-np.cos(0.3))


def test_a_tape_without_trainable_parameters():
    tapes, postprocess = hessian(qg.QuantumScript([qg.X(0)], [qg.expval(qg.Z(0))]))

    assert (tapes, postprocess([])) == ([], ())


def test_a_global_phase_has_no_derivative():
    tape = qg.QuantumScript([qg.GlobalPhase(0.3), qg.Hadamard(0)], [qg.probs(wires=0)])

    tapes, postprocess = hessian(tape)

    np.testing.assert_array_equal(postprocess(qg.execute(tapes, "local")), [0, 0])


# Functions of the density matrix ----------------------------------------------------------


def differences(function, x, step=1e-3):
    """Second derivatives of an array by two numbers, as central differences."""
    steps = np.eye(2) * step

    def mixed(a, b):
        corners = [
            np.asarray(function(x + i * a + j * b)) * i * j for i in (1, -1) for j in (1, -1)
        ]
        return sum(corners) / (4 * step**2)

    return np.array([[mixed(a, b) for b in steps] for a in steps])


OF_DENSITIES = {
    "vn_entropy": lambda: qg.vn_entropy(0),
    "in_bits": lambda: qg.vn_entropy("b", log_base=2),
    "of_a_pure_state": lambda: qg.mutual_info(0, "b"),
    "mutual_info": lambda: qg.mutual_info(0, "c"),
    "purity": lambda: qg.purity(0),
    "density_matrix": lambda: qg.density_matrix([0, "b"]),
    "state": qg.state,
}


def entangled(returned):
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(x):
        qg.RX(x[0], 0)
        qg.CRY(x[1] * x[0], [0, "b"])
        if returned is OF_DENSITIES["mutual_info"]:
            qg.CRX(0.9, ["b", "c"])
        return returned()

    return circuit


@pytest.mark.parametrize("name", OF_DENSITIES)
def test_functions_of_the_density_matrix(name):
    circuit, x = entangled(OF_DENSITIES[name]), qnp.array([0.8, 1.1], requires_grad=True)

    found = hessian(circuit)(x)

    nested = np.asarray(qg.jacobian(qg.jacobian(circuit))(x))
    np.testing.assert_allclose(np.moveaxis(found, (0, 1), (-2, -1)), nested, atol=1e-10)
    np.testing.assert_allclose(found, differences(circuit, np.asarray(x)), atol=1e-5)


def test_a_mixed_return_is_one_submission():
    circuit = processed(lambda: (qg.expval(qg.Z("b")), qg.vn_entropy(0), qg.var(qg.X("b"))))
    with qg.Tracker() as tracker:
        found = hessian(circuit, argnums=1)(X, Y)

    assert tracker.totals["submissions"] == 1
    for index, block in enumerate(found):
        nested = qg.jacobian(qg.jacobian(lambda y, index=index: circuit(X, y)[index]))(Y)
        np.testing.assert_allclose(block, nested, atol=1e-10)


def test_an_entropy_takes_the_points_of_a_variance():
    def executions(returned):
        with qg.Tracker() as tracker:
            hessian(entangled(returned), hybrid=False)(WEIGHTS)
        return tracker.totals["executions"]

    variance = executions(lambda: qg.var(qg.Z(0)))
    assert executions(OF_DENSITIES["vn_entropy"]) == variance == 2 + 3 + 2 * 4 + 2 + 4


def test_the_hessian_of_an_entropy_can_be_differentiated():
    circuit = entangled(OF_DENSITIES["vn_entropy"])

    expected = qg.jacobian(qg.jacobian(qg.grad(circuit)))(WEIGHTS)
    np.testing.assert_allclose(qg.jacobian(hessian(circuit))(WEIGHTS), expected, atol=1e-9)


ENTROPY_BY_HAND = -1 + np.arctanh(np.cos(0.8)) * np.cos(0.8)
"""Of a qubit with <Z> = z: the slope is -artanh z, the curvature -1 / (1 - z^2); z = cos 0.8."""


def of_bell_tape(shots=None):
    return qg.QuantumScript([qg.RX(0.8, 0), qg.CNOT([0, 1])], [qg.vn_entropy([0])], shots=shots)


def test_an_entropy_of_a_tape():
    tapes, postprocess = hessian(of_bell_tape())
    found = postprocess(qg.execute(tapes, "local"))

    assert len(tapes) == 1
    assert found == pytest.approx(ENTROPY_BY_HAND, abs=1e-10)


def test_an_entropy_from_shots():
    shots = 200_000

    tapes, postprocess = hessian(of_bell_tape(shots))
    found = postprocess(qg.execute(tapes, qg.device("local", seed=3)))

    # It changes by 4.1, 2.8 and 0.9 of the errors of z and its derivatives: at most 1/sqrt(shots).
    assert found == pytest.approx(ENTROPY_BY_HAND, abs=5 * 5.1 / np.sqrt(shots))


def test_a_state_from_shots():
    @qg.qnode(qg.device("local", seed=5), shots=200_000)
    def circuit(x):
        qg.RY(x, 0)
        qg.CNOT([0, 1])
        return qg.state()

    found = hessian(circuit)(qnp.array(0.8, requires_grad=True))

    exact = -np.array([np.cos(0.4), 0, 0, np.sin(0.4)]) / 4
    np.testing.assert_allclose(found, exact, atol=0.03)


@pytest.mark.parametrize("name", ["vn_entropy", "purity"])
def test_derivatives_that_are_not_wanted_are_zero(name):
    circuit = entangled(OF_DENSITIES[name])

    found = hessian(circuit, argnum=0, hybrid=False)(WEIGHTS)

    every = np.array(hessian(circuit, hybrid=False)(WEIGHTS))
    np.testing.assert_allclose(found, every * np.array([[1, 0], [0, 0]]), atol=1e-12)


def test_a_state_keeps_its_wires_where_a_decomposition_has_another_order():
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(x):
        qg.CRot(x[0], x[1], 0.3, ["b", "a"])
        qg.RY(x[0], "b")
        qg.CRot(x[0], x[1], 0.3, ["b", "a"])
        return qg.state()

    expected = differences(circuit, np.asarray(WEIGHTS))
    np.testing.assert_allclose(hessian(circuit)(WEIGHTS), expected, atol=1e-5)


def test_a_purity_is_a_polynomial():
    found = hessian(processed(lambda: qg.purity(0)))(X, Y)

    exact = processed(lambda: qg.purity(0)).update(diff_method="backprop")
    for argument, block in enumerate(found):
        wanted = qg.jacobian(qg.grad(exact, argument), argument)(X, Y)
        np.testing.assert_allclose(block, wanted, atol=1e-10)


# Wrong use ------------------------------------------------------------------------------


def test_a_broadcast_is_refused():
    tape = qg.QuantumScript([qg.RX(np.array([0.1, 0.2]), 0)], [qg.expval(qg.Z(0))])

    with pytest.raises(InvalidTransform, match="broadcast of 2 rows"):
        hessian(tape)


def test_nothing_trainable():
    with pytest.raises(DifferentiationError, match="none of its positional arguments"):
        hessian(plain)(np.array([0.1, 0.2]))


def test_something_else_than_a_qnode():
    with pytest.raises(InvalidTransform, match="neither a QNode nor a tape"):
        hessian(plain.func)


def test_arguments_that_no_gate_uses():
    @qg.qnode("local")
    def circuit(x):
        qg.Hadamard(0)
        return qg.expval(qg.Z(0))

    with pytest.raises(InvalidTransform, match="no angle of its gates depends"):
        hessian(circuit)(X)


def test_coefficients_that_depend_on_the_arguments():
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x[0], 0)
        return qg.expval(qg.Hamiltonian([x[1], 0.5], [qg.Z(0), qg.X(0)]))

    with pytest.raises(InvalidTransform, match=r"by coefficients .* Use qg.jacobian\(qg.grad"):
        hessian(circuit)(WEIGHTS)

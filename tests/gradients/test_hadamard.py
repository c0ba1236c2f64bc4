"""Hadamard tests: exact in every mode, for every family of gates, on every device."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import UnknownGradientOption, UnsupportedDiffMethod
from qgate.tape import Tape

MODES = ("standard", "reversed", "direct", "reversed-direct")
every_mode = pytest.mark.parametrize("mode", MODES)
AFTER_GATES = ("standard", "direct")

HAMILTONIAN = 0.7 * qg.I(0) + 0.5 * qg.Z(0) @ qg.X(1) - 0.3 * qg.Y(1) + 0.2 * qg.Z(2)
MATRIX = np.array([[1.0, 2j], [-2j, 0.4]])
BASE = 0.4 * qg.X(0) @ qg.Z(1) + 0.3 * qg.Y(1)


def node(function, device="local", *, shots="device", **options):
    return qg.QNode(function, device, diff_method="hadamard", shots=shots, gradient_kwargs=options)


def jacobians(function, argument, device="local", **options):
    """By Hadamard tests, and by backprop."""

    def side_by_side(quantum):
        def function(argument):
            found = quantum(argument)
            parts = found if isinstance(found, tuple) else (found,)
            return qnp.hstack([qnp.reshape(part, (-1,)) for part in parts])

        return function

    tested = node(function, device, **options)
    known = qg.QNode(function, "local", diff_method="backprop")
    return tuple(qg.jacobian(side_by_side(each))(argument) for each in (tested, known))


# Gates --------------------------------------------------------------------------------------

GATES = {
    "RX": lambda x: qg.RX(x, 0),
    "PhaseShift": lambda x: qg.PhaseShift(x, 0),
    "U3": lambda x: qg.U3(x, 0.3, 2 * x, 0),
    "Rot": lambda x: qg.Rot(x, 2 * x, 0.4, 0),
    "CRX": lambda x: qg.CRX(x, [0, 1]),
    "CRot": lambda x: qg.CRot(x, 0.2, x / 3, [0, 1]),
    "ControlledPhaseShift": lambda x: qg.ControlledPhaseShift(x, [0, 1]),
    "CPhaseShift01": lambda x: qg.CPhaseShift01(x, [0, 1]),
    "IsingXX": lambda x: qg.IsingXX(x, [0, 1]),
    "IsingXY": lambda x: qg.IsingXY(x, [0, 1]),
    "PSWAP": lambda x: qg.PSWAP(x, [0, 1]),
    "MultiRZ": lambda x: qg.MultiRZ(x, [0, 1, 2]),
    "PauliRot": lambda x: qg.PauliRot(x, "XIY", [0, 1, 2]),
    "PCPhase": lambda x: qg.PCPhase(x, dim=3, wires=[0, 1]),
    "SingleExcitation": lambda x: qg.SingleExcitation(x, [0, 1]),
    "SingleExcitationPlus": lambda x: qg.SingleExcitationPlus(x, [0, 1]),
    "DoubleExcitation": lambda x: qg.DoubleExcitation(x, [0, 1, 2, 3]),
    "FermionicSWAP": lambda x: qg.FermionicSWAP(x, [0, 1]),
    "OrbitalRotation": lambda x: qg.OrbitalRotation(x, [0, 1, 2, 3]),
    "GlobalPhase": lambda x: (qg.GlobalPhase(x), qg.RY(x, 0)),
    "ctrl": lambda x: qg.ctrl(qg.RX(x, 0), control=[1, 2], control_values=[0, 1]),
    "ctrl of many": lambda x: qg.ctrl(qg.RY(x, 0), control=[1, 2, 3, 4]),
    "adjoint": lambda x: qg.adjoint(qg.RX(x, 0)),
    "pow": lambda x: qg.pow(qg.RY(x, 0), 3),
    "exp": lambda x: qg.exp(BASE, 1j * x),
    "template": lambda x: qg.BasicEntanglerLayers([[x, 2 * x, 0.1]], wires=range(3)),
}


@every_mode
@pytest.mark.parametrize("gate", GATES.values(), ids=GATES)
def test_every_family_of_gates(gate, mode):
    def circuit(x):
        for wire in range(5):
            qg.RY(0.3 + 0.2 * wire, wire)
        gate(x)
        qg.CNOT([1, 0])
        qg.RX(0.4, 1)
        return qg.expval(qg.Y(0) @ qg.Z(1) + 0.3 * qg.X(2))

    found, known = jacobians(circuit, qnp.array(0.7), mode=mode)

    np.testing.assert_allclose(found, known, atol=1e-9)


# Measurements -------------------------------------------------------------------------------


def layers(weights):
    qg.Hadamard(0)
    qg.RX(weights[0], 0)
    qg.CRY(weights[1], [0, 1])
    qg.Rot(weights[2], 2 * weights[0], weights[3] - weights[0], 1)
    qg.IsingXX(weights[1], [1, 2])
    qg.RY(0.3, 0)


WEIGHTS = qnp.array([0.3, 0.5, -0.7, 1.1], requires_grad=True)

OBSERVED = {
    "word": lambda: qg.expval(qg.Z(0) @ qg.X(1)),
    "sum": lambda: qg.expval(HAMILTONIAN),
    "identity": lambda: qg.expval(qg.I(0)),
    "matrix": lambda: qg.expval(qg.Hermitian(MATRIX, wires=2)),
    "projector": lambda: qg.expval(qg.Projector([0, 1], wires=[0, 2])),
    "mixed": lambda: qg.expval(2.0 * qg.Hermitian(MATRIX, wires=1) @ qg.Z(0) + 0.3 * qg.I(2)),
    "several": lambda: (qg.expval(qg.Z(0) @ qg.X(1)), qg.expval(HAMILTONIAN)),
    "variance": lambda: qg.var(qg.X(1)),
    "variance of a sum": lambda: qg.var(HAMILTONIAN),
}
READ = {
    "some wires": lambda: qg.probs(wires=[2, 0]),
    "all wires": lambda: qg.probs(),
    "an eigenbasis": lambda: qg.probs(op=qg.X(0) @ qg.Y(2)),
    "a matrix": lambda: qg.probs(op=qg.Hermitian(MATRIX, wires=1)),
    "both": lambda: (qg.probs(wires=1), qg.expval(HAMILTONIAN), qg.var(qg.Z(2))),
}


@every_mode
@pytest.mark.parametrize("measure", OBSERVED.values(), ids=OBSERVED)
def test_expectation_values_and_variances(measure, mode):
    found, known = jacobians(lambda weights: (layers(weights), measure())[1], WEIGHTS, mode=mode)

    np.testing.assert_allclose(found, known, atol=1e-9)


@pytest.mark.parametrize("mode", AFTER_GATES)
@pytest.mark.parametrize("measure", READ.values(), ids=READ)
def test_probabilities(measure, mode):
    found, known = jacobians(lambda weights: (layers(weights), measure())[1], WEIGHTS, mode=mode)

    np.testing.assert_allclose(found, known, atol=1e-9)


@pytest.mark.parametrize("mode", AFTER_GATES)
def test_the_auxiliary_wire_may_be_among_the_wires_that_are_read(mode):
    device = qg.device("local", wires=["a", "spare", "b"])

    @qg.qnode(device, diff_method="hadamard", gradient_kwargs={"mode": mode})
    def circuit(x):
        qg.RX(x, "a")
        qg.CNOT(["a", "b"])
        return qg.probs()

    expected = np.zeros(8)
    expected[[0, 5]] = np.array([-1, 1]) * np.sin(0.4) / 2
    np.testing.assert_allclose(qg.jacobian(circuit)(qnp.array(0.4)), expected, atol=1e-12)


@every_mode
def test_trained_coefficients_are_differentiated_along(mode):
    def energy(x, coefficients):
        qg.RX(x, 0)
        qg.RY(2 * x, 1)
        qg.CNOT([0, 1])
        words = [qg.Z(0), qg.X(1) @ qg.Y(0), qg.I(0)]
        return qg.expval(qg.Hamiltonian(coefficients, words))

    arguments = qnp.array(0.4), qnp.array([0.3, -0.5, 2.0])
    found = qg.grad(node(energy, mode=mode))(*arguments)
    known = qg.grad(qg.QNode(energy, "local", diff_method="backprop"))(*arguments)

    for mine, theirs in zip(found, known, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-10)


@every_mode
def test_gates_with_matrices_are_undone_as_well(mode):
    def circuit(x):
        qg.StatePrep(np.array([0.6, 0.8j]), wires=0)
        qg.RX(x, 0)
        qg.QubitUnitary(qg.matrix(qg.Rot(0.1, 0.2, 0.3, 0)), wires=0)
        return qg.expval(qg.Z(0))

    found, known = jacobians(circuit, qnp.array(0.4), mode=mode)

    np.testing.assert_allclose(found, known, atol=1e-10)


@every_mode
def test_rows_of_a_broadcast(mode):
    def circuit(x):
        qg.RX(x, 0)
        qg.IsingXY(2 * x, [0, 1])
        return qg.expval(qg.Z(1))

    found, known = jacobians(circuit, qnp.array([0.1, 0.5, -0.8]), mode=mode)

    np.testing.assert_allclose(found, known, atol=1e-10)


@every_mode
def test_second_derivatives(mode):
    def energy(weights):
        layers(weights)
        return qg.expval(HAMILTONIAN)

    found = qg.jacobian(qg.grad(node(energy, mode=mode)))(WEIGHTS)
    known = qg.jacobian(qg.grad(qg.QNode(energy, "local", diff_method="backprop")))(WEIGHTS)

    np.testing.assert_allclose(found, known, atol=1e-9)


def test_third_derivatives():
    def energy(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    third = qg.grad(qg.grad(qg.grad(node(energy))))

    assert third(qnp.array(0.4)) == pytest.approx(np.sin(0.4), abs=1e-9)


# Shots and devices ----------------------------------------------------------------------------


@every_mode
def test_with_shots_within_five_standard_errors(mode):
    shots = 4000

    def energy(x):
        qg.RX(x, 0)
        qg.RY(0.3, 1)
        qg.CNOT([0, 1])
        return qg.expval(2.0 * qg.I(0) + qg.Z(0))

    circuit = node(energy, "local?seed=11", shots=shots, mode=mode)

    # standard: one mean of signs; direct: half the difference of two
    assert qg.grad(circuit)(qnp.array(0.8)) == pytest.approx(-np.sin(0.8), abs=5 / np.sqrt(shots))


def test_the_identity_adds_no_noise():
    circuit = node(lambda x: (qg.RX(x, 0), qg.expval(7.0 * qg.I(0)))[1], "local?seed=1", shots=5)

    assert qg.grad(circuit)(qnp.array(0.8)) == 0.0


def test_a_shot_vector():
    circuit = node(lambda x: (qg.RX(x, 0), qg.probs(wires=0))[1], "local?seed=2", shots=(500, 2000))

    found = qg.jacobian(lambda x: qnp.stack(circuit(x)))(qnp.array(0.8))

    for row, shots in zip(found, (500, 2000), strict=True):
        expected = np.array([-1, 1]) * np.sin(0.8) / 2
        np.testing.assert_allclose(row, expected, atol=5 / np.sqrt(shots))


@pytest.mark.parametrize(
    "device", ["qiskit:aer?shots=4000&seed=7", "braket:local?shots=4000&seed=7"]
)
@every_mode
def test_on_devices_that_sample(device, mode):
    def energy(x):
        qg.CRX(x, [0, 1])
        return qg.expval(qg.Z(1))

    def prepared(x):
        qg.RY(1.1, 0)
        return energy(x)

    found = qg.grad(
        qg.QNode(prepared, device, diff_method="hadamard", gradient_kwargs={"mode": mode})
    )
    known = qg.grad(qg.QNode(prepared, "local"))
    at = qnp.array(0.8)

    # two words of weight 1/4, each twice a mean of signs
    assert found(at) == pytest.approx(known(at), abs=5 * np.sqrt(2) / 2 / np.sqrt(4000))


@pytest.mark.parametrize(
    ("mode", "executions"),
    [("standard", 1 + 3), ("direct", 1 + 6), ("reversed", 1 + 2), ("reversed-direct", 1 + 4)],
)
def test_value_and_all_circuits_are_one_submission(mode, executions):
    def energy(weights):
        for wire in range(3):
            qg.RX(weights[wire], wire)
        qg.CNOT([0, 1])
        return qg.expval(qg.Z(0) + 0.5 * qg.Z(1))

    with qg.Tracker() as tracker:
        qg.grad(node(energy, "local?shots=10", mode=mode))(qnp.array([0.1, 0.2, 0.3]))

    assert tracker.totals["submissions"] == 1
    assert tracker.totals["executions"] == executions


def test_a_hessian_is_one_submission():
    circuit = node(lambda x: (qg.RX(x[0], 0), qg.RY(x[1], 0), qg.expval(qg.Z(0)))[2])

    with qg.Tracker() as tracker:
        qg.jacobian(qg.grad(circuit))(qnp.array([0.1, 0.2]))

    assert tracker.totals["submissions"] == 1


# The auxiliary wire and the modes ---------------------------------------------------------------


def line(x):
    qg.RX(x, 0)
    qg.CNOT([0, 1])
    return qg.expval(qg.Z(1))


@pytest.mark.parametrize("aux_wire", ["extra", 7, qg.wires.Wires("w")])
def test_the_auxiliary_wire_can_be_named(aux_wire):
    assert qg.grad(node(line, aux_wire=aux_wire))(qnp.array(0.4)) == pytest.approx(-np.sin(0.4))


def test_by_default_it_is_a_wire_of_the_device_that_is_not_used():
    circuit = node(line, qg.device("local", wires=[0, "free", 1]))

    assert qg.grad(circuit)(qnp.array(0.4)) == pytest.approx(-np.sin(0.4))


@pytest.mark.parametrize("mode", ["standard", "reversed"])
def test_a_full_device_is_refused_with_what_needs_no_wire(mode):
    circuit = node(line, qg.device("local", wires=2), mode=mode)

    with pytest.raises(UnsupportedDiffMethod) as caught:
        qg.grad(circuit)(qnp.array(0.4))

    assert str(caught.value) == (
        "diff_method='hadamard' cannot be used here: the circuit uses all 2 wires of the device, "
        "and no auxiliary wire is left. Give the device another wire, or use mode='direct' or "
        "'reversed-direct', which need none."
    )


@pytest.mark.parametrize("mode", ["direct", "reversed-direct", "auto"])
def test_a_full_device_serves_modes_without_an_auxiliary_wire(mode):
    circuit = node(line, qg.device("local", wires=2), mode=mode)

    assert qg.grad(circuit)(qnp.array(0.4)) == pytest.approx(-np.sin(0.4))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"aux_wire": 1}, "the circuit uses the auxiliary wire 1 itself"),
        ({"aux_wire": "z"}, "there is no wire 'z' on the device"),
        ({"aux_wire": [2, 3]}, r"aux_wire=\[2, 3\] names 2 wires"),
        ({"mode": "reverse"}, "'reverse' is not one of its modes.*Did you mean 'reversed'"),
        ({"mode": 3}, "mode=3 is not one of its modes"),
    ],
)
def test_wrong_options_are_refused(options, text):
    with pytest.raises(UnsupportedDiffMethod, match=text):
        qg.grad(node(line, qg.device("local", wires=4), **options))(qnp.array(0.4))


@pytest.mark.parametrize("mode", ["reversed", "reversed-direct"])
def test_probabilities_are_no_observable_to_apply(mode):
    circuit = node(lambda x: (qg.RX(x, 0), qg.probs(wires=0))[1], mode=mode)

    with pytest.raises(UnsupportedDiffMethod, match="applies the observable as a gate, and probs"):
        qg.jacobian(circuit)(qnp.array(0.4))


def test_a_wide_matrix_is_not_applied():
    matrix = np.diag(np.arange(128.0))
    circuit = node(
        lambda x: (qg.RX(x, 0), qg.expval(qg.Hermitian(matrix, wires=range(7))))[1],
        mode="reversed",
    )

    with pytest.raises(UnsupportedDiffMethod, match="one on 7 wires that is given by a matrix"):
        qg.grad(circuit)(qnp.array(0.4))


def test_auto_leaves_out_modes_that_cannot_apply_a_matrix():
    matrix = np.diag(np.arange(128.0))

    def energy(x):
        qg.RX(x, 0)
        return qg.expval(qg.Hermitian(matrix, wires=range(7)))

    # wire 0 is the bit that is worth 64
    assert qg.grad(node(energy, mode="auto"))(qnp.array(0.4)) == pytest.approx(32 * np.sin(0.4))


def many_gates(x):
    for _ in range(3):
        qg.RX(x, 0)
        qg.RX(x, 1)
        qg.RX(x, 2)
    return qg.expval(qg.Z(0))


def many_words(x):
    qg.RX(x, 0)
    return qg.expval(qg.Z(0) + qg.X(0) @ qg.X(1) + qg.Z(2) @ qg.Z(0))


@pytest.mark.parametrize(("function", "executions"), [(many_gates, 1 + 3), (many_words, 2 + 2)])
def test_auto_takes_the_fewest_circuits(function, executions):
    with qg.Tracker() as tracker:
        qg.grad(node(function, "local?shots=10", mode="auto"))(qnp.array(0.4))

    assert tracker.totals["executions"] == executions


def test_an_unknown_option_is_refused():
    with pytest.raises(UnknownGradientOption, match="Did you mean 'aux_wire'"):
        node(line, aux_wires=3)


def test_a_gate_without_a_generator_is_refused():
    power = node(lambda x: (qg.pow(qg.Rot(x, 0.2, 0.3, 0), 0.3), qg.expval(qg.Z(0)))[1])

    with pytest.raises(UnsupportedDiffMethod, match="no exponential of an angle times a fixed"):
        qg.grad(power)(qnp.array(0.4))


@pytest.mark.parametrize("mode", ["standard", "reversed", "auto"])
def test_of_the_state_by_gates_of_the_generator(mode):
    def phased(x):
        qg.Hadamard(0)
        qg.PhaseShift(x[0], 0)
        qg.CRot(x[0], x[1], x[2], wires=[0, 1])
        qg.GlobalPhase(x[2])
        return qg.state()

    def jacobian(method, part, **options):
        states = qg.QNode(phased, "local", diff_method=method, gradient_kwargs=options)
        return qg.jacobian(lambda x: part(states(x)))(qnp.array([0.3, 0.4, 0.5]))

    for part in (qnp.real, qnp.imag):
        found = jacobian("hadamard", part, mode=mode)
        np.testing.assert_allclose(found, jacobian("backprop", part), atol=1e-12)


def test_second_derivatives_of_the_state():
    def hessian(method):
        @qg.qnode("local", diff_method=method)
        def states(x):
            qg.RX(x[0], 0)
            qg.CRY(x[1], [0, 1])
            qg.PhaseShift(x[0], 1)
            return qg.state()

        def numbers(x):
            return qnp.real(states(x)) + 2.0 * qnp.imag(states(x))

        return qg.jacobian(qg.jacobian(numbers))(qnp.array([0.3, 0.4]))

    np.testing.assert_allclose(hessian("hadamard"), hessian("backprop"), atol=1e-12)


def test_the_state_of_a_tape():
    tape = Tape([qg.RX(0.1, 0)], [qg.state()])
    tapes, postprocess = qg.gradients.hadamard_grad(tape)

    found = postprocess(qg.execute(tapes, "local"))

    np.testing.assert_allclose(found, [-np.sin(0.05) / 2, -0.5j * np.cos(0.05)], atol=1e-12)


def test_a_state_goes_with_nothing_else():
    both = node(lambda x: (qg.RX(x, 0), qg.state(), qg.expval(qg.Z(0)))[1:])

    with pytest.raises(UnsupportedDiffMethod, match="state together with something else"):
        qg.jacobian(lambda x: qnp.real(both(x)[0]))(qnp.array(0.4))


# Density matrices -----------------------------------------------------------------------------

DENSITIES = {
    "density_matrix": lambda: qg.density_matrix(wires=[1]),
    "vn_entropy": lambda: qg.vn_entropy(wires=0),
    "mutual_info": lambda: qg.mutual_info([0], [1]),
    "purity": lambda: qg.purity(wires=[0]),
}


def entangled(measure):
    def function(x):
        qg.RY(x[0], 0)
        qg.CRX(x[1], wires=[0, 1])
        qg.CNOT([1, 2])
        qg.RZ(x[0] * x[1], 1)
        return measure()

    return function


@every_mode
@pytest.mark.parametrize("kind", DENSITIES)
def test_a_function_of_a_density_matrix_is_that_of_the_means_of_words(kind: str, mode: str):
    tested, known = jacobians(entangled(DENSITIES[kind]), qnp.array([0.7, 1.1]), mode=mode)

    np.testing.assert_allclose(tested, known, atol=1e-10)


@pytest.mark.parametrize("kind", DENSITIES)
def test_the_transform_differentiates_functions_of_a_density_matrix(kind: str):
    slopes = qg.gradients.hadamard_grad(qg.QNode(entangled(DENSITIES[kind]), "local"))
    known = qg.QNode(entangled(DENSITIES[kind]), "local", diff_method="backprop")

    found = slopes(qnp.array([0.7, 1.1], requires_grad=True))

    np.testing.assert_allclose(found, qg.jacobian(known)(qnp.array([0.7, 1.1])), atol=1e-10)


def test_a_purity_is_differentiated_from_shots():
    repetitions, angles = 20, qnp.array([0.7, 1.1])
    sampled = node(entangled(DENSITIES["purity"]), "local?shots=20000&seed=5")
    known = qg.QNode(entangled(DENSITIES["purity"]), "local", diff_method="backprop")

    found = [qg.jacobian(sampled)(angles) for _ in range(repetitions)]

    errors = np.std(found, axis=0, ddof=1) / np.sqrt(repetitions)
    assert np.all(abs(np.mean(found, axis=0) - qg.jacobian(known)(angles)) < 5 * errors)


# The transform --------------------------------------------------------------------------------


@every_mode
def test_on_tapes(mode):
    of = Tape(
        [qg.RX(0.3, 0), qg.Rot(0.4, 0.5, 0.6, 1), qg.CNOT([0, 1])],
        [qg.expval(qg.Z(1)), qg.var(qg.Z(1))],
    )
    tapes, postprocess = qg.gradients.hadamard_grad(of, mode=mode)
    shifted, known = qg.gradients.param_shift(of)

    found = postprocess(qg.execute(tapes, "local"))

    np.testing.assert_allclose(found, known(qg.execute(shifted, "local")), atol=1e-10)


def test_on_tapes_the_auxiliary_wire_is_one_of_device_wires():
    of = Tape([qg.RX(0.3, "a")], [qg.expval(qg.Z("a"))])

    (circuit,), _ = qg.gradients.hadamard_grad(of, device_wires=["a", "b"])

    assert list(circuit.wires) == ["a", "b"]


def test_on_tapes_only_what_is_chosen_is_run():
    of = Tape([qg.RX(0.3, 0), qg.RX(0.4, 1)], [qg.expval(qg.Z(1))])

    tapes, postprocess = qg.gradients.hadamard_grad(of, argnum=1)

    assert len(tapes) == 1
    np.testing.assert_allclose(
        postprocess(qg.execute(tapes, "local")), [0, -np.sin(0.4)], atol=1e-12
    )


def test_on_qnodes_and_as_diff_method():
    circuit = qg.QNode(line, "local", diff_method=qg.gradients.hadamard_grad)
    at = qnp.array(0.4)

    assert qg.grad(circuit)(at) == pytest.approx(-np.sin(0.4))
    assert qg.gradients.hadamard_grad(circuit, mode="direct")(at) == pytest.approx(-np.sin(0.4))

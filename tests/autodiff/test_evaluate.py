"""Every gradient method against central differences, over the whole table of gates."""

import numpy as np
import pytest
from autograd.differential_operators import make_jvp
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.autodiff.evaluate import evaluate
from qgate.autodiff.method import Method
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.interfaces.autograd import INTERFACE

WIRES = 4
RANDOM = np.random.default_rng(17)
MATRIX = np.linalg.qr(RANDOM.normal(size=(4, 4)) + 1j * RANDOM.normal(size=(4, 4)))[0]
HERMITIAN = np.array([[0.7, 0.3 - 0.2j], [0.3 + 0.2j, -0.4]])


def table_gate(gate):
    wires = gate.num_wires or 3
    return len(gate.spec.angles), lambda a, w: gate(*a, wires=w[:wires])


def weighted(*terms):
    """A sum of Pauli words whose eigenvalues are not equidistant."""
    return qg.dot([0.7, 0.45, -1.1][: len(terms)], terms)


TABLE = {
    name: table_gate(gate)
    for name, gate in qg.GATES.items()
    if hasattr(gate, "spec") and not gate.spec.options
}
SPECIAL = {
    "PauliRot": (1, lambda a, w: qg.PauliRot(a[0], "XYZ", wires=w[:3])),
    "PCPhase": (1, lambda a, w: qg.PCPhase(a[0], dim=3, wires=w[:3])),
    "MultiControlledX": (0, lambda a, w: qg.MultiControlledX(wires=w, control_values=[1, 0, 1])),
    "QubitUnitary": (0, lambda a, w: qg.QubitUnitary(MATRIX, wires=w[:2])),
    "DiagonalQubitUnitary": (
        0,
        lambda a, w: qg.DiagonalQubitUnitary(np.exp(1j * np.arange(4)), wires=w[:2]),
    ),
    "ControlledQubitUnitary": (0, lambda a, w: qg.ControlledQubitUnitary(MATRIX, wires=w[:3])),
}
WRAPPED = {
    "ctrl(RX)": (1, lambda a, w: qg.ctrl(qg.RX(a[0], w[0]), control=w[1:3])),
    "ctrl(Rot) on 0": (
        3,
        lambda a, w: qg.ctrl(qg.Rot(*a, wires=w[0]), control=w[1:3], control_values=[0, 1]),
    ),
    "ctrl(GlobalPhase)": (1, lambda a, w: qg.ctrl(qg.GlobalPhase(a[0]), control=w[:2])),
    "ctrl(function)": (
        2,
        lambda a, w: qg.ctrl(lambda: (qg.RX(a[0], w[0]), qg.IsingXX(a[1], w[:2])), control=w[2])(),
    ),
    "ctrl(IsingXY)": (1, lambda a, w: qg.ctrl(qg.IsingXY(a[0], w[:2]), control=w[2])),
    "adjoint(CRot)": (3, lambda a, w: qg.adjoint(qg.CRot(*a, wires=w[:2]))),
    "adjoint(function)": (
        2,
        lambda a, w: qg.adjoint(lambda: (qg.RX(a[0], w[0]), qg.CRY(a[1], w[:2])))(),
    ),
    "pow(RX)": (1, lambda a, w: qg.pow(qg.RX(a[0], w[0]), 0.7)),
    "pow(Rot)": (3, lambda a, w: qg.pow(qg.Rot(*a, wires=w[0]), 2)),
    "pow(SWAP)": (0, lambda a, w: qg.pow(qg.SWAP(w[:2]), 0.3)),
    "ctrl(pow(adjoint))": (
        1,
        lambda a, w: qg.ctrl(qg.pow(qg.adjoint(qg.SingleExcitation(a[0], w[:2])), 3), control=w[3]),
    ),
    "exp": (1, lambda a, w: qg.exp(qg.X(w[0]) @ qg.Y(w[1]), 1j * a[0])),
    "exp of a sum": (
        1,
        lambda a, w: qg.exp(weighted(qg.X(w[0]), qg.Z(w[0]) @ qg.Z(w[1]), qg.Y(w[1])), 1j * a[0]),
    ),
    "evolve": (1, lambda a, w: qg.evolve(weighted(qg.Z(w[0]), qg.X(w[0]) @ qg.X(w[1])), a[0])),
    "evolve Hermitian": (1, lambda a, w: qg.evolve(qg.Hermitian(HERMITIAN, w[0]), a[0])),
    "prod": (2, lambda a, w: qg.prod(qg.RX(a[0], w[0]), qg.CRZ(a[1], w[:2]))),
}


def block(template, *shape, **options):
    count = int(np.prod(shape))
    return count, lambda a, w: template(qnp.reshape(a, shape), wires=w, **options)


TEMPLATES = {
    "StronglyEntanglingLayers": block(qg.StronglyEntanglingLayers, 1, 4, 3),
    "BasicEntanglerLayers": block(qg.BasicEntanglerLayers, 2, 4),
    "SimplifiedTwoDesign": (
        10,
        lambda a, w: qg.SimplifiedTwoDesign(a[:4], qnp.reshape(a[4:], (1, 3, 2)), w),
    ),
    "RandomLayers": block(qg.RandomLayers, 1, 5),
    "AngleEmbedding": block(qg.AngleEmbedding, 4, rotation="Y"),
    "IQPEmbedding": block(qg.IQPEmbedding, 4),
    "QAOAEmbedding": (12, lambda a, w: qg.QAOAEmbedding(a[:4], qnp.reshape(a[4:], (1, 8)), w)),
    "ArbitraryUnitary": (15, lambda a, w: qg.ArbitraryUnitary(a, w[:2])),
    "ArbitraryStatePreparation": (6, lambda a, w: qg.ArbitraryStatePreparation(a, w[:2])),
    "ParticleConservingU1": (
        6,
        lambda a, w: qg.ParticleConservingU1(qnp.reshape(a, (1, 3, 2)), w, init_state=None),
    ),
    "ParticleConservingU2": (7, lambda a, w: qg.ParticleConservingU2(qnp.reshape(a, (1, 7)), w)),
    "FermionicSingleExcitation": (1, lambda a, w: qg.FermionicSingleExcitation(a[0], w[:3])),
    "FermionicDoubleExcitation": (
        1,
        lambda a, w: qg.FermionicDoubleExcitation(a[0], w[:2], w[2:]),
    ),
    "TrotterProduct": (
        1,
        lambda a, w: qg.TrotterProduct(
            weighted(qg.Z(w[0]), qg.X(w[0]) @ qg.X(w[1]), qg.Y(w[1])), a[0], n=2, order=2
        ),
    ),
    "ApproxTimeEvolution": (
        1,
        lambda a, w: qg.ApproxTimeEvolution(weighted(qg.Z(w[0]), qg.X(w[0])), a[0], 2),
    ),
    "CommutingEvolution": (
        1,
        lambda a, w: qg.CommutingEvolution(
            weighted(qg.X(w[0]) @ qg.X(w[1]), qg.Z(w[0]) @ qg.Z(w[1])), a[0]
        ),
    ),
    "QFT": (0, lambda a, w: qg.QFT(w[:3])),
    "GroverOperator": (0, lambda a, w: qg.GroverOperator(w[:3])),
    "Permute": (0, lambda a, w: qg.Permute([w[2], w[0], w[1]], wires=w[:3])),
    "QuantumPhaseEstimation": (
        1,
        lambda a, w: qg.QuantumPhaseEstimation(qg.RX(a[0], wires=w[0]), estimation_wires=w[1:3]),
    ),
}
MENU = {**TABLE, **SPECIAL, **WRAPPED, **TEMPLATES}

PAULIS = qg.dot([0.3, -0.8, 0.5], [qg.Z(0) @ qg.X(1), qg.Y(2), qg.Z(3) @ qg.Z(1)])
LINEAR = {
    "expval": lambda: qg.expval(qg.Z(0) @ qg.Y(1)),
    "expval of a sum": lambda: qg.expval(PAULIS),
    "expval Hermitian": lambda: qg.expval(qg.Hermitian(HERMITIAN, wires=2)),
    "expval Projector": lambda: qg.expval(qg.Projector([1, 0], wires=[1, 3])),
    "expval mixed sum": lambda: qg.expval(
        0.4 * qg.Hermitian(HERMITIAN, wires=1) @ qg.Z(0) + 1.5 * qg.X(2)
    ),
}
VARIANCES = {
    "var": lambda: qg.var(qg.X(1) @ qg.Z(2)),
    "var of a sum": lambda: qg.var(PAULIS),
    "var Hermitian": lambda: qg.var(qg.Hermitian(HERMITIAN, wires=2)),
}
PROBS = {
    "probs": lambda: qg.probs(wires=[2, 0]),
    "probs of an observable": lambda: qg.probs(op=qg.Y(1)),
}
SEVERAL = {"several": lambda: [qg.expval(PAULIS), qg.var(qg.Y(3)), qg.expval(qg.X(1))]}
MIXED = {"mixed": lambda: (qg.probs(wires=[3]), qg.expval(qg.X(1)), qg.var(PAULIS))}
ENTROPIES = {
    "purity": lambda: qg.purity(wires=[0, 2]),
    "vn_entropy": lambda: qg.vn_entropy(wires=[1], log_base=2),
    "mutual_info": lambda: qg.mutual_info([0], [3]),
}
STATES = {
    "state": qg.state,
    "density_matrix": lambda: qg.density_matrix(wires=[1, 2]),
    "state and others": lambda: (qg.state(), qg.var(PAULIS), qg.purity(3), qg.probs(wires=1)),
}
RETURNS = {**LINEAR, **VARIANCES, **PROBS, **SEVERAL, **MIXED, **ENTROPIES, **STATES}
METHODS = ("adjoint", "parameter-shift", "finite-diff", "backprop", "best")
CASES = [(method, returned) for method in METHODS for returned in RETURNS]
TOLERANCE = {"finite-diff": 2e-5}


def cost(blocks, returned, method, device="local", **options):
    """A real function of three numbers, which determine all angles of a circuit."""
    size = 1 + sum(MENU[name][0] for name, _ in blocks)
    mixing = np.random.default_rng(size).uniform(-1, 1, size=(size, 3))

    def circuit(angles):
        for wire in range(WIRES):
            qg.RY(0.4 + 0.5 * wire, wire)
        for wire in range(WIRES):  # entangled, so that no entropy is at its singular point
            qg.CNOT([wire, (wire + 1) % WIRES])
        qg.RX(angles[0], 1)
        start = 1
        for name, wires in blocks:
            count, apply = MENU[name]
            apply(angles[start : start + count], list(wires))
            start += count
        for wire in range(WIRES):
            qg.RX(0.9 - 0.4 * wire, wire)
        return RETURNS[returned]()

    node = qg.QNode(circuit, device, diff_method=method, gradient_kwargs=options)

    def function(x):
        angles = qnp.sin(qnp.dot(mixing, x)) * 2.0  # shared, and preprocessed
        return postprocessed(node(angles))

    return function


def postprocessed(results):
    parts = results if isinstance(results, tuple | list) else [results]
    flat = [qnp.reshape(part, -1) for part in parts]
    real = qnp.concatenate([qnp.real(part) for part in flat])
    imag = qnp.concatenate([qnp.imag(part * (1.0 + 0.5j)) for part in flat])
    weights = np.cos(np.arange(real.shape[0]))
    return qnp.sum(weights * real + weights[::-1] * imag**2)


def slope(function, x, direction, step=1e-4):
    """Central difference of the fourth order."""
    near = function(x + step * direction) - function(x - step * direction)
    far = function(x + 2 * step * direction) - function(x - 2 * step * direction)
    return (8 * near - far) / (12 * step)


def assert_gradient(blocks, returned, method, x, **options):
    function = cost(blocks, returned, method, **options)
    direction = np.array([0.5, -0.7, 0.6])
    expected = slope(function, x, direction)

    found = qg.grad(function)(qnp.array(x, requires_grad=True)) @ direction

    assert found == pytest.approx(expected, abs=TOLERANCE.get(method, 1e-8))


@st.composite
def circuits(draw):
    names = draw(st.lists(st.sampled_from(sorted(MENU)), min_size=1, max_size=3))
    return [(name, tuple(draw(st.permutations(range(WIRES))))) for name in names]


POINTS = st.lists(st.floats(-2, 2), min_size=3, max_size=3).map(np.array)


@pytest.mark.parametrize("name", [name for name, (count, _) in MENU.items() if count])
@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
def test_every_gate_is_differentiated_by_every_method(name, method):
    assert_gradient([(name, (2, 0, 3, 1))], "several", method, np.array([0.3, -0.9, 0.4]))


@pytest.mark.parametrize(("method", "returned"), CASES)
@settings(max_examples=3)
@given(blocks=circuits(), x=POINTS)
def test_gradients_agree_with_central_differences_along_a_direction(method, returned, blocks, x):
    assert_gradient(blocks, returned, method, x)


# Higher derivatives and forward mode -----------------------------------------------------

HIGHER = {"backprop": 1e-7, "parameter-shift": 1e-7, "best": 1e-7, "finite-diff": 5e-3}
SEVERAL_FREQUENCIES = [("CRX", (0, 1, 2, 3)), ("exp of a sum", (1, 2, 3, 0)), ("Rot", (3, 0, 1, 2))]


@pytest.mark.parametrize("name", [name for name, (count, _) in MENU.items() if count])
@pytest.mark.parametrize("method", ["adjoint", "parameter-shift"])
def test_every_gate_has_a_rule_for_amplitudes(name, method):
    blocks, x = [(name, (2, 0, 3, 1))], qnp.array([0.3, -0.9, 0.4])

    found = qg.grad(cost(blocks, "state", method))(x)

    expected = qg.grad(cost(blocks, "state", "backprop"))(x)
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize(("method", "tolerance"), HIGHER.items())
@settings(max_examples=5)
@given(blocks=circuits(), x=POINTS, returned=st.sampled_from(["several", "vn_entropy", "state"]))
def test_hessians_agree_with_differences_of_gradients(method, tolerance, blocks, x, returned):
    function = cost(blocks, returned, method)
    reference = qg.grad(cost(blocks, returned, "backprop"))
    u, v = np.array([0.5, -0.7, 0.6]), np.array([0.2, 0.9, -0.3])
    expected = slope(lambda x: reference(qnp.array(x)) @ v, x, u)

    hessian = qg.jacobian(qg.grad(function))(qnp.array(x))

    assert u @ hessian @ v == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize("method", ["backprop", "parameter-shift"])
@pytest.mark.parametrize(
    ("returned", "blocks"),
    [
        ("probs", SEVERAL_FREQUENCIES),
        ("var of a sum", SEVERAL_FREQUENCIES),
        ("vn_entropy", [("CRX", (0, 1, 2, 3))]),
        ("state", [("RX", (0, 1, 2, 3))]),
    ],
)
def test_third_derivatives_agree_with_differences_of_hessians(method, returned, blocks):
    function = cost(blocks, returned, method)
    hessian = qg.jacobian(qg.grad(function))
    x, direction = np.array([0.4, -0.2, 0.9]), np.array([0.5, -0.7, 0.6])
    expected = slope(lambda x: hessian(qnp.array(x)), x, direction)

    third = qg.jacobian(hessian)(qnp.array(x))

    np.testing.assert_allclose(third @ direction, expected, atol=1e-7)


@pytest.mark.parametrize("returned", ["several", "mutual_info", "state and others"])
@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
def test_forward_mode_gives_the_same_derivative(method, returned):
    function = cost(SEVERAL_FREQUENCIES, returned, method)
    x, direction = np.array([0.4, -0.2, 0.9]), np.array([0.5, -0.7, 0.6])

    value, tangent = make_jvp(function)(x)(direction)

    assert value == pytest.approx(float(function(x)))
    assert tangent == pytest.approx(slope(function, x, direction), abs=TOLERANCE.get(method, 1e-8))


@pytest.mark.parametrize("method", HIGHER)
def test_mixed_derivatives_by_different_arguments(method):
    @qg.qnode("local", diff_method=method)
    def circuit(x, y):
        qg.RX(x, 0)
        qg.RY(y, 0)
        return qg.expval(qg.Z(0))

    mixed = qg.jacobian(qg.grad(circuit, argnums=1), argnums=0)

    assert mixed(0.3, 0.5) == pytest.approx(np.sin(0.3) * np.sin(0.5), abs=HIGHER[method])


# Trainable parameters ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
@pytest.mark.parametrize("measure", [qg.expval, qg.var])
@pytest.mark.parametrize("other", [qg.Y, lambda wire: qg.Hermitian(HERMITIAN, wire)])
def test_coefficients_of_a_hamiltonian_are_trained_with_the_angles(method, measure, other):
    @qg.qnode("local", diff_method=method)
    def energy(angles, coefficients):
        qg.RX(angles[0], 0)
        qg.CRY(angles[1], [0, 1])
        return measure(qg.dot(coefficients, [qg.X(0) @ qg.Y(1), qg.Z(1), other(0)]))

    def flat(x):
        return energy(x[:2], x[2:])

    x, direction = np.array([0.4, 1.2, -0.3, 0.8, 0.5]), np.array([1.0, -0.5, 0.3, 0.7, -0.2])
    expected = slope(flat, x, direction)

    found = qg.grad(flat)(qnp.array(x)) @ direction

    assert found == pytest.approx(expected, abs=TOLERANCE.get(method, 1e-8))


@pytest.mark.parametrize("method", ["backprop", "parameter-shift"])
def test_mixed_second_derivatives_by_coefficients_and_angles(method):
    @qg.qnode("local", diff_method=method)
    def energy(x):
        qg.RX(x[0], 0)
        return qg.expval(qg.Z(0) * x[1] + qg.Y(0) * x[2])

    theta, a, b = 0.4, 0.7, -0.2
    sine, cosine = np.sin(theta), np.cos(theta)

    hessian = qg.jacobian(qg.grad(energy))(qnp.array([theta, a, b]))

    expected = [[b * sine - a * cosine, -sine, -cosine], [-sine, 0, 0], [-cosine, 0, 0]]
    np.testing.assert_allclose(hessian, expected, atol=1e-9)


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
def test_coefficients_alone_cost_no_derivative_circuit(method):
    @qg.qnode("local", diff_method=method)
    def energy(coefficients):
        qg.RX(0.3, 0)
        return qg.expval(qg.dot(coefficients, [qg.Z(0), qg.Y(0)]))

    with qg.Tracker() as tracker:
        found = qg.grad(energy)(qnp.array([0.5, 0.2]))

    np.testing.assert_allclose(found, [np.cos(0.3), -np.sin(0.3)], atol=1e-12)
    assert tracker.totals["executions"] == 1


def test_a_trained_matrix_is_differentiated_by_backprop():
    @qg.qnode("local", diff_method="backprop")
    def flipped(x):
        entries = [[qnp.cos(x), -qnp.sin(x)], [qnp.sin(x), qnp.cos(x)]]
        qg.QubitUnitary(qnp.stack([qnp.stack(row) for row in entries]), wires=0)
        return qg.expval(qg.Z(0))

    assert qg.grad(flipped)(qnp.array(0.3)) == pytest.approx(-2 * np.sin(0.6))


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
def test_every_row_of_a_broadcast_is_differentiated_by_its_own_angles(method):
    @qg.qnode("local", diff_method=method)
    def rows(x, shared):
        qg.RX(x, 0)
        qg.RY(shared, 0)
        return qg.expval(qg.Z(0))

    x, shared = qnp.array([0.1, 0.7, -1.2]), qnp.array(0.4)
    by_x, by_shared = qg.jacobian(rows)(x, shared)

    np.testing.assert_allclose(by_x, np.diag(-np.sin(x) * np.cos(shared)), atol=1e-7)
    np.testing.assert_allclose(by_shared, -np.cos(x) * np.sin(shared), atol=1e-7)


STATES = np.array([[0.6, 0.8], [1.0, 0.0], [0.8, -0.6]])
EMBEDDED = {
    "angles": lambda: qg.AngleEmbedding(STATES, wires=[0, 1]),
    "states": lambda: qg.AmplitudeEmbedding(STATES, wires=[1]),
    "matrices": lambda: qg.QubitUnitary(np.stack([np.eye(2), HADAMARD, FLIP]), wires=1),
}
HADAMARD, FLIP = (qg.matrix(gate(0)) for gate in (qg.Hadamard, qg.X))


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift", "finite-diff"])
@pytest.mark.parametrize("embed", EMBEDDED.values(), ids=EMBEDDED)
def test_weights_are_trained_on_a_batch_of_data(method, embed):
    @qg.qnode("local", diff_method=method)
    def circuit(weights):
        embed()
        qg.BasicEntanglerLayers(weights, wires=[0, 1])
        return qg.expval(qg.Z(0) @ qg.Y(1))

    weights = np.array([[0.4, -1.1], [0.7, 0.2]])
    direction = np.array([[0.5, -0.7], [0.6, 0.3]])
    expected = slope(circuit, weights, direction)

    found = qg.jacobian(circuit)(qnp.array(weights))

    assert found.shape == (3, 2, 2)
    np.testing.assert_allclose(np.tensordot(found, direction, 2), expected, atol=1e-6)


# Gates without a rule ---------------------------------------------------------------------


def root_of_rot(method):
    @qg.qnode("local", diff_method=method)
    def node(x):
        qg.RY(0.4, 0)
        qg.pow(qg.Rot(x[0], x[1], 0.3, wires=0), 0.5)
        return qg.expval(qg.X(0))

    return node


@pytest.mark.parametrize("method", ["best", "parameter-shift", "finite-diff"])
def test_a_gate_without_a_shift_rule_is_differentiated_by_differences(method):
    node, x, direction = root_of_rot(method), np.array([0.7, 1.1]), np.array([0.6, -0.8])

    found = qg.grad(node)(qnp.array(x)) @ direction

    assert found == pytest.approx(slope(node, x, direction), abs=1e-6)


def test_adjoint_says_what_to_use_for_a_gate_that_it_cannot_take():
    with pytest.raises(UnsupportedDiffMethod) as caught:
        qg.grad(root_of_rot("adjoint"))(qnp.array([0.7, 1.1]))

    assert str(caught.value) == (
        "diff_method='adjoint' cannot be used here: Rot**0.5 is no exponential of an angle times "
        "a fixed matrix, and does not decompose into such. "
        "Use diff_method='parameter-shift', which differentiates it by central differences."
    )


def test_backprop_says_what_to_use_for_a_gate_that_it_cannot_take():
    with pytest.raises(DifferentiationError, match="Use diff_method='parameter-shift'"):
        qg.grad(root_of_rot("backprop"))(qnp.array([0.7, 1.1]))


# Batches of tapes -------------------------------------------------------------------------


def test_tapes_without_traced_parameters_are_one_submission():
    tapes = [qg.tape.QuantumScript([qg.RX(x, 0)], [qg.expval(qg.Z(0))]) for x in (0.1, 0.2, 0.3)]

    with qg.Tracker() as tracker:
        results = evaluate(tapes, qg.device("local"), None, interface=None)

    np.testing.assert_allclose([entries[0][0] for entries in results], np.cos([0.1, 0.2, 0.3]))
    assert tracker.totals["batches"] == 1


def test_traced_and_plain_tapes_come_back_in_order():
    def total(x):
        tapes = [
            qg.tape.QuantumScript([qg.RX(angle, 0)], [qg.expval(qg.Z(0))])
            for angle in (0.1, x, 0.3)
        ]
        results = evaluate(
            tapes,
            qg.device("local"),
            Method("parameter-shift", {}),
            interface=INTERFACE,
        )
        return sum(
            weight * entries[0][0] for weight, entries in zip((1, 2, 3), results, strict=True)
        )

    gradient = qg.grad(total)

    assert gradient(qnp.array(0.2)) == pytest.approx(-2 * np.sin(0.2))
    assert gradient.forward == pytest.approx(np.cos([0.1, 0.2, 0.3]) @ [1, 2, 3])


@pytest.mark.parametrize(
    "method", ["best", "backprop", "adjoint", "parameter-shift", "finite-diff"]
)
def test_a_variance_of_one_term_is_differentiated_by_its_coefficient(method):
    @qg.qnode("local", diff_method=method)
    def circuit(weight):
        qg.RX(0.3, wires=0)
        return qg.var(qg.Z(0) * weight)

    gradient = qg.grad(circuit)(qnp.array(0.7, requires_grad=True))

    assert np.isclose(gradient, 2 * 0.7 * np.sin(0.3) ** 2)


@pytest.mark.parametrize("method", ["best", "backprop", "adjoint", "parameter-shift"])
def test_a_variance_of_terms_that_are_one_word_is_differentiated_by_a_coefficient(method):
    @qg.qnode("local", diff_method=method)
    def circuit(weight):
        qg.RX(0.3, wires=0)
        return qg.var(qg.Hamiltonian([weight, -1.5], [qg.Z(0), qg.Z(0)])), qg.expval(qg.Y(1))

    gradient = qg.grad(lambda weight: circuit(weight)[0])(qnp.array(0.7, requires_grad=True))

    assert np.isclose(gradient, 2 * (0.7 - 1.5) * np.sin(0.3) ** 2)

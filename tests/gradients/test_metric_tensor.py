"""``qg.metric_tensor``: by Hadamard tests, without auxiliary wire, and its approximations."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import DifferentiationError, InvalidTransform, UnknownWires

X = qnp.array(0.3, requires_grad=True)
Y = qnp.array([0.4, 0.7], requires_grad=True)
WEIGHTS = qnp.array([0.1, 0.2, 0.4, 0.5], requires_grad=True)


def mixed(x, y):
    """Angles that depend on the arguments; Pauli words, their sums, gates of three angles."""
    qg.Hadamard("a")
    qg.RX(qnp.sin(x), "a")
    qg.CRY(y[0] * x, ["a", 0])
    qg.Rot(y[1] ** 2, 0.3, y[0], 0)
    qg.PhaseShift(y[0] * y[1], "a")
    qg.IsingXX(y[1], ["a", 0])
    qg.SingleExcitation(x, ["a", 0])
    qg.evolve(qg.X(0) + 0.5 * qg.Z("a"), y[1])
    return qg.expval(qg.Z(0))


def layered(weights):
    """Two gates after each other, then two beside each other."""
    qg.RX(weights[0], wires="p")
    qg.RY(weights[1], wires="p")
    qg.CNOT(wires=["p", "q"])
    qg.RZ(weights[2], wires="q")
    qg.RZ(weights[3], wires="p")
    return qg.expval(qg.Z("p") @ qg.Z("q"))


LAYERS = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])

ROADS = {
    "auxiliary wire": {},
    "no auxiliary wire": {"wires": ["a", 0]},
    "named auxiliary wire": {"wires": ["a", 0, "x", "y"]},
}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("position", [0, 1])
def test_it_is_the_metric_of_the_state(road, position, numerical_metric):
    device = qg.device("local", **ROADS[road])
    auxiliary = "y" if road.startswith("named") else None

    found = qg.metric_tensor(qg.QNode(mixed, device), aux_wire=auxiliary)(X, Y)

    np.testing.assert_allclose(
        found[position], numerical_metric(mixed, (X, Y), position), atol=1e-10
    )


@pytest.mark.parametrize("wires", [None, ["q", "p"]])
def test_the_full_tensor(wires, numerical_metric):
    circuit = qg.QNode(layered, qg.device("local", wires=wires))

    found = qg.metric_tensor(circuit)(WEIGHTS)

    np.testing.assert_allclose(found, numerical_metric(layered, (WEIGHTS,)), atol=1e-10)
    assert isinstance(found, qnp.tensor)
    assert found.requires_grad


@pytest.mark.parametrize(("approx", "kept"), [("block-diag", LAYERS), ("diag", np.eye(4))])
def test_approximations_leave_entries_out(approx, kept, numerical_metric):
    found = qg.metric_tensor(qg.QNode(layered, "local"), approx=approx)(WEIGHTS)

    expected = numerical_metric(layered, (WEIGHTS,)) * kept
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_a_layer_ends_where_a_gate_depends_on_it(numerical_metric):
    def circuit(x):
        qg.Hadamard(0)
        qg.RX(x[0], 1)
        qg.RZ(x[1], 0)
        qg.CNOT([0, 2])  # wire 2 depends on x[1] from here
        qg.RY(x[2], 3)  # still beside both
        qg.RX(x[3], 2)
        return qg.probs()

    kept = np.zeros((4, 4))
    kept[:3, :3] = kept[3, 3] = 1

    found = qg.metric_tensor(qg.QNode(circuit, "local"), approx="block-diag")(WEIGHTS)

    np.testing.assert_allclose(found, numerical_metric(circuit, (WEIGHTS,)) * kept, atol=1e-10)


def test_shapes_are_those_of_the_arguments_twice():
    circuit = qg.QNode(mixed, "local")

    assert [np.shape(part) for part in qg.metric_tensor(circuit)(X, Y)] == [(), (2, 2)]
    assert np.shape(qg.metric_tensor(circuit, argnums=0)(X, Y)) == ()
    assert np.shape(qg.metric_tensor(circuit, argnums=[1])(0.3, np.array([0.4, 0.7]))) == (2, 2)
    assert np.shape(qg.metric_tensor(circuit)(0.3, Y)) == (2, 2)


def test_a_matrix_argument(numerical_metric):
    def circuit(weights):
        qg.StronglyEntanglingLayers(weights, wires=[0, 1])
        return qg.expval(qg.Z(0))

    weights = qnp.array(np.linspace(0.1, 0.9, 6).reshape(1, 2, 3), requires_grad=True)

    found = qg.metric_tensor(qg.QNode(circuit, "local"))(weights)

    assert found.shape == (1, 2, 3, 1, 2, 3)
    np.testing.assert_allclose(found, numerical_metric(circuit, (weights,)), atol=1e-10)


def test_by_the_angles_of_the_gates():
    def circuit(x, y):
        qg.RX(2 * x, 0)
        qg.RY(y, 0)
        return qg.expval(qg.Z(0))

    found = qg.metric_tensor(qg.QNode(circuit, "local"), hybrid=False)(X, qnp.array(0.6))

    np.testing.assert_allclose(found, [[0.25, 0], [0, np.cos(0.6) ** 2 / 4]], atol=1e-12)


def test_single_precision_is_kept():
    weights = np.asarray(WEIGHTS, dtype=np.float32)

    assert qg.metric_tensor(qg.QNode(layered, "local"), argnums=0)(weights).dtype == np.float32


def test_keyword_arguments_are_handed_on():
    def circuit(x, factor=1.0):
        qg.RX(factor * x, 0)
        return qg.expval(qg.Z(0))

    assert qg.metric_tensor(qg.QNode(circuit, "local"))(X, factor=2.0) == pytest.approx(1.0)


@pytest.mark.parametrize("wires", [None, ["q", "p"]])
def test_argnum_leaves_the_other_entries_at_zero(wires, numerical_metric):
    circuit = qg.QNode(layered, qg.device("local", wires=wires))
    kept = np.outer([0, 1, 1, 0], [0, 1, 1, 0])

    found = qg.metric_tensor(circuit, argnum=[1, 2])(WEIGHTS)

    expected = numerical_metric(layered, (WEIGHTS,)) * kept
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("wires", [None, ["q", "p"]])
def test_a_prepared_state_comes_first(wires, numerical_metric):
    def circuit(x):
        qg.StatePrep(np.array([0.5, 0.5j, -0.5, 0.5]), wires=["p", "q"])
        qg.RX(x[0], "p")
        qg.CRZ(x[1], ["p", "q"])
        qg.RY(x[0] * x[1], "q")
        return qg.expval(qg.Z("p"))

    found = qg.metric_tensor(qg.QNode(circuit, qg.device("local", wires=wires)))(Y)

    np.testing.assert_allclose(found, numerical_metric(circuit, (Y,)), atol=1e-10)


def test_a_global_phase_has_no_metric():
    tape = qg.QuantumScript([qg.GlobalPhase(0.3), qg.Hadamard(0)], [qg.expval(qg.Z(0))])

    for options in ({}, {"device_wires": [0]}):
        tapes, postprocess = qg.metric_tensor(tape, **options)
        np.testing.assert_array_equal(postprocess(qg.execute(tapes, "local")), [[0.0]])


# Derivatives ----------------------------------------------------------------------------


@pytest.mark.parametrize("wires", [None, ["a", 0]])
@pytest.mark.parametrize("approx", [None, "block-diag", "diag"])
def test_the_metric_can_be_differentiated(wires, approx):
    function = qg.metric_tensor(
        qg.QNode(mixed, qg.device("local", wires=wires)), approx=approx, argnums=1
    )
    direction, step = np.array([0.6, -0.8]), 1e-5

    found = qg.jacobian(function, argnums=1)(X, Y) @ direction

    ahead, behind = (function(X, Y + sign * step * direction) for sign in (1, -1))
    np.testing.assert_allclose(found, (ahead - behind) / (2 * step), atol=1e-8)


# From shots, on other devices -----------------------------------------------------------


@pytest.mark.parametrize("wires", [None, ["q", "p"]])
def test_from_shots(wires, numerical_metric):
    shots = 40_000
    circuit = qg.QNode(layered, qg.device("local", wires=wires, seed=5), shots=shots)

    found = qg.metric_tensor(circuit)(WEIGHTS)

    # Entries are sums of at most four means of outcomes of modulus 1, with weights of 1/4.
    error = np.abs(found - numerical_metric(layered, (WEIGHTS,))).max()
    assert error < 5 * np.sqrt(4 / 16 / shots)


def test_a_shot_vector_gives_a_tuple():
    circuit = qg.QNode(layered, qg.device("local", seed=5), shots=(100, 200))

    found = qg.metric_tensor(circuit)(WEIGHTS)

    assert [part.shape for part in found] == [(4, 4), (4, 4)]


@pytest.mark.parametrize("wires", [["p", "q"], ["p", "q", "r"]])
def test_another_device_gives_the_same_in_one_submission(wires, numerical_metric):
    circuit = qg.QNode(layered, qg.device("qiskit:aer", wires=wires, shots=2000, seed=3))

    with qg.Tracker() as tracker:
        found = qg.metric_tensor(circuit)(WEIGHTS)

    error = np.abs(found - numerical_metric(layered, (WEIGHTS,))).max()
    assert error < 5 * np.sqrt(4 / 16 / 2000)
    assert tracker.totals["submissions"] == 1


def test_a_commuting_layer_is_one_circuit():
    def circuit(x):
        for wire in range(4):
            qg.RX(x[wire], wire)
        return qg.expval(qg.Z(0))

    with qg.Tracker() as tracker:
        qg.metric_tensor(qg.QNode(circuit, qg.device("local", seed=1), shots=10))(WEIGHTS)

    assert tracker.totals["executions"] == 1  # every generator and product is measured in one basis


# Tapes ----------------------------------------------------------------------------------


TAPE = qg.QuantumScript(
    [qg.RX(1.7, 0), qg.RY(1.0, 0), qg.CNOT([0, 1]), qg.PhaseShift(0.5, 1)], [qg.expval(qg.X(0))]
)


def test_a_tape_gives_tapes_and_a_function():
    tapes, postprocess = qg.metric_tensor(TAPE)

    assert [2 in tape.wires for tape in tapes] == [False] * 3 + [True] * 3
    assert np.shape(postprocess(qg.execute(tapes, "local"))) == (3, 3)


def test_a_tape_agrees_with_its_exact_state():
    tapes, postprocess = qg.metric_tensor(TAPE)
    states, by_state = qg.adjoint_metric_tensor(TAPE)

    np.testing.assert_allclose(
        postprocess(qg.execute(tapes, "local")), by_state(qg.execute(states, "local")), atol=1e-12
    )


def test_a_circuit_measures_only_what_lies_before_it():
    tapes, _ = qg.metric_tensor(TAPE, approx="block-diag")

    assert [len(tape.operations) for tape in tapes] == [0, 1, 3]


def test_the_given_auxiliary_wire_is_used():
    tapes, _ = qg.metric_tensor(TAPE, aux_wire=[0, "helper"])

    assert all("helper" in tape.wires for tape in tapes[3:])


def test_a_wire_of_the_device_is_used():
    tapes, _ = qg.metric_tensor(TAPE, device_wires=[0, 7, 1])

    assert all(7 in tape.wires for tape in tapes[3:])


def test_without_a_free_wire_one_broadcast_is_all():
    tapes, postprocess = qg.metric_tensor(TAPE, device_wires=[0, 1])

    assert [tape.wires.tolist() for tape in tapes] == [[0, 1]]
    assert postprocess(qg.execute(tapes, "local"))[0, 0] == pytest.approx(0.25)


def test_a_tape_without_trainable_parameters():
    tapes, postprocess = qg.metric_tensor(qg.QuantumScript([qg.X(0)], [qg.expval(qg.Z(0))]))

    assert (tapes, postprocess([])) == ([], ())


# Wrong use ------------------------------------------------------------------------------


def test_an_unknown_approximation():
    with pytest.raises(InvalidTransform, match=r"approx='foo' is no approximation\. Give 'diag'"):
        qg.metric_tensor(TAPE, approx="foo")


def test_an_auxiliary_wire_that_is_in_use():
    with pytest.raises(InvalidTransform, match=r"uses the wire\(s\) \[1\] itself"):
        qg.metric_tensor(TAPE, aux_wire=1)


def test_an_auxiliary_wire_that_the_device_has_not():
    circuit = qg.QNode(layered, qg.device("local", wires=["p", "q"]))

    with pytest.raises(UnknownWires, match=r"uses the wires \[extra\], which"):
        qg.metric_tensor(circuit, aux_wire="extra")(WEIGHTS)


def test_parameters_that_are_not_trainable():
    with pytest.raises(InvalidTransform, match=r"Its trainable parameters are \[0, 1, 2\]"):
        qg.metric_tensor(TAPE, argnum=[0, 3])


def test_a_gate_without_generator():
    tape = qg.QuantumScript([qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), 0.5)], [qg.expval(qg.Z(0))])

    with pytest.raises(InvalidTransform, match="is trained, is no exponential of one angle"):
        qg.metric_tensor(tape)


def test_a_gate_without_generator_that_is_not_trained():
    def circuit(x):
        qg.pow(qg.Rot(0.1, 0.2, 0.3, 0), 0.5)
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    assert np.shape(qg.metric_tensor(qg.QNode(circuit, "local"))(X)) == ()


def test_a_broadcast():
    tape = qg.QuantumScript([qg.RX(np.array([0.1, 0.2]), 0)], [qg.expval(qg.Z(0))])

    with pytest.raises(InvalidTransform, match="broadcast of 2 rows"):
        qg.metric_tensor(tape)


def test_a_list_of_numbers():
    with pytest.raises(InvalidTransform, match="an argument is a list of arrays"):
        qg.metric_tensor(qg.QNode(layered, "local"), argnums=0)([0.1, 0.2, 0.3, 0.4])


def test_a_trained_state_that_is_undone():
    def circuit(x):
        qg.adjoint(qg.StatePrep(x[:2] / qnp.linalg.norm(x[:2]), wires="p"))
        qg.RX(x[0], "p")
        return qg.expval(qg.Z("p"))

    with pytest.raises(
        InvalidTransform, match=r"Adjoint\(StatePrep\) depends on the arguments by a whole"
    ):
        qg.metric_tensor(qg.QNode(circuit, "local"))(Y)


def test_coefficients_do_not_matter():
    def circuit(x):
        qg.RX(x[0], 0)
        return qg.expval(qg.Hamiltonian([x[1]], [qg.Z(0)]))

    found = qg.metric_tensor(qg.QNode(circuit, "local"))(Y)

    np.testing.assert_allclose(found, [[0.25, 0], [0, 0]], atol=1e-15)


def test_nothing_trainable():
    with pytest.raises(DifferentiationError, match="none of its positional arguments"):
        qg.metric_tensor(qg.QNode(layered, "local"))(np.asarray(WEIGHTS))


def test_something_else_than_a_qnode():
    with pytest.raises(InvalidTransform, match="neither a QNode nor a tape"):
        qg.metric_tensor(layered)

"""Passes keep the unitary of a circuit, its derivatives, batches and controls."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import TransformError
from qgate.operations.matrices import circuit_matrix
from qgate.transforms import (
    cancel_inverses,
    combine_global_phases,
    commute_controlled,
    merge_amplitude_embedding,
    merge_rotations,
    remove_barrier,
    single_qubit_fusion,
    undo_swaps,
)

WIRES = qg.Wires(range(3))
ANGLES = st.sampled_from([0.3, -0.3, 0.0, np.pi, 1.1])
FIXED = ("H", "X", "Y", "Z", "S", "T", "SX", "CNOT", "CZ", "CY", "CH", "SWAP", "Toffoli", "CCZ")
TURNING = (
    *("RX", "RY", "RZ", "PhaseShift", "Rot", "CRX", "CRZ", "CRot", "CPhase"),
    *("IsingXX", "IsingZZ", "SingleExcitation"),
)
PASSES = {
    "cancel_inverses": cancel_inverses,
    "cancel_once": cancel_inverses(recursive=False),
    "merge_rotations": merge_rotations,
    "right": commute_controlled,
    "left": commute_controlled(direction="left"),
    "fusion": single_qubit_fusion,
    "phases": combine_global_phases,
    "compile": qg.compile,
    "compile_twice": qg.compile(num_passes=2, pipeline=[single_qubit_fusion, cancel_inverses]),
    "decompose": qg.decompose(gate_set={"RX", "RZ", "CZ", "GlobalPhase"}),
    "to_ions": qg.decompose(gate_set={"RY", "RZ", "IsingXX", qg.GlobalPhase}),
}


@st.composite
def gates(draw):
    """Draw a gate, its adjoint, or the gate controlled by a wire of value 0 or 1."""
    gate = getattr(qg, draw(st.sampled_from(FIXED + TURNING)))
    wires = draw(st.permutations(range(3)))
    angles = [draw(ANGLES) for _ in range(gate.num_params)]
    made = gate(*angles, wires=wires[: gate.num_wires])
    change = draw(st.sampled_from(["none", "none", "adjoint", "ctrl"]))
    if change == "adjoint":
        return qg.adjoint(made)
    if change == "ctrl" and gate.num_wires < 3:
        return qg.ctrl(made, wires[2], control_values=[draw(st.booleans())])
    return made


def unitary(operations):
    return np.asarray(circuit_matrix(operations, WIRES))


def transformed(transform, operations):
    (tape,), postprocess = transform(qg.tape.QuantumScript(operations, [qg.state()]))
    assert postprocess(("result",)) in ("result", ("result",))
    return tape.operations


def names(operations):
    return [each.name for each in operations]


@settings(max_examples=25, deadline=None)
@given(operations=st.lists(gates(), min_size=1, max_size=12))
@pytest.mark.parametrize("name", PASSES)
def test_the_unitary_is_kept(name, operations):
    found = transformed(PASSES[name], operations)

    np.testing.assert_allclose(unitary(found), unitary(operations), atol=1e-8)


@settings(max_examples=25, deadline=None)
@given(operations=st.lists(gates(), min_size=1, max_size=6))
def test_a_circuit_followed_by_its_inverse_cancels(operations):
    inverse = [qg.adjoint(each) for each in reversed(operations)]

    assert transformed(cancel_inverses, [*operations, *inverse]) == []


def layers(x, y):
    """Apply gates that every pass changes; their angles are functions of the arguments."""
    qg.RX(x[0], 0)
    qg.RX(2 * x[1], 0)
    qg.RZ(y, 0)
    qg.H(1)
    qg.H(1)
    qg.CRZ(x[1] * y, [0, 1])
    qg.RZ(x[0], 0)
    qg.CNOT([0, 1])
    qg.RX(y, 1)
    qg.RY(y, 1)
    qg.PhaseShift(x[1], 1)
    return qg.expval(qg.Z(0) @ qg.X(1)), qg.probs(wires=1)


@pytest.mark.parametrize("method", ["backprop", "adjoint", "parameter-shift"])
@pytest.mark.parametrize("name", PASSES)
def test_derivatives_are_kept(name, method):
    plain = qg.QNode(layers, "local", diff_method=method)
    x, y = qnp.array([0.3, 0.4]), qnp.array(0.7)

    def flat(circuit):
        return lambda x, y: qnp.concatenate([qnp.reshape(part, (-1,)) for part in circuit(x, y)])

    found = qg.jacobian(flat(PASSES[name](plain)))(x, y)

    for mine, known in zip(found, qg.jacobian(flat(plain))(x, y), strict=True):
        np.testing.assert_allclose(mine, known, atol=1e-7)


@pytest.mark.parametrize("name", PASSES)
def test_a_batch_is_kept(name):
    plain = qg.QNode(layers, "local")
    x, y = np.array([0.3, 0.4]), np.array([0.1, 0.0, -0.6])

    found, expected = PASSES[name](plain)(x, y), plain(x, y)

    for mine, known in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, known, atol=1e-9)


# Inverses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (qg.CZ([0, 1]), qg.CZ([1, 0])),
        (qg.Toffoli([0, 1, 2]), qg.Toffoli([1, 0, 2])),
        (qg.SWAP([0, 1]), qg.SWAP([1, 0])),
        (qg.IsingXX(0.3, [0, 1]), qg.IsingXX(-0.3, [1, 0])),
        (qg.CPhase(0.3, [0, 1]), qg.adjoint(qg.CPhase(0.3, [1, 0]))),
        (qg.S(0), qg.adjoint(qg.S(0))),
        (qg.adjoint(qg.QFT([0, 1])), qg.QFT([0, 1])),
        (
            qg.ctrl(qg.RX(0.2, 0), [1, 2], control_values=[0, 1]),
            qg.ctrl(qg.RX(-0.2, 0), [2, 1], control_values=[1, 0]),
        ),
    ],
)
def test_inverses_on_exchanged_wires_cancel(left, right):
    assert transformed(cancel_inverses, [left, right]) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (qg.CNOT([0, 1]), qg.CNOT([1, 0])),
        (qg.S(0), qg.S(0)),
        (qg.Toffoli([0, 1, 2]), qg.Toffoli([0, 2, 1])),
        (qg.ctrl(qg.X(0), 1, control_values=[0]), qg.ctrl(qg.X(0), 1)),
        (qg.Barrier([0]), qg.Barrier([0])),
        (qg.BasisState([1], wires=0), qg.BasisState([1], wires=0)),
    ],
)
def test_others_stay(left, right):
    assert transformed(cancel_inverses, [left, right]) == [left, right]


def test_a_barrier_on_all_wires_is_between():
    operations = [qg.X(0), qg.Barrier(), qg.X(0)]

    assert transformed(cancel_inverses, operations) == operations
    assert names(transformed(commute_controlled, [qg.Z(0), qg.Barrier(), qg.CNOT([0, 1])])) == [
        "PauliZ",
        "Barrier",
        "CNOT",
    ]


def test_a_snapshot_stays_in_its_place():
    @qg.compile
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        qg.Snapshot("middle", qg.expval(qg.Z(0)))
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    found = qg.snapshots(circuit)(0.3)

    assert found["middle"] == pytest.approx(np.cos(0.3))
    assert found["execution_results"] == circuit(0.3) == pytest.approx(np.cos(0.6))


def test_once_leaves_new_neighbours():
    operations = [qg.H(0), qg.X(0), qg.X(0), qg.H(0)]

    assert names(transformed(cancel_inverses(recursive=False), operations)) == ["Hadamard"] * 2
    assert transformed(cancel_inverses, operations) == []


def test_gates_around_a_measurement_stay():
    @qg.qnode("local")
    def circuit():
        qg.X(0)
        outcome = qg.measure(0)
        qg.X(0)
        qg.cond(outcome, qg.X)(1)
        qg.cond(outcome, qg.X)(1)
        return qg.probs(wires=[0, 1])

    np.testing.assert_allclose(qg.compile(circuit)(), [1, 0, 0, 0], atol=1e-12)


# Rotations --------------------------------------------------------------------------------


def test_rotations_are_added():
    operations = [qg.RX(0.1, 0), qg.CRY(0.4, [1, 2]), qg.RX(0.2, 0), qg.CRY(-0.4, [1, 2])]

    (merged,) = transformed(merge_rotations, operations)

    assert merged == qg.RX(0.1 + 0.2, 0)


def test_an_adjoint_is_merged():
    found = transformed(merge_rotations, [qg.RX(0.3, 0), qg.adjoint(qg.RX(0.1, 0))])

    assert found == [qg.RX(0.3 - 0.1, 0)]


def test_a_single_rotation_by_zero_stays():
    assert names(transformed(merge_rotations, [qg.RX(0.0, 0)])) == ["RX"]


def test_a_trained_rotation_by_zero_stays():
    x = qnp.array(0.2, requires_grad=True)

    assert names(transformed(merge_rotations, [qg.RX(x, 0), qg.RX(-x, 0)])) == ["RX"]


def test_only_named_rotations_are_merged():
    operations = [qg.RX(0.1, 0), qg.RX(0.1, 0), qg.RY(0.1, 1), qg.RY(0.1, 1)]

    found = transformed(merge_rotations(include_gates=["RX"]), operations)

    assert names(found) == ["RX", "RY", "RY"]


def test_three_rotations_are_merged_and_left_out_where_they_are_none():
    operations = [qg.Rot(0.1, 0.2, 0.3, 0), qg.Rot(0.4, 0.5, 0.6, 0)]

    (merged,) = transformed(merge_rotations, operations)

    np.testing.assert_allclose(merged.matrix(), circuit_matrix(operations, qg.Wires([0])))
    undone = [qg.Rot(0.1, 0.2, 0.3, 0), qg.Rot(-0.3, -0.2, -0.1, 0)]
    assert transformed(merge_rotations, undone) == []


def test_fused_gates_are_a_rotation_and_a_phase():
    operations = [qg.H(0), qg.S(0), qg.CNOT([0, 1]), qg.T(1), qg.X(2), qg.X(2)]

    found = transformed(single_qubit_fusion, operations)

    assert names(found) == ["Rot", "CNOT", "T", "GlobalPhase"]
    kept = transformed(single_qubit_fusion(exclude_gates=["S"], atol=None), operations)
    assert names(kept) == ["Hadamard", "S", "CNOT", "T", "Rot"]


def test_fusion_differentiates_where_the_angles_have_no_derivative():
    @qg.qnode("local", diff_method="backprop")
    def circuit(x):
        qg.RX(x, 0)
        qg.RZ(0.0, 0)
        qg.RX(x, 0)
        return qg.expval(qg.Y(0))

    assert qg.grad(single_qubit_fusion(circuit))(qnp.array(0.0)) == pytest.approx(-2.0)


# Commutation ------------------------------------------------------------------------------


def test_gates_pass_controls_and_targets():
    operations = [
        qg.CZ([0, 2]),
        qg.X(2),
        qg.S(0),
        qg.CNOT([0, 1]),
        qg.Y(1),
        qg.CRY(0.5, [0, 1]),
        qg.PhaseShift(0.25, 0),
        qg.Toffoli([0, 1, 2]),
        qg.T(0),
        qg.RZ(0.25, 1),
    ]

    found = transformed(commute_controlled, operations)

    expected = "CZ CNOT CRY PauliY Toffoli PauliX S PhaseShift T RZ"
    assert sorted(names(found)) == sorted(expected.split())
    assert names(found)[:3] == ["CZ", "CNOT", "CRY"]
    assert (
        names(found).index("PauliX") > names(found).index("Toffoli") > names(found).index("PauliY")
    )


# Swaps, phases, states --------------------------------------------------------------------


def test_swaps_are_undone():
    @qg.qnode("local")
    def circuit():
        qg.RY(0.3, 0)
        qg.RX(0.5, 1)
        qg.SWAP([0, 1])
        qg.CNOT([0, 2])
        qg.SWAP([0, 2])
        return qg.probs(wires=[0, 1, 2])

    node = undo_swaps(circuit)

    assert "SWAP" not in names(node.single_tape((), {}).operations)
    np.testing.assert_allclose(node(), circuit(), atol=1e-12)


def test_phases_are_combined():
    found = transformed(combine_global_phases, [qg.GlobalPhase(0.1), qg.X(0), qg.GlobalPhase(0.2)])

    assert names(found) == ["PauliX", "GlobalPhase"]
    assert found[1].parameters[0] == pytest.approx(0.3)


def test_barriers_are_removed():
    assert names(transformed(remove_barrier, [qg.X(0), qg.Barrier([0, 1])])) == ["PauliX"]


def test_states_are_prepared_together():
    rows = np.array([[1.0, 0.0], [0.6, 0.8]])

    @qg.qnode("local")
    def circuit(rows):
        qg.CNOT([0, 1])
        qg.AmplitudeEmbedding([0, 1], wires=2)
        qg.AmplitudeEmbedding(rows, wires=3)
        return qg.probs(wires=[2, 3])

    node = merge_amplitude_embedding(circuit)

    assert names(node.single_tape((rows,), {}).operations) == ["StatePrep", "CNOT"]
    np.testing.assert_allclose(node(rows), circuit(rows))
    with pytest.raises(TransformError, match=r"wires \[0\] follows another operation"):
        transformed(merge_amplitude_embedding, [qg.X(0), qg.AmplitudeEmbedding([0, 1], wires=0)])


# Gate sets --------------------------------------------------------------------------------


def test_decomposition_stops_at_the_set_the_condition_or_the_level():
    toffoli = [qg.Toffoli([0, 1, 2])]

    two_wires = qg.decompose(gate_set={"H"}, stopping_condition=lambda gate: len(gate.wires) <= 2)
    assert max(len(each.wires) for each in transformed(two_wires, toffoli)) == 2
    assert transformed(qg.decompose(max_expansion=0, gate_set={"RX"}), toffoli) == toffoli
    template = [qg.StronglyEntanglingLayers(np.ones((1, 2, 3)), wires=[0, 1])]
    assert set(names(transformed(qg.decompose, template))) == {"Rot", "CNOT"}


def test_constant_gates_are_few_rotations():
    found = transformed(qg.decompose(gate_set={"RX", "RZ"}), [qg.H(0), qg.S(1), qg.X(2)])

    assert names(found) == ["RZ", "RX", "RZ", "RZ", "RX"]


def test_what_stays_is_warned_of():
    with pytest.warns(UserWarning, match="CNOT cannot be written in the gates of the set"):
        transformed(qg.decompose(gate_set={"RX", "RZ"}), [qg.CNOT([0, 1])])
    found = transformed(qg.decompose(gate_set={"RX", "RZ"}, strict=False), [qg.CNOT([0, 1])])
    assert names(found) == ["CNOT"]


def rotated(theta):
    """Return the matrix of RY, so that derivatives of the matrix are known."""
    c, s = qnp.cos(theta / 2), qnp.sin(theta / 2)
    return qnp.stack([qnp.stack([c, -s]), qnp.stack([s, c])])


@pytest.mark.parametrize(
    "transform",
    [qg.transforms.unitary_to_rot, qg.decompose(gate_set={"RX", "RZ", "RY", "CNOT"})],
)
def test_a_traced_matrix_has_derivatives(transform):
    @qg.qnode("local", diff_method="parameter-shift")
    def circuit(theta):
        qg.QubitUnitary(rotated(theta), wires=0)
        qg.QubitUnitary(np.diag([1, 1, 1j, -1]), wires=[0, 1])
        return qg.expval(qg.Z(0))

    node = transform(circuit)
    theta = qnp.array(0.4)

    assert node(theta) == pytest.approx(np.cos(0.4))
    assert qg.grad(node)(theta) == pytest.approx(-np.sin(0.4))


# Wires ------------------------------------------------------------------------------------


def test_wires_of_a_qnode_are_mapped():
    circuit = qg.QNode(layers, "local")

    node = qg.map_wires(circuit, {0: "a", 1: 0})

    assert set(node.single_tape((np.ones(2), 0.5), {}).wires) == {"a", 0}
    assert node(np.ones(2), 0.5)[0] == pytest.approx(circuit(np.ones(2), 0.5)[0])
    assert qg.map_wires(qg.X(0), {0: "a"}) == qg.X("a")
    (tape,), _ = qg.map_wires(qg.tape.QuantumScript([qg.X(0)]), {0: "b"})
    assert tape.operations == [qg.X("b")]
    decorated = qg.map_wires(wire_map={0: "c", 1: 0})(circuit)
    assert set(decorated.single_tape((np.ones(2), 0.5), {}).wires) == {"c", 0}


def test_operators_of_a_qnode_are_simplified():
    circuit = qg.QNode(lambda: [qg.adjoint(qg.adjoint(qg.S(0))), qg.expval(qg.Y(0))][1:], "local")

    (tape,), _ = qg.simplify(qg.tape.QuantumScript([qg.X(0) @ qg.X(0) @ qg.Y(0)]))

    assert qg.simplify(circuit)() == circuit()
    assert qg.equal(tape.operations[0], qg.Y(0))


@pytest.mark.parametrize(
    ("apply", "reason"),
    [
        (merge_rotations(atol="x"), "atol='x' is no tolerance"),
        (merge_rotations(include_gates="RX"), "are no names of gates"),
        (commute_controlled(direction="up"), "is no direction"),
        (qg.compile(pipeline=[len]), "which is no transform"),
        (qg.compile(num_passes=0), "no number of passes"),
        (qg.compile(pipeline=3), "is no sequence"),
        (qg.decompose(gate_set="RX"), "no set of gates"),
        (qg.decompose(gate_set=[3]), "no set of gates"),
        (qg.decompose(max_expansion=-1), "no number of levels"),
        (qg.decompose(fixed_decomps={qg.CNOT: len}), "no alternatives"),
        (qg.compile(pipeline=[qg.transform(lambda tape: ([tape] * 2, sum))]), "makes 2 tapes"),
    ],
)
def test_wrong_options_are_refused(apply, reason):
    with pytest.raises(TransformError, match=reason):
        apply(qg.tape.QuantumScript([qg.X(0)]))


def test_a_pipeline_of_compile_takes_partial_options():
    steps = [partial(commute_controlled, direction="left"), merge_rotations(atol=1e-6)]
    operations = [qg.CNOT([0, 1]), qg.RZ(0.1, 0), qg.CNOT([0, 1]), qg.RZ(0.2, 0)]

    found = transformed(qg.compile(pipeline=steps), operations)

    assert names(found) == ["RZ", "CNOT", "CNOT"]

"""Observables in terms, measurements in circuits of one basis, shots divided among them."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import TransformError
from qgate.transforms import diagonalize_measurements, split_non_commuting, split_to_single_terms

WORDS = [qg.X(0) @ qg.X(1), qg.Z(0), qg.X(0), qg.Z(0) @ qg.Z(1), qg.I(0)]


def prepare(x):
    qg.RY(x[0], 0)
    qg.CNOT([0, 1])
    qg.RX(x[1], 1)


def several(x, weights):
    prepare(x)
    return (
        qg.expval(qg.Hamiltonian(weights, WORDS)),
        {"p": qg.probs(wires=[1])},
        qg.var(qg.Y(0)),
        qg.expval(2.0 * qg.Hermitian(np.array([[1, 2], [2, -1]]), wires=1) + qg.Z(0)),
    )


X = qnp.array([0.3, 0.8])
WEIGHTS = qnp.array([0.5, -1.0, 0.25, 2.0, 3.0])


def flat(circuit):
    def function(*args):
        first, second, *others = circuit(*args)
        return qnp.concatenate([qnp.reshape(each, (-1,)) for each in [first, second["p"], *others]])

    return function


SPLITS = {
    "qwc": split_non_commuting,
    "wires": split_non_commuting(grouping_strategy="wires"),
    "none": split_non_commuting(grouping_strategy=None),
    "terms": split_to_single_terms,
}


@pytest.mark.parametrize("method", ["best", "parameter-shift"])
@pytest.mark.parametrize("name", SPLITS)
def test_values_and_derivatives_are_kept(name, method):
    circuit = qg.QNode(several, "local", diff_method=method)
    node = SPLITS[name](circuit)

    np.testing.assert_allclose(flat(node)(X, WEIGHTS), flat(circuit)(X, WEIGHTS), atol=1e-9)
    found = qg.jacobian(flat(node))(X, WEIGHTS)
    for mine, known in zip(found, qg.jacobian(flat(circuit))(X, WEIGHTS), strict=True):
        np.testing.assert_allclose(mine, known, atol=1e-9)


def test_all_circuits_of_a_gradient_are_one_submission():
    def function(x):
        prepare(x)
        return qg.expval(qg.Hamiltonian([1.0, 2.0, 3.0], [qg.X(0), qg.Y(0), qg.Z(0)]))

    circuit = split_non_commuting(qg.QNode(function, "local", diff_method="parameter-shift"))

    with qg.Tracker() as tracker:
        qg.grad(circuit)(X)

    assert tracker.totals["submissions"] == 1


def test_rows_and_parts_of_shots_are_kept():
    def function(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0) + 0.0 * qg.X(0) + 2.0 * qg.I(0)), qg.expval(qg.Y(0))

    angles = np.array([0.0, np.pi, 0.0])
    node = split_non_commuting(qg.QNode(function, "local", shots=[10, 20]))

    first, second = node(angles)

    np.testing.assert_allclose(first[0], [3, 1, 3])
    assert second[0].shape == second[1].shape == (3,)


@pytest.mark.parametrize(
    ("strategy", "count"), [("default", 2), ("qwc", 2), ("wires", 4), (None, 5)]
)
def test_measurements_are_grouped(strategy, count):
    measured = [
        qg.expval(qg.X(0)),
        qg.expval(qg.Z(0)),
        qg.expval(qg.X(1) @ qg.X(0)),
        qg.probs(wires=[0, 2]),
        qg.expval(qg.Z(1)),
    ]

    tapes, _ = split_non_commuting(qg.tape.QuantumScript([], measured), strategy)

    assert len(tapes) == count
    assert sum(len(tape.measurements) for tape in tapes) == 5


def test_a_state_is_a_circuit_of_its_own():
    measured = [qg.expval(qg.Z(0)), qg.state(), qg.expval(qg.Z(1))]

    tapes, _ = split_non_commuting(qg.tape.QuantumScript([qg.X(0)], measured))

    assert [len(tape.measurements) for tape in tapes] == [2, 1]


def test_equal_words_are_measured_once():
    measured = [qg.expval(qg.Z(0) + qg.X(1)), qg.expval(qg.Z(0)), qg.expval(3 * qg.Z(0))]

    (tape,), postprocess = split_to_single_terms(qg.tape.QuantumScript([], measured))

    assert len(tape.measurements) == 2
    np.testing.assert_allclose(postprocess([(0.5, 0.25)]), [0.75, 0.5, 1.5])


def test_an_identity_needs_no_circuit():
    circuit = qg.QNode(lambda: qg.expval(3.0 * qg.I(0)), "local")

    assert split_non_commuting(circuit)() == pytest.approx(3.0)


HAMILTONIAN = qg.Hamiltonian([3.0, 0.5, 1.5], [qg.X(0), qg.Y(0), qg.Z(0)])


@pytest.mark.parametrize(
    ("shot_dist", "shots"),
    [
        ("uniform", [34, 33, 33]),
        ("weighted", [60, 10, 30]),
        (lambda total, weights, seed: [total, 0, 0], [100]),
    ],
)
def test_shots_are_divided(shot_dist, shots):
    tape = qg.tape.QuantumScript([], [qg.expval(HAMILTONIAN)], shots=100)

    tapes, postprocess = split_non_commuting(tape, shot_dist=shot_dist)

    assert [each.shots.total_shots for each in tapes] == shots
    assert postprocess([1.0] * len(tapes)) == (5.0 if len(shots) == 3 else 3.0)


def test_shots_are_divided_at_random():
    tape = qg.tape.QuantumScript([], [qg.expval(HAMILTONIAN)], shots=1000)

    first, _ = split_non_commuting(tape, shot_dist="weighted_random", seed=3)
    again, _ = split_non_commuting(tape, shot_dist="weighted_random", seed=3)

    shots = [each.shots.total_shots for each in first]
    assert shots == [each.shots.total_shots for each in again]
    assert sum(shots) == 1000


def test_the_division_is_ignored_for_several_measurements():
    tape = qg.tape.QuantumScript([], [qg.expval(qg.Z(0)), qg.expval(qg.X(0))], shots=100)

    with pytest.warns(UserWarning, match="is ignored for 2 measurements"):
        tapes, _ = split_non_commuting(tape, shot_dist="uniform")
    assert [each.shots.total_shots for each in tapes] == [100, 100]


def test_measurements_are_diagonalized():
    def function(x):
        prepare(x)
        return qg.expval(qg.X(0) @ qg.Y(1) + 2 * qg.X(0)), qg.var(qg.Y(1)), qg.probs(op=qg.X(0))

    circuit = qg.QNode(function, "local")
    node = diagonalize_measurements(circuit)

    for mine, known in zip(node(X), circuit(X), strict=True):
        np.testing.assert_allclose(mine, known, atol=1e-12)
    words = [item.obs.words for item in node.single_tape((X,), {}).measurements]
    assert words == [["ZZ", "ZI"], ["Z"], ["Z"]]


def test_a_supported_observable_stays():
    measured = [qg.expval(qg.X(0)), qg.expval(qg.Y(1))]

    (tape,), _ = diagonalize_measurements(
        qg.tape.QuantumScript([], measured), supported_base_obs=[qg.X, qg.Z]
    )

    assert tape.measurements == [qg.expval(qg.X(0)), qg.expval(qg.Z(1))]
    assert {wire for gate in tape.operations for wire in gate.wires} == {1}


@pytest.mark.parametrize(
    ("apply", "reason"),
    [
        (split_non_commuting(grouping_strategy="all"), "is no strategy"),
        (split_non_commuting(shot_dist="half"), "is no division of shots"),
        (split_non_commuting(shot_dist="weighted_random", seed="x"), "is no seed"),
        (diagonalize_measurements, "no common basis"),
        (diagonalize_measurements(to_eigvals=True), "to_eigvals=True"),
    ],
)
def test_wrong_use_is_refused(apply, reason):
    measured = qg.expval(HAMILTONIAN)
    measurements = [qg.expval(qg.X(0)), qg.expval(qg.Z(0))] if "basis" in reason else [measured]

    with pytest.raises(TransformError, match=reason):
        apply(qg.tape.QuantumScript([], measurements, shots=10))


def test_a_matrix_is_not_diagonalized():
    measured = [qg.expval(qg.Hermitian(np.eye(2), wires=0))]

    with pytest.raises(TransformError, match="is not of Pauli words"):
        diagonalize_measurements(qg.tape.QuantumScript([], measured))

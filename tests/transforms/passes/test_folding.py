"""Inserted gates, folded circuits and extrapolation."""

import numpy as np
import pytest

import qgate as qg
from qgate import numpy as qnp
from qgate.exceptions import InvalidParameters, TooLarge, TransformError
from qgate.operations.matrices import circuit_matrix
from qgate.transforms import (
    exponential_extrapolate,
    fold_global,
    insert,
    mitigate_with_zne,
    poly_extrapolate,
    richardson_extrapolate,
)

GATES = [
    qg.RX(0.9, 0),
    qg.RY(0.4, 1),
    qg.CNOT([0, 1]),
    qg.S(1),
    qg.CRX(0.3, [1, 0]),
]


def operations(transform, *args, gates=GATES, **options):
    (tape,), _ = transform(qg.tape.QuantumScript(gates, [qg.probs(wires=[0, 1])]), *args, **options)
    return tape.operations


def names(gates):
    return " ".join(each.name for each in gates)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "RX RZ RY RZ CNOT RZ RZ S RZ CRX RZ RZ"),
        ({"before": True}, "RZ RX RZ RY RZ RZ CNOT RZ S RZ RZ CRX"),
        ({"position": "start"}, "RZ RZ RX RY CNOT S CRX"),
        ({"position": "end"}, "RX RY CNOT S CRX RZ RZ"),
        ({"position": qg.CNOT}, "RX RY CNOT RZ RZ S CRX"),
        ({"position": [qg.RX, qg.S]}, "RX RZ RY CNOT S RZ CRX"),
    ],
)
def test_gates_are_inserted(options, expected):
    assert names(operations(insert, qg.RZ, 0.1, **options)) == expected


def test_a_function_is_inserted_after_states():
    def twice(x, y, wires):
        qg.RX(x, wires=wires)
        qg.PhaseShift(y, wires=wires)

    gates = [qg.BasisState([1], wires=[0]), qg.QFT([0, 1])]

    found = operations(insert, twice, [0.2, 0.3], gates=gates, position="start")

    assert names(found).startswith("BasisState RX PhaseShift RX PhaseShift Hadamard")


def test_inserted_gates_are_differentiated():
    @insert(op=qg.RX, op_args=0.2, position="end")
    @qg.qnode("local")
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    assert qg.grad(circuit)(qnp.array(0.3)) == pytest.approx(-np.sin(0.5))


@pytest.mark.parametrize(
    ("factor", "count"), [(1, 5), (1.4, 7), (2, 9), (3, 15), (3.5, 17), (5, 25)]
)
def test_a_folded_circuit_is_longer_and_has_the_same_unitary(factor, count):
    found = operations(fold_global, factor)

    assert len(found) == count
    wires = qg.Wires([0, 1])
    np.testing.assert_allclose(circuit_matrix(found, wires), circuit_matrix(GATES, wires))


def test_states_are_not_folded():
    gates = [qg.BasisState([1], wires=[0]), qg.H(0)]

    assert names(operations(fold_global, 3, gates=gates)).split().count("BasisState") == 1


def over_rotated(x):
    for gate in GATES:
        qg.apply(gate)
    qg.RX(x, 0)
    return qg.expval(qg.Z(0)), qg.expval(qg.Z(1))


def test_extrapolation_keeps_results_without_noise():
    circuit = qg.QNode(over_rotated, "local")
    mitigated = mitigate_with_zne(circuit, [1, 3, 5], fold_global, richardson_extrapolate)

    np.testing.assert_allclose(mitigated(0.3), circuit(0.3))


def test_all_circuits_of_a_mitigated_gradient_are_one_submission():
    circuit = qg.QNode(over_rotated, "local", diff_method="parameter-shift")
    mitigated = mitigate_with_zne(
        circuit,
        [1.0, 2.0],
        fold_global,
        poly_extrapolate,
        extrapolate_kwargs={"order": 1},
        reps_per_factor=2,
    )
    x = qnp.array(0.3)

    with qg.Tracker() as tracker:
        found = qg.grad(lambda x: mitigated(x)[0])(x)

    assert found == pytest.approx(qg.grad(lambda x: circuit(x)[0])(x))
    assert tracker.totals["submissions"] == 1


def test_polynomials_are_extrapolated():
    x = [1.0, 2.0, 3.0, 4.0]
    y = [np.array([2 * p**2 - p + 0.5, p]) for p in x]

    np.testing.assert_allclose(poly_extrapolate(x, y, 2), [0.5, 0], atol=1e-9)
    np.testing.assert_allclose(richardson_extrapolate(x, y), [0.5, 0], atol=1e-9)


@pytest.mark.parametrize("asymptote", [None, 0.25])
@pytest.mark.parametrize("sign", [1, -1])
def test_exponentials_are_extrapolated(asymptote, sign):
    x = [1.0, 2.0, 3.0]
    y = [sign * 0.7 * np.exp(-0.3 * p) + (asymptote or 0.0) for p in x]

    expected = sign * 0.7 + (asymptote or 0.0)
    assert exponential_extrapolate(x, y, asymptote=asymptote) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("apply", "reason"),
    [
        (insert(op=qg.CNOT, op_args=()), "is no gate on one wire"),
        (insert(op=qg.RX, op_args=0.1, position="middle"), "is no position"),
        (fold_global(0.5), "is no factor"),
        (fold_global("x"), "is no factor"),
        (mitigate_with_zne(["x"], fold_global, richardson_extrapolate), "no factors"),
        (
            mitigate_with_zne(
                [1], qg.transform(lambda tape, s: ([tape] * 2, sum)), richardson_extrapolate
            ),
            "makes 2 tapes",
        ),
        (mitigate_with_zne([1], lambda tape, s: 0.0, richardson_extrapolate), "makes 0 tapes"),
        (mitigate_with_zne([1], 3, richardson_extrapolate), "folding=3 is no function"),
        (lambda tape: poly_extrapolate([1.0], [1.0], 1), "is no order below"),
    ],
)
def test_wrong_use_is_refused(apply, reason):
    with pytest.raises(TransformError, match=reason):
        apply(qg.tape.QuantumScript([qg.X(0)]))


@pytest.mark.parametrize("kind", ["folding", "extrapolate"])
@pytest.mark.parametrize("options", [3, {0: 1}, {"unknown": 1}])
def test_options_of_folding_and_extrapolation_that_cannot_be_are_refused(kind, options):
    mitigated = mitigate_with_zne(
        [1, 3], fold_global, richardson_extrapolate, **{f"{kind}_kwargs": options}
    )

    with pytest.raises(InvalidParameters, match=f"mitigate_with_zne was given {kind}"):
        mitigated(qg.tape.QuantumScript([qg.X(0)]))


@pytest.mark.parametrize(
    ("apply", "what"),
    [
        (fold_global(1e90), "fold_global"),
        (
            mitigate_with_zne([1, 3], fold_global, richardson_extrapolate, reps_per_factor=10**30),
            "mitigate_with_zne",
        ),
        (qg.compile(num_passes=10**30), "compile"),
    ],
)
def test_numbers_that_would_fill_the_memory_are_refused(apply, what):
    with pytest.raises(TooLarge, match=what):
        apply(qg.tape.QuantumScript([qg.X(0)]))


def test_a_measurement_is_not_folded():
    @qg.qnode("local")
    def circuit():
        qg.measure(0)
        return qg.expval(qg.Z(0))

    with pytest.raises(TransformError, match="measurement or a condition in its middle"):
        fold_global(circuit, 3)()

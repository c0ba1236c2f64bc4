"""Measurements as values: their parts and their validation."""

import pickle

import autograd
import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import DuplicateWires, NotHermitian, QuantumFunctionError
from qgate.measurements import Measurement
from qgate.operations.operator import ParameterKind
from qgate.recording import recording
from qgate.wires import Wires

A = np.array([[1, 2 - 1j], [2 + 1j, 0.5]])
MAKES = {
    "expval": lambda: qg.expval(qg.X(0)),
    "expval of a sum": lambda: qg.expval(0.5 * qg.X(0) + 2 * qg.Z("b")),
    "var": lambda: qg.var(qg.Hermitian(A, 1)),
    "probs": lambda: qg.probs(wires=[1, 0]),
    "probs of an observable": lambda: qg.probs(op=qg.Y(1)),
    "sample": lambda: qg.sample(qg.Z(0)),
    "counts": lambda: qg.counts(wires=[0, "b"], all_outcomes=True),
    "state": qg.state,
    "density_matrix": lambda: qg.density_matrix([0, 2]),
    "vn_entropy": lambda: qg.vn_entropy(0, log_base=2),
    "mutual_info": lambda: qg.mutual_info([0, 1], 2),
    "purity": lambda: qg.purity(["a", "b"]),
}
EVERY = pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)


@EVERY
def test_measurements_are_values(make):
    measurement = make()

    assert measurement == make()
    assert hash(measurement) == hash(make())
    assert measurement.signature == make().signature
    assert repr(pickle.loads(pickle.dumps(measurement))) == repr(measurement)


def test_different_measurements_differ():
    made = [make() for make in MAKES.values()]

    assert all(one != other for i, one in enumerate(made) for other in made[:i])
    assert len({measurement.signature for measurement in made}) == len(made)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda: qg.expval(qg.X(0)), lambda: qg.var(qg.X(0))),
        (lambda: qg.counts(wires=0), lambda: qg.counts(wires=0, all_outcomes=True)),
        (lambda: qg.vn_entropy(0), lambda: qg.vn_entropy(0, log_base=2)),
        (lambda: qg.mutual_info([0], [1, 2]), lambda: qg.mutual_info([0, 1], [2])),
        (lambda: qg.probs(wires=[0, 1]), lambda: qg.probs(wires=[1, 0])),
    ],
)
def test_what_is_asked_tells_measurements_apart(one, other):
    assert one() != other()
    assert one().signature != other().signature


@EVERY
def test_a_measurement_records_itself_and_takes_back_its_observable(make):
    with recording() as recorder:
        measurement = make()

    assert recorder.items == (measurement,)


@EVERY
def test_wires_can_be_mapped(make):
    measurement = make()

    mapped = measurement.map_wires({0: "z"})

    assert mapped.wires == Wires(measurement.wires).map({0: "z"})
    assert mapped.kind is measurement.kind
    assert (mapped == measurement) == (0 not in measurement.wires)


@EVERY
def test_parameters_can_be_taken_out_and_put_back(make):
    measurement = make()

    again = measurement.with_parameters(measurement.parameters)

    assert again.signature == measurement.signature
    assert len(measurement.parameters) == len(measurement.parameter_kinds)


def test_coefficients_and_matrices_of_the_observable_are_parameters():
    weighted = qg.expval(0.5 * qg.Hermitian(A, 0) @ qg.X(1) + 2 * qg.Z(1))

    assert weighted.parameter_kinds == (ParameterKind.COEFFICIENTS, ParameterKind.ARRAY)
    assert weighted.parameters[0].tolist() == [0.5, 2.0]
    assert np.array_equal(weighted.parameters[1], A)


def test_the_coefficient_1_of_a_single_term_is_no_parameter():
    assert qg.expval(qg.X(0) @ qg.Z(1)).parameters == ()
    assert [list(p) for p in qg.expval(2 * qg.X(0)).parameters] == [[2.0]]


def test_other_coefficients_can_be_bound():
    weighted = qg.expval(qg.Hamiltonian([0.5, 2.0], [qg.X(0), qg.Z(1)]))

    doubled = weighted.with_parameters([np.array([1.0, 4.0])])

    assert doubled == qg.expval(qg.Hamiltonian([1.0, 4.0], [qg.X(0), qg.Z(1)]))
    assert doubled.signature == weighted.signature


def test_traced_coefficients_are_parameters_even_when_they_are_1():
    seen = []

    def function(weight):
        seen.append(qg.expval(qg.X(0) * weight).parameters)
        return weight

    autograd.grad(function)(1.0)

    assert len(seen[0]) == 1


def test_names_are_those_of_the_functions():
    made = [(name.split()[0], make()) for name, make in MAKES.items()]

    assert all(item.return_type == name and item.kind.value == name for name, item in made)


def test_measurements_print_as_they_are_made():
    assert repr(qg.expval(qg.X(0))) == "expval(X(0))"
    assert repr(qg.probs(wires=[1, "a"])) == "probs(wires=[1, 'a'])"


@pytest.mark.parametrize(
    "op", [qg.RX(0.1, wires=0), 1j * qg.X(0), qg.S(0), qg.X(0) @ qg.Y(0)], ids=repr
)
@pytest.mark.parametrize("measure", [qg.expval, qg.var, qg.sample, qg.counts])
def test_only_observables_are_measured(measure, op):
    with pytest.raises(NotHermitian, match="not Hermitian"):
        measure(op)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qg.expval(0), r"expval was given 0\. It measures an operator"),
        (lambda: qg.var("Z"), "It measures an operator"),
        (lambda: qg.probs(op=[0, 1]), "It measures an operator"),
        (lambda: qg.probs(op=qg.measure(0) + qg.measure(1)), "computed from 2 outcomes"),
        (lambda: qg.probs(wires=0, op=qg.X(0)), "both an observable and wires"),
        (lambda: qg.sample(qg.X(0), wires=0), "both an observable and wires"),
        (lambda: qg.counts(qg.X(0), wires=0), "both an observable and wires"),
        (lambda: qg.mutual_info([0, 1], [1, 2]), "share none"),
    ],
)
def test_a_wrong_call_says_what_is_right(call, message):
    with pytest.raises(QuantumFunctionError, match=message):
        call()


def test_a_wire_read_twice_is_refused():
    with pytest.raises(DuplicateWires):
        qg.probs(wires=[0, 0])


def test_equality_with_something_else_is_left_to_python():
    assert (qg.state() == "state") is False
    assert Measurement.__eq__(qg.state(), "state") is NotImplemented


@pytest.mark.parametrize("measure", [qg.probs, qg.sample, qg.counts])
def test_an_empty_list_of_wires_is_refused_and_not_read_as_all_wires(measure):
    with pytest.raises(ValueError, match="no wire to measure"):
        measure(wires=[])

"""Counts of circuits as they are written."""

import pickle

import pytest

import qgate as qg
from qgate.circuit_resources import SpecsResources, count_resources
from qgate.exceptions import UnknownEntry


def counts(operations, *measurements, **options):
    return count_resources(operations, measurements, **options)


def test_gates_are_counted_by_name_and_by_number_of_wires():
    found = counts(
        [
            qg.Hadamard(0),
            qg.CNOT([0, 1]),
            qg.CNOT([1, 2]),
            qg.adjoint(qg.S(1)),
            qg.ctrl(qg.RX(0.1, 0), control=[1, 2]),
            qg.ctrl(qg.RX(0.1, 0), control=[1]),
        ]
    )

    assert found.gate_types == {"Hadamard": 1, "CNOT": 2, "Adjoint(S)": 1, "2C(RX)": 1, "CRX": 1}
    assert found.gate_sizes == {1: 2, 2: 3, 3: 1}
    assert (found.num_gates, found.num_allocs, found.depth) == (6, 3, 6)


@pytest.mark.parametrize("number", [1, 2, 5, 8])
def test_a_chain_of_gates_is_as_deep_as_it_is_long(number):
    chain = [qg.CNOT([wire, wire + 1]) for wire in range(number)]
    layer = [qg.RX(0.1, wire) for wire in range(number)]

    assert counts(chain).depth == number
    assert counts(layer).depth == 1
    assert counts([*layer, *chain]).depth == number + 1


def test_a_barrier_without_wires_acts_on_all_of_them():
    assert counts([qg.X(0), qg.Barrier(), qg.X(1)]).depth == 3


def test_conditions_wait_for_the_outcomes_that_they_depend_on():
    with qg.QuantumTape() as tape:
        qg.RX(0.1, wires=0)
        outcome = qg.measure(0)
        qg.cond(outcome, qg.X)(wires=1)
        qg.Y(2)

    assert counts(tape.operations).depth == 3


def test_measurements_are_counted_by_kind_and_observable():
    found = counts(
        [],
        qg.expval(qg.Z(0)),
        qg.expval(2 * qg.Z(1)),
        qg.expval(qg.X(0) @ qg.Y(1)),
        qg.var(qg.X(0) + qg.Y(1)),
        qg.probs(wires=[0]),
        qg.probs(wires=[1, 0]),
        qg.state(),
    )

    assert found.measurements == {
        "expval(PauliZ)": 2,
        "expval(Prod(num_wires=2, num_terms=2))": 1,
        "var(Sum(num_wires=2, num_terms=2))": 1,
        "probs(1 wires)": 1,
        "probs(all wires)": 1,
        "state(all wires)": 1,
    }


def test_the_depth_is_left_out_on_request():
    assert counts([qg.X(0)], compute_depth=False).depth is None
    assert "Depth: Not computed" in str(counts([qg.X(0)], compute_depth=False))


def test_entries_are_read_as_of_a_dictionary_also_by_older_names():
    found = counts([qg.X(0), qg.CNOT([0, 1])])

    assert found["num_gates"] == 2
    assert found["num_wires"] == found.num_wires == 2
    assert found["gate_counts"] == found.gate_types
    assert dict(found.to_dict())["depth"] == 2


def test_an_unknown_entry_is_refused_as_a_key_error():
    with pytest.raises(KeyError, match="no entry 'colour'") as caught:
        counts([qg.X(0)])["colour"]

    assert isinstance(caught.value, UnknownEntry)


def test_an_empty_circuit_prints_that_it_has_no_gates():
    assert "- No gates." in str(SpecsResources({}, {}, {}, 0, 0))


def test_counts_are_equal_by_value_and_survive_pickling():
    found = counts([qg.X(0)])

    assert found == counts([qg.X("a")]) == pickle.loads(pickle.dumps(found))

"""Counts of programs: circuits that differ, rows and shots of all their submissions."""

import pytest

import qgate as qg
from qgate.resource.program_specs import specs_of_program


@qg.qnode("local?shots=100", diff_method="parameter-shift")
def energy(angle):
    qg.RX(angle, wires=0)
    qg.CNOT(wires=[0, 1])
    return qg.expval(qg.Z(1)), qg.expval(qg.X(1))


@qg.qnode("local")
def exact(angle):
    qg.RX(angle, wires=0)
    return qg.expval(qg.Z(0))


@pytest.mark.parametrize("calls", [1, 3])
def test_equal_circuits_are_one_with_the_rows_and_shots_of_all_calls(calls):
    found = specs_of_program(lambda: [energy(0.1 * call) for call in range(calls)])

    assert found.requests.submissions == calls
    assert [each.rows for each in found.circuits] == [calls, calls]
    assert [each.shots for each in found.circuits] == [100 * calls, 100 * calls]
    assert [each.compiled.two_qubit_gates for each in found.circuits] == [1, 1]


def test_another_device_replaces_those_of_the_program():
    found = specs_of_program(lambda: energy(0.1), qg.device("local", shots=50, wires=3))

    assert found.requests.shots == 100


def test_exact_circuits_have_no_shots():
    found = specs_of_program(lambda: exact(0.1))

    assert (found.requests.shots, found.circuits[0].shots) == (0, 0)
    assert str(found).splitlines()[2].split()[:5] == ["1", "local", "1", "exact", "1"]


def test_a_program_without_circuits_sends_nothing():
    found = specs_of_program(lambda: None)

    assert (found.requests.submissions, found.circuits) == (0, ())
    assert "no circuits" in str(found)


def test_long_lists_are_cut():
    def program():
        for length in range(25):
            with qg.QuantumTape() as tape:
                for _ in range(length + 1):
                    qg.X(0)
                qg.expval(qg.Z(0))
            qg.execute([tape], "local")

    assert str(specs_of_program(program)).endswith("There are 5 more circuits.")

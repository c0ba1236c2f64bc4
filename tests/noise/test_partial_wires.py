"""Functions of wires that apply an operation."""

import pickle

import pytest

import qgate as qg
from qgate.noise import partial_wires

NAMES = [
    (partial_wires(qg.RX(1.2, 12)), "RX(phi=1.2)", [qg.RX(1.2, "a")]),
    (partial_wires(qg.RX, 3.2, [20]), "RX(phi=3.2)", [qg.RX(3.2, "a")]),
    (partial_wires(qg.RX, phi=1.2), "RX(phi=1.2)", [qg.RX(1.2, "a")]),
    (partial_wires(qg.RX(1.2, 12), phi=2.3), "RX(phi=2.3)", [qg.RX(2.3, "a")]),
    (partial_wires(qg.X), "PauliX", [qg.X("a")]),
    (partial_wires(qg.BitFlip, 0.4), "BitFlip(p=0.4)", [qg.BitFlip(0.4, "a")]),
    (partial_wires(qg.PauliError("X", 0.1, 0)), "PauliError(operators=X, p=0.1)", None),
    (partial_wires(qg.adjoint, qg.S(0)), "Adjoint(base=S(0))", [qg.adjoint(qg.S("a"))]),
    (partial_wires(qg.expval(qg.Z(0))), "ExpectationMP(obs=Z(0))", None),
    (partial_wires(qg.probs), "ProbabilityMP", None),
]


@pytest.mark.parametrize(("function", "name", "applied"), NAMES)
def test_it_has_a_name_and_applies_the_operation(function, name, applied):
    with qg.QuantumTape() as tape:
        function(qg.H("a"), t1=0.1)

    assert function.__name__ == name
    assert applied is None or tape.operations[1:] == applied or tape.operations == applied
    assert tape.operations[-1:] + tape.measurements[-1:]


def test_an_operation_on_one_wire_acts_on_each():
    expected = (qg.BitFlip(0.1, 0), qg.BitFlip(0.1, "b"))

    assert partial_wires(qg.BitFlip, 0.1)([0, "b"]) == expected
    assert partial_wires(qg.BitFlip(0.1, 3))(qg.CNOT([0, "b"])) == expected
    assert partial_wires(qg.CNOT([0, 1]))([2, 3]) == qg.CNOT([2, 3])


def test_without_wires_it_acts_on_those_of_the_operation():
    assert partial_wires(qg.RX, 0.1, 5)() == qg.RX(0.1, 5)
    assert partial_wires(qg.CNOT([3, 4]))() == qg.CNOT([3, 4])


def test_equal_ones_compare_equal_and_survive_pickling():
    damping = partial_wires(qg.AmplitudeDamping, 0.4)

    assert damping == partial_wires(qg.AmplitudeDamping, gamma=0.4)
    assert damping != partial_wires(qg.AmplitudeDamping, 0.5)
    assert damping != partial_wires(qg.PhaseDamping, 0.4)
    assert pickle.loads(pickle.dumps(damping))("a") == qg.AmplitudeDamping(0.4, "a")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: partial_wires(qg.RX(0.1, 0), 0.2), "has its arguments already"),
        (lambda: partial_wires(qg.RX, angle=0.2), "unexpected keyword argument 'angle'"),
        (lambda: partial_wires(3), "it is no operation"),
        (lambda: partial_wires(qg.expval), "unexpected keyword argument 'wires'"),
        (lambda: partial_wires(qg.RX, 0.2)(), "does not know where to act"),
        (lambda: partial_wires(qg.CNOT([0, 1]))(5), "it acts on 2"),
    ],
)
def test_what_cannot_be_applied_is_refused(make, reason):
    with pytest.raises(qg.exceptions.InvalidNoiseModel, match=reason):
        make()

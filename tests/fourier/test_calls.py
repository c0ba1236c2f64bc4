"""Calls with arguments by name."""

from __future__ import annotations

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import UnknownArgument
from qgate.fourier.calls import Call, argument_names, check_names, run


@qg.qnode("local")
def circuit(x, w=(0.1, 0.2), *rest, y=0.3, **options):
    qg.RX(x, 0)
    qg.RY(w[1], 0)
    qg.RX(y, 0)
    return qg.expval(qg.Z(0))


def test_arguments_have_names_and_defaults():
    call = Call.of(circuit, (0.5,), {"y": 2})

    assert dict(call.arguments) == {"x": 0.5, "w": (0.1, 0.2), "rest": (), "y": 2, "options": {}}
    assert run([call]) == [circuit(0.5, y=2)]


@pytest.mark.parametrize(
    ("name", "index", "same"),
    [
        ("x", (), lambda: circuit(0.7)),
        ("y", (), lambda: circuit(0.5, y=0.5)),
        ("w", (1,), lambda: circuit(0.5, [0.1, 0.4])),
        ("w", (0,), lambda: circuit(0.5)),
    ],
)
def test_one_number_is_shifted(name, index, same):
    call = Call.of(circuit, (0.5,), {}).shifted(name, index, 0.2)

    assert run([call])[0] == pytest.approx(same())


def test_all_circuits_of_a_qnode_go_in_one_submission():
    call = Call.of(circuit, (0.5,), {})

    with qg.Tracker(circuit.device) as tracker:
        values = run([call.shifted("x", (), shift) for shift in range(5)])

    assert tracker.totals["submissions"] == 1
    np.testing.assert_allclose(values, [circuit(0.5 + shift) for shift in range(5)])


def test_shots_of_a_call_are_those_of_its_circuits():
    call = Call.of(circuit, (0.5,), {"shots": 100})

    with qg.Tracker(circuit.device) as tracker:
        run([call, call.shifted("x", (), 1.0)])

    assert tracker.totals["shots"] == 200


def test_any_function_can_be_called():
    assert run([Call.of(lambda x, y=1: x - y, (3,), {}).shifted("y", (), 1)]) == [1]
    assert run([]) == []


def test_names_are_those_of_single_arguments():
    assert argument_names(circuit) == ["x", "w", "y"]
    assert argument_names(circuit, with_defaults=False) == ["x"]


def test_unknown_names_are_refused_with_near_ones():
    with pytest.raises(UnknownArgument, match=r"circuit has no argument 'xx'\. Did you mean 'x'"):
        check_names(["x", "xx"], circuit)

"""Entries of arguments, with which a quantum function is recorded."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import NotAffine
from qgate.operations.entries import Formula
from qgate.operations.slots import Affine


def test_sums_and_multiples_are_affine():
    formula = Formula(3)
    x = formula.entries(0, (3,))
    found = np.pi - 2 * x[0] / 4 + x[2] + np.float64(0.5) * x[0]
    assert (found.terms, found.offset) == (((2, 1.0),), np.pi)
    assert formula.steps == {}


def test_arrays_of_entries_are_arrays_of_numpy():
    x = Formula(4).entries(0, (2, 2))
    product = np.array([[1.0, 2.0], [0.0, 3.0]]) @ x
    assert product[1, 0].terms == ((2, 3.0),)
    assert (x.T[0, 1].terms, np.sum(x).terms) == (((2, 1.0),), tuple((k, 1.0) for k in range(4)))


def test_other_functions_are_steps_and_each_is_computed_once():
    formula = Formula(2)
    x = formula.entries(0, (2,))
    once, again = np.sin(x[0]) * x[1], np.sin(x)[0] * x[1]
    assert once.terms == again.terms
    functions = [step.function for step in formula.steps]
    assert sorted(functions) == ["multiply", "sin", "sin"]


USES = {
    "truth": bool,
    "float": float,
    "int": int,
    "comparison": lambda x: x > 0,
    "equality": lambda x: x == 0.1,
    "text": lambda x: x + "a",
    "floor": np.floor,
    "complex": lambda x: x + 1j,
    "remainder": lambda x: x % 2,
}


@pytest.mark.parametrize("used", USES.values(), ids=USES)
def test_what_needs_a_value_is_refused(used):
    with pytest.raises(NotAffine):
        used(Formula(1).entry(0))


def test_a_gate_takes_an_entry_as_its_angle():
    gate = qg.RX(2 * Formula(1).entry(0), wires=0)
    assert isinstance(gate.parameters[0], Affine)

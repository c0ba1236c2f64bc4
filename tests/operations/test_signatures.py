"""The parameters of gates that type checkers and editors see."""

from __future__ import annotations

import ast
from inspect import Parameter, signature
from pathlib import Path

import pytest
from gate_signatures import STUB, gates

import qgate as qg

CLASSES = {
    node.name: node for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.ClassDef)
}
LINES = Path(qg.__file__).with_suffix(".pyi").read_text().splitlines()


@pytest.mark.parametrize(("name", "gate"), gates().items())
def test_a_gate_has_its_own_parameters_in_the_stub(name, gate):
    assert f"from qgate.operations.signatures import {name} as {name}" in LINES
    (init,) = (node for node in CLASSES[gate.__name__].body if isinstance(node, ast.FunctionDef))

    shown = [argument.arg for argument in init.args.args[1:]]
    optional = shown[len(shown) - len(init.args.defaults) :]

    parameters = [item for item in signature(gate).parameters.values() if item.name != "id"]
    assert shown == [item.name for item in parameters], "Run `make signatures`."
    assert optional == [item.name for item in parameters if item.default is not Parameter.empty]


def test_the_stub_has_no_other_gates():
    assert set(CLASSES) == {gate.__name__ for gate in gates().values()}


def test_help_shows_the_parameters_of_a_gate():
    assert str(signature(qg.RX)) == "(phi, wires, *, id=None)"
    assert "phi : real" in qg.RX.__doc__

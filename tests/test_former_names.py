"""Names of older versions of PennyLane."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module

import pytest

import qgate as qg
from qgate.former_names import ATTRIBUTES, KEPT, MODULES, MOVED, REPLACED, REPLACEMENTS
from qgate.missing_names import BY_NAME


def test_a_name_has_one_replacement():
    names = [name for _, names in REPLACED for name in names.split()]

    assert sorted(names) == sorted(set(names))
    assert not set(REPLACEMENTS) & set(BY_NAME)


@pytest.mark.parametrize("text", [*dict(REPLACED), *ATTRIBUTES.values()])
def test_everything_that_a_replacement_names_exists(text):
    for name in re.findall(r"qg\.([\w.]+)", text):
        reduce(getattr, name.rstrip(".").split("."), qg)


@pytest.mark.parametrize("name", [*MOVED, *KEPT])
def test_names_that_moved_work_with_a_warning(name):
    module, _, last = name.rpartition(".")
    owner = import_module(f"qgate.{module}" if module else "qgate")

    with pytest.warns(DeprecationWarning, match=re.escape(f"qg.{name} is")) as caught:
        value = getattr(owner, last)

    assert callable(value)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("module", sorted(MODULES))
def test_former_modules_hold_no_other_names(module):
    found = import_module(f"qgate.{module}")

    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        found.nope  # noqa: B018


def test_former_functions_are_imported_by_their_paths():
    with pytest.warns(DeprecationWarning, match=r"is qg\.adjoint now"):
        from qgate.templates.transforms import adjoint
    with pytest.warns(DeprecationWarning, match="arrays of TensorFlow as they are"):
        from qgate.interfaces.tf import to_tf
    with pytest.raises(ImportError, match="Its functions moved"):
        from qgate.utils import decompose_hamiltonian  # noqa: F401

    circuit = qg.QNode(lambda: qg.expval(qg.Z(0)), qg.device("local"))
    assert adjoint is qg.adjoint
    assert to_tf(circuit, dtype="float64") is circuit


def test_attributes_of_older_versions_work_or_say_what_replaced_them():
    device = qg.device("local")
    circuit = qg.QNode(lambda: qg.expval(qg.Z(0)), device, gradient_kwargs={"shifts": [(0.1,)]})

    with pytest.warns(DeprecationWarning, match=r"qg\.draw\(qnode\)"):
        assert circuit.draw() == ""
    circuit()
    with pytest.warns(DeprecationWarning, match=r"qg\.draw\(qnode\)"):
        assert circuit.draw() == qg.draw(circuit)()
    with pytest.warns(DeprecationWarning, match=r"qnode\.gradient_kwargs"):
        assert circuit.diff_options == {"shifts": [(0.1,)]}
    with pytest.warns(DeprecationWarning, match="arrays of TensorFlow"):
        assert circuit.to_tf() is circuit
    with pytest.raises(AttributeError, match=r"qg\.Tracker counts executions"):
        device.num_executions  # noqa: B018
    with pytest.raises(AttributeError, match=r"has no attribute 'nothing'$"):
        circuit.nothing  # noqa: B018

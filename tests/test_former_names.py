"""Names of older versions of PennyLane."""

from __future__ import annotations

import re
from functools import reduce

import pytest

import qgate as qg
from qgate.former_names import ATTRIBUTES, REPLACED, REPLACEMENTS
from qgate.missing_names import BY_NAME


def test_a_name_has_one_replacement():
    names = [name for _, names in REPLACED for name in names.split()]

    assert sorted(names) == sorted(set(names))
    assert not set(REPLACEMENTS) & set(BY_NAME)


@pytest.mark.parametrize("text", [*dict(REPLACED), *ATTRIBUTES.values()])
def test_everything_that_a_replacement_names_exists(text):
    for name in re.findall(r"qg\.([\w.]+)", text):
        reduce(getattr, name.rstrip(".").split("."), qg)


def test_attributes_of_older_versions_say_what_replaced_them():
    device = qg.device("local")
    circuit = qg.QNode(lambda: qg.expval(qg.Z(0)), device)

    with pytest.raises(AttributeError, match=r"'QNode' object has no attribute 'draw'\. qg\.draw"):
        circuit.draw()
    with pytest.raises(AttributeError, match=r"qg\.Tracker counts executions"):
        device.num_executions  # noqa: B018
    with pytest.raises(AttributeError, match=r"has no attribute 'nothing'$"):
        circuit.nothing  # noqa: B018

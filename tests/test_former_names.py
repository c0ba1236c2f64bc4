"""Names of older versions of PennyLane."""

from __future__ import annotations

import re
from functools import reduce

import pytest

import qgate as qg
from qgate.former_names import REPLACED, REPLACEMENTS
from qgate.missing_names import BY_NAME


def test_a_name_has_one_replacement():
    names = [name for _, names in REPLACED for name in names.split()]

    assert sorted(names) == sorted(set(names))
    assert not set(REPLACEMENTS) & set(BY_NAME)


@pytest.mark.parametrize("text", [text for text, _ in REPLACED])
def test_everything_that_a_replacement_names_exists(text):
    for name in re.findall(r"qg\.([\w.]+)", text):
        reduce(getattr, name.rstrip(".").split("."), qg)

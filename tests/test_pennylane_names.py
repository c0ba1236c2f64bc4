"""The tables of PennyLane's names in ``docs/pennylane.md`` are those of qgate as it is."""

from __future__ import annotations

import pennylane_names as names
import pytest


def test_the_page_has_the_present_tables():
    page = names.PAGE.read_text(encoding="utf-8")

    assert page == names.with_table(page), "Run `make pennylane`."


def test_every_missing_name_has_a_reason():
    assert names.unexplained() == []


@pytest.mark.parametrize(
    ("space", "name", "expected"),
    [
        ("", "RX", "same"),
        ("gradients", "param_shift", "same"),
        ("operation", "Wires", "other name"),
        ("", "Hamiltonian", "differs"),
        ("", "QutritUnitary", "not here"),
    ],
)
def test_a_name_has_one_of_four_states(space, name, expected):
    theirs = names.recorded()[space][name]

    assert names.status(space, name, theirs)[0] == expected


def test_a_name_that_appears_becomes_the_same_by_itself(monkeypatch):
    before = names.status("", "QSVT", ["A"])
    monkeypatch.setattr("qgate.QSVT", lambda A: A, raising=False)

    assert before[0] == "not here"
    assert names.status("", "QSVT", ["A"]) == ("same", "")
    assert names.status("", "QSVT", ["A", "angles"]) == ("differs", "without `angles`")


def test_every_other_name_exists():
    assert [other for other in names.OTHER_NAMES.values() if names.look_up(other) is None] == []

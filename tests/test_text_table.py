"""Tables that fit the terminal."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate.devices.registry import device_for_plan
from qgate.resource.program_specs import specs_of_program
from qgate.text_table import available_width, broken, table_lines

HEAD = ("device", "shots", "price", "remark")
ROWS = [("braket:iqm/garnet", "1 to 20000", "0.3", ""), ("local", "any", "", "")]


@pytest.fixture(autouse=True)
def no_width(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)


def test_a_table_has_its_natural_width_where_there_is_no_terminal():
    lines = table_lines(HEAD, ROWS, left={"device", "shots"}, rule=True)

    assert available_width() is None
    assert lines == [
        "device             shots       price",
        "------------------------------------",
        "braket:iqm/garnet  1 to 20000    0.3",
        "local              any",
    ]


def test_columns_without_entries_are_left_out_unless_they_are_kept():
    assert "remark" not in table_lines(HEAD, ROWS)[0]
    assert "remark" in table_lines(HEAD, ROWS, keep=HEAD)[0]
    assert table_lines(HEAD, []) == ["device  shots  price  remark"]


def test_a_table_that_is_too_wide_has_a_paragraph_for_each_row(monkeypatch):
    monkeypatch.setenv("COLUMNS", "32")

    assert table_lines(HEAD, ROWS) == [
        "device braket:iqm/garnet",
        "  shots 1 to 20000, price 0.3",
        "device local",
        "  shots any",
    ]


@pytest.mark.parametrize("width", [30, 40, 50, 60, 80, 120])
def test_lists_and_plans_are_no_wider_than_the_terminal(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))

    @qg.qnode("local?shots=10")
    def circuit(x):
        qg.RX(x, 0)
        return qg.expval(qg.Z(0))

    plan = qg.plan(circuit, device="ibm:ibm_torino")(0.1)
    specs = specs_of_program(lambda: circuit(0.1), device_for_plan("ibm:ibm_torino"))
    for text in (repr(qg.list_devices()), str(plan), str(specs)):
        assert max(map(len, text.splitlines())) <= width, text


def test_facts_of_a_row_are_not_broken_where_they_fit(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    head = ["name", *"abcdef"]

    for size in range(1, 20):
        lines = table_lines(head, [("x" * 28, *["y" * size] * 6)])
        assert all(line.count("y") % size == 0 for line in lines)


@pytest.mark.parametrize("text", ["", "0", "-3", "wide", "1e9", "999999999"])
def test_a_width_that_is_no_number_is_none(monkeypatch, text):
    monkeypatch.setenv("COLUMNS", text)

    assert available_width() is None


def test_sentences_are_broken_at_spaces(monkeypatch):
    monkeypatch.setenv("COLUMNS", "1")  # as for 30, the least

    assert broken(["one two three four five six seven", ""]) == [
        "one two three four five six",
        "  seven",
        "",
    ]

"""The functions that a call and a gradient enter, their number, and the list in the documents."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

import qgate as qg

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LINE = re.compile(r"^(\S+\.py) +(\S+)")

pytestmark = pytest.mark.skipif(
    qg.device("local").engine.name in ("numpy", "gates"), reason="the list is that of the C engine"
)


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the benchmark as a module."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("road")


def documented(name: str) -> list[tuple[str, ...]]:
    """Return the stations that the document lists for a call: file and function of each."""
    _, _, rest = DOCUMENT.partition(f"<!-- road of a {name} -->\n```\n")
    return [LINE.match(line).groups() for line in rest.partition("```")[0].splitlines()]


@pytest.mark.parametrize("name", ["call", "repeated call", "gradient"])
def test_the_document_lists_functions_that_are_entered_in_this_order(road: ModuleType, name: str):
    prepare, _ = road.CALLS[name]
    stations = documented(name)

    entered = [tuple(station) for station in road.road(prepare())]

    assert len(stations) > 10
    assert [station for station in stations if station not in entered] == []
    assert stations == sorted(stations, key=entered.index)


@pytest.mark.parametrize("name", ["call", "repeated call", "gradient"])
def test_a_call_enters_few_functions_and_files(road: ModuleType, name: str):
    prepare, limit = road.CALLS[name]

    entered = road.road(prepare())

    assert len({station.file for station in entered}) <= limit.files
    assert len(entered) <= limit.functions


def test_the_limits_are_those_of_the_document(road: ModuleType):
    assert road.CALLS["call"][1] == (25, 130)
    assert road.CALLS["repeated call"][1] == (15, 60)
    assert road.CALLS["gradient"][1] == (35, 200)
    text = " ".join(DOCUMENT.split())
    assert "at most 130 in 25 files" in text
    assert "at most 60 functions in 15 files" in text
    assert "at most 200 functions in 35 files" in text


def test_above_its_limits_the_benchmark_fails(
    road: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(road.CALLS, "call", (road.value, road.Limit(25, 10)))

    assert road.main() == 1
    assert "(at most 10)" in capsys.readouterr().out

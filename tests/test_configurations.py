"""``docs/configurations.md`` is correct; frameworks have tests of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cells import reference
from cells.executions import TASKS
from cells.frameworks import Autograd
from cells.page import SECTIONS, column_of, counts_of, text
from cells.returned import RETURNED
from cells.verdicts import METHODS, Verdict, cell, jacobian_spreads
from configurations import COUNTED, FRAMEWORKS, PAGE, STALE, stale_cells, stale_counts


def expected_mark(name: str, shots: str, kind: str, method: str) -> str:
    """Return the expected content of a cell."""
    if shots == "sampled" and method == "backprop":
        return "✗"
    if kind in ("sample", "counts"):
        return "○" if shots == "sampled" else "✗"
    if name == "None":
        return "○"
    return "✓"


@pytest.mark.parametrize("shots", SECTIONS)
@pytest.mark.parametrize("name", ["None", "autograd"])
def test_the_cells_are_what_qgate_does(name: str, shots: str):
    assert stale_cells(name, shots) == [], STALE


def test_as_many_circuits_run_as_the_page_says():
    assert stale_counts("autograd") == [], STALE


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_page_has_every_cell_and_no_cell_is_red_without_need(name: str):
    shown = column_of(PAGE.read_text(encoding="utf-8"), name)

    wanted = {
        (shots, kind, method): expected_mark(name, shots, kind, method)
        for shots in SECTIONS
        for kind in RETURNED
        for method in METHODS
    }
    assert {key: verdict.mark for key, verdict in shown.items()} == wanted
    assert [
        key for key, verdict in shown.items() if verdict.mark != "✓" and not verdict.message
    ] == []


def test_a_page_is_read_back_as_it_was_written():
    shown = column_of(PAGE.read_text(encoding="utf-8"), "autograd")
    counts = {name: dict.fromkeys(TASKS, (1, 1)) for name in COUNTED}
    changed = {**shown, ("exact", "var", "best"): Verdict("○", "3σ", "Another message.")}

    page = text(dict.fromkeys(FRAMEWORKS, shown) | {"torch": changed}, counts)

    assert column_of(page, "torch") == changed
    assert column_of(page, "jax") == shown


@pytest.mark.parametrize("shots", SECTIONS)
def test_a_wrong_jacobian_is_red(shots: str, monkeypatch: pytest.MonkeyPatch):
    honest = RETURNED["expval_obs"]
    monkeypatch.setitem(
        RETURNED, "expval_obs", replace(honest, exact=lambda *at: honest.exact(*at) + 0.1)
    )

    verdict = cell(Autograd(), (shots, "expval_obs", "parameter-shift"))

    jacobian_spreads.cache_clear()
    assert verdict.mark == "✗"
    assert verdict.message.startswith("The result is off by")


def test_differences_of_eighth_order_are_good_to_twelve_digits():
    at = np.array([0.3, -0.8])

    found = reference.jacobian(lambda x: np.array([np.sin(x[0]) * x[1] ** 2]), at)

    exact = [[np.cos(0.3) * 0.64, 2 * np.sin(0.3) * -0.8]]
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12)


def test_the_page_counts_equal_executions_in_every_framework() -> None:
    executions = [
        {label: shown.split()[0] for label, shown in counts_of(PAGE.read_text(), name).items()}
        for name in COUNTED
    ]
    assert executions[0]
    assert all(each == executions[0] for each in executions)

"""The column of JAX in ``docs/configurations.md`` is correct."""

from __future__ import annotations

import pytest
from cells.page import SECTIONS
from configurations import STALE, stale_cells, stale_counts


@pytest.mark.parametrize("shots", SECTIONS)
def test_the_cells_are_what_qgate_does(shots: str) -> None:
    assert stale_cells("jax", shots) == [], STALE


def test_as_many_circuits_run_as_the_page_says() -> None:
    assert stale_counts("jax") == [], STALE

"""Two programs that submit within one budget, which is too small for both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import qgate as qg
from qgate.exceptions import BudgetExceeded

ALLOWED = 100
WANTED = 80
"""Submissions of each of the two programs."""

Found = tuple[int, str]
"""Accepted submissions of one program, and the text of the last refusal."""


def buy(device: Any, journal: str, name: str) -> None:
    """Submit repeatedly in a run; print the number of submissions and the last refusal."""

    @qg.qnode(device)
    def circuit() -> Any:
        return qg.expval(qg.Z(0))

    told, bought = "", 0
    budget = qg.Budget(submissions=ALLOWED, name="shared")
    with qg.run(name, journal, budget=budget):
        for _ in range(WANTED):
            try:
                circuit()
                bought += 1
            except BudgetExceeded as error:
                told = str(error)
    print(json.dumps([bought, told]))


def race(
    program: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> list[Found]:
    """Run a program twice at the same time, as ``one`` and as ``two``.

    Parameters
    ----------
    program : str
        Its source, which calls ``buy``; its arguments are the given ones and its name.
    arguments : sequence of str
    environment : mapping, optional
        Variables besides those of this process.
    """
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    buyers = [
        subprocess.Popen(
            [sys.executable, "-c", program, *arguments, name],
            env={**os.environ, **(environment or {}), "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    lines = [buyer.communicate(timeout=250)[0] for buyer in buyers]
    return [(bought, told) for bought, told in map(json.loads, lines)]


def assert_all_was_bought(found: Sequence[Found]) -> None:
    """Check that the budget was used up, and that refusals state the reason."""
    assert sum(bought for bought, _ in found) == ALLOWED
    refused = [told for bought, told in found if bought < WANTED]
    assert refused
    for told in refused:
        assert "1 submissions of the budget 'shared', which allows 100 submissions" in told
        assert "has 100 submissions spent or reserved" in told

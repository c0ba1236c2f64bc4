"""Display of circuits in notebooks: drawings as preformatted HTML. Nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.drawer.drawing import Recorded, order_of
from qgate.drawer.text import WIDEST, matrices_text, tape_text

if TYPE_CHECKING:
    from qgate.drawer.diagram import Circuit

DECIMALS = 2

MOST_NUMBERS = 60
"""Maximum number of numbers that are listed before most are left out."""

STYLE = "line-height: 1.2; white-space: pre; overflow-x: auto"
"""Keeps vertical lines joined, and lets wide drawings scroll."""


def tape_html(tape: Circuit, owner: Any = None) -> str:
    """Return the drawing of a tape, its wires in the order of the device of ``owner``."""
    cache: dict[str, Any] = {"matrices": []}
    text = tape_text(
        tape,
        order_of(owner, tape, None),
        decimals=DECIMALS,
        max_length=WIDEST,
        show_matrices=False,
        cache=cache,
    )
    with np.printoptions(threshold=MOST_NUMBERS):
        return _preformatted(text + matrices_text(cache["matrices"]))


def sweep_html(sweep: Any) -> str:
    """Return the numbers of rows and shots of a sweep, its first circuit, and its rows."""
    structure, rows = sweep.structure, sweep.rows
    shots = "exact" if sweep.shots is None else f"{int(sweep.shots.sum())} shots in all"
    circuit = Recorded(
        structure.bind(rows[0], sweep.arrays) if len(rows) else structure.operations,
        structure.bind_measurements(sweep.arrays),
    )
    text = f"{len(rows)} row(s) of {structure.num_slots} angle(s), {shots}. The first:"
    with np.printoptions(threshold=MOST_NUMBERS):
        return f"<p>{escape(text)}</p>{tape_html(circuit)}{_preformatted(f'rows = {rows}')}"


def qnode_html(qnode: Any) -> str:
    """Return the call, device and gradient method of a QNode, and the circuit of its last call."""
    called = f"{_name(qnode.func)}{_arguments(qnode.func)}"
    shots = qnode.shots.total_shots
    text = (
        f"QNode {called} on {qnode.device.name}, diff_method={qnode.diff_method!r}, shots={shots}"
    )
    if qnode.tape is None:
        return f"<p>{escape(text)}. Not called yet, so its circuit is not known.</p>"
    return f"<p>{escape(text)}. Circuit of the last call:</p>{tape_html(qnode.tape, qnode)}"


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _arguments(function: Callable[..., Any]) -> str:
    try:
        return str(signature(function))
    except (TypeError, ValueError):
        return "(...)"


def _preformatted(text: str) -> str:
    return f'<pre style="{STYLE}">{escape(text)}</pre>'

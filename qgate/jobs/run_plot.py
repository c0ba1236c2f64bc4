"""Plot the usage of a run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from qgate.exceptions import MissingExtra
from qgate.jobs.orders import Order

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SECONDS_OF_A_MINUTE = 60.0


def plot(name: str, orders: Sequence[Order]) -> Figure:
    """Draw the shots and dollars of a run against the time since it began."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra(what="Run.plot", package="matplotlib", extra="viz") from error
    placed = sorted(orders, key=lambda order: order.created_at)
    start = placed[0].created_at if placed else 0.0
    minutes = [(order.created_at - start) / SECONDS_OF_A_MINUTE for order in placed]
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.set_title(f"{name}: {len(placed)} submissions")
    for axes, label, amounts in (
        (upper, "shots", [order.held_shots for order in placed]),
        (lower, "USD", [order.held_usd for order in placed]),
    ):
        axes.step(minutes, list(accumulate(amounts)), where="post")
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    lower.set_xlabel("minutes since the first submission")
    return figure

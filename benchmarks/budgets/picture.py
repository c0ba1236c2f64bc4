"""Picture of the factors by which errors are reduced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

COLOURS = {"qwc": "#0b5fa5", "symmetry": "#5aa0d8", "fc": "#c8501e"}


def draw(rows: Sequence[tuple[str, str, float]], path: Path) -> None:
    """Draw bars: title, grouping and factor of each."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.42 * len(rows) + 1.0), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(rows), 0, -1)
    for place, (_, grouping, gain) in zip(places, rows, strict=True):
        axes.barh(place, gain, color=COLOURS[grouping], height=0.7)
        axes.text(gain * 1.03, place, f"{gain:.1f}", va="center", fontsize="small")
    labels = [f"{title}: {grouping}" for title, grouping, _ in rows]
    axes.set_yticks(list(places), labels, fontsize="small")
    axes.set_xscale("log")
    axes.set_xlim(1, 2 * max(gain for _, _, gain in rows))
    axes.axvline(1, color="0.5", linewidth=0.8)
    axes.set_xlabel("times smaller than PennyLane's default")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, metadata={"Date": None})

"""Time against the number of qubits, as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .measuring import Row
from .page import number
from .workloads import LAYERS

STYLES: Mapping[str, dict[str, Any]] = {
    "qgate": {"color": "#0b5fa5", "linewidth": 2.8, "marker": "o", "zorder": 4},
    "qgate QNode": {"color": "#0b5fa5", "linewidth": 1.4, "linestyle": (0, (4, 2)), "zorder": 3},
    "lightning": {"color": "#c8501e", "linewidth": 1.8, "marker": "s"},
    "qulacs": {"color": "#6b6b6b", "linewidth": 1.8, "marker": "^"},
    "aer": {"color": "#949494", "linewidth": 1.8, "marker": "D"},
}
LABELS: Mapping[str, str] = {
    "qgate": "qgate",
    "qgate QNode": "qgate QNode",
    "lightning": "lightning.qubit QNode",
    "qulacs": "qulacs",
    "aer": "Aer",
}
UNITS: Sequence[tuple[float, str]] = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
PANELS: Mapping[str, str] = {"value": "Value", "gradient": "Gradient by all angles"}
NEAREST = 0.055
"""Minimum distance of two labels, as a fraction of the height."""


def in_words(seconds: float) -> str:
    """Return a time to two digits with its unit, as 90 ms."""
    shown = float(f"{seconds:.2g}")
    size, unit = next((each for each in UNITS if shown >= each[0]), UNITS[-1])
    return f"{number(shown / size)} {unit}"


def finding(rows: Sequence[Row]) -> str:
    """Return a caption: times of the gradient with most qubits, of qgate and the fastest peer."""
    row = max((row for row in rows if row.call == "gradient"), key=qubits)
    ours = row.cpu["qgate"]
    peers = {name: row.cpu[name] for name in ("lightning", "qulacs", "aer") if name in row.cpu}
    begin = f"A gradient of {qubits(row)} qubits takes {in_words(ours)} in qgate"
    if not peers:
        return begin
    best = min(peers, key=lambda name: peers[name])
    name = LABELS[best].removesuffix(" QNode")
    return f"{begin} and {in_words(peers[best])} in {name}, the fastest of the others"


def qubits(row: Row) -> int:
    """Return the number of qubits of a row of W1."""
    return int(row.workload.partition("n=")[2])


def spread(heights: Sequence[float]) -> list[float]:
    """Move heights apart that are closer than labels may be, as little as possible."""
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and lowest(groups[-1], heights) - highest(groups[-2], heights) < 0:
            last = groups.pop()
            groups[-1] += last
    placed = list(heights)
    for group in groups:
        for step, index in enumerate(group):
            placed[index] = lowest(group, heights) + NEAREST * (step + 0.5)
    return placed


def lowest(group: Sequence[int], heights: Sequence[float]) -> float:
    """Return the lower edge of a stack of labels around the middle of its heights."""
    return sum(heights[index] for index in group) / len(group) - NEAREST * len(group) / 2


def highest(group: Sequence[int], heights: Sequence[float]) -> float:
    """Return the upper edge of a stack of labels."""
    return lowest(group, heights) + NEAREST * len(group)


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw the rows of W1: one panel for values, one for gradients."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "qgate", "font.size": 10})
    import matplotlib.pyplot as plt

    rows = [row for row in rows if row.workload.startswith("W1 n=")]
    figure, panels = plt.subplots(1, 2, figsize=(10.5, 5), sharey=True, layout="constrained")
    for axes, (call, title) in zip(panels, PANELS.items(), strict=True):
        panel(axes, [row for row in rows if row.call == call], title)
    panels[0].set_ylabel("processor time of one call, one thread")
    for axes in panels:
        label_ends(axes)
    figure.suptitle(finding(rows), fontsize=13, fontweight="bold", x=0.01, ha="left")
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, dpi=160, facecolor="white", metadata=metadata)
    plt.close(figure)


def panel(axes: Any, rows: Sequence[Row], title: str) -> None:
    """Draw one line for each contender."""
    for name, style in STYLES.items():
        points = [(qubits(row), row.cpu[name]) for row in rows if name in row.cpu]
        if points:
            axes.plot(*zip(*points, strict=True), label=LABELS[name], markersize=5, **style)
    ticks = [qubits(row) for row in rows]
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda seconds, _: in_words(seconds))
    axes.set_xticks(ticks, [f"{n}\n{LAYERS[n]}" for n in ticks])
    axes.set_xlabel("qubits, and below them layers of rotations and CNOT")
    axes.set_title(title, loc="left", fontsize=11)
    axes.grid(axis="y", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def label_ends(axes: Any) -> None:
    """Write the name of each line beside its last point."""
    lines = axes.get_lines()
    ends = [line.get_xydata()[-1] for line in lines]
    to_axes = axes.transScale + axes.transLimits
    heights = [to_axes.transform(end)[1] for end in ends]
    for line, end, height in zip(lines, ends, spread(heights), strict=True):
        axes.annotate(
            line.get_label(),
            (end[0], height),
            xycoords=("data", "axes fraction"),
            xytext=(9, 0),
            textcoords="offset points",
            color=line.get_color(),
            fontweight="bold" if line.get_linewidth() > 2 else "normal",
            va="center",
            annotation_clip=False,
        )

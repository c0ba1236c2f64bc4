"""Curves of all optimizers, a row for each family, the others in grey behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .curves import Curve
from .problems import Problem

FAMILIES: Mapping[str, Sequence[str]] = {
    "One rate": ("GradientDescent", "Momentum", "NesterovMomentum"),
    "A rate for each number": ("Adagrad", "RMSProp", "Adam"),
    "Natural gradient": ("QNG", "MomentumQNG", "QNSPSA"),
    "Few circuits or few shots": ("SPSA", "ShotAdaptive", "Rotosolve"),
    "Other circuits": ("Rotoselect", "RiemannianGradient", "Adaptive"),
}
STYLES = (
    {"color": "#0b5fa5", "linestyle": "-"},
    {"color": "#c8501e", "linestyle": (0, (5, 1.5))},
    {"color": "#2f7d4f", "linestyle": (0, (1.5, 1.2))},
)


def picture(
    problems: Sequence[Problem], curves: Sequence[Sequence[Curve]], *, spent: str, path: Path
) -> None:
    """Draw a column for each problem and a row for each family, and write the file."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "qgate"
    import matplotlib.pyplot as plt

    figure, grid = plt.subplots(
        len(FAMILIES),
        len(problems),
        figsize=(11, 12),
        sharex="col",
        sharey="col",
        layout="constrained",
        squeeze=False,
    )
    for row, (family, members) in zip(grid, FAMILIES.items(), strict=True):
        row[0].annotate(family, (0, 1.04), xycoords="axes fraction", fontsize=11, fontweight="bold")
        for axes, problem, found in zip(row, problems, curves, strict=True):
            _panel(axes, problem, found, members)
    for axes, problem in zip(grid[0], problems, strict=True):
        axes.set_title(f"{problem.title}\n", fontsize=12)
    for axes, problem in zip(grid[len(FAMILIES) // 2], problems, strict=True):
        axes.set_ylabel(problem.unit, fontsize=11)
    for axes in grid[-1]:
        axes.set_xlabel(spent, fontsize=11)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _panel(axes: Any, problem: Problem, found: Sequence[Curve], members: Sequence[str]) -> None:
    for curve in found:
        if curve.optimizer not in members:
            axes.plot(curve.spent, curve.errors, color="#dcdcdc", linewidth=1, zorder=1)
    for name, style in zip(members, STYLES, strict=True):
        for curve in found:
            if curve.optimizer == name:
                axes.plot(curve.spent, curve.errors, linewidth=2.2, label=name, zorder=3, **style)
    axes.axhline(problem.wanted, color="#555555", linewidth=0.8, linestyle=":", zorder=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(problem.wanted / 30, None)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize=9, loc="lower left")
    else:
        axes.text(
            0.5, 0.5, "not of this form", transform=axes.transAxes, color="#777777", ha="center"
        )

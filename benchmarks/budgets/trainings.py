"""Runs of trainings: their usage until the goal, and pictures of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qgate.prices import Rate

COLOURS = ("#0b5fa5", "#5aa0d8", "#c8501e", "#e0a030", "#2f7d4f")


@dataclass(frozen=True)
class Run:
    """One training.

    Parameters
    ----------
    errors : array
        Errors of the exact energy before each step and after the last, in Hartree.
    shots, tasks : array of int
        Usage at the same points.
    wanted : float
        The goal for the error.
    """

    errors: Any
    shots: Any
    tasks: Any
    wanted: float

    @classmethod
    def of(cls, found: Mapping[str, Any], least: float, wanted: float) -> Run:
        """Convert the result of a training; ``least``: the exact energy."""
        errors = np.array(found["energies"]) - least
        return cls(errors, np.array(found["shots"]), np.array(found["tasks"]), wanted)

    @property
    def arrived(self) -> bool:
        """Whether the goal was reached."""
        return bool(self.errors[-1] <= self.wanted)

    @property
    def spent(self) -> float:
        """Shots until the goal; infinite if not reached."""
        return float(self.shots[-1]) if self.arrived else np.inf

    def usd(self, rate: Rate) -> float:
        """Dollars until the goal; infinite if not reached."""
        price = rate.price(submissions=int(self.tasks[-1]), shots=int(self.shots[-1]))
        return price.high_usd if self.arrived else np.inf

    def at(self, grid: Any) -> Any:
        """Return the error after these numbers of shots; after the end, the last error."""
        return self.errors[np.searchsorted(self.shots, grid, side="right") - 1]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and quartiles; each is one of the values, which may be infinite."""
    lower, middle, upper = np.quantile(values, (0.25, 0.5, 0.75), method="higher")
    return float(lower), float(middle), float(upper)


def draw(runs: Mapping[str, Sequence[Run]], path: Path) -> None:
    """Draw the median of the error of each contender over shots, between the quartiles.

    A finished training keeps its last error.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axes = figure.add_subplot()
    for (name, own), colour in zip(runs.items(), COLOURS, strict=False):
        first = min(run.shots[1] for run in own)
        grid = np.geomspace(first / 2, max(run.shots[-1] for run in own), 300)
        errors = 1000 * np.array([run.at(grid) for run in own])
        low, middle, high = np.quantile(errors, (0.25, 0.5, 0.75), axis=0)
        axes.plot(grid, middle, color=colour, label=name, linewidth=1.8)
        axes.fill_between(grid, low, high, color=colour, alpha=0.18, linewidth=0)
    wanted = 1000 * next(iter(runs.values()))[0].wanted
    axes.axhline(wanted, color="0.5", linewidth=0.8, linestyle=":")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks((1, 2, 5, 10, 20), ("1", "2", "5", "10", "20"))
    axes.minorticks_off()
    axes.set_xlabel("shots")
    axes.set_ylabel("error of the energy / mHa")
    axes.legend(frameon=False, fontsize="small", loc="lower left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})

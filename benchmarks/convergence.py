"""Convergence of each optimizer on a molecule, a graph and a classifier: two pictures, one table.

python benchmarks/convergence.py            # writes docs/images/convergence_*.svg
python benchmarks/convergence.py --quick --folder /tmp
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training.contenders import contenders, takes
from training.curves import Curve, curve
from training.picture import picture
from training.problems import Problem, best_of, classifier, graph, molecule

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CIRCUITS = (2e3, 2e4, 1e5)
"""Maximum number of circuits of each run, for each problem."""
SHOTS = (1e6, 4e5, 3e6)
"""Maximum number of shots of each run, for each problem."""
DRAWN = ("SPSA", "QNSPSA")
"""Optimizers that are random also without shots."""


def measured(
    problems: Sequence[Problem], *, sampled: bool, part: float, seeds: int
) -> list[list[Curve]]:
    """Run all optimizers on all problems that they support."""
    limits, found = SHOTS if sampled else CIRCUITS, []
    for problem, limit in zip(problems, limits, strict=True):
        curves = []
        for name, run in contenders(sampled=sampled).items():
            if not takes(name, problem, sampled=sampled):
                continue
            repeats = seeds if sampled or name in DRAWN else 1
            print(f"{problem.title}: {name}", file=sys.stderr, flush=True)
            curves.append(
                curve(name, problem, run, sampled=sampled, most=part * limit, seeds=repeats)
            )
        found.append(curves)
    return found


def table(problems: Sequence[Problem], curves: Sequence[Sequence[Curve]], spent: str) -> str:
    """Return the usage of each optimizer when its error was small enough."""
    names = list(dict.fromkeys(item.optimizer for column in curves for item in column))
    lines = [f"| {spent} until | " + " | ".join(f"{p.wanted:g} {p.unit}" for p in problems) + " |"]
    lines.append("| --- |" + " ---: |" * len(problems))
    for name in names:
        cells = []
        for problem, column in zip(problems, curves, strict=True):
            reached = [item.reached(problem.wanted) for item in column if item.optimizer == name]
            cells.append(_cell(reached))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(reached: Sequence[float]) -> str:
    if not reached:
        return "–"
    return "not reached" if reached[0] == float("inf") else f"{float(f'{reached[0]:.2g}'):,.0f}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=IMAGES)
    parser.add_argument("--quick", action="store_true", help="a hundredth of it, to see it run")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(arguments)
    part, seeds = (0.01, 1) if options.quick else (1.0, options.seeds)
    problems = [molecule(), graph(), classifier()]
    problems = [p if p.least == p.least else replace(p, least=best_of(p)) for p in problems]
    for sampled, spent in ((False, "circuits"), (True, "shots")):
        curves = measured(problems, sampled=sampled, part=part, seeds=seeds)
        path = options.folder / f"convergence_{spent}.svg"
        picture(problems, curves, spent=spent, path=path)
        print(table(problems, curves, spent), f"\n\n{path}\n", flush=True)


if __name__ == "__main__":
    main()

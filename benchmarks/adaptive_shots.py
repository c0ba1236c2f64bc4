"""Shots until a molecule is within 1.6 mHa: ShotAdaptive with groups, and with a budget.

python benchmarks/adaptive_shots.py                     # prints the table of docs/optimizers.md
python benchmarks/adaptive_shots.py --seeds 1 --molecules H2
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from budgets.circuits import CIRCUITS

import qgate as qg
from qgate import numpy as np
from qgate.optimize.single_shots import Terms

WANTED = 1.6e-3
"""Goal in hartree above the ground energy: chemical accuracy."""
MOST_SHOTS, MOST_STEPS = 30_000_000, 400
MOLECULES = {"H2": "H2 uccsd", "LiH6": "LiH6 uccsd"}
RULES, ALLOCATIONS = ("icans", "gcans"), ("groups", "budget", "auto")


@dataclass(frozen=True)
class Found:
    """Result of a training.

    Parameters
    ----------
    shots : int or None
        Shots until the goal; None: not reached.
    steps : int
    used : str
        Allocation of the shots of the last step.
    """

    shots: int | None
    steps: int
    used: str


def trained(molecule: str, rule: str, allocation: str, *, min_shots: int, seed: int) -> Found:
    """Train from the Hartree-Fock state with the stepsize 1 / L."""
    circuit = CIRCUITS[MOLECULES[molecule]]
    function, record = circuit.function(qg), circuit.record
    device = qg.device("local", seed=seed)
    node, exact = qg.QNode(function, device, shots=100), qg.QNode(function, "local")
    weights = np.array(numpy.zeros(circuit.size(record)), requires_grad=True)
    observable = node.construct((weights,), {}).measurements[0].obs
    optimizer = qg.ShotAdaptiveOptimizer(
        min_shots,
        stepsize=1 / Terms.of(observable).lipschitz,
        rule=rule,
        allocation=allocation,
        seed=seed,
    )
    for step in range(1, MOST_STEPS + 1):
        weights = optimizer.step(node, weights)
        if float(exact(weights)) - record["ground_energy_sector"] < WANTED:
            return Found(optimizer.total_shots_used, step, optimizer.allocation_used)
        if optimizer.total_shots_used > MOST_SHOTS:
            break
    return Found(None, step, optimizer.allocation_used)


def row(molecule: str, rule: str, min_shots: int, seeds: int) -> str:
    """Return a row of the table: the median of each allocation."""
    cells = []
    for allocation in ALLOCATIONS:
        runs = [
            trained(molecule, rule, allocation, min_shots=min_shots, seed=seed)
            for seed in range(seeds)
        ]
        print(molecule, rule, min_shots, allocation, runs, file=sys.stderr, flush=True)
        cells.append(_cell(runs))
    return f"| {molecule} | {rule} | {min_shots} | " + " | ".join(cells) + " |"


def _cell(runs: Sequence[Found]) -> str:
    reached = [run.shots if run.shots is not None else float("inf") for run in runs]
    median: Any = statistics.median(reached)
    if median == float("inf"):
        return "not reached"
    steps = statistics.median(run.steps for run in runs)
    used = "" if len({run.used for run in runs}) > 1 else f", {runs[0].used}"
    return f"{float(f'{median:.2g}'):,.0f} ({steps:.0f} steps{used})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--molecules", nargs="*", choices=list(MOLECULES), default=list(MOLECULES))
    parser.add_argument("--min-shots", nargs="*", type=int, default=[10, 2])
    options = parser.parse_args()
    print("| molecule | rule | min_shots | " + " | ".join(ALLOCATIONS) + " |")
    print("| --- | --- | ---: |" + " ---: |" * len(ALLOCATIONS))
    for molecule in options.molecules:
        for rule in RULES:
            for min_shots in options.min_shots:
                print(row(molecule, rule, min_shots, options.seeds), flush=True)


if __name__ == "__main__":
    main()

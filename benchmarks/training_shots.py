"""Train LiH from shots to chemical accuracy: qgate and PennyLane.

    python benchmarks/training_shots.py --python .venv-peers/bin/python --write

From the Hartree-Fock state to 1.6 mHa above the exact energy of the 6-qubit Hamiltonian, which the
circuit reaches. A training has reached the goal if the exact energy of its angles has, at no
charge. Settings and rates of all contenders are chosen by the same rule: every pair of the
contender's settings and the common rates is tried from ``TRIALS`` seeds, and the pair with the
least median of shots runs from other seeds, whose number is an option. Finished trainings are saved
in a file, from which a benchmark that was killed resumes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from budgets.circuits import CIRCUITS
from budgets.our_training import train
from budgets.priced import MACHINES
from budgets.trainings import Run, draw, quartiles
from document import IMAGES, PAGE, filled, table
from peer import ONE_THREAD, Peer
from pennylane_side import pennylane

CIRCUIT = "LiH6 uccsd"
WANTED = 1.6e-3
RATES = (0.1, 0.19, 0.4, 0.8, 0.05)
TRIALS = 9
LIMITS = {"shots": 3_000_000, "steps": 150, "seconds": 30}
"""Limits of each training."""

HOPELESS = 4
"""A trial ends at this multiple of the shots of the best pair before it."""

PICTURE = IMAGES / "training_shots.svg"
KEPT = Path(__file__).parents[1] / "build" / "training_shots.jsonl"
IONQ, IQM = MACHINES[:2]
Train = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Contender:
    """A training method.

    Parameters
    ----------
    title : str
    library : {"qgate", "pennylane"}
    way : str
        Name in its library.
    what : str
        Meaning of the setting.
    settings : sequence of int
    rates : sequence of float
    """

    title: str
    library: str
    way: str
    what: str
    settings: Sequence[int]
    rates: Sequence[float] = RATES


CONTENDERS = (
    Contender(
        "qgate, budget for each gradient", "qgate", "budget", "shots", (1000, 500, 2000, 250)
    ),
    Contender("qgate, fixed shots", "qgate", "fixed", "of each circuit", (10, 30, 3, 100, 1)),
    Contender(
        "PennyLane, fixed shots", "pennylane", "fixed", "of each circuit", (10, 30, 3, 100, 1)
    ),
    Contender(
        "PennyLane, ShotAdaptive",
        "pennylane",
        "adaptive",
        "at least",
        (2, 10, 50),
        (0.1, 0.19, 0.05),
    ),
    Contender(
        "PennyLane, ShotAdaptive, weighted terms",
        *("pennylane", "weighted", "at least"),
        (100, 10, 1000),
        (0.1, 0.19, 0.05),
    ),
)
"""PennyLane refuses its adaptive optimizer rates above 2 / sum |c| = 0.1985."""


@dataclass(frozen=True)
class Found:
    """Result of a contender: its best pair, and the trainings with it."""

    contender: Contender
    setting: int
    rate: float
    runs: Sequence[Run]


class Kept:
    """Finished trainings, in a file with a line for each."""

    def __init__(self, path: Path, trains: Mapping[str, Train]) -> None:
        self.path, self._trains = path, trains
        self._known: dict[str, Any] = {}
        path.parent.mkdir(exist_ok=True)
        for line in path.read_text().splitlines() if path.exists() else ():
            asked, found = json.loads(line)
            self._known[asked] = found

    def run(self, contender: Contender, setting: int, rate: float, seed: int, shots: float) -> Run:
        """Return a training; run it if it is not in the file."""
        record = CIRCUITS[CIRCUIT].record
        least = record["ground_energy_sector"]
        request = {
            **LIMITS,
            "circuit": CIRCUIT,
            "way": contender.way,
            "setting": setting,
            "rate": rate,
            "seed": seed,
            "until": least + WANTED,
            "shots": shots,
        }
        asked = json.dumps([contender.library, request])
        if asked not in self._known:
            self._known[asked] = self._trains[contender.library](request)
            with self.path.open("a") as file:
                file.write(json.dumps([asked, self._known[asked]]) + "\n")
        return Run.of(self._known[asked], least, WANTED)


def best_pair(contender: Contender, kept: Kept) -> tuple[int, float]:
    """Return the setting and the rate with the least median of shots, over few seeds."""
    best, chosen = np.inf, (contender.settings[0], contender.rates[0])
    for setting in contender.settings:
        for rate in contender.rates:
            most = int(min(LIMITS["shots"], HOPELESS * best))
            runs = [kept.run(contender, setting, rate, 900 + seed, most) for seed in range(TRIALS)]
            _, middle, _ = quartiles([run.spent for run in runs])
            print(f"{contender.title} {setting} {rate}: {middle:,.0f}", file=sys.stderr, flush=True)
            if middle < best:
                best, chosen = middle, (setting, rate)
    return chosen


def rows_of(found: Found, best: float) -> list[str]:
    """Return the cells of a contender; ``best``: the median of the first."""

    def range_of(values: Sequence[float], form: str) -> str:
        lower, middle, upper = (
            "–" if value == np.inf else format(value, form) for value in quartiles(values)
        )
        return f"**{middle}** ({lower} to {upper})"

    runs, contender = found.runs, found.contender
    _, middle, _ = quartiles([run.spent for run in runs])
    cut = [run for run in runs if not run.arrived]
    return [
        contender.title,
        f"{found.setting:,} {contender.what}, rate {found.rate:g}",
        f"{len(runs) - len(cut)} of {len(runs)}",
        range_of([len(run.shots) - 1 if run.arrived else np.inf for run in runs], ".0f"),
        range_of([float(f"{run.spent:.3g}") for run in runs], ",.0f"),
        "–" if middle == np.inf else f"{middle / best:.3g}",
        range_of([run.usd(IONQ.rate) for run in runs], ",.0f"),
        range_of([run.usd(IQM.rate) for run in runs], ",.0f"),
    ]


HEADS = (
    *("contender", "best of its settings", "arrived", "steps", "shots", "beside the first"),
    *(f"dollars, {machine.title}" for machine in (IONQ, IQM)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="an interpreter with PennyLane")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", default="", help="contenders whose name begins with this")
    parser.add_argument("--kept", type=Path, default=KEPT, help="what has run; a file")
    parser.add_argument("--check", action="store_true", help="compare PennyLane's own sampling")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    with pennylane(given.python) as peer:
        if given.check:
            print(json.dumps(peer.ask(circuit=CIRCUIT, check=True, shots=20), indent=1))
            return
        found = trained(given.kept, peer, given.seeds, given.only)
        version = peer.ask(version=True)
    _, best, _ = quartiles([run.spent for run in found[0].runs])
    note = (
        f"{datetime.now(UTC):%Y-%m-%d}, PennyLane {version}, numpy {np.__version__}; {given.seeds} "
        f"seeds; medians between quartiles. A training is cut after {LIMITS['shots']:,} shots, "
        f"{LIMITS['steps']} steps or {LIMITS['seconds']} s of processor time."
    )
    text = f"{note}\n\n{table(HEADS, [rows_of(each, best) for each in found])}"
    print(text)
    draw({each.contender.title: each.runs for each in found}, PICTURE)
    if given.write:
        picture = "![Error of the energy against shots](images/training_shots.svg)\n"
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(filled(page, "training shots", f"{text}\n{picture}"), encoding="utf-8")


def trained(path: Path, peer: Peer, seeds: int, only: str) -> list[Found]:
    """Choose the best pair of each contender, and train with it from new seeds."""
    kept = Kept(
        path,
        {"qgate": lambda asked: train(asked, IQM), "pennylane": lambda asked: peer.ask(**asked)},
    )
    found = []
    for contender in CONTENDERS:
        if contender.title.startswith(only):
            setting, rate = best_pair(contender, kept)
            runs = [
                kept.run(contender, setting, rate, seed, LIMITS["shots"]) for seed in range(seeds)
            ]
            found.append(Found(contender, setting, rate, runs))
            print(" | ".join(rows_of(found[-1], 1.0)), file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    import os

    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    main()

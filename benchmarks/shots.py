"""Compare the errors of gradients from a budget of shots with PennyLane's, at equal shots.

    python benchmarks/shots.py --python .venv-peers/bin/python
    python benchmarks/shots.py --python ... --only LiH6 --runs 100
    python benchmarks/shots.py --python ... --write
    python benchmarks/shots.py --python ... --each 1 2 4 8 --write

PennyLane, in the given interpreter, groups the Pauli words of each Hamiltonian, and the error of
equal shots for all its circuits is computed exactly. With ``--measure`` it also samples gradients,
whose errors are compared with that. qgate's errors are measured by sampling from exact
distributions, through the code that spends a budget on a device.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from budgets.circuits import CIRCUITS
from budgets.exact import Known
from budgets.picture import draw
from document import IMAGES, PAGE, filled
from document import table as in_markdown
from peer import Peer
from pennylane_side import pennylane

PICTURE = IMAGES / "shots.svg"
GROUPINGS = ("qwc", "symmetry", "fc")
GOALS_SHOTS = 100_000
"""The budget for which the goals are set."""


@dataclass(frozen=True)
class Row:
    """Result for one circuit, grouping and budget.

    Parameters
    ----------
    name, grouping : str
    shots, runs, circuits : int
        ``circuits``: rows times bases.
    default : float
        PennyLane's error times the shots.
    neyman : float
        The same for the best allocation, each word measured in one group.
    error, spread : float
        The same for qgate, as measured, and its standard error.
    sd, covered : float
        Standard deviation of the errors in units of reported standard errors, and the fraction
        within 1.96.
    excess : int
        Maximum shots that were spent, minus the budget.
    """

    name: str
    grouping: str
    shots: int
    runs: int
    circuits: int
    default: float
    neyman: float
    error: float
    spread: float
    sd: float
    covered: float
    excess: int

    @property
    def gain(self) -> float:
        """The factor by which the error is reduced."""
        return self.default / self.error


def measured(known: Known, name: str, default: float, shots: int, runs: int) -> Row:
    """Estimate a gradient many times."""
    random = np.random.default_rng(2026)
    deviations, scores, excess = [], [], -shots
    for _ in range(runs):
        found = known.draw(shots, random)
        deviations.append(found.estimated.outputs - known.truth)
        errors = np.sqrt(np.diag(found.estimated.covariance))
        scores.append(deviations[-1] / np.where(errors > 0, errors, np.inf))
        excess = max(excess, int(found.samples.shots.sum()) - shots)
    squares = shots * (np.array(deviations) ** 2).sum(axis=1)
    return Row(
        name,
        known.grouping,
        shots,
        runs,
        len(known.used) * len(known.estimation_request.measurement_plan.bases),
        default,
        known.neyman,
        float(squares.mean()),
        float(squares.std() / runs**0.5),
        float(np.std(scores)),
        float(np.mean(np.abs(scores) < 1.96)),
        excess,
    )


def rows_of(
    name: str, groupings: tuple[str, ...], shots: list[int], each: list[int], runs: int, peer: Peer
) -> Any:
    """Yield the rows of one circuit, for total budgets or for each of PennyLane's circuits."""
    circuit = CIRCUITS[name]
    groups = peer.ask(groups=circuit.data)
    for grouping in groupings:
        known = Known(circuit, grouping)
        default = known.equal_shots(groups)
        circuits = len(known.used) * len(groups)
        for budget in [count * circuits for count in each] or shots:
            row = measured(known, name, default, budget, runs)
            print(
                f"{name} {grouping} {budget}: {row.gain:.2f} times, {row.error / row.neyman:.3f} "
                f"of Neyman's, z {row.sd:.3f}, {100 * row.covered:.1f} %, excess {row.excess}",
                file=sys.stderr,
                flush=True,
            )
            yield row


def table(rows: list[Row]) -> str:
    """Return the table in Markdown."""
    heads = (
        *("circuit", "grouping", "shots", "PennyLane's error", "qgate's", "times better", "goal"),
        *("beside Neyman", "sd of z", "within 95 %"),
    )
    lines = []
    for row in rows:
        circuit = CIRCUITS[row.name]
        aimed = row.grouping == "qwc" and row.shots == GOALS_SHOTS and circuit.goal is not None
        cells = (
            circuit.title,
            f"`{row.grouping}`",
            f"{row.shots:,}",
            f"{row.default / row.shots:.3g}",
            f"{row.error / row.shots:.3g} ± {row.spread / row.shots:.1g}",
            f"**{row.gain:.2f}**",
            f"{circuit.goal:g}" if aimed else "",
            f"{row.error / row.neyman:.2f}",
            f"{row.sd:.2f}",
            f"{100 * row.covered:.1f} %",
        )
        lines.append(cells)
    return in_markdown(heads, lines)


def write(rows: list[Row], versions: str, *, few: bool) -> None:
    """Write the table into the documents, and the picture unless the budgets are per circuit."""
    fewest, most = (choose(row.runs for row in rows) for choose in (min, max))
    runs = f"{most}" if fewest == most else f"{fewest} to {most}"
    note = f"{datetime.now(UTC):%Y-%m-%d}, {versions}; {runs} runs each."
    text = f"{note}\n\n{table(rows)}\n"
    if not few:
        draw([(CIRCUITS[row.name].title, row.grouping, row.gain) for row in rows], PICTURE)
        text += "![Factors by which the error falls](images/shots.svg)\n\n"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(page, "few shots" if few else "shots", text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="an interpreter with PennyLane")
    parser.add_argument("--only", default="", help="circuits whose name begins with this")
    parser.add_argument("--groupings", nargs="+", default=["qwc"], choices=GROUPINGS)
    parser.add_argument("--shots", type=int, nargs="+", default=[100_000])
    parser.add_argument(
        "--each",
        type=int,
        nargs="+",
        default=[],
        metavar="N",
        help="in place of --shots: shots for each circuit that PennyLane runs",
    )
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--measure", type=int, default=0, help="gradients that PennyLane samples")
    parser.add_argument("--save", type=Path, help="add the rows to a file, for --write")
    parser.add_argument("--load", type=Path, help="take the rows from a file")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    rows = []
    if given.load:
        rows = [Row(**json.loads(line)) for line in given.load.read_text().splitlines()]
    with pennylane(given.python) as peer:
        versions = f"PennyLane {peer.ask(version=True)}, numpy {np.__version__}"
        for name in (
            [] if given.load else [name for name in CIRCUITS if name.startswith(given.only)]
        ):
            for row in rows_of(
                name, tuple(given.groupings), given.shots, given.each, given.runs, peer
            ):
                rows.append(row)
                if given.save:
                    with given.save.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(row)) + "\n")
            if given.measure:
                known = Known(CIRCUITS[name])
                asked = {"circuit": name, "x": known.x.tolist(), "runs": given.measure}
                found = peer.ask(**asked, truth=known.truth.tolist(), shots=100)
                print(name, "PennyLane sampled:", found, file=sys.stderr, flush=True)
    print(table(rows))
    if given.write:
        write(rows, versions, few=bool(given.each))


if __name__ == "__main__":
    main()

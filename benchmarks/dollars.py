"""Price of a gradient as accurate as PennyLane's from program sets, on rentable devices.

    python benchmarks/dollars.py --python .venv-peers/bin/python
    python benchmarks/dollars.py --python ... --runs 100 --only IQM --write

PennyLane's plugin for Amazon Braket puts its circuits into program sets with equal shots; their
cost is counted, and their error is computed exactly from PennyLane's groups. qgate's budget in
dollars runs through the public function ``qg.gradient_estimate`` on a device with the limits of the
real one, from the document that tests use, and with qgate's price cards. Circuits are sampled
without noise. The budget at which the errors are equal is searched for, and then measured again.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from budgets.circuits import CIRCUITS
from budgets.exact import Known
from budgets.priced import MACHINES, Machine, Priced
from document import PAGE, filled, table
from pennylane_side import pennylane

import qgate as qg
from qgate.exceptions import FewShotsWarning

CIRCUIT = "LiH6 uccsd"
SHOTS = 100_000
"""Total shots of PennyLane's circuits."""

STEPS = (0.85, 1.0, 1.18)
"""Budgets around the initial guess, through whose errors a line is fitted."""

GOALS = {"IonQ Forte-1": 12.0, "IQM Garnet": 8.0}
"""Target ratio of the prices."""

HEADS = (
    *("device", "fewest shots for", "", "tasks", "shots", "fees", "dollars", "error"),
    *("times cheaper", "goal"),
)


@dataclass(frozen=True)
class Bought:
    """Average usage of one gradient.

    Parameters
    ----------
    tasks, shots, fees_usd, usd : float
    most_usd : float
        Highest charge of one gradient.
    rounds : float
    error, spread : float
        The mean squared error of the gradient, and its standard error.
    """

    tasks: float
    shots: float
    fees_usd: float
    usd: float
    most_usd: float
    rounds: float
    error: float
    spread: float = 0.0


def of_peer(machine: Machine, circuits: int, constant: float) -> Bought:
    """Return PennyLane's price for program sets; ``constant``: its error times its shots."""
    limits = machine.capabilities
    shots = max(SHOTS, circuits * limits.min_shots)
    tasks = -(-circuits // limits.max_rows)
    usd = machine.rate.price(submissions=tasks, shots=shots).high_usd
    fees = machine.rate.price(submissions=tasks).high_usd
    return Bought(tasks, shots, fees, usd, usd, 1, constant / shots)


def of_ours(known: Known, machine: Machine, usd: float, runs: int) -> Bought:
    """Estimate the gradient many times with a budget, and compare charges with the device's."""
    device = Priced(machine, 2026)
    node = qg.QNode(known.circuit.function(qg), device, diff_method="parameter-shift")
    estimate = qg.gradient_estimate(node, qg.Budget(usd=usd), value=False)
    errors, charges, rounds, before = [], [], [], 0.0
    for _ in range(runs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewShotsWarning)
            found = estimate(known.x)
        errors.append(float(((found.flat - known.truth) ** 2).sum()))
        charges.append(device.charged_usd - before)
        rounds.append(found.rounds)
        before = device.charged_usd
        assert abs(charges[-1] - found.usd) < 1e-6, "the charge differs from the reported cost"
        assert charges[-1] <= usd + 1e-6, "the budget was exceeded"
    return Bought(
        device.submissions / runs,
        device.sampled / runs,
        machine.rate.price(submissions=device.submissions).high_usd / runs,
        float(np.mean(charges)),
        max(charges),
        float(np.mean(rounds)),
        float(np.mean(errors)),
        float(np.std(errors) / runs**0.5),
    )


def equal_error(known: Known, machine: Machine, peer: Bought, runs: int) -> tuple[float, Bought]:
    """Return the budget at which the error is the peer's, and the measurement with it."""

    def bought(usd: float, times: int) -> Bought:
        return of_ours(known, machine, usd, times)

    guess = peer.usd / 8
    for _ in range(4):
        guess *= (bought(guess, max(20, runs // 6)).error / peer.error) ** 0.8
    budgets = guess * np.array(STEPS)
    errors = [bought(usd, runs).error for usd in budgets]
    slope, height = np.polyfit(np.log(budgets), np.log(errors), 1)
    usd = float(np.exp((np.log(peer.error) - height) / slope))
    return usd, bought(usd, runs)


def lines_of(machine: Machine, peer: Bought, budget: float, ours: Bought) -> list[list[str]]:
    """Return two rows of the table."""
    limits = machine.capabilities
    floor = f"a circuit: {limits.min_shots}"
    if limits.min_total_shots > 1:
        floor = f"a task: {limits.min_total_shots}"

    def cells(who: str, bought: Bought) -> list[str]:
        spread = f" ± {bought.spread:.1g}" if bought.spread else ""
        return [
            who,
            f"{bought.tasks:.3g}",
            f"{bought.shots:,.0f}",
            f"{bought.fees_usd:.2f}",
            f"{bought.usd:,.2f}",
            f"{bought.error:.3g}{spread}",
        ]

    goal = GOALS.get(machine.title)
    ratio = f"**{peer.usd / budget:.1f}**"
    told = f"qgate, `Budget(usd={budget:.3g})`, {ours.rounds:.2g} round(s)"
    return [
        [machine.title, floor, *cells("PennyLane", peer), "", ""],
        ["", "", *cells(told, ours), ratio, "" if goal is None else f"{goal:g}"],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="an interpreter with PennyLane")
    parser.add_argument("--only", default="", help="devices whose name begins with this")
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    known = Known(CIRCUITS[CIRCUIT])
    with pennylane(given.python) as peer:
        version, groups = peer.ask(version=True), peer.ask(groups=known.circuit.data)
    constant, circuits = known.equal_shots(groups), len(known.used) * len(groups)
    rows = []
    for machine in MACHINES:
        if machine.title.startswith(given.only):
            theirs = of_peer(machine, circuits, constant)
            budget, ours = equal_error(known, machine, theirs, given.runs)
            rows += lines_of(machine, theirs, budget, ours)
            print(*rows[-2:], sep="\n", file=sys.stderr, flush=True)
    note = (
        f"{datetime.now(UTC):%Y-%m-%d}, PennyLane {version}, numpy {np.__version__}; {circuits} "
        f"circuits of PennyLane; {given.runs} runs of qgate."
    )
    text = f"{note}\n\n{table(HEADS, rows)}"
    print(text)
    if given.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(filled(page, "dollars", text), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Measure errors of values and gradients on noisy machines, with each method of mitigation.

    python benchmarks/mitigation.py
    python benchmarks/mitigation.py --only "H2 torino" --points 2 --seeds 10 --cache /tmp/noisy
    python benchmarks/mitigation.py --budgets 0 1000 10000 100000 1000000
    python benchmarks/mitigation.py --train --cache /tmp/noisy

Machines are fake backends of Qiskit with the noise of their calibration, one of them also with a
coherent error. Their exact noisy probabilities are computed once, and outcomes are drawn from them;
everything else is what qgate does with a device. Shots of added rows and of calibrations are part
of each budget. Peers' methods run on the same machines with the same shots, see
``mitigated/peers.py``. Rows that a method adds are drawn once for each point.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from document import PAGE, filled, table
from mitigated.cases import CASES, machine
from mitigated.measuring import ALONE, OURS, PEERS, Errors, loaded, measured, registered, saved
from mitigated.peers import difference_from_mitiq
from mitigated.training import trained

BUDGETS = {"LiH6": 1_000_000}
"""Shots for a value and a gradient, by problem; others 100,000."""

OTHERS = 100_000
MOST_OFF = 1e-6
PARTS = {"value": slice(0, 1), "gradient": slice(1, None)}
"""Places of values and derivatives among the outputs."""


def run(options: argparse.Namespace) -> list[Errors]:
    """Measure, print the errors of each case, and return them."""
    absent = [name for name in OURS if name not in registered()]
    if absent:
        print(f"left out, because this version does not have them: {', '.join(absent)}")
    methods = [name for name in (*registered(), *PEERS) if name in options.methods]
    found, names = [], [f"{problem} {place}" for problem, place in CASES]
    chosen = {options.only} & set(names) or {name for name in names if options.only in name}
    for problem, place in CASES:
        if f"{problem} {place}" in chosen:
            start = time.perf_counter()
            device = machine(place, cache=options.cache)
            budgets = options.budgets or [BUDGETS.get(problem, OTHERS)]
            errors = list[Errors]()
            for alone in [False, True]:
                sizes = {"points": options.points, "seeds": options.seeds, "alone": alone}
                errors += measured(problem, place, device, budgets, methods, **sizes)
            device.probabilities.save()
            print(f"\n{problem} {place}, {time.perf_counter() - start:.0f} s")
            for each in errors:
                print(line(each, errors), flush=True)
            found += errors
            if options.save is not None:
                saved(errors, options.save)
    return found


def line(errors: Errors, every: Sequence[Errors]) -> str:
    """Return a line with the errors of a method in a case, and their ratios to no mitigation."""
    value, gradient = errors.roots
    ratios = compared(errors, every)
    shares = [errors.coverage(part) for part in PARTS.values()]
    begin = (
        f"  {errors.budget:>8} {errors.method:12} value {value:8.1f} mHa ({ratios[0]:5.2f}x), "
        f"within 2 errors {shares[0]:4.0%}"
    )
    if errors.case.endswith(ALONE):
        return f"{begin}; alone"
    return (
        f"{begin}; gradient {gradient:8.1f} mHa/rad, {errors.relative:7.1%} ({ratios[1]:5.2f}x), "
        f"{shares[1]:4.0%}; submissions {max(errors.submissions, default=0) or '-'}"
    )


def without(errors: Errors, every: Sequence[Errors]) -> Errors | None:
    """Return the errors without mitigation in the same case, with the same budget."""
    key = errors.case, errors.budget, "none"
    found = [each for each in every if (each.case, each.budget, each.method) == key]
    return found[0] if found else None


def compared(errors: Errors, every: Sequence[Errors]) -> np.ndarray:
    """Return errors of value and gradient, divided by those without mitigation; NaN: unknown."""
    raw, found = without(errors, every), np.full(2, np.nan)
    if raw is not None:
        np.divide(errors.roots, raw.roots, out=found, where=raw.roots > 0)
    return found


def summary(name: str, every: Sequence[Errors]) -> str:
    """Return the median ratios of a method, and how often it is worse than no mitigation."""
    pairs = [(each, without(each, every)) for each in every if each.method == name]
    texts = []
    for index, (title, part) in enumerate(PARTS.items()):
        known = [
            (each, raw)
            for each, raw in pairs
            if raw is not None and not (index and each.case.endswith(ALONE))
        ]
        if known:
            median = np.median([compared(each, every)[index] for each, _ in known])
            worse = sum(bool(each.is_worse(raw)[index]) for each, raw in known)
            within = np.mean([each.coverage(part) for each, _ in known])
            texts.append(
                f"{title}s: median {median:.2f} of the error of none, worse in {worse} of "
                f"{len(known)}, within two errors {within:.0%}"
            )
    return f"{name:12} {'; '.join(texts)}"


def markdown(every: Sequence[Errors]) -> str:
    """Return the table of the document."""
    methods = list(dict.fromkeys(each.method for each in every))
    cells = {(each.case, each.budget, each.method): cell(each) for each in every}
    names = [f"{problem} {place}{end}" for problem, place in CASES for end in ("", ALONE)]
    counts = {(names.index(each.case), each.budget): len(each.off) for each in every}
    rows = [
        [
            names[place],
            f"{budget:,}",
            str(count),
            *(cells.get((names[place], budget, name), "-") for name in methods),
        ]
        for (place, budget), count in sorted(counts.items())
    ]
    return table(["case", "shots", "estimates", *methods], rows)


def cell(errors: Errors) -> str:
    """Return the errors of value and gradient, and their shares within two claimed errors."""
    found = []
    for index, part in enumerate(list(PARTS.values())[: 1 if errors.case.endswith(ALONE) else 2]):
        text = f"{errors.relative:.1%}" if index else f"{errors.roots[0]:.1f}"
        found.append(f"{text} ({errors.coverage(part):.0%})" if errors.claimed else text)
    return ", ".join(found)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", default="", help="the case with this name, or all whose name contains it"
    )
    parser.add_argument("--methods", nargs="*", default=[*OURS, *PEERS])
    parser.add_argument("--points", type=int, default=5, help="points around the optimum")
    parser.add_argument("--seeds", type=int, default=20, help="seeds of shots at each point")
    parser.add_argument("--budgets", nargs="*", type=int, help="shots; 0: one for each circuit")
    parser.add_argument("--cache", type=Path, help="folder to keep exact noisy probabilities in")
    parser.add_argument("--save", type=Path, help="file to add the errors to")
    parser.add_argument("--load", type=Path, help="use the errors of a file; measure nothing")
    parser.add_argument("--train", action="store_true", help="train LiH on fake_torino")
    parser.add_argument("--mitiq", help="only compare fits with those of this interpreter's mitiq")
    parser.add_argument("--write", action="store_true", help="write to docs/benchmarks.md")
    options = parser.parse_args(arguments)
    if options.mitiq:
        off = difference_from_mitiq(options.mitiq)
        print(f"largest difference from mitiq's extrapolation and regression: {off:.1e}")
        return int(off > MOST_OFF)
    if options.train:
        return trained(options.methods, options.cache)
    errors = loaded(options.load) if options.load else run(options)
    print()
    for name in dict.fromkeys(each.method for each in errors):
        print(summary(name, errors))
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(filled(page, "mitigation", markdown(errors)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Time of a submission within a budget, and of the cost of a run, against the number of orders.

python benchmarks/journal.py [--orders 1000 10000 100000] [--bytes 4000]

Each journal is a file with N completed orders. Each order has a result of ``--bytes`` bytes, and
all orders are charged to one budget. Prints the median time of three calls: ``Journal.place`` of
one order within that budget, which every submission makes before it is sent; opening the run; and
``run.cost``, with the peak memory of Python.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import qgate as qg
from qgate.budget import BudgetAccount
from qgate.jobs.journal import Journal
from qgate.jobs.orders import Order, OrderState
from qgate.prices import Price

REPETITIONS = 21
AT_ONCE = 1000
"""Number of orders per transaction while a journal is filled."""

ORDER = Order(
    key="",
    run="benchmark",
    step=1,
    part=0,
    attempt=0,
    device="braket:iqm/garnet",
    provider="braket",
    digest="0" * 64,
    record=b"{}",
    rows=10,
    shots=1000,
    price=Price(1.75, 1.75),
    held_shots=1000,
    held_usd=1.75,
)
ACCOUNT = BudgetAccount("run benchmark", qg.Budget(usd=1e9))


def filled(file: Path, orders: int, size: int) -> Journal:
    """Return a journal with ``orders`` completed orders."""
    journal = Journal(file)
    journal.begin(ORDER.run)
    result = os.urandom(size)
    for start in range(0, orders, AT_ONCE):
        part = [
            replace(ORDER, key=f"{number:064x}", step=number, state=OrderState.DONE, result=result)
            for number in range(start, min(start + AT_ONCE, orders))
        ]
        journal.place(part, [ACCOUNT], what="The benchmark")
    return journal


def median_ms(call: Callable[[int], Any], repetitions: int = REPETITIONS) -> float:
    """Return the median time of a call in milliseconds."""
    times = []
    for number in range(repetitions):
        start = time.perf_counter()
        call(number)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def measured(orders: int, size: int) -> tuple[float, float, float, float]:
    """Return the times of placing, opening and reading the cost in ms, and memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        journal = filled(Path(folder, "runs.db"), orders, size)
        place_ms = median_ms(
            lambda number: journal.place(
                [replace(ORDER, key=f"new {number}", step=orders + number)], [ACCOUNT], what="One"
            )
        )
        run = qg.run(ORDER.run, journal, ordered=False)

        def opened(_: int) -> None:
            with run:
                pass

        open_ms = median_ms(opened, 3)
        cost_ms = median_ms(lambda _: run.cost, 3)
        tracemalloc.start()
        assert run.cost > 0
        peak_mb = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        journal.close()
    return place_ms, open_ms, cost_ms, peak_mb


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--bytes", type=int, default=4000)
    chosen = parser.parse_args()
    print("| orders | submission within a budget | opening the run | `run.cost` | its memory |")
    print("|---|---|---|---|---|")
    for orders in chosen.orders:
        place_ms, open_ms, cost_ms, peak_mb = measured(orders, chosen.bytes)
        print(
            f"| {orders:,} | {place_ms:.1f} ms | {open_ms:,.0f} ms | {cost_ms:,.2f} ms "
            f"| {peak_mb:,.2f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    main()

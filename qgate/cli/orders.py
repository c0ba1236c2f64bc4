"""Commands that read and change a journal: ``qgate jobs`` and ``qgate budgets``."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from qgate.budget import NO_LIMIT
from qgate.cli.options import (
    Commands,
    add_command,
    add_journal,
    add_limits,
    check_known,
    check_run,
    journal_of,
    limits_of,
)
from qgate.cli.table import print_table
from qgate.exceptions import QGateError
from qgate.jobs.giving_up import give_up
from qgate.jobs.journal import Journal
from qgate.jobs.orders import Order
from qgate.usage import Usage

JOB_COLUMNS = ("run", "step", "device", "rows", "shots", "USD", "state", "job", "reason")

MOST_OF_A_REASON = 60
"""Number of characters of a provider's reason that a table shows."""


def jobs(chosen: argparse.Namespace) -> None:
    """List orders; show the history of one order, or give it up."""
    journal = journal_of(chosen)
    if chosen.forget is not None:
        _forget(journal, chosen)
        return
    check_run(journal, chosen.run)
    orders = journal.orders(chosen.run)
    if chosen.key is not None:
        found = [order for order in orders if order.key.startswith(chosen.key)]
        for order in found:
            _print_history(journal, order)
        if orders and not found:
            raise QGateError(f"No order has a key that begins with {chosen.key!r}.")
        return
    print_table(JOB_COLUMNS, [_job_row(order) for order in orders])
    total = sum((order.usage for order in orders), Usage())
    print(replace(total, submissions=len(orders)))


def budgets(chosen: argparse.Namespace) -> None:
    """List the named budgets of a journal and their usage, or change a limit."""
    journal, limits = journal_of(chosen), limits_of(chosen)
    if limits and chosen.name is None:
        raise QGateError("Name the budget to change, for example: qgate budgets --usd 50 shared")
    if limits:
        new = {each: None if limit == NO_LIMIT else float(limit) for each, limit in limits.items()}
        journal.change_limits(chosen.name, new)
    known = journal.limits()
    check_known("budget", chosen.name, [str(budget.name) for budget in known])
    for budget in known:
        if chosen.name in (None, budget.name):
            print(f"{budget!r}: {journal.spent(str(budget.name))} spent or reserved")


def add_to(commands: Commands) -> None:
    """Add the commands to a parser."""
    parser = add_command(commands, "jobs", jobs)
    add_journal(parser)
    parser.add_argument("--run", help="only this run")
    parser.add_argument("--key", help="the beginning of an order's key: show its history")
    parser.add_argument(
        "--forget",
        metavar="KEY",
        help="give up the one order whose key begins with KEY: the next run submits it again, "
        "and what it cost stays counted",
    )
    parser = add_command(commands, "budgets", budgets)
    parser.add_argument("name", nargs="?", help="name of a budget to show; with a limit, to change")
    add_journal(parser)
    add_limits(parser, removable=True)


def _forget(journal: Journal, chosen: argparse.Namespace) -> None:
    order = give_up(journal, chosen.forget, run=chosen.run)
    print(
        f"Gave up the order {order.key} of the run {order.run!r}, which was {order.state.value}. "
        f"Its {order.held_usd:.2f} USD and {order.held_shots} shots stay counted; the next run "
        "submits it again."
    )


def _job_row(order: Order) -> tuple[str, ...]:
    reason = order.reason.replace("\n", " ")
    return (
        order.run,
        f"{order.step}.{order.part}" + (f" again {order.attempt}" if order.attempt else ""),
        order.device,
        str(order.rows),
        str(order.shots),
        f"{order.held_usd:.2f}" if order.price is not None else "unknown",
        order.state.value,
        order.job or "",
        reason if len(reason) <= MOST_OF_A_REASON else f"{reason[:MOST_OF_A_REASON]}...",
    )


def _print_history(journal: Journal, order: Order) -> None:
    print_table(JOB_COLUMNS, [_job_row(order)])
    print(f"key {order.key}")
    for at, what, detail in journal.history(order.key):
        print(
            f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(at))}  {what}  {detail}".rstrip()
        )

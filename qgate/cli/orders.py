"""Commands that read and change a journal: ``qgate jobs`` and ``qgate budgets``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import fields, replace

from qgate.budget import NO_LIMIT
from qgate.cli.json_output import add_json, print_json
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
from qgate.exceptions import QGateError
from qgate.jobs.giving_up import give_up
from qgate.jobs.journal import Journal
from qgate.jobs.orders import Order
from qgate.text_table import table_lines
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
        orders = [order for order in orders if order.key.startswith(chosen.key)]
        if not orders:
            raise QGateError(
                f"No order has a key that begins with {chosen.key!r}. 'qgate jobs --json' lists "
                "the keys of all orders."
            )
    if chosen.json:
        print_json([_as_data(journal, order, history=chosen.key is not None) for order in orders])
    elif chosen.key is not None:
        for order in orders:
            _print_history(journal, order)
    else:
        print(*table_lines(JOB_COLUMNS, [_job_row(order) for order in orders]), sep="\n")
        print(_total(orders))


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
    shown = [budget for budget in known if chosen.name in (None, budget.name)]
    spent = [journal.spent(str(budget.name)) for budget in shown]
    if chosen.json:
        pairs = zip(shown, spent, strict=True)
        print_json([{"budget": budget, "spent": usage} for budget, usage in pairs])
        return
    for budget, usage in zip(shown, spent, strict=True):
        print(f"{budget!r}: {usage} spent or reserved")
    if not shown:
        print("The journal has no named budgets.")


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
    add_json(parser)
    parser = add_command(commands, "budgets", budgets)
    parser.add_argument("name", nargs="?", help="name of a budget to show; with a limit, to change")
    add_journal(parser)
    add_limits(parser, removable=True)
    add_json(parser)


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
        "unknown" if order.known_usd is None else f"{order.known_usd:.2f}",
        order.state.value,
        order.job or "",
        reason if len(reason) <= MOST_OF_A_REASON else f"{reason[:MOST_OF_A_REASON]}...",
    )


def _print_history(journal: Journal, order: Order) -> None:
    print(*table_lines(JOB_COLUMNS, [_job_row(order)]), sep="\n")
    print(f"key {order.key}")
    for at, what, detail in journal.history(order.key):
        print(
            f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(at))}  {what}  {detail}".rstrip()
        )


def _total(orders: Sequence[Order]) -> str:
    """Return the usage of orders, and how many of them have no known price."""
    total = replace(sum((order.usage for order in orders), Usage()), submissions=len(orders))
    unknown = sum(order.known_usd is None for order in orders)
    return f"{total}{f', and {unknown} of unknown price' if unknown else ''}"


def _as_data(journal: Journal, order: Order, *, history: bool) -> dict[str, object]:
    """Return an order as data, without its circuits and results."""
    left_out = ("record", "result", "held_usd")
    names = [field.name for field in fields(order) if field.name not in left_out]
    data = {**{name: getattr(order, name) for name in names}, "usd": order.known_usd}
    if history:
        events = journal.history(order.key)
        data["history"] = [{"at": at, "event": what, "detail": told} for at, what, told in events]
    return data

"""Running totals of the orders of each run and of each budget, and limits of named budgets.

Every change of an order changes the totals in the same transaction. Checking a budget therefore
does not read all orders, and stays exact while several processes submit. Dollars are stored as
whole billionths, which add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgate.budget import LIMITS, NO_LIMIT, Budget, BudgetAccount
from qgate.exceptions import BudgetChanged, JournalUnreadable
from qgate.jobs.orders import Order, OrderSummary
from qgate.jobs.sealed_rows import Row, SealedRows
from qgate.usage import Usage

NANO_USD = 1_000_000_000
"""Prices are rounded to hundredths of a millionth of a dollar, so that billionths are exact."""

RUN, BUDGET = "run", "budget"
"""Kinds of totals."""


class Totals:
    """Totals of orders in the tables of a journal."""

    def __init__(self, rows: SealedRows) -> None:
        self._rows = rows

    def spent(self, kind: str, name: str) -> Usage:
        """Return the usage charged to a run or budget: paid, or reserved for unfinished orders."""
        return _spent(self._row(kind, name))

    def add(self, kind: str, name: str, orders: Sequence[Order]) -> None:
        """Add new orders to the totals."""
        amounts = [_amounts(order) for order in orders]
        self._change(
            kind, name, len(orders), [sum(column) for column in zip(*amounts, strict=True)]
        )

    def replace(self, before: Order, after: Order, budgets: Iterable[str]) -> None:
        """Add the changes of one order to the totals of its run and of its budgets."""
        changes = [new - old for new, old in zip(_amounts(after), _amounts(before), strict=True)]
        if any(changes):
            for kind, name in ((RUN, after.run), *((BUDGET, name) for name in budgets)):
                self._change(kind, name, 0, changes)

    def check(self, orders: Sequence[Order], account: BudgetAccount, what: str) -> None:
        """Raise ``BudgetExceeded`` for orders that exceed the rest of a budget."""
        asked = sum((order.usage for order in orders), Usage())
        account.check(asked, self.spent(BUDGET, account.name), what)

    def check_orders(self, run: str, orders: Sequence[OrderSummary]) -> None:
        """Raise ``JournalUnreadable`` if orders of a run are missing, which the totals show."""
        row = self._row(RUN, run)
        counted = (row["orders"], row["submissions"], row["shots"], row["nano_usd"])
        if counted != (len(orders), *_sums(orders)):
            reason = f"orders of the run {run!r} are missing, or its sums are damaged"
            raise JournalUnreadable(file=self._rows.file, reason=reason)

    # Limits of named budgets -------------------------------------------------------------

    def limit(self, name: str) -> Budget | None:
        """Return the stored limit of a named budget; None: it was never used."""
        found = self._rows.select("limits", "WHERE name = ?", name)
        return _budget(found[0]) if found else None

    def limits(self) -> list[Budget]:
        """Return the stored limits of all named budgets."""
        return [_budget(row) for row in self._rows.select("limits", "ORDER BY name")]

    def agree(self, budget: Budget) -> None:
        """Store the limit of a named budget; raise ``BudgetChanged`` if another one is stored."""
        assert budget.name is not None
        stored = self.limit(budget.name)
        if stored is None:
            self.set_limit(budget)
        elif stored.limits != budget.limits:
            raise BudgetChanged(
                budget=budget.name,
                given=_written(budget),
                stored=_written(stored),
                file=self._rows.file,
                options=_options(budget, stored),
            )

    def set_limit(self, budget: Budget) -> None:
        """Store the limit of a named budget in place of an earlier one."""
        limits = {name: getattr(budget, name) for name in LIMITS}
        self._rows.update("limits", {"name": budget.name, **limits})

    # Internal ------------------------------------------------------------------------------

    def _row(self, kind: str, name: str) -> Row:
        found = self._rows.select("totals", "WHERE kind = ? AND name = ?", kind, name)
        if not found and kind == BUDGET and self._is_charged(name):
            reason = f"the sums of the budget {name!r} are missing"
            raise JournalUnreadable(file=self._rows.file, reason=reason)
        empty = {"kind": kind, "name": name, "orders": 0}
        return found[0] if found else {**empty, "submissions": 0, "shots": 0, "nano_usd": 0}

    def _is_charged(self, name: str) -> bool:
        return bool(self._rows.fetch("SELECT 1 FROM charges WHERE account = ? LIMIT 1", (name,)))

    def _change(self, kind: str, name: str, orders: int, amounts: Sequence[int]) -> None:
        row = self._row(kind, name)
        columns = ("submissions", "shots", "nano_usd")
        sums = {
            column: row[column] + amount for column, amount in zip(columns, amounts, strict=True)
        }
        self._rows.update("totals", row, orders=row["orders"] + orders, **sums)


def _amounts(order: Order | OrderSummary) -> tuple[int, int, int]:
    return order.held_submissions, order.held_shots, round(order.held_usd * NANO_USD)


def _sums(orders: Sequence[OrderSummary]) -> list[int]:
    amounts = [_amounts(order) for order in orders] or [(0, 0, 0)]
    return [sum(column) for column in zip(*amounts, strict=True)]


def _spent(row: Row) -> Usage:
    return Usage(row["submissions"], row["shots"], row["nano_usd"] / NANO_USD)


def _budget(row: Row) -> Budget:
    return Budget(name=row["name"], **{name: row[name] for name in LIMITS})


def _written(budget: Budget) -> str:
    return ", ".join(LIMITS[name].format(limit) for name, limit in budget.limits.items())


def _options(budget: Budget, stored: Budget) -> str:
    """Return the options of ``qgate budgets`` that change a stored limit to another one."""
    removed = dict.fromkeys(stored.limits, NO_LIMIT)
    limits = {name: str(limit).removesuffix(".0") for name, limit in budget.limits.items()}
    return " ".join(f"--{name} {limit}" for name, limit in {**removed, **limits}.items())

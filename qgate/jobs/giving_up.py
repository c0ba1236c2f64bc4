"""Give up a single order, so that the next run submits its circuits again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.exceptions import NoSuchOrder
from qgate.jobs.orders import ASKED_AGAIN, Order, OrderState
from qgate.jobs.run_lock import RunLock

if TYPE_CHECKING:
    from qgate.jobs.journal import Journal

MOST_LISTED = 5
"""Maximum number of orders that an error lists."""


def give_up(journal: Journal, key: str, *, run: str | None = None) -> Order:
    """Give up an order: its results are not waited for or used, and it may be submitted again.

    Its usage stays counted in the budgets, because it was, or may have been, charged.

    Parameters
    ----------
    key : str
        Key of the order, or a unique prefix of it.
    run : str, optional
        Consider the orders of this run only.

    Returns
    -------
    Order
        As it was before.

    Raises
    ------
    NoSuchOrder
        No order, or more than one, has such a key; or the next run submits it again anyway.
    RunInUse
    """
    order = _order(journal, key, run)
    with RunLock(journal.file, order.run):
        order = _order(journal, order.key, order.run)  # it may have ended meanwhile
        if order.state in ASKED_AGAIN:
            reason = f"it is {order.state.value}, and the next run submits it again anyway"
            raise NoSuchOrder(key=key, file=journal.file, reason=reason)
        reason = f"given up by the user; it was {order.state.value}"
        journal.finish(
            order.key, OrderState.GIVEN_UP, vendor_status=order.vendor_status, reason=reason
        )
    return order


def how_to_give_up(journal: Journal, key: str) -> str:
    """Return a sentence that names the command for giving up an order."""
    return (
        f"To submit it again instead, give the order up with 'qgate jobs --journal {journal.file} "
        f"--forget {key[:16]}' and run again; what it cost stays counted."
    )


def _order(journal: Journal, key: str, run: str | None) -> Order:
    """Return the one order whose key begins with ``key``."""
    found = [order for order in journal.orders(run) if key and order.key.startswith(key)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(order.key[: len(key) + 8] for order in found[:MOST_LISTED])
    reason = f"{len(found)} keys begin like this: {listed}" if found else "no key begins like this"
    raise NoSuchOrder(key=key, file=journal.file, reason=reason)

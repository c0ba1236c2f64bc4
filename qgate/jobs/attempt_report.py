"""Texts that report the state of a request's submissions, as recorded in the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from qgate.jobs.creation_attempts import perhaps_sent
from qgate.jobs.giving_up import how_to_give_up
from qgate.jobs.journal import MEMORY
from qgate.jobs.orders import Order, OrderState

if TYPE_CHECKING:
    from qgate.devices.cloud.remote import RemoteDevice
    from qgate.jobs.journal import Journal
    from qgate.jobs.runs import Run

MOST_NAMED = 3
"""Maximum number of orders that a text names."""


class _Fate(Enum):
    """State of a submission, as a phrase for one and for several."""

    FINISHED = ("returned its results", "returned their results")
    FAILED = ("failed or was cancelled", "failed or were cancelled")
    CREATED = ("was created and continues", "were created and continue")
    PERHAPS = ("was perhaps created", "were perhaps created")
    GIVEN_UP = ("was given up", "were given up")
    UNSENT = ("was not created", "were not created")


FATES = {
    OrderState.DONE: _Fate.FINISHED,
    OrderState.QUARANTINED: _Fate.FINISHED,
    OrderState.FAILED: _Fate.FAILED,
    OrderState.CANCELLED: _Fate.FAILED,
    OrderState.SENT: _Fate.CREATED,
    OrderState.GIVEN_UP: _Fate.GIVEN_UP,
    OrderState.REFUSED: _Fate.UNSENT,
}


def account_of(run: Run, device: RemoteDevice, orders: Sequence[Order]) -> str:
    """Return the state of a request's orders in the journal, and how to continue."""
    journal = run.journal
    current = [journal.find(order.key, result=False) or order for order in orders]
    fates = [_fate(journal, order) for order in current]
    parts = [_count(fates, current)]
    unknown = [order for order, fate in zip(current, fates, strict=True) if fate is _Fate.PERHAPS]
    if unknown:
        parts.append(_how_to_look_up(run, device, unknown))
    return " ".join(parts)


def _fate(journal: Journal, order: Order) -> _Fate:
    if order.state is OrderState.INTENDED:
        return _Fate.PERHAPS if perhaps_sent(journal, order.key) else _Fate.UNSENT
    return FATES[order.state]


def _count(fates: Sequence[_Fate], orders: Sequence[Order]) -> str:
    counts = Counter(fates)
    if counts.keys() == {_Fate.UNSENT}:
        if any(order.attempt for order in orders):  # the rest of the request may have results
            return "No job exists for the circuits that are repeated here because they had failed."
        return "Nothing was created for this request."
    jobs = [order.job for order in orders if order.state is OrderState.SENT and order.job]
    named = f" (jobs {', '.join(jobs)})" if jobs else ""
    if len(fates) == 1:
        return f"The submission of this request {fates[0].value[0]}{named}."
    counted = [f"{counts[fate]} {fate.value[counts[fate] > 1]}" for fate in _Fate if counts[fate]]
    return f"Of {len(fates)} submissions of this request, {', '.join(counted)}{named}."


def _how_to_look_up(run: Run, device: RemoteDevice, unknown: Sequence[Order]) -> str:
    keys = ", ".join(order.key for order in unknown[:MOST_NAMED])
    more = "" if len(unknown) <= MOST_NAMED else f" and {len(unknown) - MOST_NAMED} others"
    reserved = f"What was perhaps created stays reserved under the key {keys}{more}"
    if not device.searchable:
        advice = f"{reserved}. Look for it in the provider's console."
        file = run.journal.file
        return (
            advice if file == MEMORY else f"{advice} {how_to_give_up(run.journal, unknown[0].key)}"
        )
    return f"{reserved}, which the provider has as token or tag. {_next_step(run)}"


def _next_step(run: Run) -> str:
    file = run.journal.file
    if file == MEMORY:
        return (
            "The same call in this process looks it up before anything is sent; after that, look "
            "for it in the provider's console."
        )
    ordered = "" if run.ordered else ", ordered=False"
    return (
        f"The same call in this process, or under qg.run({run.name!r}, journal={file!r}{ordered}) "
        f"in another, looks it up before anything is sent; so does 'qgate resume --journal {file}' "
        "without the program."
    )

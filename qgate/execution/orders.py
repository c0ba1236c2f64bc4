"""What was ordered: one row of the journal for each submission."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from qgate.budget import Budget
from qgate.prices import Price


class OrderState(StrEnum):
    """How far an order has come."""

    INTENDED = "intended"
    """Written down, and not known to be sent."""

    SENT = "sent"
    """The provider gave it an id."""

    DONE = "done"
    """Its results are in the journal."""

    FAILED = "failed"
    """The provider could not run it."""

    CANCELLED = "cancelled"
    """Its job was cancelled."""

    REFUSED = "refused"
    """The provider did not take it, or it was taken back before it was sent."""

    QUARANTINED = "quarantined"
    """Its known answers were wrong; its results are in the journal and not used."""

    GIVEN_UP = "given up"
    """The user no longer waits for it; what it cost, or may cost, stays counted."""


OPEN = frozenset({OrderState.INTENDED, OrderState.SENT})
"""An order that stands here may still bring results."""

ASKED_AGAIN = frozenset(
    {OrderState.REFUSED, OrderState.CANCELLED, OrderState.FAILED, OrderState.GIVEN_UP}
)
"""Terminal states after which the order is submitted again under another key."""

UNUSABLE = frozenset({OrderState.QUARANTINED, OrderState.GIVEN_UP})
"""States whose results are not used; a call outside of a named run that raised because of one
submits again when it is made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One submission, as the journal knows it.

    Parameters
    ----------
    key : str
        64 hexadecimal digits made of run, device, content, repetition and attempt; the
        provider's idempotency token, or its tag.
    run : str
    step : int
        The request that it is part of, counted within the run.
    part : int
        Which submission of that request it is.
    attempt : int
        0, or how often the same was ordered before and failed.
    device : str
        The string that makes the device again.
    provider : str
    digest : str
        Of what it asks for.
    record : bytes
        What is needed to read its result, as JSON.
    rows, shots : int
    price : Price or None
        None: unknown.
    state : OrderState
    job : str or None
        The provider's id.
    vendor_status, reason : str
        In the provider's words.
    result : bytes or None
    held_submissions, held_shots, held_usd : int, int, float
        What it takes of budgets: the most it may cost, and what it did cost once that is settled.
    settled : bool
    created_at, sent_at, finished_at : float
        Unix time in seconds.
    """

    key: str
    run: str
    step: int
    part: int
    attempt: int
    device: str
    provider: str
    digest: str
    record: bytes
    rows: int
    shots: int
    price: Price | None
    state: OrderState = OrderState.INTENDED
    job: str | None = None
    vendor_status: str = ""
    reason: str = ""
    result: bytes | None = None
    held_submissions: int = 1
    held_shots: int = 0
    held_usd: float = 0.0
    settled: bool = False
    created_at: float = 0.0
    sent_at: float | None = None
    finished_at: float | None = None


class OrderSummary(NamedTuple):
    """The part of an order that opening a run needs, quick to make for many orders.

    Parameters
    ----------
    key, attempt, state, held_submissions, held_shots, held_usd
        As in ``Order``.
    """

    key: str
    attempt: int
    state: OrderState
    held_submissions: int
    held_shots: int
    held_usd: float


@dataclass(frozen=True, slots=True)
class Purse:
    """A budget, and the name under which what is taken from it is counted."""

    name: str
    budget: Budget


@dataclass(frozen=True, slots=True)
class Spent:
    """What was taken from budgets: paid, or held for what is under way."""

    submissions: int = 0
    shots: int = 0
    usd: float = 0.0

"""Orders: the journal has one row for each submission."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from qgate.prices import Price
from qgate.short_repr import summary
from qgate.usage import Usage


class OrderState(StrEnum):
    """State of an order."""

    INTENDED = "intended"
    """Recorded, and not known to be sent."""

    SENT = "sent"
    """The provider has assigned an id."""

    DONE = "done"
    """Its results are in the journal."""

    FAILED = "failed"
    """The provider could not execute it."""

    CANCELLED = "cancelled"
    """Its job was cancelled."""

    REFUSED = "refused"
    """The provider refused it, or it was withdrawn before it was sent."""

    QUARANTINED = "quarantined"
    """Its canary circuits had wrong results; its own results are in the journal and not used."""

    GIVEN_UP = "given up"
    """The user no longer waits for it; its cost, or possible cost, stays counted."""


OPEN = frozenset({OrderState.INTENDED, OrderState.SENT})
"""States of orders that may still get results."""

ASKED_AGAIN = frozenset(
    {OrderState.REFUSED, OrderState.CANCELLED, OrderState.FAILED, OrderState.GIVEN_UP}
)
"""Terminal states after which the order is submitted again under another key."""

UNUSABLE = frozenset({OrderState.QUARANTINED, OrderState.GIVEN_UP})
"""States whose results are not used. Outside of a named run, a call that raised because of one of
these submits again when it is repeated.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One submission, as recorded in the journal.

    Parameters
    ----------
    key : str
        64 hexadecimal digits derived from run, device, content, repetition and attempt. It is the
        provider's idempotency token, or its tag.
    run : str
    step : int
        Index of its request within the run.
    part : int
        Index of the submission within that request.
    attempt : int
        Number of earlier orders of the same circuits that failed.
    device : str
        Configuration string that creates the device.
    provider : str
    digest : str
        Fingerprint of its circuits.
    record : bytes
        JSON with all that is required to read its result.
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
        Usage that is charged to budgets: the most it may cost, and the actual cost once settled.
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

    @property
    def usage(self) -> Usage:
        """Usage that is charged to budgets."""
        return Usage(self.held_submissions, self.held_shots, self.held_usd)

    def __repr__(self) -> str:
        facts = {"step": f"{self.step}.{self.part}", "state": self.state.value}
        return summary(
            self,
            "device",
            "rows",
            "shots",
            of=repr(self.run),
            **facts,
            usd=self.known_usd,
            job=self.job,
            key=self.key[:16],
        )

    @property
    def is_local(self) -> bool:
        """Whether it runs within the program, so that it has no price and no job to wait for."""
        return not self.record

    @property
    def known_usd(self) -> float | None:
        """US dollars, paid or reserved; None: the provider states no price."""
        known = self.is_local or self.price is not None or self.held_usd
        return self.held_usd if known else None


class OrderSummary(NamedTuple):
    """Part of an ``Order`` that opening a run requires; cheap to create for many orders."""

    key: str
    attempt: int
    state: OrderState
    held_submissions: int
    held_shots: int
    held_usd: float

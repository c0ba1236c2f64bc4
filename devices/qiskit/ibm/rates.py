"""What seconds of IBM's devices cost, and how many a job takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qgate.prices import Rate

FROM_THIRD_PARTY = "third party, from the vendor's price page"
DATE = "2026-05-01"

RATES: Mapping[str, Rate] = {
    "open": Rate(source="plan without charge", date=DATE),
    "pay-as-you-go": Rate(per_second_usd=1.60, source=FROM_THIRD_PARTY, date=DATE),
    "flex": Rate(per_second_usd=1.20, source=FROM_THIRD_PARTY, date=DATE),
}
"""By the name of the plan; of other plans no price is known."""

SPELLINGS: Mapping[str, str] = {"paygo": "pay-as-you-go", "standard": "pay-as-you-go"}

OVERHEAD_S = (0.5, 10.0)
"""What a job takes besides its shots, at least and at most; IBM speaks of about 2 s."""

SHOT_S = (0.7, 1.5)
"""The time of a shot lies between these multiples of the delay between shots and the circuit."""

LAYER_S = 1e-7
READOUT_S = 2e-6


def rate_of(plan: str) -> Rate | None:
    """Return what a plan costs; None: unknown."""
    name = plan.strip().lower()
    return RATES.get(SPELLINGS.get(name, name))


@dataclass(frozen=True, slots=True)
class Load:
    """What one circuit asks of a device.

    Parameters
    ----------
    executions : int
        Rows times shots.
    depth : int
        Layers of gates, as compiled.
    """

    executions: int
    depth: int


def estimate_s(loads: Sequence[Load], *, rep_delay_s: float) -> tuple[float, float]:
    """Return how many seconds a job takes, at least and at most.

    An estimate: the delay between shots, and 0.1 microseconds for each layer of gates, for every
    execution, and a fixed time for the job. The service alone knows what it charges, and says so
    when the job is done.

    Parameters
    ----------
    loads : sequence of Load
    rep_delay_s : float
        The delay between two shots.
    """
    running_s = sum(
        load.executions * (rep_delay_s + READOUT_S + load.depth * LAYER_S) for load in loads
    )
    low, high = (
        overhead + share * running_s for overhead, share in zip(OVERHEAD_S, SHOT_S, strict=True)
    )
    return low, high

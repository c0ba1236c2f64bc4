"""Prices of IBM's devices per second, and estimates of the seconds of a job."""

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
"""Rates by plan; other plans have no known price."""

SPELLINGS: Mapping[str, str] = {"paygo": "pay-as-you-go", "standard": "pay-as-you-go"}

OVERHEAD_S = (0.5, 10.0)
"""Minimum and maximum seconds of a job besides its shots; IBM states about 2 s."""

SHOT_S = (0.7, 1.5)
"""Minimum and maximum time of a shot, in multiples of the delay between shots plus the circuit."""

LAYER_S = 1e-7
READOUT_S = 2e-6


def rate_of(plan: str) -> Rate | None:
    """Return the rate of a plan; None: unknown."""
    name = plan.strip().lower()
    return RATES.get(SPELLINGS.get(name, name))


@dataclass(frozen=True, slots=True)
class Load:
    """Load of one circuit on a device.

    Parameters
    ----------
    executions : int
        Number of rows times shots.
    depth : int
        Layers of gates after transpilation.
    """

    executions: int
    depth: int


def estimate_s(loads: Sequence[Load], *, rep_delay_s: float) -> tuple[float, float]:
    """Return the minimum and maximum seconds of a job.

    The estimate is a fixed time for the job, plus, for every execution, the delay between shots and
    0.1 microseconds for each layer of gates. The service reports the charged time when the job is
    done.

    Parameters
    ----------
    loads : sequence of Load
    rep_delay_s : float
        Delay in seconds between two shots.
    """
    running_s = sum(
        load.executions * (rep_delay_s + READOUT_S + load.depth * LAYER_S) for load in loads
    )
    low, high = (
        overhead + share * running_s for overhead, share in zip(OVERHEAD_S, SHOT_S, strict=True)
    )
    return low, high

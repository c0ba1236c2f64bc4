"""Bill of one job, from a provider's ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Charge:
    """One job.

    Parameters
    ----------
    key : str
        Token or tag of its order.
    shots : int
        Shots of each executable.
    paid : int
        Number of executables whose results are paid for.
    usd : float
        Charge so far.
    failed : bool
        Whether it has ended without a result.
    """

    key: str
    shots: int
    paid: int
    usd: float
    failed: bool

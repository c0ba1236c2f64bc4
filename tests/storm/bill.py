"""Bill of one job, from a provider's ledger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Charge:
    """One job.

    Parameters
    ----------
    key : str
        The token or tag under which it was ordered.
    shots : int
        Of each executable.
    paid : int
        Executables whose results are paid for.
    usd : float
        What is charged so far.
    failed : bool
        Whether it has ended without a result, which is known or will be asked for.
    """

    key: str
    shots: int
    paid: int
    usd: float
    failed: bool

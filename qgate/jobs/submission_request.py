"""Submission requests and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from qgate.jobs.accounting import Results, failures
from qgate.jobs.digest import digest_of
from qgate.jobs.orders import Order
from qgate.sweep import Sweep
from qgate.usage import Usage
from qgate.wires import Wires


@dataclass(frozen=True, eq=False)
class SubmissionRequest:
    """Request for one submission.

    Parameters
    ----------
    part : int
        Index of the submission within its request.
    attempt : int
        Number of earlier orders of the same circuits that failed.
    submissions : int
        Number of submissions of these circuits since the program began.
    places : tuple of (int, list of int)
        Sweeps and rows of the failed submission whose rows these are.
    canary : Wires or None
        If given, the last sweep holds canary circuits on these wires.
    """

    sweeps: tuple[Sweep, ...]
    part: int = 0
    attempt: int = 0
    submissions: int = 0
    places: tuple[tuple[int, list[int]], ...] = ()
    canary: Wires | None = None

    @property
    def asked(self) -> tuple[Sweep, ...]:
        """The sweeps without canary circuits."""
        return self.sweeps if self.canary is None else self.sweeps[:-1]

    @cached_property
    def digest(self) -> str:
        """Fingerprint of the sweeps."""
        return digest_of(self.sweeps)

    @property
    def usage(self) -> Usage:
        """Usage of the submission; its dollars are known to the device."""
        shots = sum(int(sweep.shots.sum()) for sweep in self.sweeps if sweep.shots is not None)
        return Usage(1, shots, None, executions=sum(map(len, self.sweeps)))


@dataclass(frozen=True, slots=True)
class SubmissionOutcome:
    """Outcome of one submission request.

    Parameters
    ----------
    order : Order
        As it is in the journal.
    results : sequence of SweepResult
        Of its sweeps; empty if all of it failed.
    submitted : bool
        Whether it was sent now.
    submissions : int
        Number of submissions of these circuits since the program began.
    """

    order: Order
    results: Results
    submitted: bool
    submissions: int

    @property
    def failed(self) -> bool:
        """Whether any row has no result."""
        return not self.results or bool(failures(self.results))

    @property
    def reason(self) -> str:
        """Reason of the failure, in the provider's words."""
        return next(iter(failures(self.results)), self.order.reason)

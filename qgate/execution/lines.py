"""What goes into one submission, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from qgate.devices.job import SweepResult
from qgate.execution.digest import digest_of
from qgate.execution.orders import Order
from qgate.execution.settling import failures
from qgate.sweep import Sweep
from qgate.wires import Wires

Results = Sequence[SweepResult]


@dataclass(frozen=True, eq=False)
class Line:
    """What is to go into one submission.

    Parameters
    ----------
    sweeps : tuple of Sweep
    part : int
        Which submission of the request it is.
    attempt : int
        How often the same was ordered before and failed.
    purchases : int
        How often it was bought since the program began.
    places : tuple of (int, list of int)
        Sweeps and rows of the failed submission whose rows these are.
    canary : Wires or None
        The last sweep is one with known results, on these wires.
    """

    sweeps: tuple[Sweep, ...]
    part: int = 0
    attempt: int = 0
    purchases: int = 0
    places: tuple[tuple[int, list[int]], ...] = ()
    canary: Wires | None = None

    @property
    def asked(self) -> tuple[Sweep, ...]:
        """Its sweeps without known answers."""
        return self.sweeps if self.canary is None else self.sweeps[:-1]

    def changed(self, **values: Any) -> Line:
        """Return another line."""
        return replace(self, **values)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of what it asks for."""
        return digest_of(self.sweeps)

    @property
    def num_rows(self) -> int:
        """Of all sweeps."""
        return sum(len(sweep) for sweep in self.sweeps)

    @property
    def num_shots(self) -> int:
        """Of all rows."""
        return sum(int(sweep.shots.sum()) for sweep in self.sweeps if sweep.shots is not None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one line.

    Parameters
    ----------
    order : Order
        As it stands in the journal.
    results : sequence of SweepResult
        Of its sweeps; empty where all of it failed.
    bought : bool
        Whether it was sent now.
    purchases : int
        How often the line was bought since the program began.
    """

    order: Order
    results: Results
    bought: bool
    purchases: int

    @property
    def failed(self) -> bool:
        """Whether any row has no result."""
        return not self.results or bool(failures(self.results))

    @property
    def reason(self) -> str:
        """Why, in the provider's words."""
        return next(iter(failures(self.results)), self.order.reason)

"""What would be sent, found out by running a function without sending anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from qgate.budget import Budget, budget_of
from qgate.devices.job import SweepResult
from qgate.devices.packing import submit_packed
from qgate.exceptions import BudgetExceeded, PlanExceeded, UnknownPrice
from qgate.execution.current import DEVICE, PLAN
from qgate.execution.lines import Line
from qgate.execution.totals import LIMITS
from qgate.findable import picklable
from qgate.forks import ForkSafeLock
from qgate.measurements import MeasurementKind
from qgate.outcomes import Outcomes
from qgate.prices import Price
from qgate.sweep import Sweep
from qgate.typing import FloatArray

if TYPE_CHECKING:
    from qgate.devices.base import Device

Results = Sequence[SweepResult]


@dataclass(frozen=True, slots=True)
class PlannedSubmission:
    """One submission that would be made.

    Parameters
    ----------
    device : str
    step : int
        The request that it is part of; those of one request are sent together.
    circuits : int
        Structures.
    rows, shots : int
        Of all circuits together.
    price : Price or None
        None: unknown.
    digest : str
        Of what it asks for.
    """

    device: str
    step: int
    circuits: int
    rows: int
    shots: int
    price: Price | None
    digest: str


@dataclass(frozen=True, slots=True)
class PriorErrors:
    """Standard errors that shots are expected to leave, before anything is known.

    They are from the shots and the coefficients alone: each word is taken to have variance 1, and
    words that are read together to be independent.

    Parameters
    ----------
    values : tuple of float
        Of what is measured.
    derivatives : tuple of float
        By the arguments where ``gradient_estimate`` is planned, else by the angles of the gates.
    """

    values: tuple[float, ...]
    derivatives: tuple[float, ...]


class Plan:
    """What a call would send, before anything is sent.

    Made by ``qg.plan``; prints as a table. The values on which later requests depend are not
    known beforehand: such requests are planned as if every circuit had read zeros, and are only
    as certain as that.

    Parameters
    ----------
    call : callable
        Without arguments: what is planned.
    budget : Budget or int, optional
        A number limits shots. ``run`` spends no more.

    Attributes
    ----------
    entries : tuple of PlannedSubmission
    prior_errors : tuple of PriorErrors
        One for each request whose numbers are linear in the means of Pauli words: expectation
        values and probabilities, and their derivatives by shifts.
    sources : dict of str to str
        For each device that is paid for: its prices with their source and date, and whether its
        limits and gates are live or from a card.
    """

    def __init__(
        self, call: Callable[[], Any], *, device: Any, budget: Budget | int | None
    ) -> None:
        self._call, self._device, self.budget = call, device, budget_of(budget)
        self.entries: tuple[PlannedSubmission, ...] = ()
        self.prior_errors: tuple[PriorErrors, ...] = ()
        self.sources: dict[str, str] = {}
        self._collect()

    # What it says ----------------------------------------------------------------------

    @property
    def submissions(self) -> int:
        """How many requests to providers it makes."""
        return len(self.entries)

    @property
    def rows(self) -> int:
        """How many circuits with numbers it runs."""
        return sum(entry.rows for entry in self.entries)

    @property
    def shots(self) -> int:
        """How many shots it takes."""
        return sum(entry.shots for entry in self.entries)

    @property
    def price(self) -> Price | None:
        """What it costs; None: the price of a part of it is unknown."""
        total = Price()
        for entry in self.entries:
            if entry.price is None:
                return None
            total += entry.price
        return total

    def run(self) -> Any:
        """Make the call; what is not in the plan is refused.

        Returns
        -------
        Any
            What the call returns.

        Raises
        ------
        PlanExceeded
            It would send something else, for example because results decide what comes next.
        """
        guard = Guard(Counter((entry.device, entry.digest) for entry in self.entries))
        return self._under(guard)

    def __str__(self) -> str:
        from qgate.execution.plan_table import table

        return table(self)

    __repr__ = __str__

    # How it is made --------------------------------------------------------------------

    def _collect(self) -> None:
        collector = Collector()
        self._under(collector)
        self.entries = tuple(collector.entries)
        self.prior_errors = tuple(collector.prior_errors)
        self.sources = collector.sources
        self._check_budget()

    def _under(self, watcher: Collector | Guard) -> Any:
        with ExitStack() as stack:
            stack.enter_context(PLAN.opened(watcher))
            if self._device is not None:
                stack.enter_context(DEVICE.opened(self._device))
            return self._call()

    def _check_budget(self) -> None:
        if self.budget is None:
            return
        price = self.price
        if self.budget.usd is not None and price is None:
            raise UnknownPrice(device=", ".join(sorted({each.device for each in self.entries})))
        asked = {
            "submissions": self.submissions,
            "shots": self.shots,
            "usd": 0.0 if price is None else price.high_usd,
        }
        for name, _, written in LIMITS:
            limit = getattr(self.budget, name)
            if limit is not None and asked[name] > limit:
                raise BudgetExceeded(
                    what="The plan",
                    asked=written.format(asked[name]),
                    spent=written.format(type(asked[name])()),
                    limit=written.format(limit),
                    budget=repr(self.budget.name or "of the plan"),
                )


@picklable
def plan(
    function: Callable[..., Any], device: Any = None, *, budget: Budget | int | None = None
) -> Callable[..., Plan]:
    """Find out what calling a function would send, without sending it.

    Parameters
    ----------
    function : callable
        A QNode, its gradient, or any function that calls such.
    device : str or Device, optional
        In place of the device of every QNode that is called.
    budget : Budget or int, optional
        What the plan may take, a number in shots; also the limit of ``Plan.run``.

    Returns
    -------
    callable
        Takes the arguments of the function, returns a ``Plan``.

    Raises
    ------
    InvalidBudget
        The budget is neither a ``Budget`` nor a positive whole number.
    BudgetExceeded, UnknownPrice
        From the returned function: the plan takes more than the budget allows.
    DeviceError
        From the returned function: the device cannot do it.

    Notes
    -----
    Cost: the function runs once, with zeros in place of what circuits read. Making a device of a
    cloud asks its provider for its properties, which costs nothing. Without credentials, or where
    the service does not answer, the limits and prices are those of the device's card in this
    package; ``Plan.sources`` lists which were used.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local?shots=100", diff_method="parameter-shift")
    ... def circuit(angle):
    ...     qg.RX(angle, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> planned = plan(qg.grad(circuit))(qg.numpy.array(0.4, requires_grad=True))
    >>> planned.submissions, planned.rows, planned.shots
    (1, 3, 300)
    """
    if isinstance(device, str):
        from qgate.devices.registry import device_for_plan

        device = device_for_plan(device)
    budget_of(budget)

    @wraps(function, updated=())
    def planned(*args: Any, **kwargs: Any) -> Plan:
        return Plan(partial(function, *args, **kwargs), device=device, budget=budget)

    return planned


class Collector:
    """Answers requests without sending them, and keeps what they were."""

    def __init__(self) -> None:
        self.entries: list[PlannedSubmission] = []
        self.prior_errors: list[PriorErrors] = []
        self.sources: dict[str, str] = {}
        self._steps = 0
        self._lock = ForkSafeLock()

    def answer(self, device: Device, lines: Sequence[Line]) -> list[Results] | None:
        """Return what circuits would read that always read zero."""
        with self._lock:
            self._steps += 1
            self.entries += [_entry(device, line, self._steps) for line in lines]
            if device.rate is not None or _origin(device) is not None:
                self.sources[device.name] = _source(device)
        return [_zeros(line.sweeps, device) for line in lines]

    def expects(self, errors: FloatArray, num_values: int) -> None:
        """Take in the standard errors of values and derivatives as they are expected."""
        found = tuple(errors.tolist())
        with self._lock:
            self.prior_errors.append(PriorErrors(found[:num_values], found[num_values:]))


class Guard:
    """Lets pass what is in a plan."""

    def __init__(self, left: Counter[tuple[str, str]]) -> None:
        self._left = left
        self._lock = ForkSafeLock()

    def answer(self, device: Device, lines: Sequence[Line]) -> list[Results] | None:
        """Refuse what is not in the plan; the answer is left to the device."""
        with self._lock:
            asked = Counter((device.name, line.digest) for line in lines)
            for content, number in asked.items():
                if self._left[content] < number:
                    shots = sum(line.num_shots for line in lines)
                    rows = sum(line.num_rows for line in lines)
                    raise PlanExceeded(device=device.name, asked=f"{rows} rows, {shots} shots")
            self._left -= asked
        return None

    def expects(self, errors: FloatArray, num_values: int) -> None:
        """Nothing is checked of what is expected."""


def _entry(device: Device, line: Line, step: int) -> PlannedSubmission:
    price: Price | None = Price()
    if device.capabilities.paid:
        price = device.price(line.sweeps)  # type: ignore[attr-defined]  # paid devices are remote
    return PlannedSubmission(
        device.name,
        step,
        len(line.sweeps),
        line.num_rows,
        line.num_shots,
        price,
        line.digest,
    )


def _origin(device: Device) -> str | None:
    """Return the source of limits and gates of a paid device; None: the device itself."""
    return getattr(device, "origin", None)


def _source(device: Device) -> str:
    """Return the source of the price and the limits of a device."""
    parts = [] if device.rate is None else [f"price {device.rate}"]
    origin = _origin(device)
    parts += [] if origin is None else [f"limits and gates {origin}"]
    return "; ".join(parts)


def _zeros(sweeps: Sequence[Sweep], device: Device) -> Results:
    if not device.capabilities.paid and all(sweep.shots is None for sweep in sweeps):
        return submit_packed(device, sweeps).result()  # exact values cost nothing
    return [_zero(sweep) for sweep in sweeps]


def _zero(sweep: Sweep) -> SweepResult:
    measurements = sweep.structure.measurements
    if sweep.shots is None:
        return tuple(_certain(len(item.wires), len(sweep)) for item in measurements)
    ordered = measurements[0].kind is MeasurementKind.SAMPLE
    wires = len(measurements[0].wires)
    read = [
        Outcomes.from_readings(np.zeros(int(shots), dtype=np.int64), wires) for shots in sweep.shots
    ]
    return (read if ordered else [row.without_order() for row in read],)


def _certain(wires: int, rows: int) -> Any:
    """Probabilities of always reading zero, shape (K, 2**n)."""
    probabilities = np.zeros((rows, 2**wires))
    probabilities[:, 0] = 1.0
    return probabilities

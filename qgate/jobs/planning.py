"""Plans: find out what a function would submit, by calling it without sending anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial, wraps
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

import numpy as np

from qgate.arguments import require_function
from qgate.budget import Budget, BudgetAccount, budget_of
from qgate.context import entered
from qgate.devices.batching import submit_packed
from qgate.devices.job import SweepResult
from qgate.exceptions import PlanExceeded, UnknownPrice
from qgate.findable import picklable
from qgate.forks import ForkSafeLock
from qgate.jobs.accounting import Results
from qgate.jobs.submission_request import SubmissionRequest
from qgate.measurements import MeasurementKind
from qgate.outcomes import Outcomes
from qgate.prices import Price
from qgate.short_repr import fields_summary
from qgate.sweep import Sweep
from qgate.typing import FloatArray
from qgate.usage import Usage

if TYPE_CHECKING:
    from qgate.devices.base import Device

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PlannedSubmission:
    """One submission that would be made.

    Parameters
    ----------
    device : str
    step : int
        Index of its request; the submissions of one request are sent together.
    circuits : int
        Number of structures.
    rows, shots : int
        Of all circuits together.
    price : Price or None
        None: unknown.
    digest : str
        Fingerprint of its circuits.
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
    """Standard errors expected from the number of shots, before any measurement.

    They follow from the shots and the coefficients alone: each Pauli word is assumed to have
    variance 1, and the Pauli words of a commuting group to be independent.

    Parameters
    ----------
    values : tuple of float
        Of the measurement results.
    derivatives : tuple of float
        By the arguments where ``gradient_estimate`` is planned, else by the angles of the gates.
    """

    values: tuple[float, ...]
    derivatives: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RehearsedValues:
    """Values of a request on an emulated device, in the order of the measurement results.

    Parameters
    ----------
    ideal : tuple of float
        Values without noise.
    noisy : tuple of float
        Values with the noise of the device, from infinitely many shots.
    shot_errors : tuple of float
        Standard errors of values from the requested shots.
    """

    ideal: tuple[float, ...]
    noisy: tuple[float, ...]
    shot_errors: tuple[float, ...]

    __repr__ = fields_summary


class Plan(Generic[T]):
    """Submissions that a call would make, determined before anything is sent.

    Returned by ``qg.plan``; prints as a table. If later requests depend on results, these are not
    known beforehand. Such requests are planned as if the outcome of every circuit was all zeros,
    and are only as certain as that. On an emulated device the outcomes are those of the emulation,
    and the plan has the values that the money would give.

    Parameters
    ----------
    call : callable
        The call to plan, without arguments.
    budget : Budget or int, optional
        A number limits shots. It also limits ``run``.

    Attributes
    ----------
    entries : tuple of PlannedSubmission
    prior_errors : tuple of PriorErrors
        One for each request whose results are linear in the expectation values of Pauli words:
        expectation values and probabilities, and their derivatives by shifts.
    rehearsed : tuple of RehearsedValues
        On an emulated device, one for each of the first requests of values.
    paid_devices : tuple of str
        Device strings of the paid devices; the names of those without a string.
    sources : dict of str to str
        For each paid device, its prices with their source and date, and whether its limits and
        gates are live or from a card.
    """

    def __init__(
        self, call: Callable[[], T], *, device: Device | None, budget: Budget | int | None
    ) -> None:
        self._call, self._device, self.budget = call, device, budget_of(budget)
        self.entries: tuple[PlannedSubmission, ...] = ()
        self.prior_errors: tuple[PriorErrors, ...] = ()
        self.rehearsed: tuple[RehearsedValues, ...] = ()
        self.paid_devices: tuple[str, ...] = ()
        self.sources: dict[str, str] = {}
        self._collect()

    # Contents ------------------------------------------------------------------------

    @property
    def submissions(self) -> int:
        """Number of requests to providers."""
        return len(self.entries)

    @property
    def rows(self) -> int:
        """Number of circuits with bound parameters."""
        return sum(entry.rows for entry in self.entries)

    @property
    def shots(self) -> int:
        """Number of shots."""
        return sum(entry.shots for entry in self.entries)

    @property
    def price(self) -> Price | None:
        """Price of all submissions; None: the price of one of them is unknown."""
        total = Price()
        for entry in self.entries:
            if entry.price is None:
                return None
            total += entry.price
        return total

    def run(self) -> T:
        """Make the call; refuse all that is not in the plan.

        Returns
        -------
        object
            The result of the call.

        Raises
        ------
        PlanExceeded
            It would send something else, for example because results decide later requests.
        """
        guard = Guard(Counter((entry.device, entry.digest) for entry in self.entries))
        return self._under(guard)

    def __str__(self) -> str:
        from qgate.jobs.plan_table import table

        return table(self)

    __repr__ = __str__

    # Collection ----------------------------------------------------------------------

    def _collect(self) -> None:
        collector = Collector()
        self._under(collector)
        self.entries = tuple(collector.entries)
        self.prior_errors = tuple(collector.prior_errors)
        self.rehearsed = tuple(collector.rehearsed)
        self.paid_devices = tuple(collector.paid_devices)
        self.sources = collector.sources
        self._check_budget()

    def _under(self, planner: Collector | Guard) -> T:
        device = nullcontext() if self._device is None else entered(device=self._device)
        with entered(plan=planner), device:
            return self._call()

    def _check_budget(self) -> None:
        if self.budget is None:
            return
        price = self.price
        if self.budget.usd is not None and price is None:
            raise UnknownPrice(device=", ".join(sorted({each.device for each in self.entries})))
        usage = Usage(self.submissions, self.shots, 0.0 if price is None else price.high_usd)
        account = BudgetAccount(self.budget.name or "of the plan", self.budget)
        account.check(usage, Usage(), "The plan")


@picklable
def plan(
    function: Callable[P, T],
    device: str | Device | None = None,
    *,
    budget: Budget | int | None = None,
) -> Callable[P, Plan[T]]:
    """Return a function that plans calls of ``function`` instead of making them.

    Parameters
    ----------
    function : callable
        A QNode, its gradient, or any function that calls such.
    device : str or Device, optional
        Replaces the device of every QNode that is called.
    budget : Budget or int, optional
        Limit of the plan and of ``Plan.run``; a number limits shots.

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
    Cost: one call of the function, with zeros as the outcomes of circuits. Creating a cloud device
    requests its properties from the provider, which is free. Without credentials, or if the service
    does not respond, the limits and prices are those of the device's card in this package;
    ``Plan.sources`` lists which were used.

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
    require_function("plan", "function", function)

    @wraps(function, updated=())
    def planned(*args: P.args, **kwargs: P.kwargs) -> Plan[T]:
        return Plan(partial(function, *args, **kwargs), device=device, budget=budget)

    return planned


MOST_REHEARSED = 5
"""Maximum number of requests of which an emulated device gives the values."""


class Collector:
    """Planner that records requests, and returns zeros or what an emulation gives."""

    def __init__(self) -> None:
        self.entries: list[PlannedSubmission] = []
        self.prior_errors: list[PriorErrors] = []
        self.rehearsed: list[RehearsedValues] = []
        self.paid_devices: dict[str, None] = {}
        self.sources: dict[str, str] = {}
        self._steps = 0
        self._lock = ForkSafeLock()

    def answer(self, device: Device, requests: Sequence[SubmissionRequest]) -> list[Results] | None:
        """Return results in which every outcome is zero; those of an emulated device itself."""
        self.record(device, requests)
        if device.emulated is not None:
            return [list(device.submit(request.sweeps).result()) for request in requests]
        return [_zeros(request.sweeps, device) for request in requests]

    def record(self, device: Device, requests: Sequence[SubmissionRequest]) -> None:
        """Record the submissions of a request, with their prices."""
        with self._lock:
            self._steps += 1
            self.entries += [_entry(device, request, self._steps) for request in requests]
            if device.capabilities.paid:
                self.paid_devices[device.config or device.name] = None
            if device.rate is not None or _origin(device) is not None:
                self.sources[device.name] = _source(device)

    def expects(self, errors: FloatArray, num_values: int) -> None:
        """Record the expected standard errors of values and derivatives."""
        found = tuple(errors.tolist())
        with self._lock:
            self.prior_errors.append(PriorErrors(found[:num_values], found[num_values:]))

    def rehearses(self, device: Device) -> bool:
        """Return whether values of requests to a device belong to the plan."""
        return device.emulated is not None and len(self.rehearsed) < MOST_REHEARSED

    def gives(self, values: RehearsedValues) -> None:
        """Record the values of a request."""
        with self._lock:
            self.rehearsed.append(values)


class Guard:
    """Check that allows only the submissions of a plan."""

    def __init__(self, left: Counter[tuple[str, str]]) -> None:
        self._left = left
        self._lock = ForkSafeLock()

    def answer(self, device: Device, requests: Sequence[SubmissionRequest]) -> list[Results] | None:
        """Refuse submissions that are not in the plan; return None: the device takes the rest."""
        with self._lock:
            asked = Counter((device.name, request.digest) for request in requests)
            for content, number in asked.items():
                if self._left[content] < number:
                    usage = sum((request.usage for request in requests), Usage())
                    asked_text = f"{usage.executions} rows, {usage.shots} shots"
                    raise PlanExceeded(device=device.name, asked=asked_text)
            self._left -= asked
        return None

    def expects(self, errors: FloatArray, num_values: int) -> None:
        """Ignore expected errors; they are not part of the check."""

    def rehearses(self, device: Device) -> bool:
        """Return False: a plan that runs gives the values themselves."""
        return False

    def gives(self, values: RehearsedValues) -> None:
        """Ignore values; none are requested."""


def _entry(device: Device, request: SubmissionRequest, step: int) -> PlannedSubmission:
    price: Price | None = Price()
    charging = device if device.emulated is None else device.emulated
    if charging.capabilities.paid:
        price = charging.price(request.sweeps)  # type: ignore[attr-defined]  # paid ones are remote
    return PlannedSubmission(
        device.name,
        step,
        len(request.sweeps),
        request.usage.executions,
        request.usage.shots,
        price,
        request.digest,
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


def _certain(wires: int, rows: int) -> FloatArray:
    """Return the probabilities of an outcome that is always zero, shape (K, 2**n)."""
    probabilities = np.zeros((rows, 2**wires))
    probabilities[:, 0] = 1.0
    return probabilities

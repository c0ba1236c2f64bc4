"""One attempt at the submissions of a request: record orders, create jobs, record results.

Protocol: ``Journal.place`` records all orders of the request in one transaction, which also charges
them to the budgets; nothing is sent before. Each order then follows one path: results that are in
the journal are replayed, jobs that are known are waited for, and the others are created (see
``creation.py``). Worker threads create the jobs, one poller per account waits for them, and the
calling thread records every end in the journal. Whatever interrupts the call leaves the orders in a
state from which the next identical call continues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, TypeAlias

from qgate.context import active_call
from qgate.devices.cloud.polling import poller_of
from qgate.devices.cloud.remote import RemoteDevice, RemoteJob
from qgate.devices.cloud.retries import Interrupted, interruptible
from qgate.devices.job import SweepResult
from qgate.exceptions import (
    CanaryFailed,
    JobCancelled,
    JobFailed,
    QGateError,
    UnknownPrice,
)
from qgate.forks import ForkSafeLock
from qgate.jobs.accounting import Results, fail, keep, record_of, replayed
from qgate.jobs.attempt_report import account_of
from qgate.jobs.codec import decode, encode
from qgate.jobs.creation import job_of
from qgate.jobs.creation_attempts import perhaps_sent
from qgate.jobs.giving_up import how_to_give_up
from qgate.jobs.orders import OPEN, Order, OrderState
from qgate.jobs.resumable import when_call_raises
from qgate.jobs.submission_request import SubmissionOutcome, SubmissionRequest
from qgate.workers import GRACE_S, Workers, at_end

if TYPE_CHECKING:
    from qgate.devices.base import Device
    from qgate.jobs.runs import Run

Ended: TypeAlias = Future[tuple[SweepResult, ...]] | BaseException
"""End of an order: what its poller returns, or why there is none."""

SENDERS = 8
"""Maximum number of submissions that are sent at the same time."""

TELL_S = 1.0
"""Interval in seconds at which progress is reported."""


def submit_once(
    run: Run, device: Device, requests: Sequence[SubmissionRequest]
) -> list[SubmissionOutcome]:
    """Submit requests exactly once: replay results, resume jobs of earlier calls, or create jobs.

    Raises
    ------
    BudgetExceeded, UnknownPrice, RunDiverged
        Before anything is sent.
    QGateError
        One of them failed for another reason than a failed job. The others were waited for.
    """
    call = active_call()
    if call is not None:
        call.check()
    identity = run.identity_of(device)
    owner = _owner(device)
    remote = isinstance(device, RemoteDevice)
    keys = [
        run.key(identity, request.digest, request.attempt, journal=remote, owner=owner)
        for request in requests
    ]
    try:
        outcomes = _outcomes(run, device, requests, keys)
    except BaseException:
        leave(run, device, requests, keys)
        raise
    when_call_raises(partial(leave, run, device, requests, keys))
    return outcomes


def leave(
    run: Run, device: Device, requests: Sequence[SubmissionRequest], keys: Sequence[str]
) -> None:
    """Let the next identical call resume the orders of a call that raised."""
    identity = run.identity_of(device)
    for request, key in zip(requests, keys, strict=True):
        run.leave(identity, request.digest, request.attempt, key=key, owner=_owner(device))


def _owner(device: Device) -> int | None:
    """Return the id of the only device that may resume unfinished orders; None: any of this name.

    A provider that cannot be searched has to be checked by the user, who then creates a new device.
    """
    searchable = not isinstance(device, RemoteDevice) or device.searchable
    return None if searchable else id(device)


def _outcomes(
    run: Run, device: Device, requests: Sequence[SubmissionRequest], keys: Sequence[str]
) -> list[SubmissionOutcome]:
    step = run.next_step()
    known = [run.find(key) for key in keys]
    new = [
        _order(run, device, request, key, step)
        for request, key, order in zip(requests, keys, known, strict=True)
        if order is None
    ]
    if new:
        if any(order.attempt == 0 for order in new):
            run.check_order(step)
        what = f"Step {step} of the run {run.name!r}"
        fresh = iter(run.journal.place(new, run.budget_accounts(device), what=what))
    orders = [order or next(fresh) for order in known]
    return _Submissions(run, device, requests, orders, {order.key for order in new}).all()


class _Submissions:
    """Orders of one attempt while they are in progress."""

    def __init__(
        self,
        run: Run,
        device: Device,
        requests: Sequence[SubmissionRequest],
        orders: Sequence[Order],
        new: set[str],
    ) -> None:
        self.run, self.device = run, device
        self.requests, self.orders, self.new = requests, orders, new
        self.results: dict[int, Results] = {}
        self.errors: list[BaseException] = []
        self.jobs: dict[int, RemoteJob] = {}
        self.ended: SimpleQueue[tuple[int, Ended]] = SimpleQueue()
        self.stopped, self.interrupted = Event(), Event()
        self.call = active_call()

    def all(self) -> list[SubmissionOutcome]:
        """Wait for all orders and return their outcomes."""
        waiting = [
            index for index, order in enumerate(self.orders) if self._must_wait(index, order)
        ]
        if waiting and isinstance(self.device, RemoteDevice):
            self._wait_for(waiting, self.device)
        else:
            for index in waiting:
                self._execute_here(index)
        if self.errors:
            raise self._accounted(self.errors[0])
        return [self._outcome(index) for index in range(len(self.orders))]

    def _must_wait(self, index: int, order: Order) -> bool:
        """Return whether an order is unfinished; take its results from the journal otherwise."""
        if order.key not in self.new:
            self.run.replays(order.key)
        if order.state is OrderState.DONE:
            self.run.replayed += 1
            self.results[index] = replayed(self.run.journal, order)
        elif order.state is OrderState.QUARANTINED:
            self.errors.append(self._canary_failed(order))
        return order.state in OPEN

    def _outcome(self, index: int) -> SubmissionOutcome:
        request = self.requests[index]
        key = self.orders[index].key
        order = self.run.journal.find(key, result=False) or self.orders[index]
        self.run.count(order)
        submitted = order.key in self.new
        results = self.results.get(index, ())
        if request.canary is not None and results:
            results = results[:-1]
        return SubmissionOutcome(order, results, submitted, request.submissions + submitted)

    # On this machine -------------------------------------------------------------------

    def _execute_here(self, index: int) -> None:
        """Execute an order on a device that costs nothing and whose jobs end with this process."""
        order = self.orders[index]
        with _here:  # each order restarts the random generator of the device
            self.device.restart_random(order.key)
            results = self.device.submit(self.requests[index].sweeps).result()
        encoded = encode(results)
        self.results[index] = decode(encoded)
        self.run.journal.finish(order.key, OrderState.DONE, result=encoded)

    # At a provider ---------------------------------------------------------------------

    def _wait_for(self, waiting: Sequence[int], device: RemoteDevice) -> None:
        device.check_access()
        left = set(waiting)
        workers = Workers(SENDERS, "qgate-send")
        sending: dict[int, Future[None]] = {}
        at_end(self.interrupt)
        self.run.background.interrupts.add(self.interrupt)
        try:
            sending = {index: workers.submit(self._begin, index, device) for index in waiting}
            while left:
                with suppress(Empty):
                    index, outcome = self.ended.get(timeout=TELL_S)
                    if isinstance(outcome, Interrupted):
                        raise outcome
                    left.discard(index)
                    self._end(index, outcome)
                reports = [self.jobs[each].report for each in sorted(left) if each in self.jobs]
                done = len(waiting) - len(left)
                self.run.progress.update(self.run, reports, done=done, total=len(waiting))
        except BaseException as error:
            self._abandon(sending, left, error)
            raise

    def interrupt(self) -> None:
        """Make the thread that waits for the orders leave them as they are."""
        self.ended.put((-1, Interrupted()))

    def _abandon(
        self, sending: Mapping[int, Future[None]], left: set[int], error: BaseException
    ) -> None:
        """Withdraw orders that were not begun; leave the others for a repetition of the run.

        A creation in progress gets ``GRACE_S`` seconds for its response. After that, its order
        stays in the journal as perhaps sent.
        """
        self.stopped.set()
        self.interrupted.set()
        try:
            self._withdraw([index for index, future in sending.items() if future.cancel()])
            wait(sending.values(), GRACE_S)
        finally:  # also when the program is interrupted once more
            self._leave([self.jobs[index] for index in sorted(left) if index in self.jobs], error)

    def _begin(self, index: int, device: RemoteDevice) -> None:
        """Make sure that an order has a job, and wait for it, on a worker thread."""
        try:
            if self.stopped.is_set():
                self._withdraw([index])
                raise Withdrawn
            with interruptible(self.interrupted):
                self._follow(index, device)
        except BaseException as error:
            self.ended.put((index, error))

    def _follow(self, index: int, device: RemoteDevice) -> None:
        order = self.orders[index]
        job = job_of(self.run.journal, device, order, self.requests[index].sweeps)
        job.token = order.key
        self.jobs[index] = job
        if self.interrupted.is_set():  # its id is in the journal, and no thread waits for it
            return
        if self.call is not None:
            self.call.add(job)
        future = poller_of(device.account).follow(job)
        future.add_done_callback(lambda done: self.ended.put((index, done)))

    def _end(self, index: int, outcome: Ended) -> None:
        """Record the end of an order."""
        if isinstance(outcome, Withdrawn):
            return
        error = outcome if isinstance(outcome, BaseException) else outcome.exception()
        if error is None and isinstance(outcome, Future):
            self._keep(index, outcome.result())
        elif index in self.jobs:
            self._failed(index, error)
        else:
            self._refused(index, error)

    def _keep(self, index: int, results: Results) -> None:
        order, job = self.orders[index], self.jobs[index]
        encoded, good = keep(self.run.journal, order, job, results)
        self.results[index] = decode(encoded)
        if not good:
            kept = self.run.journal.find(order.key, result=False) or order
            self.errors.append(self._canary_failed(kept))

    def _failed(self, index: int, error: BaseException | None) -> None:
        """Record a failed job for resubmission; report other errors and leave the job alone."""
        order, job = self.orders[index], self.jobs[index]
        if isinstance(error, JobFailed):
            fail(self.run.journal, order, job, error)
            if isinstance(error, JobCancelled):
                self.errors.append(error)
            return
        self.run.journal.note(order.key, "not read", f"{type(error).__name__}: {error}")
        if error is not None:
            self._leave([job], error)
            error.add_note(how_to_give_up(self.run.journal, order.key))
            self.errors.append(error)

    def _refused(self, index: int, error: BaseException | None) -> None:
        """Refund what was reserved if nothing was created, and begin no more orders."""
        key = self.orders[index].key
        current = self.run.journal.find(key, result=False)
        unsent = current is not None and current.state is OrderState.INTENDED
        if unsent and not perhaps_sent(self.run.journal, key):
            self.run.journal.release(key, f"{type(error).__name__}: {error}")
        self.stopped.set()
        if error is not None:
            self.errors.append(error)

    def _accounted(self, error: BaseException) -> BaseException:
        """Add the state of the request's submissions, from the journal, to an error."""
        if isinstance(error, QGateError) and isinstance(self.device, RemoteDevice):
            error.add_sentences(account_of(self.run, self.device, self.orders))
        return error

    def _withdraw(self, indices: Sequence[int]) -> None:
        """Withdraw orders that were not begun."""
        for index in indices:
            order = self.orders[index]
            if order.key in self.new:
                self.run.journal.release(order.key, "withdrawn before it was sent")

    def _canary_failed(self, order: Order) -> CanaryFailed:
        wires = order.reason.split(", ")
        error = CanaryFailed(device=self.device.name, job=order.job or order.key, wires=wires)
        error.add_note(how_to_give_up(self.run.journal, order.key))
        return error

    def _leave(self, jobs: Sequence[RemoteJob], error: BaseException) -> None:
        """Stop waiting for jobs, and add to an error how to resume them."""
        for job in jobs:
            poller_of(job.device.account).forget(job)
        if jobs:
            ids = ", ".join(job.id for job in jobs)
            error.add_note(
                f"{len(jobs)} jobs continue: {ids}. Run the program again under "
                f"qg.run({self.run.name!r}, journal={self.run.journal.file!r}) to wait for them; "
                f"'qgate resume --journal {self.run.journal.file}' fetches their results."
            )


class Withdrawn(Exception):
    """An order was withdrawn before it was sent."""


_here = ForkSafeLock()


def _order(run: Run, device: Device, request: SubmissionRequest, key: str, step: int) -> Order:
    """Return the order that is recorded before a request is sent."""
    price, record = None, b""
    if isinstance(device, RemoteDevice):
        device.check_access()
        price = device.price(request.sweeps)
        if price is None and device.unknown_price != "allow" and device.capabilities.paid:
            raise UnknownPrice(device=device.name)
        record = record_of(device, request.sweeps, request.canary or (), run.labels)
    return Order(
        key=key,
        run=run.name,
        step=step,
        part=request.part,
        attempt=request.attempt,
        device=device.config or device.name,
        provider=device.provider,
        digest=request.digest,
        record=record,
        rows=request.usage.executions,
        shots=request.usage.shots,
        price=price,
        held_shots=request.usage.shots,
        held_usd=0.0 if price is None else price.high_usd,
    )

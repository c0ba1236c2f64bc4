"""The contract of a device in a cloud, where submissions are bought."""

from __future__ import annotations

import hashlib
import re
import secrets
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from qgate.devices.base import Device
from qgate.devices.failures import is_permanent
from qgate.devices.job import Job, JobStatus, SweepResult
from qgate.devices.patience import BURST, Fault, patiently
from qgate.devices.watch import watch_of
from qgate.exceptions import NotListed, QGateError
from qgate.masking import masked
from qgate.prices import Price
from qgate.sweep import Sweep

Record = Mapping[str, Any]
"""What is needed to read the result of a submission, as JSON can hold it."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a job stands.

    Parameters
    ----------
    status : JobStatus
        ``UNKNOWN`` for a vendor's status that is not in our table.
    vendor_status : str
        The vendor's own word.
    reason : str
        Why it failed, in the vendor's words; credentials in them are masked.
    queue_position : str
        As the vendor says it, for example ``">2000"``; empty: not told.
    """

    status: JobStatus
    vendor_status: str = ""
    reason: str = ""
    queue_position: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", masked(self.reason))


@dataclass(frozen=True, slots=True)
class TaggedJob:
    """A job that was found by the label of its run.

    Parameters
    ----------
    id, token : str
        The provider's id, and the key of the order.
    journal : str
        The id of the journal that the order was written in.
    status : str
        In the provider's word.
    created : str
        When, as the provider writes it.
    """

    id: str
    token: str
    journal: str
    status: str
    created: str


RUN, JOURNAL = "run", "journal"
"""The labels of an order."""

LONGEST_LABEL = 64
NOT_IN_LABELS = re.compile(r"[^A-Za-z0-9 _.:/=+@-]")
"""Characters that the tags of AWS may not have."""


def label_of(name: str) -> str:
    """Return the name of a run as tags can hold it.

    Names that are too long, or have other characters, are shortened and get a digest.
    """
    if len(name) <= LONGEST_LABEL and not NOT_IN_LABELS.search(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{NOT_IN_LABELS.sub('_', name)[: LONGEST_LABEL - 17]} {digest}"


class RemoteJob(Job):
    """One submission in a cloud.

    Required: ``poll`` and ``fetch``, which each make one attempt and raise what the vendor's
    package raises. Optional: ``stop``, ``cost``. Waiting, pausing and repeating is done around
    it (``qgate.devices.watch``), for all jobs of an account together.

    Parameters
    ----------
    id : str
        The vendor's.
    device : RemoteDevice
    """

    def __init__(self, id: str, device: RemoteDevice) -> None:
        self.id = id
        self.device = device
        self.report = Report(JobStatus.QUEUED)
        """How it stood when it was last asked."""
        self.token = ""
        """Token with which the job was created; responses about a job with another are refused."""

    @abstractmethod
    def poll(self) -> Report:
        """Ask how the job stands."""

    @abstractmethod
    def fetch(self) -> tuple[SweepResult, ...]:
        """Download and read what the job brought; asked when it is ``DONE`` or ``FAILED``.

        A row that the device could not run is a ``RowFailure`` in place of its ``Outcomes``.

        Raises
        ------
        ResultMissing
            It is not there yet.
        WrongResult
            It is damaged, or not what was asked for: too few shots, other circuits.
        JobFailed
            The job failed, and there is nothing to read.
        """

    def cost(self) -> Price | None:
        """Return what the job did cost, as far as the vendor tells; None: it does not."""
        return None

    def stop(self) -> None:
        """Ask the vendor to cancel the job, one attempt; nothing happens where it has ended."""

    def cancel(self) -> None:
        patiently(self.device, self.stop, question=True)

    @property
    def status(self) -> JobStatus:
        return self.report.status

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        return watch_of(self.device.account).wait(self, timeout_s)

    def describe(self) -> dict[str, str]:
        return {**super().describe(), "device": self.device.name}


class RemoteDevice(Device):
    """A device whose submissions are bought.

    Required, besides ``capabilities``: ``account``, ``send``, ``find``, ``record``, ``reopen``,
    ``price``, ``fault`` and ``translated``. Whatever reaches ``send`` and ``record`` fits into
    one submission.
    """

    account: str = ""
    """Whom the provider counts requests for: the key under which limits and waiting are shared."""

    origin: str | None = None
    """Source of its limits and gates, for a device that its provider describes: ``"live"``,
    or from which card and why."""

    refusal: QGateError | None = None
    """Error that submissions raise on a device made from its card; None: they are accepted."""

    requests_per_s: float = 20.0
    request_burst: int = BURST
    """Requests that an account may make in a second, and at once after a pause."""

    creation_limit: tuple[float, int] | None = None
    """The same for requests that create jobs, where the provider counts them separately; None:
    they are counted with all others."""

    budget_usd: float | None = None
    """What may be spent on this device by one process, or in one run."""

    unknown_price: str = "refuse"
    """``"allow"``: buy also what no price is known of."""

    patience_s: float = 900.0
    """So long are failing requests made again, one after the other, before an error is raised."""

    shortest_wait_s: float = 0.05
    """So long is at least waited between two questions about one job."""

    def check_access(self) -> None:
        """Raise the reason why a device made from its card takes no submissions."""
        if self.refusal is not None:
            raise copy(self.refusal)

    def submit(self, sweeps: Sequence[Sweep]) -> Job:
        self.check_access()
        token = new_token()
        job = self.send(sweeps, token=token)
        job.token = token
        return job

    @abstractmethod
    def send(self, sweeps: Sequence[Sweep], *, token: str) -> RemoteJob:
        """Make the call that creates, and pays for, one job; one attempt.

        Parameters
        ----------
        sweeps : sequence of Sweep
        token : str
            At most 64 letters and digits. The provider is given it as idempotency token, or as
            a tag where it knows no such tokens.
        """

    def prepare(self, sweeps: Sequence[Sweep], *, token: str) -> Callable[[], RemoteJob]:
        """Return the call that creates one job, with all preparations done.

        Compile here, and do everything else that can fail before a job is created. Then only errors
        of the request itself leave open whether there is a job. Default: ``send``.
        """
        return lambda: self.send(sweeps, token=token)

    def request_settings(self) -> Record:
        """Return the options of a creation request besides sweeps and token.

        The journal stores them with the order. A repeated request uses the stored options, even if
        the program now has others: one token must not stand for two requests. Default: none.
        """
        return {}

    def with_request(self, settings: Record, labels: Mapping[str, str]) -> RemoteDevice:
        """Return a device that creates jobs with the settings of an order.

        Parameters
        ----------
        settings : mapping
            Stored result of ``request_settings``.
        labels : mapping of str to str
            The run and the journal of the order, for a provider that takes tags: by these the jobs
            of a journal that was lost are found. The default ignores them.
        """
        return self

    def jobs_of(self, run: str) -> Sequence[TaggedJob]:
        """Return the jobs at the provider that have the label of a run, oldest first.

        Raises
        ------
        NotListed
            The provider, or its package, knows no tags. The default.
        """
        raise NotListed(device=self.name)

    @abstractmethod
    def find(self, token: str, *, since: float) -> str | None:
        """Return the id of the job that was created with a token; None: there is none.

        Raise an error where the provider does not answer clearly: None counts as "not created".

        Parameters
        ----------
        token : str
        since : float
            When it was first sent, in seconds of Unix time.
        """

    @abstractmethod
    def record(self, sweeps: Sequence[Sweep]) -> Record:
        """Return what is needed to read the result of these sweeps, without them."""

    @abstractmethod
    def reopen(self, id: str, record: Record) -> RemoteJob:
        """Return the job of this id, whose sweeps had this record."""

    @abstractmethod
    def price(self, sweeps: Sequence[Sweep]) -> Price | None:
        """Return what submitting these sweeps costs; None: unknown."""

    @abstractmethod
    def fault(self, error: BaseException) -> Fault:
        """Return the error class of an error that any call of the vendor's package raised.

        ``PASSING`` and ``FINAL`` of a creation promise that it created nothing.
        """

    @abstractmethod
    def translated(self, error: BaseException) -> QGateError:
        """Return an error of ours for one of the vendor's package, its words included."""

    def words(self, error: BaseException) -> str:
        """Return what an error of the vendor's package says, without credentials."""
        return masked(str(error))

    def is_permanent(self, reason: str) -> bool:
        return is_permanent(reason)

    def retry_after_s(self, error: BaseException) -> float | None:
        """Return how long the provider asks to wait after an error; None: it does not say."""
        return None

    settles_s: float = 5.0
    """Time for which ``find`` may miss a job that was created."""

    searchable: bool = True
    """Whether ``find`` can prove that there is no job."""

    @property
    def scope(self) -> str:
        """Account, instance or region that jobs are created in, and that ``find`` searches.

        The journal stores it with each creation attempt. A search in another scope proves nothing
        about the attempt. Empty: there is only one.
        """
        return ""

    @property
    def idempotent(self) -> bool:
        """Whether ``send`` with the same token twice buys once."""
        return False


def new_token() -> str:
    """Return a token that was never used."""
    return secrets.token_hex(16)

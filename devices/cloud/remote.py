"""Abstract base classes of cloud devices, whose submissions may cost money, and of their jobs."""

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
from qgate.devices.cloud.failures import is_permanent
from qgate.devices.cloud.polling import poller_of
from qgate.devices.cloud.retries import BURST, ErrorClass, with_retries
from qgate.devices.job import Job, JobStatus, SweepResult
from qgate.exceptions import NotListed, QGateError
from qgate.masking import masked
from qgate.prices import Price
from qgate.sweep import Sweep

Record = Mapping[str, Any]
"""JSON data that is needed to read the result of a submission."""


@dataclass(frozen=True, slots=True)
class Report:
    """Status report of a job.

    Parameters
    ----------
    status : JobStatus
        ``UNKNOWN`` for a vendor's status that is not in our table.
    vendor_status : str
        Status in the vendor's words.
    reason : str
        Reason of a failure in the vendor's words, with credentials masked.
    queue_position : str
        Position as reported by the vendor, for example ``">2000"``; empty: unknown.
    """

    status: JobStatus
    vendor_status: str = ""
    reason: str = ""
    queue_position: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", masked(self.reason))


@dataclass(frozen=True, slots=True)
class TaggedJob:
    """Job that was found by the label of its run.

    Parameters
    ----------
    id, token : str
        The provider's id, and the token of the order.
    journal : str
        Id of the journal that recorded the order.
    status : str
        Status in the provider's words.
    created : str
        Time of creation, as written by the provider.
    """

    id: str
    token: str
    journal: str
    status: str
    created: str


RUN, JOURNAL = "run", "journal"
"""Names of the labels of an order."""

LONGEST_LABEL = 64
NOT_IN_LABELS = re.compile(r"[^A-Za-z0-9 _.:/=+@-]")
"""Characters that are not allowed in tags of AWS."""


LABEL_TAGS = {RUN: "qgate-run", JOURNAL: "qgate-journal"}
"""Names of the tags that hold the labels of an order."""


def label_tags(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the tags, by name, that hold labels; an empty label has none."""
    return {LABEL_TAGS[name]: label_of(value) for name, value in labels.items() if value}


def label_of(name: str) -> str:
    """Return the name of a run as a valid tag.

    Names that are too long, or have other characters, are shortened and extended by a digest.
    """
    if len(name) <= LONGEST_LABEL and not NOT_IN_LABELS.search(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{NOT_IN_LABELS.sub('_', name)[: LONGEST_LABEL - 17]} {digest}"


class RemoteJob(Job):
    """Job of one submission to a cloud device.

    Required: ``poll`` and ``fetch``, which each make one attempt and raise what the vendor's
    package raises. Optional: ``stop``, ``cost``. Polling, backoff and retries are implemented
    outside of it (``qgate.devices.cloud.polling``), for all jobs of an account together.

    Parameters
    ----------
    id : str
        The vendor's id.
    device : RemoteDevice
    """

    def __init__(self, id: str, device: RemoteDevice) -> None:
        self.id = id
        self.device = device
        self.report = Report(JobStatus.QUEUED)
        """Most recent status report."""
        self.token = ""
        """Token with which the job was created; responses about a job with another token are
        refused.
        """

    @abstractmethod
    def poll(self) -> Report:
        """Request the status of the job."""

    @abstractmethod
    def fetch(self) -> tuple[SweepResult, ...]:
        """Download and parse the results; called when the job is ``DONE`` or ``FAILED``.

        A row that the device could not run is a ``RowFailure`` in place of its ``Outcomes``.

        Raises
        ------
        ResultMissing
            The result is not available yet.
        WrongResult
            The result is damaged, or does not match the request: too few shots, other circuits.
        JobFailed
            The job failed without results.
        """

    def cost(self) -> Price | None:
        """Return the cost of the job, as far as the vendor reports it; None: unknown."""
        return None

    def stop(self) -> None:
        """Ask the vendor to cancel the job, in one attempt; a job that has ended stays as it is."""

    def cancel(self) -> None:
        with_retries(self.device, self.stop, question=True)

    @property
    def status(self) -> JobStatus:
        return self.report.status

    def result(self, timeout_s: float | None = None) -> tuple[SweepResult, ...]:
        return poller_of(self.device.account).wait(self, timeout_s)

    def describe(self) -> dict[str, str]:
        return {**super().describe(), "device": self.device.name}


class RemoteDevice(Device):
    """Device whose submissions are orders to a provider, and may cost money.

    Required, besides ``capabilities``: ``account``, ``send``, ``find``, ``record``, ``reopen``,
    ``price``, ``fault`` and ``translated``. The sweeps given to ``send`` and ``record`` fit into
    one submission.
    """

    account: str = ""
    """Key of the account at the provider; devices with the same key share limits and polling."""

    origin: str | None = None
    """Source of its limits and gates, for a device that its provider describes: ``"live"``,
    or from which card and why."""

    refusal: QGateError | None = None
    """Error raised by submissions on a device created from its card; None: they are accepted."""

    requests_per_s: float = 20.0
    request_burst: int = BURST
    """Maximum number of requests of an account per second, and at once after an idle time."""

    creation_limit: tuple[float, int] | None = None
    """The same for requests that create jobs, as (requests per second, burst); None: the provider
    counts them with all others.
    """

    budget_usd: float | None = None
    """Maximum spending on this device by one process, or in one run, in US dollars."""

    unknown_price: str = "refuse"
    """``"allow"``: submit also if no price is known."""

    patience_s: float = 900.0
    """Time in seconds for which failing requests are retried before an error is raised."""

    shortest_wait_s: float = 0.05
    """Minimum time in seconds between two status requests for one job."""

    def check_access(self) -> None:
        """Raise the reason why a device created from its card refuses submissions."""
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
        """Create one job, in one attempt; the provider may charge for it.

        Parameters
        ----------
        sweeps : sequence of Sweep
        token : str
            At most 64 letters and digits. It is sent as idempotency token, or as a tag if the
            provider has no such tokens.
        """

    def prepare(self, sweeps: Sequence[Sweep], *, token: str) -> Callable[[], RemoteJob]:
        """Return a function that creates one job, with all preparations done.

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
            The run and the journal of the order, for a provider that takes tags: they identify the
            jobs of a lost journal. The default ignores them.
        """
        return self

    def jobs_of(self, run: str) -> Sequence[TaggedJob]:
        """Return the provider's jobs that have the label of a run, oldest first.

        Raises
        ------
        NotListed
            The provider, or its package, has no tags. This is the default.
        """
        raise NotListed(device=self.name)

    @abstractmethod
    def find(self, token: str, *, since: float) -> str | None:
        """Return the id of the job that was created with a token; None: there is none.

        Raise an error if the response leaves this open: None counts as "not created".

        Parameters
        ----------
        token : str
        since : float
            Time at which the token was first sent, in seconds of Unix time.
        """

    @abstractmethod
    def record(self, sweeps: Sequence[Sweep]) -> Record:
        """Return the data that is needed to read the results of these sweeps without the sweeps."""

    @abstractmethod
    def reopen(self, id: str, record: Record) -> RemoteJob:
        """Return the job of this id, whose sweeps had this record."""

    @abstractmethod
    def price(self, sweeps: Sequence[Sweep]) -> Price | None:
        """Return what submitting these sweeps costs; None: unknown."""

    @abstractmethod
    def fault(self, error: BaseException) -> ErrorClass:
        """Return the error class of an error raised by the vendor's package.

        For a creation request, ``TRANSIENT`` and ``PERMANENT`` guarantee that no job was created.
        """

    @abstractmethod
    def translated(self, error: BaseException) -> QGateError:
        """Return the error of qgate for an error of the vendor's package, including its message."""

    def words(self, error: BaseException) -> str:
        """Return the message of an error of the vendor's package, without credentials."""
        return masked(str(error))

    def is_permanent(self, reason: str) -> bool:
        return is_permanent(reason)

    def retry_after_s(self, error: BaseException) -> float | None:
        """Return the wait in seconds that the provider requests after an error, or None."""
        return None

    settles_s: float = 5.0
    """Time in seconds for which ``find`` may miss a job that was created."""

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
        """Whether sending the same token twice creates only one job."""
        return False


def new_token() -> str:
    """Return a token that was never used."""
    return secrets.token_hex(16)

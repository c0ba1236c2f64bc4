"""Errors of jobs and of calls in the background."""

from __future__ import annotations

from collections.abc import Collection

from qgate.exceptions.base import DeviceError, QGateError


class InvalidTimeout(QGateError, ValueError):
    """A timeout is not a number of seconds."""

    value: object
    message = (
        "timeout_s={value!r} is not a time to wait. Give a number of seconds from 0 on, or None to "
        "wait without a limit."
    )


class JobFailed(DeviceError):
    """A job ended without results."""

    device: str
    job: str
    reason: str
    message = "Job {job} on {device} failed: {reason}. Nothing of it can be read."


class JobCancelled(JobFailed):
    """A job was cancelled before it was done."""

    message = (
        "Job {job} on {device} was cancelled ({reason}). It has no results. Run it again if you "
        "need them."
    )


class JobTimeout(DeviceError, TimeoutError):
    """A job has no result yet."""

    device: str
    job: str
    timeout_s: float
    message = (
        "Job {job} on {device} has no result after {timeout_s} s. It goes on running. "
        "Call result() again with a longer timeout_s, or cancel() it."
    )


class UnknownJobStatus(DeviceError):
    """The provider reports an unknown job status."""

    device: str
    job: str
    status: str
    waited_s: float
    message = (
        "Job {job} on {device} has the status {status!r}, which qgate does not know, for "
        "{waited_s} s. The job was left as it is. Look at it in the provider's console; running "
        "again in the same run picks its result up."
    )


class ResultMissing(DeviceError):
    """A job is done, but its result is missing."""

    device: str
    job: str
    reason: str
    message = (
        "Job {job} on {device} is done, and its result is not there: {reason}. It is paid for and "
        "was not submitted again. Running again in the same run looks for it again. To submit it "
        "again instead, give its order up with 'qgate jobs --forget KEY'."
    )


class WrongResult(DeviceError):
    """A provider's response is invalid."""

    device: str
    reason: str
    message = (
        "{device} returned a result that does not fit the request: {reason}. It was not used. "
        "Run again; if it happens again, report it to the provider, and submit it again after "
        "giving its order up with 'qgate jobs --forget KEY'."
    )


class ServiceUnavailable(DeviceError, ConnectionError):
    """A provider's service does not respond correctly."""

    device: str
    reason: str
    tried_s: float
    message = (
        "The service of {device} could not be reached for {tried_s} s: {reason}. Jobs that were "
        "created go on. Running again in the same run goes on from here."
    )


class CreationUnknown(ServiceUnavailable):
    """A job was perhaps created: an ambiguous submission."""

    message = (
        "It is not known whether {device} created a job ({reason}; it was looked for {tried_s} s). "
        "It was not created again. Look at the provider's console; to submit it again, give its "
        "order up with 'qgate jobs --forget KEY'."
    )


class DeviceOffline(DeviceError):
    """A device is offline or takes no jobs now."""

    device: str
    reason: str
    remedy: str
    message = "{device} takes no jobs now: {reason}. {remedy}"


class RequestRefused(DeviceError):
    """A provider permanently refused a request, for example the status of a job."""

    device: str
    code: str
    reason: str
    message = (
        "{device} refused a request ({code}): {reason}. Jobs that were created go on. Look at "
        "them in the provider's console; running again in the same run goes on from here."
    )


class SubmissionRefused(RequestRefused):
    """A provider permanently refused a submission."""

    message = (
        "{device} refused the submission ({code}): {reason}. Fix what it names, or choose "
        "another device."
    )


class AccessRefused(DeviceError, PermissionError):
    """A provider rejected the credentials, or they lack a permission."""

    device: str
    reason: str
    remedy: str
    message = "{device} gave no access: {reason}. {remedy}"


class NotListed(DeviceError):
    """The jobs of a run cannot be listed at its provider."""

    device: str
    message = (
        "{device} has no tags by which the jobs of a run could be listed. Look for them in the "
        "provider's console."
    )


class CallTimeout(DeviceError, TimeoutError):
    """A call in the background exceeded its timeout."""

    jobs: Collection[str]
    timeout_s: float
    message = (
        "The call has no result after {timeout_s} s. It goes on, with the jobs {jobs}. "
        "Call result() again with a longer timeout_s, or cancel() it."
    )


class OpenedInParent(DeviceError):
    """A forked child used a run, plan, call or connection that belongs to its parent."""

    what: str
    remedy: str
    message = (
        "{what} belongs to the process that opened it, and this process was forked from that one. "
        "Nothing was sent. {remedy}."
    )


class NotPicklable(DeviceError, TypeError):
    """A pickle or a copy was asked for of something that lives in one process."""

    what: str
    remedy: str
    message = "{what} belongs to its process and cannot be pickled or copied. {remedy}."


class CallCancelled(DeviceError):
    """A call in the background was cancelled."""

    jobs: Collection[str]
    message = (
        "The call was cancelled, and nothing more was sent for it. The jobs {jobs} were asked to "
        "stop. Submit it again if you need its result."
    )

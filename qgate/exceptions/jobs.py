"""What becomes of jobs: wait, or run again."""

from __future__ import annotations

from qgate.exceptions.base import DeviceError


class JobFailed(DeviceError):
    """A job ended without results."""

    device: str
    job: str
    reason: str
    message = "Job {job} on {device} failed: {reason}. Nothing of it can be read."


class JobTimeout(DeviceError, TimeoutError):
    """A job has no result yet."""

    device: str
    job: str
    timeout_s: float
    message = (
        "Job {job} on {device} has no result after {timeout_s} s. It goes on running. "
        "Call result() again with a longer timeout_s, or cancel() it."
    )


class WrongResult(DeviceError):
    """A provider answered with something other than what was asked for."""

    device: str
    reason: str
    message = (
        "{device} returned a result that does not fit the request: {reason}. It was not used. "
        "Run again; if it happens again, report it to the provider."
    )

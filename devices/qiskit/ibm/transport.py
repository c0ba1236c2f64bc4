"""HTTP adapter of IBM's client that sends each request once and validates the response.

By default the client retries requests that fail with a 5xx up to five times, including those that
create jobs. A job that was accepted before a gateway answered 502 is then created again, and both
are charged. The client also accepts any JSON as a response and fails later, with an error that no
longer shows that a request was carried out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import local
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Request, RequestException, Response
from requests.adapters import HTTPAdapter

REQUIRED: Mapping[tuple[str, str], Mapping[str, type]] = {
    ("POST", r"/jobs"): {"id": str},
    ("GET", r"/jobs"): {"jobs": list, "count": int},
    ("GET", r"/jobs/[^/]+"): {"id": str, "state": dict},
    ("GET", r"/jobs/[^/]+/metrics"): {},
    ("POST", r"/sessions"): {"id": str},
    ("GET", r"/sessions/[^/]+"): {},
    ("GET", r"/instances/usage"): {},
    ("GET", r"/backends"): {"devices": list},
    ("GET", r"/backends/[^/]+/(configuration|properties|status)"): {},
}
"""Required fields of the JSON objects in responses, by method and the end of the path."""


CREATION_S = 900.0
"""Longest wait in seconds for the response to a creation, which is the client's own limit."""

ANSWER_S = 120.0
"""Longest wait in seconds for any other response; the client has no limit for these."""


class UnreadableAnswer(RequestException):
    """Malformed response; the request may have been carried out."""


@dataclass
class Creation:
    """Job created by an attempt.

    Attributes
    ----------
    job : str or None
        Id of the job, as soon as the service has returned it.
    """

    job: str | None = None


_current = local()


@contextmanager
def watched_creation() -> Iterator[Creation]:
    """Record the job that is created inside the block on this thread."""
    creation = _current.creation = Creation()
    try:
        yield creation
    finally:
        _current.creation = None


@contextmanager
def answered_within(seconds: float) -> Iterator[None]:
    """Limit the wait for each response inside the block on this thread."""
    _current.longest_s = seconds
    try:
        yield
    finally:
        _current.longest_s = None


class OnceAdapter(HTTPAdapter):
    """HTTP adapter that sends every request once, with a time limit, and validates the response."""

    def __init__(self) -> None:
        super().__init__(max_retries=0)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> Response:
        response = super().send(request, stream, _limited(timeout, request), *args, **kwargs)
        if not 200 <= response.status_code < 300:
            return response
        content = _checked(request, response)
        creation = getattr(_current, "creation", None)
        if creation is not None and is_creation(request):
            creation.job = content["id"]
        return response


def is_creation(request: Request | PreparedRequest) -> bool:
    """Return whether a request creates a job."""
    path = urlsplit(str(request.url)).path
    return request.method == "POST" and path.endswith("/jobs")


def _limited(timeout: Any, request: PreparedRequest) -> tuple[float, float]:
    """Return the time limits for connecting and for a response; fill in missing ones."""
    longest_s = getattr(_current, "longest_s", None)
    if longest_s is None:
        longest_s = CREATION_S if is_creation(request) else ANSWER_S
    connect_s, read_s = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return min(connect_s or longest_s, longest_s), min(read_s or longest_s, longest_s)


def _checked(request: PreparedRequest, response: Response) -> Any:
    """Validate a response and return its content; None: the request needs no validation."""
    fields = _required(request)
    if fields is None:
        return None
    try:
        content = response.json()
    except ValueError as error:
        raise _unreadable(request, response, "it is not JSON") from error
    if not isinstance(content, dict):
        raise _unreadable(request, response, f"it is a {type(content).__name__}")
    for name, kind in fields.items():
        if not isinstance(content.get(name), kind) or content[name] == "":
            raise _unreadable(request, response, f"it has no usable {name!r}")
    if content.get("jobs") == [] and content.get("count"):
        raise _unreadable(request, response, "it has none of the jobs that it counts")
    return content


def _required(request: PreparedRequest) -> Mapping[str, type] | None:
    path = urlsplit(str(request.url)).path
    found = (
        fields
        for (method, pattern), fields in REQUIRED.items()
        if request.method == method and re.search(f"{pattern}$", path)
    )
    return next(found, None)


def _unreadable(request: PreparedRequest, response: Response, why: str) -> UnreadableAnswer:
    asked = f"{request.method} {urlsplit(str(request.url)).path}"
    text = f"the answer to {asked} cannot be read: {why}"
    return UnreadableAnswer(text, request=request, response=response)

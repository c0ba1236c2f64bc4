"""Error classes of exceptions, by tables of their names, and of HTTP statuses.

A provider writes one table from the full name of a class to an ``ErrorClass``. The class of an
error is looked up first, then its parents, so that a class added by a newer version counts as its
parent. Names are used in place of classes because versions of a package define different classes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from qgate.devices.cloud.retries import ErrorClass

ErrorClasses = Mapping[str, ErrorClass]
"""Mapping from the full name of an exception class to its error class."""


def named(module: str, fault: ErrorClass, *classes: str) -> dict[str, ErrorClass]:
    """Return table rows that give exceptions of one module the same error class."""
    return {f"{module}.{name}": fault for name in classes}


def fault_of_class(error: BaseException, classes: ErrorClasses) -> ErrorClass | None:
    """Return the error class of an exception; None: its class and parents are in no row."""
    for cls in type(error).__mro__:
        found = classes.get(f"{cls.__module__}.{cls.__qualname__}")
        if found is not None:
            return found
    return None


BUSY = frozenset({423, 425, 429})
"""HTTP statuses of requests that were not carried out and may be repeated."""

CLOSED = frozenset({408, 444, 460, 499})
"""HTTP statuses of closed connections; the request may have been carried out."""


def class_of_status(status: int, *, busy: Collection[int] = BUSY) -> ErrorClass:
    """Return the error class of a response: 4xx is a refusal, all else is ambiguous."""
    if status in busy:
        return ErrorClass.TRANSIENT
    refused = 400 <= status < 500 and status not in CLOSED
    return ErrorClass.PERMANENT if refused else ErrorClass.AMBIGUOUS


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes and contexts, including suppressed ones."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


TRANSPORT: ErrorClasses = {
    # the request never left this machine, because no connection was made
    **named(
        "urllib3.exceptions",
        ErrorClass.TRANSIENT,
        *("ConnectTimeoutError", "EmptyPoolError", "NameResolutionError", "NewConnectionError"),
    ),
    "builtins.ConnectionRefusedError": ErrorClass.TRANSIENT,
    "socket.gaierror": ErrorClass.TRANSIENT,
    "ssl.SSLCertVerificationError": ErrorClass.TRANSIENT,  # part of the handshake
    # TLS and proxies fail while a connection is made, but also after a request was sent
    **named(
        "urllib3.exceptions",
        ErrorClass.AMBIGUOUS,
        *("BodyNotHttplibCompatible", "ClosedPoolError", "DecodeError", "FullPoolError"),
        *("HTTPError", "HeaderParsingError", "IncompleteRead", "InvalidChunkLength"),
        *("MaxRetryError", "PoolError", "ProtocolError", "ProxyError", "ReadTimeoutError"),
        *("RequestError", "ResponseError", "ResponseNotChunked", "SSLError", "TimeoutError"),
        *("TimeoutStateError", "UnrewindableBodyError"),
    ),
    "urllib3.util.ssl_match_hostname.CertificateError": ErrorClass.TRANSIENT,
    "http.client.HTTPException": ErrorClass.AMBIGUOUS,
    "builtins.OSError": ErrorClass.AMBIGUOUS,
    # unreadable responses
    "json.decoder.JSONDecodeError": ErrorClass.AMBIGUOUS,
    "builtins.UnicodeDecodeError": ErrorClass.AMBIGUOUS,
    # addresses and settings that cannot be used; nothing is sent
    **named(
        "urllib3.exceptions",
        ErrorClass.PERMANENT,
        *("HostChangedError", "InvalidHeader", "LocationParseError", "LocationValueError"),
        *("ProxySchemeUnknown", "ProxySchemeUnsupported", "URLSchemeUnknown"),
    ),
}
"""Exceptions of urllib3 and of the standard library."""

"""Tables that map names of exception classes to error classes.

A provider writes one table from the full name of a class to an ``ErrorClass``. The class of an
error is looked up first, then its parents, so that a class added by a newer version counts as its
parent. Names are used in place of classes because versions of a package define different classes.
"""

from __future__ import annotations

from collections.abc import Mapping

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

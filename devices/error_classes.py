"""Tables of error classes: the meaning of exceptions by class name, for the transport and others.

A provider writes one table from the full name of a class to a ``Fault``. The class of an error is
looked up first, then its parents, so that a class of a newer version counts as its parent does.
Names are used in place of classes because versions of a package differ in what they have.
"""

from __future__ import annotations

from collections.abc import Mapping

from qgate.devices.patience import Fault

ErrorClasses = Mapping[str, Fault]
"""Error class by the full name of a class of exceptions."""


def named(module: str, fault: Fault, *classes: str) -> dict[str, Fault]:
    """Return rows for exceptions of one module that have the same error class."""
    return {f"{module}.{name}": fault for name in classes}


def fault_of_class(error: BaseException, classes: ErrorClasses) -> Fault | None:
    """Return the error class of an error; None: neither it nor a parent is in the table."""
    for cls in type(error).__mro__:
        found = classes.get(f"{cls.__module__}.{cls.__qualname__}")
        if found is not None:
            return found
    return None


TRANSPORT: ErrorClasses = {
    # the request never left this machine, because no connection was made
    **named(
        "urllib3.exceptions",
        Fault.PASSING,
        *("ConnectTimeoutError", "EmptyPoolError", "NameResolutionError", "NewConnectionError"),
    ),
    "builtins.ConnectionRefusedError": Fault.PASSING,
    "socket.gaierror": Fault.PASSING,
    "ssl.SSLCertVerificationError": Fault.PASSING,  # part of the handshake
    # TLS and proxies fail while a connection is made, but also after a request was sent
    **named(
        "urllib3.exceptions",
        Fault.UNSURE,
        *("BodyNotHttplibCompatible", "ClosedPoolError", "DecodeError", "FullPoolError"),
        *("HTTPError", "HeaderParsingError", "IncompleteRead", "InvalidChunkLength"),
        *("MaxRetryError", "PoolError", "ProtocolError", "ProxyError", "ReadTimeoutError"),
        *("RequestError", "ResponseError", "ResponseNotChunked", "SSLError", "TimeoutError"),
        *("TimeoutStateError", "UnrewindableBodyError"),
    ),
    "urllib3.util.ssl_match_hostname.CertificateError": Fault.PASSING,
    "http.client.HTTPException": Fault.UNSURE,
    "builtins.OSError": Fault.UNSURE,
    # unreadable responses
    "json.decoder.JSONDecodeError": Fault.UNSURE,
    "builtins.UnicodeDecodeError": Fault.UNSURE,
    # addresses and settings that cannot be used; nothing is sent
    **named(
        "urllib3.exceptions",
        Fault.FINAL,
        *("HostChangedError", "InvalidHeader", "LocationParseError", "LocationValueError"),
        *("ProxySchemeUnknown", "ProxySchemeUnsupported", "URLSchemeUnknown"),
    ),
}
"""Exceptions of urllib3 and of the standard library."""

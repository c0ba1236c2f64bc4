"""Error classes and translations of errors of qiskit-ibm-runtime."""

from __future__ import annotations

from typing import Any

from ibm_cloud_sdk_core import ApiException
from qiskit_ibm_runtime.accounts.exceptions import AccountsError
from qiskit_ibm_runtime.exceptions import IBMInputValueError, IBMNotAuthorizedError
from requests import HTTPError, RequestException

from qgate.devices.cloud.error_classes import (
    TRANSPORT,
    ErrorClasses,
    chain_of,
    class_of_status,
    fault_of_class,
    named,
)
from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.qiskit.ibm.transport import is_creation
from qgate.exceptions import AccessRefused, DeviceOffline, QGateError, SubmissionRefused

REPEATABLE_CODES = frozenset({1006, 1008, 1010, 1011, 1202})
"""Codes of IBM's registry that advise to repeat the request."""

NO_BACKEND = frozenset({1004, 1007})
"""Codes of IBM's registry for a backend that does not exist or accepts no jobs."""

NO_ACCESS = frozenset({401, 403})

ACCESS_REMEDY = (
    "Save an account with QiskitRuntimeService.save_account, or set QISKIT_IBM_TOKEN and "
    "QISKIT_IBM_INSTANCE; look at the keys and instances at quantum.cloud.ibm.com."
)


CLASSES: ErrorClasses = {
    **TRANSPORT,
    "qgate.devices.qiskit.ibm.transport.UnreadableAnswer": ErrorClass.AMBIGUOUS,
    "builtins.KeyError": ErrorClass.AMBIGUOUS,  # a response without a required field
    # requests: a connection failed or broke, or the response cannot be read
    **named("requests.exceptions", ErrorClass.TRANSIENT, "ConnectTimeout"),
    **named(
        "requests.exceptions",
        ErrorClass.AMBIGUOUS,
        *("ChunkedEncodingError", "ConnectionError", "ContentDecodingError", "HTTPError"),
        *("InvalidJSONError", "JSONDecodeError", "ProxyError", "ReadTimeout", "RequestException"),
        *("RetryError", "SSLError", "StreamConsumedError", "Timeout", "TooManyRedirects"),
        "UnrewindableBodyError",
    ),
    **named(
        "requests.exceptions",
        ErrorClass.PERMANENT,
        *("InvalidHeader", "InvalidProxyURL", "InvalidSchema", "InvalidURL", "MissingSchema"),
        "URLRequired",
    ),
    "requests.cookies.CookieConflictError": ErrorClass.PERMANENT,
    # the package for sign-in and instances; the response, if any, takes precedence
    "ibm_cloud_sdk_core.api_exception.ApiException": ErrorClass.TRANSIENT,
    # the client: responses that it cannot interpret
    **named(
        "qiskit_ibm_runtime.api.exceptions",
        ErrorClass.AMBIGUOUS,
        *("ApiError", "ApiIBMProtocolError", "RequestsApiError", "UserTimeoutExceededError"),
    ),
    **named(
        "qiskit_ibm_runtime.exceptions",
        ErrorClass.AMBIGUOUS,
        *("IBMApiError", "IBMBackendApiError", "IBMBackendApiProtocolError"),
        "RuntimeJobTimeoutError",
    ),
    # the client: accounts and values that it refuses, and failed jobs
    "qiskit_ibm_runtime.api.exceptions.AuthenticationLicenseError": ErrorClass.PERMANENT,
    **named(
        "qiskit_ibm_runtime.accounts.exceptions",
        ErrorClass.PERMANENT,
        *("AccountAlreadyExistsError", "AccountNotFoundError", "AccountsError"),
        *("CloudResourceNameResolutionError", "InvalidAccountError"),
    ),
    **named(
        "qiskit_ibm_runtime.exceptions",
        ErrorClass.PERMANENT,
        *("IBMAccountError", "IBMBackendValueError", "IBMInputValueError"),
        *("IBMNotAuthorizedError", "RuntimeInvalidStateError", "RuntimeJobFailureError"),
        *("RuntimeJobMaxTimeoutError", "RuntimeJobNotFound", "RuntimeProgramNotFound"),
    ),
    **named(
        "qiskit_ibm_runtime.models.exceptions",
        ErrorClass.PERMANENT,
        *("BackendConfigurationError", "BackendPropertyError"),
    ),
    # parents, for classes that a newer version adds, and the client's generic errors
    **named(
        "qiskit_ibm_runtime.exceptions",
        ErrorClass.UNKNOWN,
        *("IBMBackendError", "IBMError", "IBMRuntimeError"),
    ),
}
"""Error classes of exceptions that were not caused by an error of the transport."""


def fault_of(error: BaseException) -> ErrorClass:
    """Return the error class of an error raised by the client.

    Only creating a job costs money. The client wraps errors of requests in its own, so the failed
    request is read from the transport's error in the chain of causes.
    """
    transport = transport_error(error)
    if transport is None:
        return fault_of_class(error, CLASSES) or ErrorClass.UNKNOWN
    status = _status(transport)
    if status is None or status < 400:
        return _fault_without_answer(transport)
    if status < 500 and _code(transport) in REPEATABLE_CODES:
        return ErrorClass.TRANSIENT
    found = class_of_status(status)
    harmless = found is ErrorClass.AMBIGUOUS and not _may_create(transport)
    return ErrorClass.TRANSIENT if harmless else found


def _fault_without_answer(transport: RequestException) -> ErrorClass:
    fault = fault_of_class(transport, CLASSES) or ErrorClass.AMBIGUOUS
    if fault is not ErrorClass.AMBIGUOUS:
        return fault
    if _never_connected(transport) or not _may_create(transport):
        return ErrorClass.TRANSIENT
    return ErrorClass.AMBIGUOUS


def _never_connected(transport: RequestException) -> bool:
    """Return whether the request was never sent, by the reason that urllib3 reports."""
    reasons = [getattr(argument, "reason", None) for argument in transport.args]
    causes = [reason for reason in reasons if isinstance(reason, BaseException)]
    return any(fault_of_class(cause, TRANSPORT) is ErrorClass.TRANSIENT for cause in causes)


def _may_create(transport: RequestException) -> bool:
    """Return whether a request may have created a job; True if the request is unknown."""
    request = transport.request
    return request is None or request.url is None or is_creation(request)


def translated(error: BaseException, device: str) -> QGateError:
    """Return the error of qgate for an error of the client, including its message."""
    transport = transport_error(error)
    status = None if transport is None else _status(transport)
    code = None if transport is None else _code(transport)
    reason = str(error) or type(error).__name__
    if isinstance(error, IBMNotAuthorizedError | AccountsError) or status in NO_ACCESS:
        return AccessRefused(device=device, reason=reason, remedy=ACCESS_REMEDY)
    if code in NO_BACKEND:
        remedy = "Choose another backend, or try again later."
        return DeviceOffline(device=device, reason=reason, remedy=remedy)
    if isinstance(error, IBMInputValueError) and transport is None:
        return AccessRefused(device=device, reason=reason, remedy=ACCESS_REMEDY)
    named = code or status or type(error).__name__
    return SubmissionRefused(device=device, code=str(named), reason=reason)


def retry_after_s(error: BaseException) -> float | None:
    """Return the wait in seconds that the service requests."""
    transport = transport_error(error)
    if transport is None or transport.response is None:
        return None
    asked = transport.response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else None


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status of the response that caused an error."""
    transport = transport_error(error)
    return None if transport is None else _status(transport)


def transport_error(error: BaseException) -> RequestException | None:
    """Return the transport's error that caused an error."""
    for each in chain_of(error):
        if isinstance(each, RequestException):
            return each
        if isinstance(each, ApiException) and each.http_response is not None:
            # set by the package for sign-in and instances
            answer = each.http_response
            return HTTPError(str(each), request=answer.request, response=answer)
    return None


def _status(transport: RequestException) -> int | None:
    return None if transport.response is None else int(transport.response.status_code)


def _code(transport: RequestException) -> int | None:
    """Return the code of IBM's registry in the body of a response."""
    if transport.response is None:
        return None
    try:
        body: Any = transport.response.json()
        return int((body.get("errors") or [body["error"]])[0]["code"])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None

"""What errors of AWS mean, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any

from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from qgate.devices.patience import Fault
from qgate.exceptions import AccessRefused, DeviceOffline, QGateError, SubmissionRefused


class NoAnswer(Exception):
    """A creation was answered by something that is not an answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """An error, to be put into our words.

    Parameters
    ----------
    device : str
    code : str
    reason : str
        In the service's words, without credentials.
    windows : str
        When the device executes.
    """

    device: str
    code: str
    reason: str
    windows: str = ""


Translate = Callable[[Told], QGateError]


def _offline(told: Told) -> QGateError:
    remedy = f"It executes {told.windows}. Run again then, or choose another device."
    return DeviceOffline(device=told.device, reason=told.reason, remedy=remedy)


def _retired(told: Told) -> QGateError:
    remedy = "It will not come back. Choose another device."
    return DeviceOffline(device=told.device, reason=told.reason, remedy=remedy)


def _refused(told: Told) -> QGateError:
    return SubmissionRefused(device=told.device, code=told.code, reason=told.reason)


def _no_access(told: Told) -> QGateError:
    remedy = (
        "Renew the credentials of AWS (for example with `aws sso login`), or choose others with "
        "the option profile or the variable AWS_PROFILE."
    )
    return AccessRefused(device=told.device, reason=told.reason, remedy=remedy)


def _not_allowed(told: Told) -> QGateError:
    remedy = (
        "The credentials are known. Let the account's administrator allow this action "
        "(AmazonBraketFullAccess allows all that is needed), and name with the option s3_bucket a "
        "bucket that may be written to."
    )
    return AccessRefused(device=told.device, reason=told.reason, remedy=remedy)


PASSING = frozenset(
    {
        *("InternalError", "InternalServiceException", "InternalServerException"),
        *("RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "SlowDown"),
        *("Throttling", "ThrottlingException", "TooManyRequestsException"),
    }
)
"""Codes of errors after which the same request, under the same token, may be made again."""

TRANSLATIONS: Mapping[str, Translate] = {
    "AccessDenied": _not_allowed,
    "AccessDeniedException": _not_allowed,
    "DeviceOfflineException": _offline,
    "DeviceRetiredException": _retired,
    "ExpiredToken": _no_access,
    "ExpiredTokenException": _no_access,
    "IncompleteSignature": _no_access,
    "InvalidAccessKeyId": _no_access,
    "InvalidClientTokenId": _no_access,
    "MissingAuthenticationToken": _no_access,
    "SignatureDoesNotMatch": _no_access,
    "UnrecognizedClientException": _no_access,
}
"""By code. What is not here is a refusal that is told in the service's own words."""

WITHOUT_ACCESS = (
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

BROKEN = (HTTPClientError, ResponseParserError, JSONDecodeError, UnicodeDecodeError, NoAnswer)
"""Connections that broke, and answers that cannot be read, perhaps after the request was done."""

TOO_MANY = 429
SERVER_ERROR = 500


def meaning(error: BaseException) -> Fault:
    """Say whether a request is made again; creations have tokens, so that all are safe."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        passes = code_of(error) in PASSING or status == TOO_MANY or status >= SERVER_ERROR
        return Fault.PASSING if passes else Fault.FINAL
    return Fault.PASSING if isinstance(error, BROKEN) else Fault.FINAL


def code_of(error: BaseException) -> str:
    """Return the service's code of an error, or the name of its class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def reason_of(error: BaseException) -> str:
    """Return all that the service says, failures of single programs included."""
    if not isinstance(error, ClientError):
        return str(error).rstrip(".")
    parts = [str(error.response.get("Error", {}).get("Message", "")).rstrip(".")]
    if error.response.get("reason"):
        parts.append(str(error.response["reason"]))
    parts += map(_failure, error.response.get("programSetValidationFailures", ()))
    return "; ".join(part for part in parts if part) or code_of(error)


def _failure(failure: Mapping[str, Any]) -> str:
    place = f"program {failure.get('programIndex')}"
    if failure.get("inputsIndex") is not None:
        place += f", inputs {failure['inputsIndex']}"
    return f"{place}: {', '.join(map(str, failure.get('errors', ())))}"


def translated(error: BaseException, told: Told) -> QGateError:
    """Return an error of ours."""
    if isinstance(error, WITHOUT_ACCESS):
        return _no_access(told)
    return TRANSLATIONS.get(told.code, _refused)(told)


def asked_pause_s(error: BaseException) -> float | None:
    """Return how long the service asks to wait; None: it does not say."""
    if not isinstance(error, ClientError):
        return None
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return float(headers["retry-after"])
    except (KeyError, ValueError):
        return None

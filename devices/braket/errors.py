"""Error classes and translations of errors of AWS."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from qgate.devices.cloud.error_classes import (
    TRANSPORT,
    ErrorClasses,
    class_of_status,
    fault_of_class,
    named,
)
from qgate.devices.cloud.retries import ErrorClass
from qgate.exceptions import AccessRefused, DeviceOffline, QGateError, SubmissionRefused

Response = dict[str, Any]
"""Response of a service of AWS, as parsed by botocore."""


class NoAnswer(Exception):
    """The response to a request could not be interpreted."""


@dataclass(frozen=True, slots=True)
class Told:
    """Details of an error, from which an error of qgate is made.

    Parameters
    ----------
    device : str
    code : str
    reason : str
        Reason in the service's words, without credentials.
    windows : str
        Execution windows of the device.
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
        "The credentials are valid. Ask the account's administrator to allow this action "
        "(AmazonBraketFullAccess allows all that is needed), and name with the option s3_bucket a "
        "bucket that may be written to."
    )
    return AccessRefused(device=told.device, reason=told.reason, remedy=remedy)


THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException"})
"""Error codes for throttling: there were too many requests, and the request was not carried out."""

AMBIGUOUS = frozenset(
    {
        *("InternalError", "InternalServiceException", "InternalServerException"),
        *("RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "SlowDown"),
    }
)
"""Error codes of requests that may have been carried out, regardless of the HTTP status."""

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
"""Translations by error code. Other codes are refusals, reported in the service's words."""

WITHOUT_ACCESS = named(
    "botocore.exceptions",
    ErrorClass.PERMANENT,
    *("CredentialRetrievalError", "LoginAuthorizationCodeError", "LoginError"),
    *("LoginInsufficientPermissions", "LoginRefreshRequired", "LoginTokenLoadError"),
    *("NoAuthTokenError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"),
    *("RefreshWithMFAUnsupportedError", "SSOError", "SSOTokenLoadError", "TokenRetrievalError"),
    *("UnauthorizedSSOTokenError", "UnknownCredentialError", "UnknownTokenProviderError"),
)
"""Exceptions for missing or unusable credentials."""

CLASSES: ErrorClasses = {
    **TRANSPORT,
    **WITHOUT_ACCESS,
    f"{__name__}.NoAnswer": ErrorClass.AMBIGUOUS,
    # no connection was made, or the client's own limit of requests had no capacity
    **named(
        "botocore.exceptions",
        ErrorClass.TRANSIENT,
        *("CapacityNotAvailableError", "ConnectTimeoutError", "EndpointConnectionError"),
        *("InvalidIMDSEndpointError", "MetadataRetrievalError"),
    ),
    **named("botocore.utils", ErrorClass.TRANSIENT, "BadIMDSRequestError", "_RetriesExceededError"),
    # a broken connection, or an unreadable response
    **named(
        "botocore.exceptions",
        ErrorClass.AMBIGUOUS,
        *("AwsChunkedWrapperError", "ChecksumError", "ConnectionClosedError", "ConnectionError"),
        *("EventStreamError", "FlexibleChecksumError", "HTTPClientError", "IncompleteReadError"),
        *("PaginationError", "ProxyConnectionError", "ReadTimeoutError"),
        *("ResponseStreamingError", "SSLError", "UnseekableStreamError", "WaiterError"),
    ),
    "botocore.parsers.ResponseParserError": ErrorClass.AMBIGUOUS,
    **named(
        "botocore.eventstream",
        ErrorClass.AMBIGUOUS,
        *("ChecksumMismatch", "DuplicateHeader", "InvalidHeadersLength", "InvalidPayloadLength"),
        *("NoInitialResponseError", "ParserError"),
    ),
    # settings and arguments that the client refuses before it sends anything
    **named(
        "botocore.exceptions",
        ErrorClass.PERMANENT,
        *("AliasConflictParameterError", "ApiVersionNotFoundError", "BaseEndpointResolverError"),
        *("ConfigNotFound", "ConfigParseError", "DataNotFoundError", "EndpointProviderError"),
        *("EndpointResolutionError", "EndpointVariantError", "InfiniteLoopConfigError"),
        *("InvalidChecksumConfigError", "InvalidConfigError", "InvalidDNSNameError"),
        *("InvalidDefaultsMode", "InvalidEndpointConfigurationError"),
        *("InvalidEndpointDiscoveryConfigurationError", "InvalidExpressionError"),
        *("InvalidHostLabelError", "InvalidIMDSEndpointModeError", "InvalidMaxRetryAttemptsError"),
        *("InvalidProxiesConfigError", "InvalidRegionError", "InvalidRetryConfigurationError"),
        *("InvalidRetryModeError", "InvalidS3AddressingStyleError"),
        *("InvalidS3UsEast1RegionalEndpointConfigError", "InvalidSTSRegionalEndpointsConfigError"),
        *("MD5UnavailableError", "MissingDependencyException", "MissingParametersError"),
        *("MissingServiceIdError", "NoRegionError", "OperationNotPageableError"),
        *("ParamValidationError", "RangeError", "ServiceNotInRegionError", "StubAssertionError"),
        *("StubResponseError", "UnStubbedResponseError", "UndefinedModelAttributeError"),
        *("UnknownClientMethodError", "UnknownEndpointError"),
        *("UnknownEndpointResolutionBuiltInName", "UnknownFIPSEndpointError", "UnknownKeyError"),
        *("UnknownParameterError", "UnknownRegionError", "UnknownServiceError"),
        *("UnknownServiceStyle", "UnknownSignatureVersionError"),
        *("UnsupportedOutpostResourceError", "UnsupportedS3AccesspointConfigurationError"),
        *("UnsupportedS3ArnError", "UnsupportedS3ConfigurationError"),
        *("UnsupportedS3ControlArnError", "UnsupportedS3ControlConfigurationError"),
        *("UnsupportedServiceProtocolsError", "UnsupportedSignatureVersionError"),
        *("ValidationError", "WaiterConfigError"),
    ),
    **named(
        "botocore.discovery",
        ErrorClass.PERMANENT,
        *("EndpointDiscoveryException", "EndpointDiscoveryRefreshFailed"),
        "EndpointDiscoveryRequired",
    ),
    **named(
        "botocore.model",
        ErrorClass.PERMANENT,
        *("InvalidShapeError", "InvalidShapeReferenceError", "NoShapeFoundError"),
        "OperationNotFoundError",
    ),
    "botocore.utils.InvalidArnException": ErrorClass.PERMANENT,
    # parents, for classes that a newer version adds; a ClientError is classified by its HTTP status
    **named("botocore.exceptions", ErrorClass.UNKNOWN, "BotoCoreError", "ClientError"),
}
"""Error class of each exception of botocore and of the transport."""

TOO_MANY = 429


def meaning(error: BaseException) -> ErrorClass:
    """Return the error class of a failed request."""
    if isinstance(error, ClientError):
        return _of_answer(error)
    return fault_of_class(error, CLASSES) or ErrorClass.UNKNOWN


def _of_answer(error: ClientError) -> ErrorClass:
    """Return the error class of a response, by its status and AWS's error code."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code_of(error) in THROTTLED and status < 500:
        return ErrorClass.TRANSIENT
    found = class_of_status(status, busy=(TOO_MANY,))
    unclear = found is ErrorClass.PERMANENT and code_of(error) in AMBIGUOUS
    return ErrorClass.AMBIGUOUS if unclear else found


def code_of(error: BaseException) -> str:
    """Return the service's error code, or the name of the exception's class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def reason_of(error: BaseException) -> str:
    """Return the whole reason of the service, including failures of single programs."""
    if not isinstance(error, ClientError):
        return str(error).rstrip(".")
    parts = [str(error.response.get("Error", {}).get("Message", "")).rstrip(".")]
    if error.response.get("reason"):
        parts.append(str(error.response["reason"]))
    parts += map(_failure, error.response.get("programSetValidationFailures", ()))
    return "; ".join(part for part in parts if part) or code_of(error)


def _failure(failure: Response) -> str:
    place = f"program {failure.get('programIndex')}"
    if failure.get("inputsIndex") is not None:
        place += f", inputs {failure['inputsIndex']}"
    return f"{place}: {', '.join(map(str, failure.get('errors', ())))}"


def translated(error: BaseException, told: Told) -> QGateError:
    """Return the error of qgate for an error of AWS."""
    if fault_of_class(error, WITHOUT_ACCESS) is not None:
        return _no_access(told)
    return TRANSLATIONS.get(told.code, _refused)(told)


def asked_pause_s(error: BaseException) -> float | None:
    """Return the wait in seconds that the service requests; None: it requests none."""
    if not isinstance(error, ClientError):
        return None
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        asked_s = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return asked_s if 0 <= asked_s < math.inf else None

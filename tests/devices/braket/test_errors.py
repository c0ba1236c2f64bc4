"""Error classes of the exceptions of AWS's packages, for each class and response."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from clouds.vendor_errors import exceptions_of

from qgate.devices.braket.errors import CLASSES, NoAnswer, Told, meaning, translated
from qgate.devices.cloud.retries import ErrorClass
from qgate.exceptions import AccessRefused

PACKAGES = ("botocore", "urllib3")

NETWORK_GONE = {
    "botocore.exceptions.ConnectTimeoutError": ErrorClass.TRANSIENT,
    "botocore.exceptions.ConnectionClosedError": ErrorClass.AMBIGUOUS,
    "botocore.exceptions.EndpointConnectionError": ErrorClass.TRANSIENT,
    "botocore.exceptions.ProxyConnectionError": ErrorClass.AMBIGUOUS,
    "botocore.exceptions.ReadTimeoutError": ErrorClass.AMBIGUOUS,
    "botocore.exceptions.SSLError": ErrorClass.AMBIGUOUS,
}
"""Connection errors, and whether the request may have been sent nevertheless."""


def answer(status, code="Code"):
    content = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(content, "CreateQuantumTask")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_exception_of_the_packages_is_in_the_table(package):
    classes = exceptions_of(package)

    assert len(classes) > 30
    assert classes.keys() - CLASSES.keys() == set()


@pytest.mark.parametrize("name", NETWORK_GONE)
def test_a_network_that_is_gone_is_waited_for(name):
    cls = exceptions_of("botocore")[name]
    error = cls(endpoint_url="http://here", proxy_url="http://there", error="gone")

    assert meaning(error) is NETWORK_GONE[name]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "ValidationException", ErrorClass.PERMANENT),
        (402, "ServiceQuotaExceededException", ErrorClass.PERMANENT),
        (403, "ExpiredTokenException", ErrorClass.PERMANENT),
        (424, "DeviceOfflineException", ErrorClass.PERMANENT),
        (429, "ThrottlingException", ErrorClass.TRANSIENT),
        (400, "ThrottlingException", ErrorClass.TRANSIENT),
        (400, "RequestTimeout", ErrorClass.AMBIGUOUS),
        (400, "InternalServiceException", ErrorClass.AMBIGUOUS),
        (408, "408", ErrorClass.AMBIGUOUS),
        (499, "499", ErrorClass.AMBIGUOUS),
        (500, "InternalServiceException", ErrorClass.AMBIGUOUS),
        (503, "ThrottlingException", ErrorClass.AMBIGUOUS),
        (503, "SlowDown", ErrorClass.AMBIGUOUS),
        (302, "302", ErrorClass.AMBIGUOUS),
        (0, "", ErrorClass.AMBIGUOUS),
    ],
)
def test_only_a_refusal_promises_that_nothing_was_done(status, code, expected):
    assert meaning(answer(status, code)) is expected


def test_what_is_in_no_table_promises_nothing():
    class Newer(Exception):
        """Exception of a future version."""

    assert meaning(Newer()) is ErrorClass.UNKNOWN
    assert not meaning(Newer()).is_refusal
    assert meaning(NoAnswer("{}")) is ErrorClass.AMBIGUOUS


def test_a_class_of_a_newer_version_means_what_its_parent_means():
    parent = exceptions_of("botocore")["botocore.exceptions.EndpointConnectionError"]
    newer = type("NewerConnectionError", (parent,), {})

    assert meaning(newer(endpoint_url="http://here", error="gone")) is ErrorClass.TRANSIENT


def test_credentials_that_cannot_be_used_are_told_as_such():
    error = exceptions_of("botocore")["botocore.exceptions.CredentialRetrievalError"](
        provider="process", error_msg="no such program"
    )

    assert isinstance(translated(error, Told("braket:sv1", "X", str(error))), AccessRefused)

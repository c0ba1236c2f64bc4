"""Error classes of the exceptions of AWS's packages, for each class and response."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from clouds.vendor_errors import exceptions_of

from qgate.devices.braket.errors import CLASSES, NoAnswer, Told, meaning, translated
from qgate.devices.patience import Fault
from qgate.exceptions import AccessRefused

PACKAGES = ("botocore", "urllib3")

NETWORK_GONE = {
    "botocore.exceptions.ConnectTimeoutError": Fault.PASSING,
    "botocore.exceptions.ConnectionClosedError": Fault.UNSURE,
    "botocore.exceptions.EndpointConnectionError": Fault.PASSING,
    "botocore.exceptions.ProxyConnectionError": Fault.UNSURE,
    "botocore.exceptions.ReadTimeoutError": Fault.UNSURE,
    "botocore.exceptions.SSLError": Fault.UNSURE,
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
        (400, "ValidationException", Fault.FINAL),
        (402, "ServiceQuotaExceededException", Fault.FINAL),
        (403, "ExpiredTokenException", Fault.FINAL),
        (424, "DeviceOfflineException", Fault.FINAL),
        (429, "ThrottlingException", Fault.PASSING),
        (400, "ThrottlingException", Fault.PASSING),
        (400, "RequestTimeout", Fault.UNSURE),
        (400, "InternalServiceException", Fault.UNSURE),
        (408, "408", Fault.UNSURE),
        (499, "499", Fault.UNSURE),
        (500, "InternalServiceException", Fault.UNSURE),
        (503, "ThrottlingException", Fault.UNSURE),
        (503, "SlowDown", Fault.UNSURE),
        (302, "302", Fault.UNSURE),
        (0, "", Fault.UNSURE),
    ],
)
def test_only_a_refusal_promises_that_nothing_was_done(status, code, expected):
    assert meaning(answer(status, code)) is expected


def test_what_is_in_no_table_promises_nothing():
    class Newer(Exception):
        """Exception of a future version."""

    assert meaning(Newer()) is Fault.UNKNOWN
    assert not meaning(Newer()).is_refusal
    assert meaning(NoAnswer("{}")) is Fault.UNSURE


def test_a_class_of_a_newer_version_means_what_its_parent_means():
    parent = exceptions_of("botocore")["botocore.exceptions.EndpointConnectionError"]
    newer = type("NewerConnectionError", (parent,), {})

    assert meaning(newer(endpoint_url="http://here", error="gone")) is Fault.PASSING


def test_credentials_that_cannot_be_used_are_told_as_such():
    error = exceptions_of("botocore")["botocore.exceptions.CredentialRetrievalError"](
        provider="process", error_msg="no such program"
    )

    assert isinstance(translated(error, Told("braket:sv1", "X", str(error))), AccessRefused)

"""Error classes of the client's errors."""

import pytest
import requests
from clouds.vendor_errors import exceptions_of
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMRuntimeError
from urllib3.exceptions import (
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from qgate.devices.cloud.retries import ErrorClass
from qgate.devices.qiskit.ibm.faults import (
    CLASSES,
    fault_of,
    retry_after_s,
    translated,
)
from qgate.exceptions import AccessRefused, SubmissionRefused

JOBS = ("POST", "http://host/api/v1/jobs")
JOB = ("GET", "http://host/api/v1/jobs/1")
CANCEL = ("POST", "http://host/api/v1/jobs/1/cancel")


def answered(request, status, body=b"{}", headers=None):
    """Return the client's error for a response, created as the client does it."""
    prepared = requests.Request(*request).prepare()
    response = requests.Response()
    response.status_code, response._content, response.request = status, body, prepared
    response.headers.update(headers or {})
    return hidden(requests.HTTPError("told", request=prepared, response=response))


def hidden(transport):
    """Wrap an error of the transport as the client does, which hides it."""
    try:
        try:
            try:
                raise transport
            except requests.RequestException as error:
                raise RequestsApiError(str(error), -1) from error
        except RequestsApiError as error:
            raise IBMRuntimeError(f"Failed to run program: {error}") from None
    except IBMRuntimeError as error:
        return error


@pytest.mark.parametrize(
    "package", ["ibm_cloud_sdk_core", "qiskit_ibm_runtime", "requests", "urllib3"]
)
def test_every_exception_of_the_packages_is_in_the_table(package):
    classes = exceptions_of(package)

    assert classes
    assert classes.keys() - CLASSES.keys() == set()


@pytest.mark.parametrize("status", [408, 499, 500, 502, 503, 504, 524])
@pytest.mark.parametrize(
    ("request_", "meaning"),
    [(JOBS, ErrorClass.AMBIGUOUS), (JOB, ErrorClass.TRANSIENT), (CANCEL, ErrorClass.TRANSIENT)],
)
def test_only_a_creation_is_in_doubt_after_an_error_of_the_server(request_, meaning, status):
    assert fault_of(answered(request_, status)) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(429, ErrorClass.TRANSIENT), (400, ErrorClass.PERMANENT), (401, ErrorClass.PERMANENT)],
)
def test_refusals_are_known(status, meaning):
    assert fault_of(answered(JOBS, status)) is meaning


def test_the_codes_that_advise_to_repeat_are_repeated():
    body = b'{"errors": [{"code": 1011, "message": "retry the action"}]}'

    assert fault_of(answered(JOBS, 409, body)) is ErrorClass.TRANSIENT


def test_a_connection_that_never_was_created_nothing():
    reason = MaxRetryError(None, "/jobs", NewConnectionError(None, "refused"))
    prepared = requests.Request(*JOBS).prepare()

    assert (
        fault_of(hidden(requests.ConnectionError(reason, request=prepared))) is ErrorClass.TRANSIENT
    )
    assert fault_of(hidden(requests.ConnectTimeout(request=prepared))) is ErrorClass.TRANSIENT


@pytest.mark.parametrize(
    ("cls", "reason", "meaning"),
    [
        (
            requests.ConnectionError,
            NameResolutionError("host", None, OSError()),
            ErrorClass.TRANSIENT,
        ),
        (requests.exceptions.ProxyError, ProxyError("gone", OSError()), ErrorClass.AMBIGUOUS),
        (requests.exceptions.SSLError, SSLError("broken"), ErrorClass.AMBIGUOUS),
        (requests.ReadTimeout, ReadTimeoutError(None, "/jobs", "late"), ErrorClass.AMBIGUOUS),
    ],
)
def test_a_network_that_is_gone_is_waited_for(cls, reason, meaning):
    for request, expected in ((JOBS, meaning), (JOB, ErrorClass.TRANSIENT)):
        prepared = requests.Request(*request).prepare()
        error = cls(MaxRetryError(None, "/", reason), request=prepared)

        assert fault_of(hidden(error)) is expected


def test_an_address_that_cannot_be_used_is_not_waited_for():
    prepared = requests.Request(*JOBS).prepare()

    assert (
        fault_of(hidden(requests.exceptions.InvalidProxyURL(request=prepared)))
        is ErrorClass.PERMANENT
    )


def test_a_connection_that_broke_may_have_created():
    prepared = requests.Request(*JOBS).prepare()

    assert (
        fault_of(hidden(requests.ConnectionError("reset", request=prepared)))
        is ErrorClass.AMBIGUOUS
    )
    assert fault_of(hidden(requests.exceptions.ChunkedEncodingError())) is ErrorClass.AMBIGUOUS
    assert fault_of(KeyError("id")) is ErrorClass.AMBIGUOUS


def test_an_error_that_nothing_explains_is_not_repeated_and_proves_nothing():
    assert fault_of(ValueError("a circuit")) is ErrorClass.UNKNOWN


def test_a_pause_that_is_asked_for_is_read():
    assert retry_after_s(answered(JOBS, 429, headers={"Retry-After": "7"})) == 7.0
    assert retry_after_s(answered(JOBS, 429)) is None


def test_errors_become_ours_with_the_services_words():
    assert isinstance(translated(answered(JOBS, 403), "here"), AccessRefused)
    refused = translated(answered(JOBS, 400, b'{"error": {"code": 6053}}'), "here")
    assert isinstance(refused, SubmissionRefused)
    assert refused.code == "6053"


@pytest.mark.parametrize("text", ["Bearer abc.def", "apikey: abc.def", "apikey=abc.def"])
@pytest.mark.parametrize("status", [400, 403, 500])
def test_credentials_are_masked(text, status):
    failed = answered(JOBS, status)
    failed.args = (f"header {text}, more",)

    assert "abc" not in str(translated(failed, "here"))

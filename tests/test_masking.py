"""Credentials are masked in texts, at any place."""

import pickle
import sys

import pytest
from counting import calls
from leaks import texts_of_error

from qgate.exceptions import InvalidOption, JobFailed, MalformedDevice
from qgate.masking import (
    is_secret,
    learn,
    masked,
    masked_device,
    masked_error,
    masked_value,
)

HIDDEN = "hush-Hush/42"


@pytest.mark.parametrize(
    "text",
    [
        "ibm:x?token={}&shots=3",
        "the string ibm:x?api_key={} is wrong",
        "{{'apikey': '{}'}}",
        '{{"token":"{}"}}',
        '{{"access_token": "{}", "expires_in": 3600}}',
        "Authorization: Bearer {}",
        "authorization=apikey {}",
        "bearer {}",
        "apikey {} has expired",
        "{{'X-Auth-Token': '{}'}}",
        "X-Amz-Security-Token: {}",
        "https://b.s3.amazonaws.com/k?X-Amz-Credential={}&X-Amz-Signature={}&X-Amz-Expires=9",
        "https://b.s3.amazonaws.com/k?AWSAccessKeyId={}&Signature={}",
        "Credential={}, SignedHeaders=host, Signature={}",
        "aws_secret_access_key = {}",
        "AWS_SESSION_TOKEN={}",
        "secretAccessKey: {}, region: here",
        "QISKIT_IBM_TOKEN={}",
        "password: {}",
        "passwd={}",
        "client_secret={}",
        "private_key={}",
        "%3Ftoken%3D{}",
    ],
)
def test_a_secret_is_masked_where_secrets_stand(text):
    found = masked(text.format(HIDDEN, HIDDEN))

    assert HIDDEN not in found
    assert "***" in found


@pytest.mark.parametrize("address", ["https://{}@host/a", "http://me:{}@host:80", "x (ftp://{}@h)"])
def test_a_name_and_password_in_an_address_are_masked(address):
    secret = "hush-Hush"

    assert secret not in masked(address.format(secret))
    assert "host" not in address or "host" in masked(address.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE is not known",
        "ASIAIOSFODNN7EXAMPLE is not known",
        "it was eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2lnbmVk",
    ],
)
def test_keys_of_aws_and_web_tokens_are_masked_anywhere(text):
    assert masked(text).count("***") == 1
    assert "AKIA" not in masked(text)
    assert "eyJ" not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "qiskit:aer?shots=100&seed=3",
        "arn:aws:braket:::device/quantum-simulator/amazon/sv1",
        "The security token included in the request is expired",
        "clientToken=abc was used before, nextToken: def, qgate-token: ghi",
        "order 1234: jobs of acme cannot be searched for",
        "RX(0.1, wires=[0]) has no generator",
        "https://quantum.cloud.ibm.com/docs/guides",
        "me@example.org",
    ],
)
def test_other_texts_stay_as_they_are(text):
    assert masked(text) == text


def test_secrets_of_the_environment_are_masked_anywhere(monkeypatch):
    monkeypatch.setenv("ACME_API_KEY", HIDDEN)
    monkeypatch.setenv("SHORT_TOKEN", "abc")

    assert masked(f"what is {HIDDEN}?") == "what is ***?"
    assert masked("/a/hush-Hush%2F42/b") == "/a/***/b"
    assert masked("abcdef and abc") == "abcdef and abc"


def test_secrets_that_were_learned_are_masked_anywhere():
    learn("learned-by-heart", None, "", "abc")

    assert masked("it is learned-by-heart, abc") == "it is ***, abc"


def test_values_are_masked_in_containers_and_under_their_names():
    found = masked_value({"token": 5, "list": ["apikey k1", ("a", b"apikey k2")], "shots": 3})

    assert found == {"token": "***", "list": ["apikey ***", ("a", b"apikey ***")], "shots": 3}


def test_what_holds_no_secret_is_returned_itself():
    value = {"a": ["b", {"c": 1}]}

    assert masked_value(value) is value
    assert masked_value(sys) is sys


@pytest.mark.parametrize("name", ["token", "api_key", "apiKey", "IBM_TOKEN", "password", "key"])
def test_names_of_secrets(name):
    assert is_secret(name)


@pytest.mark.parametrize("name", ["seed", "profile", "budget_usd", "clientToken", "instance", 3])
def test_names_of_other_things(name):
    assert not is_secret(name)


def test_an_option_of_a_device_is_masked_to_its_end():
    assert masked_device("a:b?token=one two&shots=1") == "a:b?token=***&shots=1"
    assert masked_device("a:b?jwt=one&shots=1") == "a:b?jwt=***&shots=1"


def test_values_of_a_device_string_that_look_like_keys_are_masked_under_any_name():
    for key in ("S3cr3tV4lueXYZ0123456789abcd", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1"):
        assert masked_device(f"a:b?tokn={key}&shots=1") == "a:b?tokn=***&shots=1"
    for kept in (
        "a:b?s3_bucket=amazon-braket-us-east-1-123456789012",
        "a:b?instance=My-Instance-1",
    ):
        assert masked_device(kept) == kept


def test_errors_of_ours_hold_no_secret():
    errors = [
        JobFailed(device="here", job="1", reason=f"apikey {HIDDEN} has expired"),
        JobFailed(f"apikey {HIDDEN}"),
        InvalidOption(text="a:b", option="api_key", value=HIDDEN, reason="it is wrong"),
        MalformedDevice(text=f"a:b?token={HIDDEN}", reason="it is wrong"),
    ]

    for error in errors:
        assert not any(HIDDEN in text for text in texts_of_error(error))
        assert HIDDEN.encode() not in pickle.dumps(error)


def test_the_errors_that_an_error_was_raised_from_are_masked():
    class Vendors(Exception):
        def __init__(self, message, body):
            super().__init__(message)
            self.message, self.body, self.code = message, body, 7

    def fail():
        try:
            raise ValueError(f"Authorization: Bearer {HIDDEN}")
        except ValueError as error:
            raise Vendors(f"apikey {HIDDEN}", {"token": HIDDEN, "more": [1]}) from error

    with pytest.raises(Vendors) as raised:
        fail()

    same = masked_error(raised.value)

    assert same is raised.value
    assert (same.code, same.body) == (7, {"token": "***", "more": [1]})
    assert not any(HIDDEN in text for text in texts_of_error(same))


def test_the_headers_of_a_failed_request_are_masked():
    requests = pytest.importorskip("requests")
    address = f"https://host/a?X-Amz-Signature={HIDDEN}"
    request = requests.Request(
        "POST", address, headers={"Authorization": HIDDEN, "Accept": "x"}, data={"apikey": HIDDEN}
    ).prepare()
    response = requests.Response()
    response.request = request

    masked_error(requests.HTTPError("failed", request=request, response=response))

    assert dict(request.headers)["Authorization"] == "***"
    assert dict(request.headers)["Accept"] == "x"
    assert request.url == "https://host/a?X-Amz-Signature=***"
    assert b"hush" not in bytes(str(request.body), "utf8")


def test_secrets_that_the_environment_gets_and_loses_later_are_followed(monkeypatch):
    monkeypatch.delenv("ACME_API_KEY", raising=False)
    assert masked(f"about {HIDDEN}") == f"about {HIDDEN}"

    monkeypatch.setenv("ACME_API_KEY", HIDDEN)
    assert masked(f"about {HIDDEN}") == "about ***"

    monkeypatch.setenv("ACME_API_KEY", "another-value")
    assert masked(f"{HIDDEN}, another-value") == f"{HIDDEN}, ***"

    monkeypatch.delenv("ACME_API_KEY")
    assert masked("about another-value") == "about another-value"


def test_an_environment_that_has_not_changed_is_not_read_again(monkeypatch):
    for number in range(200):
        monkeypatch.setenv(f"ACME_{number}_API_KEY", "abc")
    masked("a text")

    assert calls(lambda: masked("a text")) < 200  # fewer than there are variables

"""The grammar of a device's string."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaks import texts_of_error

from qgate.devices.config import DeviceConfig
from qgate.exceptions import MalformedDevice

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]*", fullmatch=True)
OPTION_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True)
CONFIGS = st.builds(
    DeviceConfig,
    provider=NAMES,
    target=st.none() | TEXT,
    options=st.dictionaries(OPTION_NAMES, TEXT, max_size=4).map(lambda d: tuple(d.items())),
)
ARN = "arn:aws:braket:::device/quantum-simulator/amazon/sv1"


@given(CONFIGS)
def test_a_printed_config_reads_back_as_itself(config: DeviceConfig):
    assert DeviceConfig.parse(str(config)) == config


@given(CONFIGS, st.data())
def test_any_percent_encoding_of_a_config_prints_as_the_one_canonical_string(
    config: DeviceConfig, data: st.DataObject
):
    def written(part: str) -> str:
        encode = data.draw(st.lists(st.booleans(), min_size=len(part), max_size=len(part)))
        return "".join(
            "".join(f"%{byte:02x}" for byte in letter.encode())
            if wanted or letter in "%&?"
            else letter
            for letter, wanted in zip(part, encode, strict=True)
        )

    target = "" if config.target is None else f":{written(config.target)}"
    options = "&".join(f"{option}={written(value)}" for option, value in config.options)
    text = f"{config.provider}{target}{'?' if options else ''}{options}"

    assert str(DeviceConfig.parse(text)) == str(config)


@given(CONFIGS)
def test_a_canonical_string_is_plain_ascii_without_spaces(config: DeviceConfig):
    text = str(config)

    assert text.isascii()
    assert text.isprintable()
    assert " " not in text


@pytest.mark.parametrize(
    "text",
    [
        "local",
        "local:statevector?seed=7",
        "qiskit:aer?shots=1000&seed=7",
        "qiskit:fake_brisbane",
        "braket:local/braket_dm",
        "braket:iqm/garnet?shots=500&budget_usd=20",
        f"braket:{ARN}",
        f"braket:{ARN}?shots=10",
        "ibm:ibm_torino?instance=crn:v1:bluemix:public:quantum-computing:us-east:a/1234:5678::",
        "default.qubit",
        "acme:one?url=https://127.0.0.1:8000/api?version=2",
        "acme:one?token=QUJD==",
    ],
)
def test_a_string_without_needless_encoding_prints_as_it_was_written(text: str):
    assert str(DeviceConfig.parse(text)) == text


def test_a_target_may_hold_colons_and_slashes():
    config = DeviceConfig.parse(f"braket:{ARN}?shots=10")

    assert config == DeviceConfig(provider="braket", target=ARN, options=(("shots", "10"),))


def test_awkward_values_are_percent_encoded():
    value = "50% of a&b #1 ü?"

    config = DeviceConfig.parse(f"acme:my%20chip%3F?note={quote(value)}")

    assert config.target == "my chip?"
    assert dict(config.options) == {"note": value}
    assert str(config) == "acme:my%20chip%3F?note=50%25%20of%20a%26b%20%231%20%C3%BC?"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is not the name of a provider"),
        (" local", "' local' is not the name of a provider"),
        ("local\n", r"'local\n' is not the name of a provider"),
        (":aer", "'' is not the name of a provider"),
        ("2fast", "'2fast' is not the name of a provider"),
        ("qiskit:", "there is no target after 'qiskit:'"),
        ("qiskit:?shots=3", "there is no target after 'qiskit:'"),
        ("local?", "no option follows the '?'"),
        ("local?shots", "the option 'shots' has no value"),
        ("local?shots=", "the option 'shots' has no value"),
        ("local?=5", "'' is not the name of an option"),
        ("local?my-shots=5", "'my-shots' is not the name of an option"),
        ("local?shots=5&", "an option is empty (a stray '&')"),
        ("local?&shots=5", "an option is empty (a stray '&')"),
        ("local?shots=5&seed=1&shots=5", "the option 'shots' is given twice"),
        ("acme:%zz", "'%zz' is not a percent-encoded character"),
        ("acme:a?x=5%", "'%' is not a percent-encoded character"),
        ("acme:%ff", "'%ff' is not percent-encoded UTF-8"),
    ],
)
def test_a_malformed_string_is_refused_with_the_place(text: str, reason: str):
    with pytest.raises(MalformedDevice) as caught:
        DeviceConfig.parse(text)

    assert caught.value.reason == reason
    assert repr(text) in str(caught.value)
    assert "Write provider:target?option=value" in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_refused_as_malformed(text: str):
    try:
        config = DeviceConfig.parse(text)
    except MalformedDevice:
        return

    assert DeviceConfig.parse(str(config)) == config


@pytest.mark.parametrize(
    "parts",
    [
        {"provider": "a b"},
        {"provider": "acme", "target": ""},
        {"provider": "acme", "options": (("shots", ""),)},
        {"provider": "acme", "options": (("shots", "1"), ("shots", "2"))},
    ],
)
def test_a_config_that_could_not_be_printed_cannot_be_made(parts: dict[str, object]):
    with pytest.raises(ValueError, match=r"is not the name|there is no target|has no value|twice"):
        DeviceConfig(**parts)


def test_a_config_is_a_frozen_hashable_value_that_survives_pickling():
    config = DeviceConfig.parse("qiskit:aer?shots=10")

    assert {config: 1}[DeviceConfig.parse("qiskit:aer?shots=10")] == 1
    assert pickle.loads(pickle.dumps(config)) == config
    assert repr(config) == "DeviceConfig.parse('qiskit:aer?shots=10')"
    with pytest.raises(FrozenInstanceError):
        config.target = "other"


def test_more_options_win_over_those_there_are():
    config = DeviceConfig.parse("qiskit:aer?shots=10&seed=7")

    assert str(config.with_options({"shots": "20", "method": "mps"})) == (
        "qiskit:aer?shots=20&seed=7&method=mps"
    )


@pytest.mark.parametrize(
    "text",
    [
        "ibm:ibm_torino?token=hush-hush",
        "braket:sv1?shots=3&aws_secret_access_key=hush-hush",
        "acme:one?tags=apikey:hush-hush",
        "acme:https://me:hush-hush@host",
        "acme:one?address=https://hush-hush@host",
        "acme:one?token=hush-hush%20hush-hush&shots=3",
        "acme:one?key=hush-hush",
    ],
)
def test_a_string_with_a_secret_is_known_as_such_and_not_shown(text):
    config = DeviceConfig.parse(text)

    assert len(config.secrets) == 1
    assert str(config) == text
    assert "hush" not in repr(config)


def test_a_string_with_a_secret_that_is_malformed_is_not_shown():
    with pytest.raises(MalformedDevice) as refused:
        DeviceConfig.parse("ibm:ibm_torino?token=hush-hush&shots=")

    assert not any("hush" in shown for shown in texts_of_error(refused.value))


@pytest.mark.parametrize("text", ["local?shots=3&seed=4", "braket:arn:aws:braket:::device/a/b/c"])
def test_other_strings_hold_no_secret(text):
    assert DeviceConfig.parse(text).secrets == ()

"""A perhaps-sent order is searched for in its own account and region only."""

from __future__ import annotations

import base64

import pytest

import qgate as qg
from qgate.devices.braket import session
from qgate.devices.braket.session import account_of_key
from qgate.exceptions import AccessRefused, CreationUnknown, QGateError
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OrderState
from qgate.jobs.resumption import resume

OURS, THEIRS = 111122223333, 444455556666


def key_of(account, number=0):
    """Return an access key id in AWS's format: the account behind a set bit, then the key."""
    content = ((1 << 40 | account) << 7).to_bytes(6, "big") + number.to_bytes(4, "big")
    return "ASIA" + base64.b32encode(content).decode()


@pytest.fixture
def profiles(double, monkeypatch, tmp_path):
    keys = {
        "ours": key_of(OURS),
        "renewed": key_of(OURS, number=7),
        "theirs": key_of(THEIRS),
        "odd": "no account 1",
        "odder": "no account 2",
    }
    file = tmp_path / "credentials"
    file.write_text(
        "\n".join(
            f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = planted-{name}-secret"
            for name, key in keys.items()
        )
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    return double


@pytest.fixture
def start(profiles, tmp_path):
    """Run the program with a profile."""

    def start(profile, target="iqm/garnet"):
        device = qg.device(
            f"braket:{target}?s3_bucket=amazon-braket-x&profile={profile}&patience_s=0.3"
        )
        device.settles_s = 0.05

        @qg.qnode(device, shots=50)
        def circuit():
            qg.X(0)
            return qg.expval(qg.Z(0))

        with qg.run("moved", str(tmp_path / "runs.db"), budget=qg.Budget(submissions=1)):
            return float(circuit())

    return start


def perhaps_sent(double, start, profile="ours", **more):
    """Lose the response to a creation, then the access."""
    double.fault("CreateQuantumTask", "lost")
    double.fault("CreateQuantumTask", "error", code="ExpiredTokenException", times=3)
    double.fault("SearchQuantumTasks", "error", code="AccessDeniedException", times=99)
    with pytest.raises(AccessRefused, match="perhaps created"):
        start(profile, **more)
    double.calm()


@pytest.mark.parametrize(("first", "second"), [("ours", "theirs"), ("odd", "odder")])
def test_another_account_creates_nothing_and_finds_nothing(profiles, start, first, second):
    perhaps_sent(profiles, start, first)

    with pytest.raises(CreationUnknown, match=r"it may be in account .* run again with the cred"):
        start(second)
    assert profiles.ledger()["tasks_created"] == 1

    assert start(first) == -1
    assert profiles.ledger()["tasks_created"] == 1


def test_other_credentials_of_the_same_account_go_on(profiles, start):
    perhaps_sent(profiles, start)

    assert start("renewed") == -1
    assert profiles.ledger()["tasks_created"] == 1


def test_another_region_creates_nothing(profiles, start, monkeypatch):
    perhaps_sent(profiles, start, target="sv1")

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    with pytest.raises(
        CreationUnknown, match=r"in us-east-1, and this device searches .*us-west-2"
    ):
        start("ours", target="sv1")
    assert profiles.ledger()["tasks_created"] == 1


def test_resuming_with_another_account_releases_nothing(profiles, start, tmp_path):
    perhaps_sent(profiles, start)
    journal = Journal(tmp_path / "runs.db")

    def other(name):
        made = qg.device(name.replace("profile=ours", "profile=theirs"))
        made.settles_s = 0.05
        return made

    ((order, told),) = resume(journal, other)

    assert f"may be in account {OURS} of AWS" in told
    assert journal.find(order.key).state is OrderState.INTENDED
    assert journal.spent_by("moved").submissions == 1


def test_the_account_is_read_from_the_id_of_a_key():
    # the example of Tal Be'ery, "A short note on AWS KEY ID", 2023
    assert account_of_key("ASIAQNZGKIQY56JQ7WML") == "029608264753"
    assert account_of_key(key_of(OURS)) == str(OURS)
    for key in ("", "test", "AKIDOUBLE0000000TEST", "AKIA", "AKIAé"):
        assert account_of_key(key) is None


def test_the_journal_and_errors_hold_no_key(profiles, start, tmp_path):
    perhaps_sent(profiles, start)

    with pytest.raises(QGateError) as raised:
        start("theirs")

    content = (tmp_path / "runs.db").read_bytes() + (tmp_path / "runs.db-wal").read_bytes()
    for secret in (key_of(OURS), "planted-ours-secret", "planted-theirs-secret"):
        assert secret not in str(raised.value)
        assert secret.encode() not in content


@pytest.mark.parametrize(
    ("vendor", "asks"), [("QEMU\n", False), ("Amazon EC2\n", True), (None, False)]
)
def test_only_machines_of_ec2_are_asked_for_credentials(monkeypatch, tmp_path, vendor, asks):
    file = tmp_path / "sys_vendor"
    if vendor is not None:
        file.write_text(vendor)
    monkeypatch.setattr(session, "VENDOR", str(file))
    monkeypatch.setattr(session, "HYPERVISOR", str(tmp_path / "none"))
    monkeypatch.setattr(session.sys, "platform", "linux")
    monkeypatch.delenv(session.METADATA_VARIABLE, raising=False)
    opened = session._session("us-east-1", None)
    search = opened._session.get_component("credential_provider")
    assert ("iam-role" in [provider.METHOD for provider in search.providers]) is asks

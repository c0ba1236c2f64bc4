"""Trainings on IBM Quantum that an error stops: they resume later, and pay once."""

from shutil import copy

import pytest
from clouds.crash import train
from clouds.ibm.double import SECRET
from leaks import texts_of_error

from qgate.exceptions import (
    AccessRefused,
    DeviceOffline,
    QGateError,
    ServiceUnavailable,
    WrongResult,
)
from qgate.jobs.journal import Journal

STEPS = 3

EXPIRED = {"status": 401, "code": 1200, "message": "The token has expired"}
OFFLINE = {"status": 400, "code": 1004, "message": "The backend is under repair"}


@pytest.fixture
def training(make, tmp_path):
    """Train for some steps; each name has a copy of one journal, and so the same tags."""
    Journal(str(tmp_path / "empty")).close()

    def training(name):
        device = make(shots=50, optimization_level=0, patience_s=1)
        device.settles_s = 0.2
        file = tmp_path / name
        if not file.exists():
            copy(tmp_path / "empty", file)
        angles, _ = train(device, Journal(str(file)), steps=STEPS, spare=0)
        return angles

    return training


@pytest.mark.parametrize(
    ("at", "fault", "error", "told"),
    [
        ("GET /jobs/ID", EXPIRED, AccessRefused, "expired.*save_account"),
        ("GET /jobs/ID/results", EXPIRED, AccessRefused, "expired.*save_account"),
        ("POST /jobs", EXPIRED, AccessRefused, "expired.*save_account"),
        ("POST /jobs", OFFLINE, DeviceOffline, "under repair.*Choose another backend"),
        ("GET /jobs/ID", {"status": 503, "times": None}, ServiceUnavailable, "for 1.0 s.*503"),
    ],
)
def test_a_training_that_an_error_stopped_goes_on_later(training, cloud, at, fault, error, told):
    whole = training("whole")
    cloud.reset()
    cloud.goes_wrong(at, skip=1, **fault)
    with pytest.raises(error, match=told):
        training("stopped")
    cloud.reset_faults()

    again = training("stopped")
    if at != "POST /jobs":  # refused submissions are ordered anew, with other outcomes
        assert again == whole
    assert len(cloud.jobs) == STEPS


@pytest.mark.parametrize("job", [{"spoil": "cut"}, {"spoil": "empty"}, {"fewer_shots": 1}])
def test_what_is_no_result_is_neither_used_nor_bought_again(training, cloud, job):
    cloud.next_job(**job)

    for _ in range(2):
        with pytest.raises(WrongResult, match=r"came back|cannot be read"):
            training("spoilt")

    assert len(cloud.jobs) == 1


def test_a_price_that_cannot_be_asked_for_at_once_is_asked_for_again(training, cloud):
    cloud.goes_wrong("GET /jobs/ID/metrics", status=429, times=2)

    training("priced")

    assert cloud.ledger["requests"]["GET /jobs/ID/metrics"] == STEPS + 2


def test_results_are_kept_where_no_price_is_told(training, cloud, tmp_path):
    whole = training("whole")
    cloud.reset()
    cloud.goes_wrong("GET /jobs/ID/metrics", status=503, times=None)

    assert training("unpriced") == whole
    orders = Journal(str(tmp_path / "unpriced")).orders("training")
    assert [order.held_usd for order in orders] == [order.price.high_usd for order in orders]


def test_the_key_is_not_in_the_journal_of_a_training_that_was_refused(training, cloud, tmp_path):
    cloud.goes_wrong("GET /jobs/ID", **{**EXPIRED, "message": f"apikey {SECRET} has expired"})

    with pytest.raises(AccessRefused, match=r"apikey \*\*\* has expired"):
        training("secret")

    written = b"".join(path.read_bytes() for path in tmp_path.glob("secret*"))
    assert b"expired" in written
    assert SECRET.encode() not in written


@pytest.mark.parametrize("status", [400, 401, 500, 503])
@pytest.mark.parametrize("at", ["POST /jobs", "GET /jobs/ID", "GET /jobs/ID/results"])
def test_no_answer_of_the_service_brings_a_key_into_errors_or_files(
    training, cloud, tmp_path, at, status
):
    message = f"the key {SECRET} of https://me:{SECRET}@host?X-Amz-Signature={SECRET} is wrong"
    cloud.goes_wrong(at, status=status, message=message, times=None)

    with pytest.raises(QGateError) as raised:
        training("secret")

    assert not any(SECRET in text for text in texts_of_error(raised.value))
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("secret*"))


def test_the_reason_of_a_failed_job_is_masked(training, cloud, tmp_path):
    cloud.any_job(probability=1.0, seed=0, status="Failed", reason=f"apikey {SECRET}: refused")

    with pytest.raises(QGateError, match=r"apikey \*\*\*") as raised:
        training("secret")

    assert not any(SECRET in text for text in texts_of_error(raised.value))
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("secret*"))

"""Trainings on Amazon Braket that an error stops: they resume later, and pay once."""

from shutil import copy

import pytest
from clouds.crash import train

import qgate as qg
from qgate.exceptions import AccessRefused, DeviceOffline, ServiceUnavailable, WrongResult
from qgate.jobs.journal import Journal

STEPS = 3

EXPIRED = {"code": "ExpiredTokenException"}
OFFLINE = {"code": "DeviceOfflineException"}
FAILS = {"code": "InternalServiceException", "times": 0}


@pytest.fixture
def training(double, tmp_path):
    """Train for some steps; each name has a copy of one journal, and so the same tokens."""
    Journal(str(tmp_path / "empty")).close()

    def training(name):
        garnet = qg.device("braket:iqm/garnet?shots=50&s3_bucket=amazon-braket-x&patience_s=0.5")
        file = tmp_path / name
        if not file.exists():
            copy(tmp_path / "empty", file)
        angles, _ = train(garnet, Journal(str(file)), steps=STEPS, spare=0)
        return angles

    return training


@pytest.mark.parametrize(
    ("operation", "fault", "error", "told"),
    [
        ("GetQuantumTask", EXPIRED, AccessRefused, "aws sso login"),
        ("GetObject", {"code": "ExpiredToken", "status": 400}, AccessRefused, "aws sso login"),
        ("CreateQuantumTask", EXPIRED, AccessRefused, "aws sso login"),
        ("CreateQuantumTask", OFFLINE, DeviceOffline, "executes everyday 00:00 to 23:59 UTC"),
        ("GetQuantumTask", FAILS, ServiceUnavailable, r"could not be reached for 0\.5 s"),
    ],
)
def test_a_training_that_an_error_stopped_goes_on_later(
    training, double, operation, fault, error, told
):
    whole = training("whole")
    double.reset()
    double.fault(operation, "error", at=2, **fault)
    with pytest.raises(error, match=told):
        training("stopped")
    bought = double.ledger()["tasks"]
    double.calm()

    assert bought
    again = training("stopped")
    if (
        operation != "CreateQuantumTask"
    ):  # refused submissions are ordered anew, with other outcomes
        assert again == whole
    assert double.ledger()["tasks_created"] == STEPS
    assert len({task["token"] for task in double.ledger()["tasks"]}) == STEPS


@pytest.mark.parametrize("kind", ["short", "missing", "corrupt"])
def test_what_is_no_result_is_neither_used_nor_bought_again(training, double, kind):
    double.fault("task", kind)

    for _ in range(2):
        with pytest.raises(WrongResult, match="does not fit the request"):
            training("spoilt")

    assert double.ledger()["tasks_created"] == 1

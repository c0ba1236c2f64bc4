"""A job is created once, whatever happens to the response."""

import numpy as np
import pytest
from clouds.ibm.double import OPEN, PAID

import qgate as qg
from qgate.exceptions import (
    AccessRefused,
    CreationUnknown,
    DeviceOffline,
    RequestRefused,
    SubmissionRefused,
)
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.tape import Tape


@pytest.fixture
def buy(make, tmp_path):
    """Run a circuit in a run of its own, so that no test resumes another one's run."""

    def buy():
        device = make()
        device.settles_s = 0.3
        tape = Tape([GATES["RX"](np.pi, 0)], [counts(wires=[0])], shots=100)
        with qg.run("buy", str(tmp_path / "runs.db")):
            return qg.execute([tape], device)

    return buy


BOUGHT = [
    {"do": "status", "status": 502, "when": "after"},
    {"do": "status", "status": 500, "when": "after"},
    {"do": "lost", "when": "after"},
    {"do": "half", "when": "after"},
    {"do": "status", "status": 408, "when": "after"},
]

NOT_BOUGHT = [
    {"do": "status", "status": 502},
    {"do": "status", "status": 503},
    {"do": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"do": "lost"},
]


def _named(fault):
    return f"{fault.get('status', fault['do'])}-{fault.get('when', 'before')}"


@pytest.mark.parametrize("fault", [*BOUGHT, *NOT_BOUGHT], ids=_named)
def test_a_lost_answer_leads_to_one_job(buy, cloud, fault):
    cloud.goes_wrong("POST /jobs", **fault)

    (found,) = buy()

    assert found == {"1": 100}
    assert len(cloud.jobs) == 1
    attempts = 1 if fault in BOUGHT else 2
    assert cloud.ledger["requests"]["POST /jobs"] == attempts


@pytest.mark.parametrize("at", ["GET /instances/usage", "GET /backends/NAME/status"])
@pytest.mark.parametrize("do", ["status", "lost", "half"])
def test_what_the_client_asks_before_it_creates_may_fail(buy, cloud, at, do):
    cloud.goes_wrong(at, do=do)

    assert buy() == ({"1": 100},)
    assert len(cloud.jobs) == 1


@pytest.mark.parametrize("text", ["[]", "{}", "", "null", "<html>", '{"id": 3}'])
def test_an_answer_to_a_creation_that_cannot_be_read_leads_to_one_job(buy, cloud, text):
    cloud.goes_wrong("POST /jobs", "answer", when="after", text=text)

    assert buy() == ({"1": 100},)
    assert len(cloud.jobs) == 1


def test_an_error_of_the_client_after_a_job_was_created_leads_to_one_job(buy, cloud):
    """The response lacks the backend, which the client reads once it has the job's id."""
    cloud.goes_wrong("POST /jobs", "answer", when="after", text='{"id": "job-that-was-made"}')
    cloud.goes_wrong("GET /jobs/ID", status=404, times=None)

    with pytest.raises(
        RequestRefused, match=r"was created and continues \(jobs job-that-was-made\)"
    ):
        buy()

    assert cloud.ledger["requests"]["POST /jobs"] == 1


@pytest.mark.parametrize("text", ["[]", "{}", "", "null", "<html>", '{"jobs": [], "count": 1}'])
def test_a_search_that_cannot_be_read_is_made_again(buy, cloud, text):
    cloud.goes_wrong("POST /jobs", "lost", when="after")
    cloud.goes_wrong("GET /jobs", "answer", when="after", text=text, times=2)

    assert buy() == ({"1": 100},)
    assert len(cloud.jobs) == 1


@pytest.mark.parametrize(
    "at", ["GET /jobs/ID", "GET /instances/usage", "GET /backends/NAME/status"]
)
@pytest.mark.parametrize("text", ["[]", "{}", "", "<html>"])
def test_an_answer_to_a_question_that_cannot_be_read_is_asked_for_again(buy, cloud, at, text):
    cloud.goes_wrong(at, "answer", text=text, times=2)

    assert buy() == ({"1": 100},)
    assert len(cloud.jobs) == 1


@pytest.mark.parametrize("status", [400, 409])
def test_a_refused_question_is_no_refused_submission(buy, cloud, status):
    cloud.goes_wrong("GET /jobs/ID", status=status, times=None)

    with pytest.raises(RequestRefused, match="was created and continues") as told:
        buy()

    assert not isinstance(told.value, SubmissionRefused)
    assert len(cloud.jobs) == 1


def test_a_search_in_another_instance_proves_nothing(make, cloud, tmp_path, monkeypatch):
    """A job that may exist in one instance is not created again in another from the environment."""

    def start(instance):
        monkeypatch.setenv("QISKIT_IBM_INSTANCE", instance)
        device = make(patience_s=0.3)
        device.settles_s = 0.05
        tape = Tape([GATES["RX"](np.pi, 0)], [counts(wires=[0])], shots=100)
        with qg.run("moved", str(tmp_path / "runs.db")):
            return qg.execute([tape], device)

    cloud.goes_wrong("POST /jobs", "lost", when="after")
    cloud.goes_wrong("GET /jobs", status=403, times=None)
    with pytest.raises(AccessRefused, match="was perhaps created"):
        start(PAID)
    cloud.reset_faults()

    with pytest.raises(CreationUnknown, match=f"may be in {PAID}.* searches {OPEN} alone"):
        start(OPEN)

    assert start(PAID) == ({"1": 100},)
    assert len(cloud.jobs) == 1


def test_a_batch_that_cannot_be_opened_at_once_is_opened_later(buy, cloud):
    cloud.goes_wrong("POST /sessions", status=503)

    assert buy() == ({"1": 100},)
    assert len(cloud.jobs) == 1


def test_a_batch_that_the_service_closed_is_replaced(make, cloud, send):
    device = make()
    first = send(device)
    device.mode.of_next_job().close()
    device.mode.of_next_job()._active = True  # as after the service has closed it

    send(device).result(240)
    first.result(240)

    assert len({job["session"] for job in cloud.jobs}) == 2


def test_a_refusal_is_not_repeated_and_says_why(buy, cloud):
    cloud.goes_wrong("POST /jobs", status=400, code=6053, message="The circuit is not ISA")

    with pytest.raises(SubmissionRefused, match=r"\(6053\).*The circuit is not ISA"):
        buy()
    assert cloud.jobs == []
    assert cloud.ledger["requests"]["POST /jobs"] == 1


def test_a_backend_that_takes_no_jobs_is_said_to_be_offline(buy, cloud):
    cloud.goes_wrong("POST /jobs", status=400, code=1004, message="Backend is in maintenance")

    with pytest.raises(DeviceOffline, match="in maintenance"):
        buy()

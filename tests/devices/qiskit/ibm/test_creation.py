"""A job is created once, whatever becomes of the answer."""

import numpy as np
import pytest

import qgate as qg
from qgate.exceptions import DeviceOffline, SubmissionRefused
from qgate.measurements import counts
from qgate.operations.gate import GATES
from qgate.tape import Tape


@pytest.fixture
def buy(make):
    """Run a circuit on the road that everything paid for takes."""

    def buy():
        device = make()
        device.settles_s = 0.3
        tape = Tape([GATES["RX"](np.pi, 0)], [counts(wires=[0])], shots=100)
        return qg.execute([tape], device)

    return buy


BOUGHT = [
    {"do": "status", "status": 502, "when": "after"},
    {"do": "status", "status": 500, "when": "after"},
    {"do": "lost", "when": "after"},
    {"do": "half", "when": "after"},
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


def test_a_batch_that_cannot_be_opened_at_once_is_opened_later(buy, cloud):
    cloud.goes_wrong("POST /sessions", status=503)

    assert buy() == ({"1": 100},)
    assert len(cloud.jobs) == 1


def test_a_batch_that_the_service_closed_is_replaced(make, cloud, send):
    device = make()
    first = send(device)
    device.mode.of_next_job().close()
    device.mode.of_next_job()._active = True  # as it is where the service closed it by itself

    send(device).result(60)
    first.result(60)

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

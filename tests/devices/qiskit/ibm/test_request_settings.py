"""Jobs have the tags of their run and journal; an order is repeated as it was first recorded."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate.exceptions import QGateError, ServiceUnavailable
from qgate.jobs.finding import find_jobs


def called(device, journal, name="experiment"):
    @qg.qnode(device)
    def circuit():
        qg.RX(0.4, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run(name, journal=journal) as run:
        circuit()
    return run


def test_an_order_that_is_sent_again_has_the_tags_and_limit_of_its_first_request(
    make, cloud, tmp_path
):
    journal = str(tmp_path / "runs.db")
    first = make(tags="first", max_execution_time_s=30, shots=10, patience_s=0.3)
    first.settles_s = 0.1
    cloud.goes_wrong("POST /jobs", do="lost", times=None)
    cloud.goes_wrong("GET /jobs", status=503, times=None)
    with pytest.raises(ServiceUnavailable):
        called(first, journal)
    cloud.reset_faults()
    second = make(tags="second", max_execution_time_s=60, shots=10)
    second.settles_s = 0.1

    run = called(second, journal)

    (job,) = cloud.jobs
    (order,) = run.records
    assert job["tags"][:3] == [order.key, "qgate", "first"]
    assert "second" not in job["tags"]


def test_a_job_is_listed_by_the_tag_of_its_run(make, cloud, tmp_path):
    device = make(shots=10)
    run = called(device, str(tmp_path / "runs.db"), name="first run")
    called(device, str(tmp_path / "runs.db"), name="another")

    (job,) = device.jobs_of("first run")

    (order,) = run.records
    assert (job.id, job.token) == (order.job, order.key)
    assert job.journal == run.labels["journal"]


def test_jobs_of_a_run_are_listed_without_naming_a_device(make, cloud, tmp_path):
    run = called(make(shots=10), str(tmp_path / "runs.db"), name="first run")

    (job,) = [
        job
        for name, jobs in find_jobs("first run")
        if name == "ibm" and not isinstance(jobs, QGateError)
        for job in jobs
    ]

    assert job.id == run.records[0].job

"""One token identifies one request: an order is repeated with the settings of its first request."""

from __future__ import annotations

import pytest

import qgate as qg
from qgate.devices.cloud.remote import label_of
from qgate.exceptions import ServiceUnavailable
from qgate.jobs.journal import Journal

FIRST = "s3_bucket=amazon-braket-first&s3_prefix=one&tags=project:first"
SECOND = "s3_bucket=amazon-braket-second&s3_prefix=two&tags=project:second,more:tags"


def called(device, journal, *, name="experiment"):
    @qg.qnode(device)
    def circuit():
        qg.RX(0.4, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run(name, journal=journal) as run:
        return float(circuit()), run


def test_an_order_that_is_sent_again_has_the_bucket_and_tags_of_its_first_request(double, tmp_path):
    journal = str(tmp_path / "runs.db")
    double.fault("CreateQuantumTask", "error", status=503, code="ServiceUnavailable", times=0)
    with pytest.raises(ServiceUnavailable):
        called(f"braket:iqm/garnet?shots=10&patience_s=0.3&{FIRST}", journal)
    double.calm()

    called(f"braket:iqm/garnet?shots=10&{SECOND}", journal)

    (task,) = double.ledger()["tasks"]
    (order,) = Journal(journal).orders()
    assert task["place"] == "amazon-braket-first/one"
    assert task["token"] == order.key
    assert {name: tag for name, tag in task["tags"].items() if "qgate" not in name} == {
        "project": "first"
    }


def test_an_order_without_a_bucket_of_its_own_is_sent_again_to_that_of_the_account(
    double, tmp_path, monkeypatch
):
    journal = str(tmp_path / "runs.db")
    double.fault("CreateQuantumTask", "error", status=503, code="ServiceUnavailable", times=0)
    with pytest.raises(ServiceUnavailable):
        called("braket:iqm/garnet?shots=10&patience_s=0.3", journal)
    double.calm()

    monkeypatch.setenv("AMZN_BRAKET_OUT_S3_BUCKET", "amazon-braket-second")
    called(f"braket:iqm/garnet?shots=10&{SECOND}", journal)

    (task,) = double.ledger()["tasks"]
    assert task["place"] == "amazon-braket-eu-north-1-123456789012/qgate"


def test_new_orders_of_the_same_run_have_the_settings_of_their_own_device(double, tmp_path):
    journal = str(tmp_path / "runs.db")

    for name, settings in (("one", FIRST), ("two", SECOND)):
        called(f"braket:iqm/garnet?shots=10&{settings}", journal, name=name)

    places = [task["place"] for task in double.ledger()["tasks"]]
    assert places == ["amazon-braket-first/one", "amazon-braket-second/two"]


@pytest.mark.parametrize("name", ["vqe of H2", "größer als 80 %? " * 9, "a/b:c"])
def test_a_task_has_the_tags_of_its_run_and_its_journal_by_which_it_is_listed(
    double, tmp_path, name
):
    device = qg.device(f"braket:iqm/garnet?shots=10&{FIRST}")
    _, run = called(device, str(tmp_path / "runs.db"), name=name)
    called(device, str(tmp_path / "runs.db"), name="another")

    (job,) = device.jobs_of(name)

    (order,) = run.records
    assert (job.id, job.token, job.status) == (order.job, order.key, "COMPLETED")
    assert job.journal == run.labels["journal"]
    task = double.ledger()["tasks"][0]
    assert task["tags"]["qgate-run"] == label_of(name)

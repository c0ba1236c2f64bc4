"""A device of Amazon Braket in forked children, in pickles and copies."""

from __future__ import annotations

import copy
import os
import pickle

import pytest
from children import answer
from clouds.braket.double import KEY, SECRET, TOKEN
from clouds.processes import POOL

from qgate.devices.cloud.remote import new_token
from qgate.devices.registry import device
from qgate.exceptions import AccessRefused, WrongResult
from qgate.jobs.journal import Journal
from qgate.measurements import counts
from qgate.operations import PauliX
from qgate.tape import Tape

GARNET = "braket:iqm/garnet?s3_bucket=amazon-braket-test&shots=100&poll_s=0.01"

FORKED_JOB = """
import qgate as qg
from qgate.measurements import counts
from qgate.operations import PauliX
from qgate.tape import Tape

device = qg.device(sys.argv[1])
tape = Tape([PauliX(0)], [counts(wires=0)], shots=100)
job = device.submit([tape.sweep()])

def read():
    (((outcomes,),),) = job.result(100)
    return outcomes.counts()

tell([in_child(read), in_child(read), read()])
"""

UNPICKLED = """
import qgate as qg

circuit = pickle.loads(bytes.fromhex(sys.argv[1]))
qnode = qg.QNode(lambda: (qg.PauliX(0), qg.expval(qg.Z(0)))[1], circuit)
tell([float(qnode()), circuit.name, circuit.capabilities.max_wires])
"""


def flip():
    return Tape([PauliX(0)], [counts(wires=0)], shots=100).sweep()


@pytest.fixture
def garnet(double):
    return device(GARNET)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.parametrize("device_is", ["inherited", "pickled"])
def test_a_pool_of_processes_gets_the_answers_to_its_own_tasks(double, tmp_path, device_is):
    file = tmp_path / "journal.db"
    environment = {**double.environment(), "QGATE_JOURNAL": str(file)}

    values, beside = answer(POOL, GARNET, device_is, "6", "3", environment=environment)

    assert values == beside == [1.0, -1.0] * 3
    journal = Journal(file)
    tasks = {task["arn"] for task in double.ledger()["tasks"]}
    assert {order.job for order in journal.orders()} == tasks
    assert len(tasks) == 13


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_child_reads_the_result_of_a_job_of_its_parent(double):
    assert answer(FORKED_JOB, GARNET, environment=double.environment()) == [{"1": 100}] * 3


def test_a_pickle_holds_no_credentials_and_runs_in_another_process(double, garnet):
    garnet.client.list_tags_for_resource  # noqa: B018  # the clients are there
    content = pickle.dumps(garnet)

    assert not any(secret.encode() in content for secret in (KEY, SECRET, TOKEN))
    found = answer(UNPICKLED, content.hex(), environment=double.environment())
    assert found == [-1.0, garnet.name, garnet.capabilities.max_wires]


def test_nothing_is_asked_to_unpickle_or_copy_a_device(double, garnet):
    requests = double.ledger()["requests"]

    copies = [pickle.loads(pickle.dumps(garnet)), copy.copy(garnet), copy.deepcopy(garnet)]

    assert double.ledger()["requests"] == requests
    for each in copies:
        assert (each.config, each.status, each.windows) == (GARNET, garnet.status, garnet.windows)
        assert each.capabilities == garnet.capabilities
        assert each.is_available == garnet.is_available
        (((outcomes,),),) = each.submit([flip()]).result(240)
        assert outcomes.counts() == {"1": 100}


def test_a_copy_without_credentials_is_refused_when_it_is_used(garnet, monkeypatch):
    content = pickle.dumps(garnet)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    again = pickle.loads(content)

    with pytest.raises(AccessRefused):
        again.spending_limits()


def test_an_answer_about_the_task_of_another_order_is_refused(double, garnet):
    mine, other = new_token(), new_token()
    record = garnet.record([flip()])
    wrong = garnet.reopen(garnet.send([flip()], token=other).id, record)
    wrong.token = mine

    with pytest.raises(WrongResult, match="the service answered about another task"):
        wrong.result(240)

"""A device of IBM in forked children, in pickles and copies."""

from __future__ import annotations

import copy
import os
import pickle

import pytest
from children import answer
from clouds.ibm.double import SECRET
from clouds.processes import POOL

from qgate.devices.cloud.remote import new_token
from qgate.exceptions import WrongResult
from qgate.jobs.journal import Journal

MANILA = "ibm:ibm_manila?patience_s=30&shots=100"

UNPICKLED = """
import qgate as qg

device = pickle.loads(bytes.fromhex(sys.argv[1]))
qnode = qg.QNode(lambda: (qg.PauliX(0), qg.expval(qg.Z(0)))[1], device)
values = [float(qnode()) for _ in range(2)]
tell([*values, device.transpilations])
"""

LEAVES_THE_BATCH = """
import qgate as qg

device = qg.device(sys.argv[1])
qnode = qg.QNode(lambda: qg.expval(qg.Z(0)), device)
qnode()
pid = os.fork()
if pid == 0:
    signal.alarm(600)
    sys.exit(0)
tell([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), float(qnode())])
device.close()
"""

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")


@forking
@pytest.mark.parametrize("device_is", ["inherited", "pickled"])
def test_a_pool_of_processes_gets_the_answers_to_its_own_jobs(cloud, tmp_path, device_is):
    file = tmp_path / "journal.db"
    environment = {"QGATE_JOURNAL": str(file)}

    values, beside = answer(POOL, MANILA, device_is, "4", "2", environment=environment)

    assert values == beside == [1.0, -1.0] * 2
    jobs = {job["id"] for job in cloud.ledger["jobs"]}
    assert {order.job for order in Journal(file).orders()} == jobs
    assert len(jobs) == 9


@forking
def test_a_child_that_ends_does_not_close_the_batch_of_its_parent(cloud):
    assert answer(LEAVES_THE_BATCH, MANILA) == [0, 1.0]
    assert len(cloud.ledger["sessions"]) == 1


def test_a_pickle_holds_no_credentials_and_runs_in_another_process(make, cloud):
    device = make(shots=100)
    content = pickle.dumps(device)

    assert SECRET.encode() not in content
    assert answer(UNPICKLED, content.hex()) == [-1.0, -1.0, 1]
    assert len(cloud.ledger["sessions"]) == 1


def test_nothing_is_asked_to_unpickle_or_copy_a_device(make, cloud, send, assert_flips):
    device = make()
    requests = cloud.ledger["requests"]

    copies = [pickle.loads(pickle.dumps(device)), copy.copy(device), copy.deepcopy(device)]

    assert cloud.ledger["requests"] == requests
    for each in copies:
        assert each.capabilities == device.capabilities
        assert (each.account, each.rate) == (device.account, device.rate)
        assert_flips(send(each).result(240))


def test_an_answer_about_the_job_of_another_order_is_refused(make, flips):
    device = make()
    job = device.send([flips()], token=new_token())
    wrong = device.reopen(job.id, device.record([flips()]))
    wrong.token = new_token()

    with pytest.raises(WrongResult, match="the service answered about another job"):
        wrong.result(240)

"""The double itself: charges, reset and faults, as seen by the SDK alone."""

import json
import os
import subprocess
import sys

import pytest
from braket.aws import AwsDevice
from braket.circuits import Circuit, FreeParameter
from braket.program_sets import CircuitBinding, ProgramSet
from clouds.braket.capabilities import CARDS
from clouds.braket.double import BraketDouble

GARNET = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
EMERALD = "arn:aws:braket:eu-north-1::device/qpu/iqm/Emerald"

CHILD = f"""
from braket.aws import AwsDevice
from braket.circuits import Circuit
print(AwsDevice({GARNET!r}).run(Circuit().x(0).measure(0), shots=10).id)
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    double = BraketDouble(tmp_path_factory.mktemp("braket"))
    yield double
    double.stop()


@pytest.fixture
def double(started, monkeypatch):
    started.reset()
    for name, value in started.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AMZN_BRAKET_OUT_S3_BUCKET", "amazon-braket-test")
    return started


def flip():
    return Circuit().x(0).measure(0)


def created(device, token="token", shots=10):
    client = device.aws_session.braket_client
    action = flip().to_ir("OPENQASM").json()
    facts = {"deviceArn": device.arn, "outputS3Bucket": "b-c-d", "outputS3KeyPrefix": "k"}
    answer = client.create_quantum_task(clientToken=token, shots=shots, action=action, **facts)
    return answer["quantumTaskArn"]


@pytest.mark.parametrize("arn", CARDS)
def test_the_sdk_accepts_what_each_device_says_of_itself(double, arn):
    device = AwsDevice(arn)

    assert device.properties is not None
    assert device.status == CARDS[arn].status


@pytest.mark.parametrize("arn", [GARNET, EMERALD])
def test_the_sdk_reads_program_sets_in_both_layouts(double, arn):
    circuit = Circuit().rx(0, FreeParameter("theta")).measure(0)
    content = ProgramSet([CircuitBinding(circuit, {"theta": [0.0, 3.14159265]}), flip()], 20)

    result = AwsDevice(arn).run(content, poll_interval_seconds=0.01).result()

    found = [dict(executable.counts) for entry in result.entries for executable in entry.entries]
    assert found == [{"0": 20}, {"1": 20}, {"1": 20}]


def test_a_token_buys_once(double):
    device = AwsDevice(GARNET)

    assert created(device) == created(device)
    assert double.ledger()["tasks_created"] == 1
    assert double.ledger()["charged_usd"] == pytest.approx(0.3 + 10 * 0.00145)


def test_a_token_with_other_parameters_is_refused(double):
    device = AwsDevice(GARNET)
    created(device)

    with pytest.raises(Exception, match="other parameters"):
        created(device, shots=20)


def test_the_same_token_reads_the_same_bits_after_a_reset(double):
    def bits():
        double.reset()
        device = AwsDevice(GARNET)
        task = Circuit().h(0).h(1).measure([0, 1])
        client = device.aws_session.braket_client
        client.meta.events.register(
            "provide-client-params.braket.CreateQuantumTask",
            lambda params, **_: params | {"clientToken": "same"},
        )
        return device.run(task, shots=50, poll_interval_seconds=0.01).result().measurements.tolist()

    assert bits() == bits()


def test_a_fault_strikes_at_its_occurrence_and_no_other(double):
    device = AwsDevice(GARNET)
    double.fault("CreateQuantumTask", "error", code="ValidationException", at=2)

    created(device, "one")
    with pytest.raises(Exception, match="ValidationException was asked for"):
        created(device, "two")
    created(device, "three")

    assert [task["token"] for task in double.ledger()["tasks"]] == ["one", "three"]


@pytest.mark.parametrize(("when", "tasks"), [("before", 0), ("after", 1)])
def test_a_client_is_killed_before_or_after_its_request_is_processed(double, when, tasks):
    child = subprocess.Popen([sys.executable, "-c", CHILD], env=dict(os.environ))
    double.fault("CreateQuantumTask", "kill", pid=child.pid, when=when)

    assert child.wait(240) == -9

    assert double.ledger()["tasks_created"] == tasks
    assert json.loads(double.state_file.read_text())["tasks_created"] == tasks


def test_an_answer_that_is_lost_is_a_task_that_is_bought(double):
    double.fault("CreateQuantumTask", "lost", times=3)

    with pytest.raises(Exception, match="Connection"):
        created(AwsDevice(GARNET))

    assert double.ledger()["requests"]["CreateQuantumTask"] == 3
    assert double.ledger()["tasks_created"] == 1


def test_it_ends_when_it_is_told_to(tmp_path):
    double = BraketDouble(tmp_path)

    double.stop()

    assert double.process.returncode is not None

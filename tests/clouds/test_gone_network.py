"""A network that is down for a while: jobs are awaited, and created once when it is back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Timer
from typing import Any

import pytest
from clouds.braket.double import BraketDouble
from clouds.gate import Gate
from clouds.ibm.double import running

import qgate as qg
from qgate.exceptions import ServiceUnavailable
from qgate.jobs.orders import OrderState

GONE_S = 0.6
"""Seconds, longer than the pauses between the first few attempts."""


@dataclass(frozen=True)
class Cloud:
    """A device on a double behind a gate."""

    device: Any
    gate: Gate
    jobs: Callable[[], int]
    hold: Callable[[bool], Any]


@pytest.fixture(scope="module", params=["braket", "ibm"])
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("double")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        if request.param == "braket":
            braket = BraketDouble(folder)
            gate = Gate(braket.url)
            for name, value in {**braket.environment(), "AWS_ENDPOINT_URL": gate.url}.items():
                patch.setenv(name, value)
            yield Cloud(
                hasty("braket:iqm/garnet?shots=50&s3_bucket=amazon-braket-x"),
                gate,
                lambda: int(braket.ledger()["tasks_created"]),
                lambda held: braket.settings(held=held),
            )
            gate.close()
            braket.stop()
            return
        with running(folder) as ibm:
            gate = Gate(ibm.address)
            for name, value in ibm.environment.items():
                patch.setenv(name, value.replace(ibm.address, gate.url))
            yield Cloud(
                hasty("ibm:ibm_manila?shots=50&optimization_level=0"),
                gate,
                lambda: len(ibm.jobs),
                lambda held: ibm.set(held=held),
            )
            gate.close()


def hasty(name: str) -> Any:
    device = qg.device(name)
    device.shortest_wait_s, device.settles_s = 0.02, 0.05
    return device


@pytest.fixture
def network(cloud: Cloud) -> Iterator[Gate]:
    """The network of the cloud, which is restored when the test ends."""
    yield cloud.gate
    cloud.device.patience_s = 900.0
    cloud.hold(False)


def flips(cloud: Cloud) -> Any:
    @qg.qnode(cloud.device)
    def circuit() -> Any:
        qg.PauliX(wires=0)
        return qg.expval(qg.Z(0))

    return circuit()


def test_a_running_job_is_waited_for_while_the_network_is_gone(cloud, network, tmp_path):
    cloud.hold(True)
    before = cloud.jobs()
    seen = []

    def take_away(line: str) -> None:
        if not seen and run.records[0].state is OrderState.SENT:
            seen.append(line)
            network.close()
            Timer(GONE_S, give_back).start()

    def give_back() -> None:
        network.open()
        cloud.hold(False)

    with qg.run("wait", tmp_path / "runs.db", progress=take_away) as run:
        value = flips(cloud)

    assert seen
    assert value == -1.0
    assert cloud.jobs() == before + 1


def test_a_job_is_created_once_when_the_network_is_back(cloud, network, tmp_path):
    before = cloud.jobs()
    network.close()
    Timer(GONE_S, network.open).start()

    with qg.run("later", tmp_path / "runs.db"):
        assert flips(cloud) == -1.0

    assert cloud.jobs() == before + 1


def test_patience_with_a_network_that_stays_away_ends_and_says_that_nothing_was_created(
    cloud, network, tmp_path
):
    before = cloud.jobs()
    cloud.device.patience_s = 0.2
    network.close()

    with (
        pytest.raises(ServiceUnavailable, match="Nothing was created for this request"),
        qg.run("never", tmp_path / "runs.db") as run,
    ):
        flips(cloud)
    network.open()

    assert run.cost == 0
    assert cloud.jobs() == before


def test_patience_with_a_network_that_went_leaves_the_job_for_the_next_call(
    cloud, network, tmp_path
):
    cloud.hold(True)
    before = cloud.jobs()
    cloud.device.patience_s = 0.2
    seen = []

    def take_away(line: str) -> None:
        if not seen and run.records[0].state is OrderState.SENT:
            seen.append(line)
            network.close()

    with qg.run("went", tmp_path / "runs.db", progress=take_away) as run:
        with pytest.raises(ServiceUnavailable, match="was created and continues"):
            flips(cloud)
        network.open()
        cloud.hold(False)
        cloud.device.patience_s = 900.0
        assert flips(cloud) == -1.0

    assert cloud.jobs() == before + 1

"""Number of submissions of a value and a gradient, counted by the doubles of both vendors."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from clouds.braket.double import BraketDouble
from clouds.ibm.double import IbmDouble, running

import qgate as qg
from qgate import numpy as np

ENERGY = qg.Hamiltonian([0.5, 0.3], [qg.Z(0) @ qg.Z(1), qg.X(0) @ qg.X(1)])
GROUPS = 2

MOST_ROWS = 100
"""Maximum shots of Garnet in one task."""

ARRIVE_S = 240.0


@dataclass(frozen=True)
class Cloud:
    """A double, and a device on it.

    Parameters
    ----------
    device : str
    most_rows : int
        Maximum rows of one submission.
    submissions : callable
        Returns the numbers of rows and of shots of each submission so far.
    hold : callable
        Hold all jobs in the queue, or release them.
    reset : callable
    """

    device: str
    most_rows: int
    submissions: Callable[[], list[tuple[int, int]]]
    hold: Callable[[bool], None]
    reset: Callable[[], None]


def braket(double: BraketDouble) -> Cloud:
    return Cloud(
        "braket:iqm/garnet?shots=50&s3_bucket=amazon-braket-results",
        MOST_ROWS,
        lambda: [(task["executables"], task["shots"]) for task in double.ledger()["tasks"]],
        lambda held: double.settings(held=held),
        double.reset,
    )


def ibm(double: IbmDouble) -> Cloud:
    return Cloud(
        "ibm:ibm_manila?shots=50&optimization_level=0",
        10_000_000,
        lambda: [(job["rows"], job["shots"]) for job in double.jobs],
        lambda held: double.set(held=held),
        double.reset,
    )


@pytest.fixture(scope="module")
def doubles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Cloud, Any]]]:
    first = BraketDouble(tmp_path_factory.mktemp("braket"))
    with running(tmp_path_factory.mktemp("ibm")) as second:
        yield {
            "braket": (braket(first), first.environment()),
            "ibm": (ibm(second), second.environment),
        }
    first.stop()


@pytest.fixture(params=["braket", "ibm"])
def cloud(
    request: pytest.FixtureRequest,
    doubles: dict[str, tuple[Cloud, Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> Cloud:
    """Return the cloud of one vendor after a reset; environment variables direct its client."""
    found, environment = doubles[request.param]
    for name, value in {**environment, "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    found.reset()
    return found


def circuit_on(device: Any, **options: Any) -> qg.QNode:
    @qg.qnode(device, diff_method="parameter-shift", **options)
    def circuit(angles):
        for wire in range(2):
            qg.RX(angles[wire], wires=wire)
            qg.RY(angles[wire + 2], wires=wire)
        qg.CNOT(wires=[0, 1])
        for wire in range(2):
            qg.RX(angles[wire + 4], wires=wire)
        return qg.expval(ENERGY)

    return circuit


ANGLES = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], requires_grad=True)


def test_a_forward_call_with_trainable_arguments_submits_no_gradient_work(cloud):
    circuit_on(cloud.device)(ANGLES)

    assert cloud.submissions() == [(GROUPS, GROUPS * 50)]


def test_a_step_buys_value_and_gradient_together_and_compiles_once(cloud):
    device = qg.device(cloud.device)
    optimizer = qg.GradientDescentOptimizer(0.1)

    optimizer.step_and_cost(circuit_on(device), ANGLES)

    rows = GROUPS * (1 + 2 * len(ANGLES))
    assert cloud.submissions() == [(rows, rows * 50)]
    assert getattr(device, "transpilations", 1) == 1


def test_the_next_step_compiles_nothing_anew(cloud):
    device = qg.device(cloud.device)
    gradient = qg.grad(circuit_on(device))
    gradient(ANGLES)
    calls = getattr(device, "transpilations", None)

    gradient(ANGLES + 0.1)

    assert getattr(device, "transpilations", None) == calls
    assert len(cloud.submissions()) == 2


def test_a_hundred_parameters_take_no_more_submissions_than_they_must(cloud):
    @qg.qnode(cloud.device, diff_method="parameter-shift")
    def circuit(angles):
        for angle in angles:
            qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    qg.grad(circuit)(np.full(100, 0.01, requires_grad=True))

    rows = 1 + 2 * 100
    found = cloud.submissions()
    assert sum(each for each, _ in found) == rows
    assert len(found) == math.ceil(rows / cloud.most_rows)


def test_a_gradient_from_a_budget_of_shots_is_one_submission_of_equal_shots(cloud):
    gradient = qg.grad(circuit_on(cloud.device, shots=qg.Budget(shots=3001, rounds=1)))

    gradient(ANGLES)

    ((rows, shots),) = cloud.submissions()
    assert shots <= 3001 < shots + rows


def test_a_gradient_of_mixed_shots_is_not_sequential(cloud):
    cloud.hold(True)
    circuit = circuit_on(cloud.device, shots=(10, 30, 20))

    handle = qg.submit(qg.jacobian(lambda angles: np.stack(circuit(angles))))(ANGLES)
    arrived = wait_for(cloud, 3)
    cloud.hold(False)
    handle.result(timeout_s=ARRIVE_S)

    rows = GROUPS * (1 + 2 * len(ANGLES))
    expected = [(rows, rows * 10), (rows, rows * 20), (rows, rows * 30)]
    assert len(arrived) == len(expected)  # all were in the queue at the same time
    assert sorted(cloud.submissions()) == expected


def wait_for(cloud: Cloud, number: int) -> list[tuple[int, int]]:
    """Return the submissions as soon as there is this number of them, none with results."""
    end = time.monotonic() + ARRIVE_S
    while time.monotonic() < end and len(cloud.submissions()) < number:
        time.sleep(0.02)
    return cloud.submissions()

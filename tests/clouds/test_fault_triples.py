"""Nothing is paid twice, nothing is lost and no budget is exceeded, for any triple of faults.

``QGATE_FAULT_TRIPLES`` is the number of triples that are drawn with a seed; 0: all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from clouds.braket.double import BraketDouble
from clouds.fault_triples import Cloud, Triple, braket, ibm
from clouds.ibm.double import running

import qgate as qg
from qgate import numpy as np
from qgate.exceptions import QGateError
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OPEN, OrderState

SAMPLE = int(os.environ.get("QGATE_FAULT_TRIPLES", "30")) or None
"""Number of triples of each vendor and kind of program."""

ROOM = 1.4
"""Budget as a multiple of the price of the one submission that is requested."""

LIES = re.compile(r"[Nn]othing (was|of it was) (sent|submitted|paid)")

NOT_CREATED = re.compile(r"was not created|Nothing was created")
CREATED = re.compile(r"was created|returned its results")


class Killed(BaseException):
    """Simulated end of the process."""


class DeadlyJournal(Journal):
    """Journal whose process is killed before it records the id of a job."""

    deadly = False

    def sent(self, key: str, job: str) -> None:
        if self.deadly:
            raise Killed
        super().sent(key, job)


@pytest.fixture(scope="module", params=[braket, ibm], ids=["braket", "ibm"])
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("double")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        if request.param is ibm:
            with running(folder) as double:
                for name, value in double.environment.items():
                    patch.setenv(name, value)
                yield ibm(double)
            return
        double = BraketDouble(folder)
        for name, value in double.environment().items():
            patch.setenv(name, value)
        yield braket(double)
        double.stop()


NUMBERS = count()


def gradient_on(device: Any) -> Callable[[], Any]:
    """Return a call that is one submission, different from those of all other tests."""
    angle = np.array(0.1 + next(NUMBERS) * 1e-3, requires_grad=True)

    @qg.qnode(device, diff_method="parameter-shift")
    def circuit(angle: Any) -> Any:
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    return lambda: qg.grad(circuit)(angle)


def outcome(call: Callable[[], Any]) -> QGateError | None:
    """Return the error of a call; errors that are not qgate's fail the test."""
    try:
        call()
    except QGateError as error:
        return error
    except Killed:
        return None
    return None


def check(cloud: Cloud, held_usd: float, limit_usd: float, error: QGateError | None) -> None:
    """Compare the charges with the journal and with the text of the error."""
    tokens = cloud.jobs()
    assert len(tokens) <= 1
    assert cloud.usd() <= limit_usd + 1e-9
    assert held_usd >= cloud.usd() - 1e-9
    text = str(error or "")
    assert not LIES.search(text)
    if NOT_CREATED.search(text):
        assert tokens == []
    if CREATED.search(NOT_CREATED.sub("", text)):
        assert tokens


def price_of(cloud: Cloud) -> float:
    """Return the maximum cost of the one submission."""
    with qg.run("price", Journal()) as run:
        gradient_on(cloud.device)()
        (order,) = run.records
    cloud.reset()
    assert order.price is not None
    return float(order.price.high_usd)


@pytest.fixture(scope="module")
def usd(cloud: Cloud) -> float:
    return price_of(cloud)


class Program:
    """A program in a run, which is started repeatedly."""

    def __init__(self, cloud: Cloud, triple: Triple, usd: float) -> None:
        self.cloud, self.triple, self.limit_usd = cloud, triple, ROOM * usd
        self.journal = DeadlyJournal()
        self.gradient = gradient_on(cloud.device)

    def start(self) -> QGateError | None:
        run = qg.run("program", self.journal, budget=qg.Budget(usd=self.limit_usd))

        def call() -> None:
            with run:
                self.gradient()

        error = outcome(call)
        check(self.cloud, run.cost, self.limit_usd, error)
        return error

    def live(self) -> None:
        """Fail, fail again, and finish."""
        self.cloud.reset()
        self.journal.deadly = self.triple.creation == "killed"
        self.cloud.first_start(self.triple)
        self.start()
        self.journal.deadly = False
        self.cloud.calm()
        self.cloud.later_start(self.triple)
        self.start()
        self.cloud.calm()
        assert self.start() is None
        assert len(self.cloud.jobs()) == 1
        self.journal.close()


@pytest.mark.timeout(3000)
def test_a_program_in_a_run_pays_once(cloud, usd):
    failed = {}
    for triple in cloud.triples(SAMPLE, seed=1):
        try:
            Program(cloud, triple, usd).live()
        except AssertionError as error:
            failed[str(triple)] = str(error).splitlines()[0]

    assert failed == {}


@pytest.mark.timeout(3000)
def test_the_same_call_outside_of_any_run_pays_once(cloud, usd):
    from qgate.jobs.runs import implicit_run

    failed = {}
    for triple in cloud.triples(SAMPLE, seed=2):
        cloud.reset()
        gradient, before = gradient_on(cloud.device), implicit_run().cost
        try:
            for prepare in (cloud.first_start, cloud.later_start, lambda triple: None):
                cloud.calm()
                prepare(triple)
                error = outcome(gradient)
                check(cloud, implicit_run().cost - before, ROOM * usd, error)
                if error is None:
                    break
            assert error is None
            assert len(cloud.jobs()) == 1
        except AssertionError as error:
            failed[str(triple)] = str(error).splitlines()[0]

    assert failed == {}


def test_what_is_perhaps_created_stays_reserved_and_is_named(cloud, usd):
    lost = Triple("lost", "denied" if "denied" in cloud.searches else "403", "400")
    triple = lost if "400" in cloud.retries else Triple("lost", "denied", "validation")
    program = Program(cloud, triple, usd)
    cloud.reset()
    cloud.first_start(triple)

    error = program.start()

    (order,) = program.journal.orders("program")
    assert order.state is OrderState.INTENDED
    assert order.state in OPEN
    assert order.held_usd == pytest.approx(usd)
    assert "was perhaps created" in str(error)
    assert order.key in str(error)
    cloud.calm()

"""Jobs of a run whose journal was lost: found by their tags, and used by a new journal."""

from __future__ import annotations

import pytest
from shop import ShopDevice

import qgate as qg
from qgate.devices.cloud.remote import TaggedJob
from qgate.exceptions import NotListed, RunExists
from qgate.jobs.finding import find_jobs
from qgate.jobs.journal import Journal
from qgate.jobs.orders import OrderState


class TaggingShop(ShopDevice):
    """A shop that keeps the labels of its jobs."""

    idempotent = False

    def __init__(self, file, *, labels=None, tags=None):
        super().__init__(file, unique=False)
        self.labels, self.tags = labels or {}, {} if tags is None else tags

    def with_request(self, settings, labels):
        made = TaggingShop.__new__(TaggingShop)
        made.__dict__ = {**self.__dict__, "labels": dict(labels)}
        return made

    def send(self, sweeps, *, token):
        job = super().send(sweeps, token=token)
        self.tags[job.id] = (token, self.labels)
        return job

    def jobs_of(self, run):
        return [
            TaggedJob(id, token, labels["journal"], "DONE", "today")
            for id, (token, labels) in self.tags.items()
            if labels["run"] == run
        ]


@pytest.fixture
def shop(tmp_path):
    return TaggingShop(str(tmp_path / "shop.db"))


def values(device, journal, calls=3, name="lost"):
    @qg.qnode(device)
    def circuit(angle):
        qg.RX(angle, wires=0)
        return qg.expval(qg.Z(0))

    with qg.run(name, journal, budget=qg.Budget(usd=10)) as run:
        return [float(circuit(0.3 + step)) for step in range(calls)], run


def adopted(shop, file, name="lost"):
    """Record the found jobs in a new journal."""
    ((_, jobs),) = find_jobs(name, [shop])
    journal = Journal(file)
    (identity,) = {job.journal for job in jobs}
    journal.adopt(name, identity, {job.token: job.id for job in jobs})
    return journal


def test_a_new_journal_uses_the_jobs_of_the_lost_one_and_sends_only_what_is_missing(shop, tmp_path):
    before, _ = values(shop, str(tmp_path / "lost.db"), calls=2)
    values(shop, str(tmp_path / "lost.db"), calls=1, name="another run")

    journal = adopted(shop, tmp_path / "new.db")
    after, run = values(shop, journal)

    assert after[:2] == before
    assert shop.shop.jobs == 4  # two: the other run's, and the third call
    assert [order.state for order in run.records] == [OrderState.DONE] * 3
    assert run.cost == pytest.approx(3 * 0.4)  # earlier submissions count towards the budget
    assert values(shop, journal)[0] == after
    assert shop.shop.jobs == 4


def test_without_it_the_same_program_submits_everything_again(shop, tmp_path):
    values(shop, str(tmp_path / "lost.db"))
    values(shop, str(tmp_path / "new.db"))

    assert shop.shop.jobs == 6


def test_a_journal_that_has_such_a_run_is_not_changed(shop, tmp_path):
    values(shop, str(tmp_path / "lost.db"))
    values(shop, str(tmp_path / "new.db"), calls=1)

    ((_, jobs),) = find_jobs("lost", [shop])
    new = Journal(tmp_path / "new.db")

    with pytest.raises(RunExists, match=r"has a run 'lost' already"):
        new.adopt("lost", jobs[0].journal, {})


def test_taking_over_twice_changes_nothing(shop, tmp_path):
    before, _ = values(shop, str(tmp_path / "lost.db"))

    for _ in range(2):
        adopted(shop, tmp_path / "new.db")

    assert values(shop, str(tmp_path / "new.db"))[0] == before
    assert shop.shop.jobs == 3


def test_devices_that_have_no_tags_are_told(tmp_path):
    devices = [qg.device("local"), ShopDevice(str(tmp_path / "shop.db"))]

    for _, error in find_jobs("lost", devices):
        assert isinstance(error, NotListed)

"""A third-party package with a backend for Qiskit."""

import sys

import pytest

ACME = """
import os

from itertools import count

from qiskit.providers import JobV1
from qiskit.providers.fake_provider import GenericBackendV2

JOBS, NUMBERS = {}, count()
BEFORE, AFTER, RESULTS = [], [], []


class ServerError(Exception):
    def __init__(self, status_code):
        super().__init__(f"the server said {status_code}")
        self.status_code = status_code


class AcmeJob(JobV1):
    def __init__(self, backend, id, inner):
        super().__init__(backend, id)
        self.inner = inner

    def submit(self):
        pass

    def status(self):
        return self.inner.status()

    def result(self):
        if RESULTS:
            raise RESULTS.pop()
        return self.inner.result()

    def cancel(self):
        pass


class Chip(GenericBackendV2):
    def __init__(self, name):
        super().__init__(3, seed=1, noise_info=False, control_flow=False)
        self.name = name

    @property
    def max_circuits(self):
        return 5

    def run(self, run_input, **options):
        if BEFORE:
            raise BEFORE.pop()
        job = AcmeJob(self, f"acme-{next(NUMBERS)}", super().run(run_input, **options))
        JOBS[job.job_id()] = job
        if AFTER:
            raise AFTER.pop()
        return job

    def again(self, id):
        return JOBS[id]


class AcmeProvider:
    def __init__(self):
        if "ACME_KEY" not in os.environ:
            raise ValueError("no key in ACME_KEY")

    def backends(self):
        return [Chip("chip"), Chip("toy")]

    def get_backend(self, name):
        return next(backend for backend in self.backends() if backend.name == name)
"""

CARD = """
from qgate.devices.qiskit.vendors.card import VendorCard
from qgate.prices import Rate

card = VendorCard(
    package="acme_quantum",
    provider="AcmeProvider",
    free=frozenset({"toy"}),
    max_shots=500,
    price=Rate(per_task_usd=0.5, per_shot_usd=0.001, source="a test", date="2026-11-01"),
    charged_by="job",
    reopen="backend.again",
)
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages with the vendor's in it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("ACME_KEY", "a-key-that-must-never-show-up")
    (tmp_path / "acme_quantum.py").write_text(ACME)
    yield tmp_path
    for name in ("acme_quantum", "acme_card"):
        sys.modules.pop(name, None)


@pytest.fixture
def acme(site):
    """The imported package."""
    import acme_quantum

    return acme_quantum


@pytest.fixture
def card(site, acme):
    """Install a card for the package."""
    (site / "acme_card.py").write_text(CARD)
    info = site / "acme_card-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-card\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[qgate.qiskit_cards]\nacme_quantum = acme_card:card\n")
    return acme

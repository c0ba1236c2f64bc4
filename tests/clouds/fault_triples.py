"""All triples of faults: of a creation, of the search for its job, and of the retry.

``braket`` and ``ibm`` each return a cloud: a device on a double, its faults, and the charges of the
double. A ``Triple`` is applied once for a first start, and once for a repetition in which the
search and all creations still fail.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from clouds.braket.double import BraketDouble
from clouds.ibm.double import IbmDouble

import qgate as qg

PATIENCE_S = 0.1
SETTLES_S = 0.02

Kind = Mapping[str, Any]


@dataclass(frozen=True)
class Triple:
    """Faults of one case: names in the tables of a cloud."""

    creation: str
    search: str
    retry: str

    def __str__(self) -> str:
        return f"{self.creation}+{self.search}+{self.retry}"


@dataclass(frozen=True)
class Cloud:
    """Device on a double, and functions that inject faults into its requests.

    Parameters
    ----------
    device : Device
    creations, searches, retries : mapping of str to mapping
        Faults of each, by name.
    set : callable
        Apply a fault to ``creation`` or ``search``, once or always.
    calm, reset : callable
    jobs : callable
        Returns the tokens of all jobs that are, or will be, charged.
    usd : callable
        Returns their cost.
    """

    device: Any
    creations: Mapping[str, Kind]
    searches: Mapping[str, Kind]
    retries: Mapping[str, Kind]
    set: Callable[[str, Kind, bool], None]
    calm: Callable[[], None]
    reset: Callable[[], None]
    jobs: Callable[[], list[str]]
    usd: Callable[[], float]

    def first_start(self, triple: Triple) -> None:
        """Make the first creation, all others and all searches fail."""
        self.set("creation", self.creations[triple.creation], False)
        self.later_start(triple)

    def later_start(self, triple: Triple) -> None:
        """Make all creations and searches fail."""
        for place, kind in (
            ("creation", self.retries[triple.retry]),
            ("search", self.searches[triple.search]),
        ):
            if kind:
                self.set(place, kind, True)

    def triples(self, number: int | None, *, seed: int) -> list[Triple]:
        """Return all triples, or a number of them drawn with a seed."""
        found = [Triple(*each) for each in product(self.creations, self.searches, self.retries)]
        return found if number is None else random.Random(seed).sample(found, number)


def error(code: str, status: int | None = None, **more: Any) -> Kind:
    return {"kind": "error", "code": code, **({} if status is None else {"status": status}), **more}


def answer(text: str) -> Kind:
    return {"kind": "answer", "text": text}


BRAKET_REFUSALS: Mapping[str, Kind] = {
    "denied": error("AccessDeniedException"),
    "expired": error("ExpiredTokenException"),
    "offline": error("DeviceOfflineException"),
    "quota": error("ServiceQuotaExceededException"),
    "validation": error("ValidationException"),
}

BRAKET_LOSSES: Mapping[str, Kind] = {
    "lost": {"kind": "lost"},
    "cut": {"kind": "cut"},
    "garbled": {"kind": "garbled"},
    "truncated": {"kind": "truncated"},
    "list": answer("[]"),
    "object": answer("{}"),
    "nothing": answer(""),
    "500 after": error("InternalServiceException", when="after"),
    "408 after": error("RequestTimeout", 408, when="after"),
    "killed": {},
}

BRAKET_FAILURES: Mapping[str, Kind] = {
    "reset": {"kind": "reset"},
    "500": error("InternalServiceException"),
    "throttled": error("ThrottlingException"),
    "none": {},
}

OPERATIONS = {"creation": "CreateQuantumTask", "search": "SearchQuantumTasks"}


def braket(double: BraketDouble) -> Cloud:
    """Return Garnet on the double; the environment variables have to be set."""
    device = qg.device("braket:iqm/garnet?shots=50&s3_bucket=amazon-braket-results")

    def set_fault(place: str, kind: Kind, always: bool) -> None:
        if kind:
            double.fault(OPERATIONS[place], **kind, times=0 if always else 1)

    return Cloud(
        _hasty(device, "braket"),
        {**BRAKET_LOSSES, **BRAKET_REFUSALS, **BRAKET_FAILURES},
        {**BRAKET_REFUSALS, **{name: BRAKET_LOSSES[name] for name in ANSWERS}, **BRAKET_FAILURES},
        {**BRAKET_REFUSALS, **BRAKET_FAILURES, "lost": BRAKET_LOSSES["lost"]},
        set_fault,
        double.calm,
        double.reset,
        lambda: [task["token"] for task in double.ledger()["tasks"]],
        lambda: float(double.ledger()["charged_usd"]),
    )


ANSWERS = ("garbled", "list", "object", "nothing")

IBM_REFUSALS: Mapping[str, Kind] = {
    "401": {"status": 401, "code": 1200},
    "403": {"status": 403},
    "400": {"status": 400, "code": 6053},
    "409": {"status": 409},
    "offline": {"status": 400, "code": 1004},
}

IBM_LOSSES: Mapping[str, Kind] = {
    "lost": {"do": "lost", "when": "after"},
    "half": {"do": "half", "when": "after"},
    "list": {"do": "answer", "when": "after", "text": "[]"},
    "object": {"do": "answer", "when": "after", "text": "{}"},
    "html": {"do": "answer", "when": "after", "text": "<html>"},
    "no backend": {"do": "answer", "when": "after", "text": '{"id": 7}'},
    "408 after": {"status": 408, "when": "after"},
    "502 after": {"status": 502, "when": "after"},
    "killed": {},
}

IBM_FAILURES: Mapping[str, Kind] = {
    "reset": {"do": "lost"},
    "503": {"status": 503},
    "429": {"status": 429},
    "none": {},
}

ENDPOINTS = {"creation": "POST /jobs", "search": "GET /jobs"}

IBM_USD_PER_S = 1.6


def ibm(double: IbmDouble) -> Cloud:
    """Return a small backend on the double; the environment variables have to be set."""
    device = qg.device("ibm:ibm_manila?shots=50&optimization_level=0")

    def set_fault(place: str, kind: Kind, always: bool) -> None:
        if kind:
            double.goes_wrong(ENDPOINTS[place], **kind, times=None if always else 1)

    def tokens() -> list[str]:
        return [tag for job in double.jobs for tag in job["tags"] if len(tag) == 64]

    return Cloud(
        _hasty(device, "ibm"),
        {**IBM_LOSSES, **IBM_REFUSALS, **IBM_FAILURES},
        {
            **IBM_REFUSALS,
            **{name: IBM_LOSSES[name] for name in ("half", "list", "object", "html")},
            **IBM_FAILURES,
        },
        {**IBM_REFUSALS, **IBM_FAILURES, "lost": IBM_LOSSES["lost"]},
        set_fault,
        double.reset_faults,
        double.reset,
        tokens,
        lambda: IBM_USD_PER_S * sum(job["seconds"] for job in double.jobs),
    )


def _hasty(device: Any, account: str) -> Any:
    """Set minimal waiting times of a device, and a separate request account."""
    device.account = f"{account} of the triples"
    device.requests_per_s = 1e6
    device.patience_s, device.settles_s, device.shortest_wait_s = PATIENCE_S, SETTLES_S, 0.005
    return device


def named(triples: Sequence[Triple]) -> list[str]:
    """Return the test ids of triples."""
    return [str(triple).replace(" ", "-") for triple in triples]

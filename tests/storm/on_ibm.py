"""IBM Quantum Platform in the storm: its faults and its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clouds.ibm.double import IbmDouble
from storm.bill import Charge

import qgate as qg

DEVICE = "ibm:ibm_manila?shots=50&optimization_level=0"

KEY_LENGTH = 64
USD_PER_S = 1.6

BROKEN = [500, 502, 503, 504]
PASSING = [429, *BROKEN]
FINAL = [400, 401, 403, 404, 409]
TIMES = [1, 1, 2, 4]
SKIP = [0, 0, 0, 1, 2]
CREATE, SEARCH, POLL, RESULT = "POST /jobs", "GET /jobs", "GET /jobs/ID", "GET /jobs/ID/results"
WHEN = ["before", "after"]

FAULTS: Sequence[Mapping[str, Any]] = (
    {"at": CREATE, "do": "status", "status": [408, *BROKEN], "when": WHEN, "times": TIMES},
    {"at": CREATE, "do": "status", "status": 429, "when": "before", "times": TIMES, "skip": SKIP},
    {"at": CREATE, "do": "status", "status": FINAL, "when": "before", "times": TIMES, "skip": SKIP},
    {"at": CREATE, "do": "lost", "when": WHEN, "times": TIMES, "skip": SKIP},
    {"at": CREATE, "do": "lost", "when": "after", "times": TIMES, "skip": SKIP},
    {"at": CREATE, "do": "half", "when": "after", "times": TIMES},
    {"at": CREATE, "do": "answer", "when": "after", "text": ["[]", "{}", "null"], "times": TIMES},
    {"at": SEARCH, "do": "status", "status": PASSING + FINAL, "times": [1, 2, 4, None]},
    {"at": SEARCH, "do": ["lost", "half"], "when": "after", "times": TIMES},
    {"at": SEARCH, "do": "answer", "when": "after", "text": ["[]", "{}", "null"], "times": TIMES},
    {"at": [POLL, RESULT], "do": "status", "status": PASSING + FINAL, "times": TIMES, "skip": SKIP},
    {"at": [POLL, RESULT], "do": ["lost", "half"], "when": "after", "times": TIMES, "skip": SKIP},
    {"at": POLL, "do": "answer", "when": "after", "text": ["[]", "{}", "null"], "times": TIMES},
    {"at": "*", "do": "status", "status": [429, 503, 401, 403], "times": TIMES, "skip": [0, 1, 3]},
    {"job": {"late": 2}},
    {"job": {"queued": 3}},
    {"job": {"hidden": 1}},
    {"job": {"hidden": 2}},
    {"job": {"status": "Failed", "reason": "the cryostat was warm"}},
    {"job": {"status": "Cancelled"}},
)


class Ibm:
    """The double, and a device of it.

    Parameters
    ----------
    url : str
        Address of the double.
    """

    def __init__(self, url: str) -> None:
        self.double = IbmDouble(int(url.rpartition(":")[2]))
        self._sessions: dict[str, Any] = {}

    def device(self) -> qg.devices.base.Device:
        """Return a device."""
        return qg.device(DEVICE)

    def begin(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Reset the double, and inject faults from now on."""
        self.double.reset()
        self.double.set(at_once=True, sessions=self._sessions)
        for fault in faults:
            if "job" in fault:
                self.double.next_job(**fault["job"])
            else:
                self.double.goes_wrong(**fault)

    def calm(self) -> None:
        """Remove all faults."""
        self.double.reset_faults()
        self._sessions = {each["id"]: each for each in self.double.ledger["sessions"]}

    def charges(self) -> Iterator[Charge]:
        """Yield the bill of each job."""
        for job in self.double.jobs:
            rows = max(job["rows"], 1)
            key = next(tag for tag in job["tags"] if len(tag) == KEY_LENGTH)
            paid = rows if job["status"] == "Completed" else 0
            failed = job["status"] in ("Failed", "Cancelled")
            yield Charge(key, job["shots"] // rows, paid, job["seconds"] * USD_PER_S, failed)

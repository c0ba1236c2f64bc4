"""Amazon Braket in the storm: its faults and its ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clouds.double import Control
from storm.bill import Charge

import qgate as qg

DEVICE = "braket:iqm/garnet?shots=50&s3_bucket=amazon-braket-results"

BROKEN = ["InternalServiceException", "ServiceUnavailable"]
PASSING = ["ThrottlingException", *BROKEN]
FINAL = [
    "AccessDeniedException",
    "ConflictException",
    "DeviceOfflineException",
    "ExpiredTokenException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "UnrecognizedClientException",
    "ValidationException",
]
TIMES = [1, 1, 2, 4]
AT = [1, 1, 1, 2, 3]
CREATE, SEARCH = "CreateQuantumTask", "SearchQuantumTasks"

FAULTS: Sequence[Mapping[str, Any]] = (
    {"operation": CREATE, "kind": "error", "code": PASSING, "times": TIMES, "at": AT},
    {"operation": CREATE, "kind": "error", "code": FINAL, "times": TIMES, "at": AT},
    {"operation": CREATE, "kind": ["lost", "cut"], "times": TIMES, "at": AT},
    {"operation": CREATE, "kind": ["lost", "cut"], "times": [3, 4, 6], "at": AT},
    {"operation": CREATE, "kind": ["reset", "truncated", "garbled"], "times": TIMES, "at": AT},
    {
        "operation": CREATE,
        "kind": "error",
        "when": "after",
        "code": BROKEN,
        "times": TIMES,
        "at": AT,
    },
    {"operation": CREATE, "kind": "answer", "text": ["{}", "[]", "null", ""], "times": TIMES},
    {"operation": SEARCH, "kind": "error", "code": PASSING + FINAL, "times": [1, 2, 4, 0]},
    {"operation": SEARCH, "kind": ["lost", "cut", "garbled"], "times": TIMES},
    {"operation": SEARCH, "kind": "answer", "text": ["{}", "[]", "null"], "times": TIMES},
    {
        "operation": ["GetQuantumTask", "GetObject"],
        "kind": "error",
        "code": PASSING + FINAL,
        "times": TIMES,
        "at": AT,
    },
    {
        "operation": ["GetQuantumTask", "GetObject"],
        "kind": ["lost", "cut", "truncated", "garbled", "reset"],
        "times": TIMES,
        "at": AT,
    },
    {"operation": "GetQuantumTask", "kind": "answer", "text": ["{}", "[]", "null"], "times": TIMES},
    {
        "operation": "*",
        "kind": "error",
        "code": PASSING + FINAL,
        "times": TIMES,
        "at": [1, 2, 3, 5],
    },
    {"operation": "task", "kind": "failed", "times": [1, 2], "at": AT},
    {"operation": "task", "kind": "partial", "executables": [[0]], "at": AT},
    {"operation": "task", "kind": "late", "reads": [1, 2, 4], "at": AT},
    {"operation": "task", "kind": "queued", "polls": [1, 3, 9], "at": AT},
    {"operation": "task", "kind": "cancelled", "at": AT},
)


class Braket:
    """The double, and a device of it.

    Parameters
    ----------
    url : str
        Address of the double.
    """

    def __init__(self, url: str) -> None:
        self.double = Control(url)

    def device(self) -> qg.devices.base.Device:
        """Return a device."""
        return qg.device(DEVICE)

    def begin(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Reset the double, and inject faults from now on."""
        self.double.reset()
        for fault in faults:
            self.double.fault(**fault)

    def calm(self) -> None:
        """Remove all faults."""
        self.double.calm()

    def charges(self) -> Iterator[Charge]:
        """Yield the bill of each task."""
        for task in self.double.ledger()["tasks"]:
            shots = task["shots"] // max(task["executables"], 1)
            charged = task["successful_shots"] if task["charged_usd"] else 0
            failed = task["status"] in ("FAILED", "CANCELLED")
            yield Charge(task["token"], shots, charged // shots, task["charged_usd"], failed)

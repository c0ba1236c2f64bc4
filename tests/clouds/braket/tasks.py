"""Quantum tasks: status, outcomes and cost."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from clouds.braket.capabilities import Card
from clouds.braket.simulate import draw, exactly, executables, frequencies, generator, is_set
from clouds.service import Fault

MADE_AT = "2026-11-25T12:00:00.000Z"
ENDS = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass
class Task:
    """One task.

    Parameters
    ----------
    request : dict
        The creation request.
    fault : Fault, optional
        Fault of the task: ``failed`` (``reason``), ``partial`` (``executables``: which fail;
        ``reason``), ``cancelled``, ``short`` (``missing`` shots of each executable), ``missing``
        (the last executable is left out), ``late`` (the first ``reads`` of its result find
        nothing), ``corrupt`` (``text`` in place of its result), ``queued`` (for ``polls``
        questions, or ``seconds``, with ``position``), ``status`` (``value`` for ``polls``
        questions).
    """

    arn: str
    card: Card
    request: dict[str, Any]
    fault: Fault | None = None
    made: float = field(default_factory=time.time)
    polls: int = 0
    reads: int = 0
    cancelled: bool = False
    held: bool = False

    def __post_init__(self) -> None:
        self.action = json.loads(self.request["action"])
        self.inputs = executables(self.action)
        self.num_executables = sum(map(len, self.inputs))
        self.shots = int(self.request["shots"])
        self.objects = {name: json.dumps(content) for name, content in self._results().items()}

    @property
    def kind(self) -> str:
        return self.fault.kind if self.fault else ""

    def detail(self, name: str, otherwise: Any) -> Any:
        return self.fault.details.get(name, otherwise) if self.fault else otherwise

    @property
    def status(self) -> str:
        if self.cancelled or self.kind == "cancelled":
            return "CANCELLED"
        if self.kind == "status" and self.polls <= self.detail("polls", 1):
            return str(self.detail("value", "PAUSED"))
        if self.held or (self.kind == "queued" and self._queued):
            return "QUEUED"
        return "FAILED" if self.kind in ("failed", "partial") else "COMPLETED"

    @property
    def _queued(self) -> bool:
        seconds = self.detail("seconds", None)
        if seconds is not None:
            return bool(time.time() < self.made + seconds)
        return bool(self.polls <= self.detail("polls", 1))

    @property
    def failed(self) -> frozenset[int]:
        """Executables that could not be run."""
        if self.status == "FAILED" and self.kind == "failed":
            return frozenset(range(self.num_executables))
        return frozenset(self.detail("executables", [0]) if self.kind == "partial" else ())

    @property
    def successful_shots(self) -> int:
        if self.status == "CANCELLED":
            return 0
        succeeded = self.num_executables - len(self.failed)
        return self.shots // self.num_executables * succeeded

    @property
    def charged_usd(self) -> float:
        """Cost of the task: 0 before it ends or if all executables failed; else the full price."""
        if self.status == "COMPLETED" or (self.kind == "partial" and self.successful_shots):
            return round(self.card.price_usd(shots=self.shots), 8)
        return 0.0

    @property
    def directory(self) -> str:
        prefix = self.request["outputS3KeyPrefix"].rstrip("/")
        return f"{prefix}/{self.arn.rpartition('/')[2]}"

    def describe(self) -> dict[str, Any]:
        """Return the response to GetQuantumTask."""
        status = self.status
        kind = self.action["braketSchemaHeader"]["name"]
        found: dict[str, Any] = {
            "quantumTaskArn": self.arn,
            "status": status,
            "shots": self.shots,
            "deviceArn": self.card.arn,
            "deviceParameters": self.request.get("deviceParameters", "{}"),
            "outputS3Bucket": self.request["outputS3Bucket"],
            "outputS3Directory": self.directory,
            "createdAt": self.created_at,
            "tags": self.request.get("tags", {}),
            "associations": self.request.get("associations", []),
            "actionMetadata": {
                "actionType": kind,
                "programCount": len(self.inputs),
                "executableCount": self.num_executables,
            },
            "numSuccessfulShots": self.successful_shots if status in ENDS else 0,
        }
        if status == "QUEUED":
            position = str(self.detail("position", "3"))
            found["queueInfo"] = {
                "queue": "QUANTUM_TASKS_QUEUE",
                "position": position,
                "queuePriority": "Normal",
            }
        if status in ENDS:
            found["endedAt"] = self.created_at
        if status == "FAILED":
            found["failureReason"] = self.detail("reason", "The device lost its calibration.")
        return found

    @property
    def created_at(self) -> str:
        whole, fraction = divmod(self.made, 1)
        return (
            time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int(fraction * 1000):03d}Z"
        )

    def read(self, name: str) -> str | None:
        """Return an object of its result; None: it does not exist."""
        if self.status not in ("COMPLETED", "FAILED") or self.kind == "failed":
            return None
        if name == "results.json":
            self.reads += 1
            if self.kind == "late" and self.reads <= self.detail("reads", 2):
                return None
        if self.kind == "corrupt" and name == self.detail("object", "results.json"):
            return str(self.detail("text", self.objects[name][:-40]))
        return self.objects.get(name)

    # Results -------------------------------------------------------------------------------

    def _results(self) -> dict[str, Any]:
        return self._set_results() if is_set(self.action) else {"results.json": self._single()}

    def _single(self) -> dict[str, Any]:
        inputs, noisy = self.inputs[0][0], self.card.name == "dm1"
        result: dict[str, Any] = {
            "braketSchemaHeader": _header("gate_model_task_result"),
            "taskMetadata": {
                "braketSchemaHeader": _header("task_metadata"),
                "id": self.arn,
                "shots": self.shots,
                "deviceId": self.card.arn,
                "createdAt": MADE_AT,
                "endedAt": MADE_AT,
            },
            "additionalMetadata": {"action": self.action},
        }
        if not self.shots:
            found = exactly(self.action["source"], inputs, noisy=noisy)
            return {**result, "resultTypes": found, "measuredQubits": None}
        return {**result, **self._readings(self.action["source"], inputs, self.shots, 0)}

    def _readings(
        self, source: str, inputs: dict[str, Any], shots: int, number: int
    ) -> dict[str, Any]:
        random = generator(self.request["clientToken"], source, inputs, number)
        bits, qubits = draw(source, inputs, shots, random, noisy=self.card.name == "dm1")
        if self.kind == "short":
            bits = bits[self.detail("missing", 1) :]
        if self.card.probabilities:
            return {"measurementProbabilities": frequencies(bits), "measuredQubits": qubits}
        return {"measurements": bits, "measuredQubits": qubits}

    def _set_results(self) -> dict[str, Any]:
        shots, number = self.shots // self.num_executables, 0
        programs: list[dict[str, Any]] = []
        for program, rows in zip(self.action["programs"], self.inputs, strict=True):
            found = []
            for index, inputs in enumerate(rows):
                found.append(self._executable(program["source"], inputs, shots, number, index))
                number += 1
            programs.append(
                {
                    "braketSchemaHeader": _header("program_result"),
                    "executableResults": found,
                    "source": program,
                    "additionalMetadata": {},
                }
            )
        if self.kind == "missing":
            programs[-1]["executableResults"].pop()
        return self._parts(programs) if self.card.parts else self._inline(programs)

    def _executable(
        self, source: str, inputs: dict[str, Any], shots: int, number: int, index: int
    ) -> dict[str, Any]:
        if number in self.failed:
            reason = self.detail("reason", "The executable could not be compiled.")
            why = {"failureReason": reason, "retryable": False, "category": "DEVICE"}
            return {
                "braketSchemaHeader": _header("program_set_executable_failure"),
                "inputsIndex": index,
                "failureMetadata": why,
            }
        return {
            "braketSchemaHeader": _header("program_set_executable_result"),
            "inputsIndex": index,
            **self._readings(source, inputs, shots, number),
        }

    def _metadata(self, programs: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "braketSchemaHeader": _header("program_set_task_metadata"),
            "id": self.arn,
            "deviceId": self.card.arn,
            "requestedShots": self.shots,
            "successfulShots": self.successful_shots,
            "programMetadata": [
                {"executables": [{} for _ in program["executableResults"]]} for program in programs
            ],
            "totalFailedExecutables": len(self.failed),
            "createdAt": MADE_AT,
            "endedAt": MADE_AT,
        }

    def _inline(self, programs: list[dict[str, Any]]) -> dict[str, Any]:
        header = _header("program_set_task_result")
        document = {"programResults": programs, "taskMetadata": self._metadata(programs)}
        return {"results.json": {"braketSchemaHeader": header, **document}}

    def _parts(self, programs: list[dict[str, Any]]) -> dict[str, Any]:
        """The result as one object for each program, its source and each executable."""
        objects: dict[str, Any] = {"metadata.json": self._metadata(programs)}
        names = []
        for number, program in enumerate(programs):
            folder = f"programs/{number}"
            found = program["executableResults"]
            parts = [f"executables/{index}.json" for index in range(len(found))]
            objects |= {
                f"{folder}/{part}": content for part, content in zip(parts, found, strict=True)
            }
            objects[f"{folder}/program.json"] = program["source"]
            names.append(f"{folder}/results.json")
            objects[names[-1]] = {**program, "executableResults": parts, "source": "program.json"}
        objects["results.json"] = {
            "braketSchemaHeader": _header("program_set_task_result"),
            "s3Location": [self.request["outputS3Bucket"], self.directory],
            "programResults": names,
            "taskMetadata": "metadata.json",
        }
        return objects


def _header(name: str) -> dict[str, str]:
    return {"name": f"braket.task_result.{name}", "version": "1"}

"""A double of Amazon Braket, S3 and STS, for the unpatched SDK on 127.0.0.1.

Start it from a test, once for many of them::

    from clouds.braket.double import BraketDouble  # tests/ is on the path of every test

    double = BraketDouble(tmp_path_factory.mktemp("braket"))  # a child process
    for name, value in double.environment().items():
        monkeypatch.setenv(name, value)  # endpoint, credentials, region
    ...
    double.reset()  # between tests
    double.stop()

or as a script, ``python tests/clouds/braket/server.py --port-file F --state-file G``; it exits with
its parent. The devices are those of ``capabilities.py``, for example ``braket:iqm/garnet``.

``double.ledger()``, and the file G after every request, hold ``requests`` (by operation, for
example ``CreateQuantumTask``, ``GetObject``), ``tasks_created``, ``executables``, ``shots``,
``charged_usd`` and ``tasks``, a list with ``arn``, ``device``, ``token``, ``status``,
``executables``, ``shots``, ``successful_shots``, ``charged_usd``, ``tags``. A client token creates
one task. A completed task is charged in full, also if some of its executables failed, and not at
all if none succeeded.

``double.fault(operation, kind, ...)`` scripts a fault (``clouds.service.Fault``):

- between client and service, for example the second GetQuantumTask from now,
  ``fault("GetQuantumTask", "error", code="ThrottlingException", at=2)``; three lost answers,
  ``fault("CreateQuantumTask", "lost", times=3)``; one in four of all requests,
  ``fault("*", "error", code="InternalServiceException", times=0, probability=0.25, seed=1)``;
  ``fault("CreateQuantumTask", "kill", pid=os.getpid(), when="after")``;
- of a task, where the operation is ``task`` and an occurrence is its creation, see
  ``tasks.Task``: ``fault("task", "queued", polls=3)``, ``fault("task", "partial",
  executables=[1])``.

``double.settings(costs={arn: {"price": dollars, "unit": "shot"}})`` states, and charges, another
price; ``double.settings(limits={arn: dollars})`` sets spending limits;
``double.settings(held=True)`` lets tasks stand in the queue, those that come as well, until
``held=False``.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[2]))

from clouds.braket.capabilities import CARDS, Card
from clouds.braket.simulate import executables, is_set
from clouds.braket.tasks import ENDS, Task
from clouds.service import Answer, Request, Service, serve

ACCOUNT = "123456789012"

STATUSES = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "DeviceOfflineException": 424,
    "DeviceRetiredException": 410,
    "ExpiredTokenException": 403,
    "InternalServiceException": 500,
    "NoSuchKey": 404,
    "RequestTimeout": 400,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 402,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
    "ThrottlingException": 429,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}
"""HTTP status of each error."""

OPERATIONS = {
    ("GET", "device"): "GetDevice",
    ("POST", "devices"): "SearchDevices",
    ("POST", "quantum-task"): "CreateQuantumTask",
    ("GET", "quantum-task"): "GetQuantumTask",
    ("PUT", "quantum-task"): "CancelQuantumTask",
    ("POST", "quantum-tasks"): "SearchQuantumTasks",
    ("POST", "spending-limits"): "SearchSpendingLimits",
}
"""Operations by method and first part of the path."""

OBJECTS = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}


class Refused(Exception):
    """Error response of the service."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        self.details = {"code": code, "message": message, **more}


class BraketService(Service):
    """Service with all requests that the SDK makes when it runs circuits."""

    def __init__(self, state_file: Path | None = None) -> None:
        super().__init__(state_file)
        self.reset()

    def reset(self) -> None:
        super().reset()
        self.tasks: dict[str, Task] = {}
        self.tokens: dict[str, tuple[dict[str, Any], str]] = {}
        self.stored: dict[str, bytes] = {}
        self.limits: dict[str, str] = {}
        self.costs: dict[str, dict[str, Any]] = {}
        self.held = False
        self.numbers = itertools.count(1)

    def settings(self, given: dict[str, Any]) -> None:
        self.limits.update(given.get("limits", {}))
        self.costs.update(given.get("costs", {}))
        self.held = given.get("held", self.held)
        for task in self.tasks.values():
            task.held = self.held

    def ledger(self) -> dict[str, Any]:
        tasks = [self._entry(task) for task in self.tasks.values()]
        return {
            **super().ledger(),
            "tasks_created": len(tasks),
            "executables": sum(task["executables"] for task in tasks),
            "shots": sum(task["shots"] for task in tasks),
            "charged_usd": round(sum(task["charged_usd"] for task in tasks), 8),
            "tasks": tasks,
        }

    def _entry(self, task: Task) -> dict[str, Any]:
        return {
            "arn": task.arn,
            "device": task.card.arn,
            "token": task.request["clientToken"],
            "status": task.status,
            "executables": task.num_executables,
            "programs": len(task.inputs),
            "shots": task.shots,
            "successful_shots": task.successful_shots,
            "charged_usd": task.charged_usd,
            "tags": task.request.get("tags", {}),
            "place": f"{task.request['outputS3Bucket']}/{task.request['outputS3KeyPrefix']}",
            "associations": task.request.get("associations", []),
            "source": task.action.get("source") or task.action["programs"][0]["source"],
            "deviceParameters": task.request.get("deviceParameters"),
        }

    # Requests ------------------------------------------------------------------------------

    def operation(self, request: Request) -> str:
        match _service(request):
            case "s3":
                several = len(request.parts) > 1
                return OBJECTS[request.method] if several else f"{request.method}Bucket"
            case "sts":
                return "GetCallerIdentity"
        return OPERATIONS.get((request.method, request.parts[0]), request.path)

    def error(self, operation: str, details: dict[str, Any]) -> Answer:
        code = details.get("code", "InternalServiceException")
        status = details.get("status", STATUSES.get(code, 500))
        message = details.get("message", f"{code} was asked for.")
        headers = details.get("headers", {})
        if operation.endswith(("Object", "Bucket")):
            body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            return Answer(status, body.encode(), {"Content-Type": "application/xml", **headers})
        more = {name: details[name] for name in details if name in MORE}
        answer = {"message": message, **more}
        return Answer.of(answer, status, **{"x-amzn-ErrorType": code, **headers})

    def process(self, operation: str, request: Request) -> Answer:
        acts = {
            "CancelQuantumTask": self._cancel,
            "CreateQuantumTask": self._create,
            "GetCallerIdentity": self._identity,
            "GetDevice": self._device,
            "GetObject": self._read,
            "GetQuantumTask": self._task,
            "HeadObject": self._read,
            "PUTBucket": self._bucket,
            "PutObject": self._write,
            "SearchDevices": self._devices,
            "SearchQuantumTasks": self._search,
            "SearchSpendingLimits": self._spending,
        }
        if operation not in acts:
            return self.error(operation, {"code": "ValidationException", "message": operation})
        try:
            return acts[operation](request)
        except Refused as refused:
            return self.error(operation, refused.details)

    # Devices -------------------------------------------------------------------------------

    def _device(self, request: Request) -> Answer:
        card = self._card(request.path.partition("/device/")[2], request)
        capabilities = json.dumps(card.capabilities())
        tasks = {"queue": "QUANTUM_TASKS_QUEUE", "queueSize": "7", "queuePriority": "Normal"}
        queues = [tasks, {"queue": "JOBS_QUEUE", "queueSize": "0"}]
        more = {"deviceCapabilities": capabilities, "deviceQueueInfo": queues}
        return Answer.of({**_summary(card), **more})

    def _card(self, arn: str, request: Request) -> Card:
        card = _card(arn, request)
        return card.stating(self.costs[card.arn]) if card.arn in self.costs else card

    def _devices(self, request: Request) -> Answer:
        region = _region(request)
        near = [card for card in CARDS.values() if card.arn.split(":")[3] in ("", region)]
        return Answer.of({"devices": [_summary(card) for card in near]})

    def _spending(self, request: Request) -> Answer:
        wanted = [value for each in request.json.get("filters", []) for value in each["values"]]
        found = [
            {
                "spendingLimitArn": f"arn:aws:braket:eu-north-1:{ACCOUNT}:spending-limit/{number}",
                "deviceArn": arn,
                "timePeriod": {"startAt": 0, "endAt": 4102444800},
                "spendingLimit": limit,
                "queuedSpend": "0.00",
                "totalSpend": f"{self._spent(arn):.2f}",
                "createdAt": "2026-11-01T00:00:00Z",
                "updatedAt": "2026-11-01T00:00:00Z",
            }
            for number, (arn, limit) in enumerate(self.limits.items())
            if not wanted or arn in wanted
        ]
        return Answer.of({"spendingLimits": found})

    def _spent(self, arn: str) -> float:
        return sum(task.charged_usd for task in self.tasks.values() if task.card.arn == arn)

    # Tasks ---------------------------------------------------------------------------------

    def _create(self, request: Request) -> Answer:
        with self.lock:
            given = request.json
            known = self.tokens.get(given["clientToken"])
            if known is None:
                arn = self._new_task(given, request)
                self.tokens[given["clientToken"]] = (given, arn)
            elif known[0] != given:
                raise Refused("ValidationException", "The client token has other parameters.")
            else:
                arn = known[1]
        return Answer.of({"quantumTaskArn": arn}, 201)

    def _new_task(self, given: dict[str, Any], request: Request) -> str:
        card = self._card(given["deviceArn"], request)
        _check(card, given)
        limit = self.limits.get(card.arn)
        price = card.price_usd(shots=int(given["shots"]))
        if limit is not None and self._spent(card.arn) + price > float(limit):
            raise Refused("ValidationException", "The task would exceed your spending limit.")
        arn = f"arn:aws:braket:{_region(request)}:{ACCOUNT}:quantum-task/{next(self.numbers):08d}"
        try:
            self.tasks[arn] = Task(arn, card, given, self.struck("task"), held=self.held)
        except Refused:
            raise
        except Exception as error:  # the simulator cannot parse the program
            failures = [{"programIndex": 0, "inputsIndex": 0, "errors": [str(error)]}]
            raise Refused(
                "ValidationException",
                f"The program is not valid: {error}",
                reason="ProgramSetValidationFailed",
                programSetValidationFailures=failures,
            ) from error
        return arn

    def _found(self, request: Request) -> Task:
        task = self.tasks.get(request.parts[1])
        if task is None:
            raise Refused("ResourceNotFoundException", f"There is no {request.parts[1]}.")
        return task

    def _task(self, request: Request) -> Answer:
        with self.lock:
            task = self._found(request)
            task.polls += 1
            return Answer.of(task.describe())

    def _cancel(self, request: Request) -> Answer:
        with self.lock:
            task = self._found(request)
            if task.status in ENDS:
                raise Refused("ConflictException", f"The task is {task.status}.")
            task.cancelled = True
        return Answer.of({"quantumTaskArn": task.arn, "cancellationStatus": "CANCELLING"})

    def _search(self, request: Request) -> Answer:
        """Pages of two entries, so that clients must request the next page."""
        asked = request.json
        fitting = [task for task in self.tasks.values() if _fits(task, asked["filters"])]
        start = int(asked.get("nextToken") or 0)
        page = {"quantumTasks": [task.describe() for task in fitting[start : start + 2]]}
        if len(fitting) > start + 2:
            page["nextToken"] = str(start + 2)  # type: ignore[assignment]
        return Answer.of(page)

    # Objects -------------------------------------------------------------------------------

    def _bucket(self, request: Request) -> Answer:
        raise Refused("BucketAlreadyOwnedByYou", "It is yours.", status=409)

    def _read(self, request: Request) -> Answer:
        key = request.path.strip("/").partition("/")[2]
        with self.lock:
            content = self.stored.get(key)
            for task in self.tasks.values():
                if key.startswith(task.directory + "/"):
                    text = task.read(key.removeprefix(task.directory + "/"))
                    content = None if text is None else text.encode()
        if content is None:
            raise Refused("NoSuchKey", "The specified key does not exist.")
        return Answer(200, content, {"Content-Type": "application/json", "ETag": '"1"'})

    def _write(self, request: Request) -> Answer:
        self.stored[request.path.strip("/").partition("/")[2]] = request.body
        return Answer(200, b"", {"ETag": '"1"'})

    def _identity(self, request: Request) -> Answer:
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<GetCallerIdentityResult><Account>{ACCOUNT}</Account><UserId>U</UserId>"
            f"<Arn>arn:aws:iam::{ACCOUNT}:user/double</Arn></GetCallerIdentityResult>"
            "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
            "</GetCallerIdentityResponse>"
        )
        return Answer(200, body.encode(), {"Content-Type": "text/xml"})


TARGETS = 15
"""Maximum number of target qubits of the probability of a simulator."""

MORE = frozenset({"reason", "programSetValidationFailures"})
"""Further fields of an error."""


def _scope(request: Request) -> list[str]:
    """Return key, date, region and service from the signature of a request."""
    signed = request.headers.get("authorization", "").partition("Credential=")[2]
    return signed.partition(",")[0].split("/") if signed else ["", "", "us-east-1", "braket"]


def _service(request: Request) -> str:
    return _scope(request)[3]


def _region(request: Request) -> str:
    return _scope(request)[2]


def _card(arn: str, request: Request) -> Card:
    card = CARDS.get(unquote(arn))
    if card is None or card.arn.split(":")[3] not in ("", _region(request)):
        raise Refused("ResourceNotFoundException", f"Device {unquote(arn)} is not here.")
    return card


def _summary(card: Card) -> dict[str, str]:
    return {
        "deviceArn": card.arn,
        "deviceName": card.name,
        "providerName": card.arn.split("/")[2],
        "deviceType": "SIMULATOR" if card.simulator else "QPU",
        "deviceStatus": card.status,
    }


def _check(card: Card, given: dict[str, Any]) -> None:
    """Refuse tasks that the device does not accept."""
    if card.status == "OFFLINE":
        raise Refused("DeviceOfflineException", "The device is offline.")
    if card.status == "RETIRED":
        raise Refused("DeviceRetiredException", "The device was retired.")
    if not 1 <= len(given["clientToken"]) <= 64:
        raise Refused("ValidationException", "The client token has a wrong length.")
    action, shots = json.loads(given["action"]), int(given["shots"])
    each, (least, greatest) = shots, card.shots
    if is_set(action):
        if card.sets is None:
            raise Refused("ValidationException", "The device takes no program sets.")
        most, most_shots, fewest = card.sets
        number = sum(map(len, executables(action)))
        if number > most or shots > most_shots or shots % number or shots < (fewest or 0):
            raise Refused("ValidationException", f"{number} executables with {shots} shots.")
        each, least = shots // number, 1 if fewest else least
    for targets in re.findall("#pragma braket result probability (.*)", action.get("source", "")):
        if card.simulator and targets.count("[") > TARGETS:
            raise Refused("ValidationException", f"A probability has more than {TARGETS} targets.")
    if not least <= each <= greatest:
        raise Refused("ValidationException", f"{each} shots are not within {card.shots}.")


def _fits(task: Task, filters: list[dict[str, Any]]) -> bool:
    """Return whether a task matches a search, as documented by the service."""
    facts = {
        "quantumTaskArn": task.arn,
        "deviceArn": task.card.arn,
        "status": task.status,
        "createdAt": task.created_at,
    }
    for each in filters:
        if each["name"] not in facts:
            raise Refused("ValidationException", f"There is no filter {each['name']}.")
        fact, values = facts[each["name"]], each["values"]
        if each["operator"] == "EQUAL" and fact not in values:
            return False
        if each["operator"] == "GTE" and fact < values[0]:
            return False
    return True


if __name__ == "__main__":
    serve(BraketService)

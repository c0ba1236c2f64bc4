"""State of the double of IBM Quantum Platform: instances, backends, sessions, jobs, a ledger."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from simulator import Simulator

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/{account}:{name}::"

PLANS = {
    "plan-open": ("Open", "free"),
    "plan-paygo": ("Pay-as-you-go", "paygo"),
}

INSTANCES = {
    CRN.format(account="11112222", name="open"): ("open-instance", "plan-open"),
    CRN.format(account="11112222", name="paygo"): ("paid-instance", "plan-paygo"),
}

SECONDS_PER_SHOT = 0.00035
OVERHEAD_S = 2.0

FINAL = frozenset({"Completed", "Failed", "Cancelled"})


class Refusal(Exception):
    """Error response."""

    def __init__(self, status: int, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


@dataclass
class Job:
    """One job, with its scripted fate."""

    id: str
    body: dict[str, Any]
    instance: str
    script: dict[str, Any]
    created: str
    result: str = ""
    status: str = "Running"
    reason: str = ""
    reason_code: int | None = None
    pubs: int = 0
    rows: int = 0
    shots: int = 0
    asked: int = 0
    missed: int = 0
    searched: int = 0
    seconds: float = 0.0


@dataclass
class Ledger:
    """Counts of requests to the service."""

    requests: Counter[str] = field(default_factory=Counter)


class Service:
    """Whole state of the service, which ``reset`` clears."""

    def __init__(self, folder: Path, backends: dict[str, str]) -> None:
        self.folder, self.backends = folder, backends
        self.simulator = Simulator()
        self.lock = Lock()
        self.known: dict[str, str] = {}
        self.numbers = count(1)  # ids are unique, also after a reset
        self.reset()

    def reset(self) -> None:
        """Clear jobs, sessions, scripts and the ledger."""
        with self.lock:
            self.jobs: dict[str, Job] = {}
            self.sessions: dict[str, dict[str, Any]] = {}
            self.scripts: list[dict[str, Any]] = []
            self.chances: list[tuple[random.Random, float, dict[str, Any]]] = []
            self.ledger = Ledger()
            self.consumed_s = 0.0
            self.limit_s = 600.0
            self.revoked = False
            self.held = False
            self.at_once = False
            """Whether a job is run before the response to its creation."""

    # Accounts --------------------------------------------------------------------------

    def token(self) -> dict[str, Any]:
        """Return a token that is valid for an hour; its signature is not checked."""
        now = int(time.time())
        parts = [{"alg": "HS256", "typ": "JWT"}, {"iat": now, "exp": now + 3600, "iam_id": "x"}]
        coded = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in parts
        ]
        token = ".".join([*coded, "c2lnbmF0dXJl"])
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
            "expiration": now + 3600,
            "refresh_token": "none",
        }

    def instances(self) -> dict[str, Any]:
        """Return all instances in the format of the search."""
        items = [
            {
                "crn": crn,
                "name": name,
                "tags": [],
                "service_plan_unique_id": plan,
                "doc": {"extensions": {"backends": sorted(self.backends)}},
            }
            for crn, (name, plan) in INSTANCES.items()
        ]
        return {"items": items, "limit": 100}

    def plan(self, name: str) -> dict[str, Any]:
        """Return the catalogue entry of a plan."""
        display, kind = PLANS[name]
        return {
            "id": name,
            "overview_ui": {"en": {"display_name": display}},
            "metadata": {"pricing": {"type": kind}},
        }

    def usage(self) -> dict[str, Any]:
        """Return the usage of an instance."""
        used = round(self.consumed_s)
        return {
            "usage_consumed_seconds": used,
            "usage_limit_seconds": self.limit_s,
            "usage_limit_reached": used >= self.limit_s,
        }

    # Backends --------------------------------------------------------------------------

    def list_backends(self) -> dict[str, Any]:
        """Return the names and sizes of all backends."""
        devices = [
            {
                "name": name,
                "qubits": self.configuration(name)["n_qubits"],
                "queue_length": 3,
                "status": {"name": "online"},
            }
            for name in self.backends
        ]
        return {"devices": devices}

    def configuration(self, name: str) -> dict[str, Any]:
        """Return the recorded configuration under the name of the backend."""
        return {**self._recorded(name, "conf"), "backend_name": name}

    def properties(self, name: str) -> dict[str, Any]:
        """Return the recorded properties under the name of the backend."""
        return {**self._recorded(name, "props"), "backend_name": name}

    def status(self, name: str) -> dict[str, Any]:
        """Return whether a backend is operational."""
        return {
            "state": True,
            "status": "active",
            "length_queue": 3,
            "backend_version": "1.0.0",
            "backend_name": name,
        }

    def _recorded(self, name: str, kind: str) -> dict[str, Any]:
        if name not in self.backends:
            raise Refusal(404, f"Backend {name} not found", 1007)
        chip = self.backends[name]
        found: dict[str, Any] = json.loads((self.folder / chip / f"{kind}_{chip}.json").read_text())
        return found

    # Sessions --------------------------------------------------------------------------

    def open_session(self, body: dict[str, Any]) -> dict[str, Any]:
        """Open a session or a batch."""
        with self.lock:
            id = f"session-{next(self.numbers)}"
            self.sessions[id] = {
                "id": id,
                "backend_name": body.get("backend"),
                "mode": body.get("mode"),
                "max_ttl": body.get("max_ttl", 28800),
                "interactive_ttl": 60,
                "state": "open",
                "accepting_jobs": True,
            }
            return self.sessions[id]

    def session(self, id: str, changes: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return a session after an optional change."""
        if id not in self.sessions:
            raise Refusal(404, f"Session {id} not found", 1215)
        self.sessions[id].update(changes or {})
        return self.sessions[id]

    # Jobs ------------------------------------------------------------------------------

    def create(self, body: dict[str, Any], instance: str) -> dict[str, Any]:
        """Create a job and start it."""
        session = self.sessions.get(body.get("session_id") or "")
        if session is not None and not session["accepting_jobs"]:
            raise Refusal(400, f"Session {session['id']} is closed", 1217)
        with self.lock:
            id = f"job-{next(self.numbers)}"
            script = self.scripts.pop(0) if self.scripts else self._chance()
            job = Job(id, body, instance, script, datetime.now(UTC).isoformat())
            self.jobs[id] = job
        if self.at_once:
            self._run(job)
        else:
            Thread(target=self._run, args=(job,), daemon=True).start()
        return {"id": id, "backend": body["backend"]}

    def _chance(self) -> dict[str, Any]:
        """Draw the fate of a job without a script."""
        drawn = [script for chance, share, script in self.chances if chance.random() < share]
        return drawn[0] if drawn else {}

    def _run(self, job: Job) -> None:
        tags = "".join(sorted(job.body.get("tags", [])))
        seed = int.from_bytes(hashlib.sha256(tags.encode()).digest()[:4]) >> 1
        fewer = job.script.get("fewer_shots", 0)
        text = self._simulated(job, seed, fewer)
        answer = json.loads(text)
        with self.lock:
            if job.id not in self.jobs or self.jobs[job.id] is not job:
                return  # the service was reset meanwhile
            job.pubs, job.rows, job.shots = answer["pubs"], answer["rows"], answer["shots"]
            job.seconds = OVERHEAD_S + SECONDS_PER_SHOT * job.shots
            job.result = _spoiled(answer.get("result", ""), job.script.get("spoil", ""))
            final, reason = job.script.get("status", "Completed"), job.script.get("reason", "")
            if "error" in answer:
                final, reason = "Failed", answer["error"]
            if final != "Completed":
                job.result = reason
            job.reason, job.reason_code = reason, job.script.get("reason_code")
            if job.status == "Running":
                job.status = final
                self.consumed_s += job.seconds

    def _simulated(self, job: Job, seed: int, fewer: int) -> str:
        """Run a job; equal jobs have equal outcomes, whatever their tags."""
        asked = (job.body["program_id"], job.body["params"])
        if not self.at_once:
            return self.simulator.run(*asked, seed, fewer)
        key = json.dumps([*asked, fewer])
        if key not in self.known:
            self.known[key] = self.simulator.run(*asked, 0, fewer)
        return self.known[key]

    def job(self, id: str, *, params: bool) -> dict[str, Any]:
        """Return the status of a job."""
        job = self._job(id)
        job.asked += 1
        queued = self.held or job.asked <= job.script.get("queued", 0)
        state = {"status": "Queued" if queued else job.status}
        if not queued and job.reason:
            state["reason"] = job.reason
        if not queued and job.reason_code:
            state["reason_code"] = job.reason_code
        answer = {
            "id": id,
            "backend": job.body["backend"],
            "created": job.created,
            "program": {"id": job.body["program_id"]},
            "tags": job.body.get("tags", []),
            "session_id": job.body.get("session_id"),
            "state": state,
            "status": state["status"],
        }
        return {**answer, "params": job.body["params"]} if params else answer

    def result(self, id: str) -> str:
        """Return the result of a job as text."""
        job = self._job(id)
        if job.missed < job.script.get("late", 0):
            job.missed += 1
            raise Refusal(404, f"Results of job {id} not found", 1291)
        return job.result

    def cancel(self, id: str) -> None:
        """Cancel a job that is not done."""
        job = self._job(id)
        held = self.held or job.asked < job.script.get("queued", 0)
        if job.status != "Running" and not held:
            raise Refusal(409, f"Job {id} is {job.status}", 1291)
        job.status, job.script = "Cancelled", {}

    def metrics(self, id: str) -> dict[str, Any]:
        """Return the usage of a job."""
        job = self._job(id)
        done = job.status in FINAL
        usage = {
            "qpu_charge_time_seconds": job.seconds if done else 0,
            "status": "complete" if done else "pending",
        }
        timestamps = {"created": job.created, "running": job.created}
        return {"timestamps": timestamps, "usage": usage, "position_in_queue": 7}

    def search(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Return the jobs with all the given tags, the newest first."""
        wanted = set(query.get("tags", []))
        after = query.get("created_after", [""])[0]
        for job in self.jobs.values():
            job.searched += 1
        found = [
            self.job(job.id, params=False)
            for job in list(self.jobs.values())
            if job.searched > job.script.get("hidden", 0)
            and wanted <= set(job.body.get("tags", []))
            and job.created >= after
        ]
        if query.get("sort", [""])[0] != "ASC":
            found.reverse()
        start, limit = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["200"])[0])
        return {"jobs": found[start : start + limit], "count": len(found)}

    def _job(self, id: str) -> Job:
        if id not in self.jobs:
            raise Refusal(404, f"Job {id} not found", 1291)
        return self.jobs[id]

    # Control ---------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """Return the ledger."""
        with self.lock:
            jobs = [
                {
                    "id": job.id,
                    "status": job.status,
                    "tags": job.body.get("tags", []),
                    "session": job.body.get("session_id"),
                    "program": job.body["program_id"],
                    "cost": job.body.get("cost"),
                    "pubs": job.pubs,
                    "rows": job.rows,
                    "shots": job.shots,
                    "seconds": job.seconds,
                }
                for job in self.jobs.values()
            ]
            return {
                "requests": dict(self.ledger.requests),
                "jobs": jobs,
                "sessions": list(self.sessions.values()),
                "seconds": self.consumed_s,
            }


def _spoiled(text: str, how: str) -> str:
    """Damage a result: truncate it, empty it, or replace it."""
    return {
        "": text,
        "cut": text[: len(text) // 2],
        "empty": "",
        "other": '{"no": "result"}',
        "noise": "\x00\x17 not json",
    }[how]

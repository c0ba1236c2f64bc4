"""A double of a web service on 127.0.0.1, whose faults a test scripts.

A subclass of ``Service`` names the operation of a request and processes it. The part that all
doubles share is here: connections, counted requests, faults between the service and its client, and
the paths by which a test controls it.

``POST /_control/faults``   a list of faults, see ``Fault``
``POST /_control/calm``     nothing goes wrong any more
``POST /_control/settings`` whatever the service makes of it
``POST /_control/reset``    forget everything
``GET  /_control/ledger``   what happened so far
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """A client's request; ``path`` is percent-encoded, as it was sent."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    @property
    def parts(self) -> list[str]:
        """The decoded parts of the path."""
        return [unquote(part) for part in self.path.strip("/").split("/")]


@dataclass(frozen=True)
class Answer:
    """Response of the service."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Any, status: int = 200, **headers: str) -> Answer:
        """Return a response with JSON."""
        return cls(
            status, json.dumps(content).encode(), {"Content-Type": "application/json", **headers}
        )


@dataclass
class Fault:
    """A scripted fault.

    Parameters
    ----------
    operation : str
        The service's name of a request, or of an event; ``*``: any request.
    kind : str
        ``error`` (``status``, ``code``, ``message``, ``headers``; nothing is done, unless ``when``
        is ``after``), ``answer`` (done; ``text`` in place of what is to be answered),
        ``reset`` (nothing is done, the connection is closed),
        ``lost`` (done, and the connection closed in place of an answer),
        ``cut`` (done, and the connection closed inside the answer),
        ``truncated`` (done; half an answer that looks whole), ``garbled`` (done; not an answer),
        ``hang`` (done after ``seconds``), ``kill`` (SIGKILL to ``pid``; ``when`` is ``before`` the
        request is processed or ``after``, and it is not answered), or a kind of the service.
    at : int
        First occurrence that fails; 1 is the first after the fault was set.
    times : int
        Number of occurrences; 0: all.
    probability : float
        Probability that each of these fails, drawn with ``seed``.
    details : dict
        Further fields.
    """

    operation: str
    kind: str
    at: int = 1
    times: int = 1
    probability: float = 1.0
    seed: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._seen = 0
        self._random = random.Random(self.seed)

    @classmethod
    def read(cls, given: dict[str, Any]) -> Fault:
        known = {name: given.pop(name) for name in tuple(given) if name in cls.__annotations__}
        return cls(**known, details=given)

    def strikes(self, operation: str) -> bool:
        """Count an occurrence, and return whether it fails."""
        if self.operation not in (operation, "*"):
            return False
        self._seen += 1
        within = self._seen >= self.at and (not self.times or self._seen < self.at + self.times)
        return within and self._random.random() < self.probability


class ClosedConnection(Exception):
    """Close the connection after a part of the response."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer


class Service(ABC):
    """Responds to requests, with scripted faults.

    Required: ``operation``, ``process``, ``error``. Optional: ``ledger``, ``settings``, ``reset``.

    Parameters
    ----------
    state_file : Path, optional
        File to which the ledger is written after each request that changes it.
    """

    def __init__(self, state_file: Path | None = None) -> None:
        self.state_file = state_file
        self.lock = threading.RLock()
        self.requests: Counter[str] = Counter()
        self.faults: list[Fault] = []

    @abstractmethod
    def operation(self, request: Request) -> str:
        """Return the name of the operation."""

    @abstractmethod
    def process(self, operation: str, request: Request) -> Answer:
        """Process a request."""

    @abstractmethod
    def error(self, operation: str, details: dict[str, Any]) -> Answer:
        """Return an error response."""

    def ledger(self) -> dict[str, Any]:
        """Return the ledger."""
        return {"requests": dict(self.requests)}

    def settings(self, given: dict[str, Any]) -> None:
        """Apply settings of a test; by default there are none."""
        raise ValueError(f"There is no setting {sorted(given)}.")

    def reset(self) -> None:
        """Clear the state."""
        self.requests.clear()
        self.faults.clear()

    def struck(self, operation: str) -> Fault | None:
        """Return the fault of an occurrence; all pending faults count it."""
        with self.lock:
            striking = [fault for fault in self.faults if fault.strikes(operation)]
        return striking[0] if striking else None

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/_control/"):
            return self._control(request)
        operation = self.operation(request)
        with self.lock:
            self.requests[operation] += 1
        fault = self.struck(operation)
        act = ACTS.get(fault.kind) if fault else None
        try:
            if fault is None or act is None:
                return self.process(operation, request)
            return act(self, fault, operation, request)
        finally:
            self.save()

    def save(self) -> None:
        if self.state_file is not None:
            with self.lock:
                written = self.state_file.with_suffix(".new")
                written.write_text(json.dumps(self.ledger()))
                written.replace(self.state_file)

    def _control(self, request: Request) -> Answer:
        with self.lock:
            match request.parts[1]:
                case "faults":
                    self.faults += [Fault.read(given) for given in request.json]
                case "settings":
                    self.settings(request.json)
                case "calm":
                    self.faults.clear()
                case "reset":
                    self.reset()
            return Answer.of(self.ledger())


# Responses with faults -----------------------------------------------------------------------


def _error(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    if fault.details.get("when") == "after":
        service.process(operation, request)
    return service.error(operation, fault.details)


def _answer(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    answer = service.process(operation, request)
    return Answer(answer.status, fault.details["text"].encode(), answer.headers)


def _reset(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    raise ClosedConnection


def _lost(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    service.process(operation, request)
    raise ClosedConnection


def _cut(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    raise ClosedConnection(service.process(operation, request))


def _truncated(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    answer = service.process(operation, request)
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)


def _garbled(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    answer = service.process(operation, request)
    return Answer(answer.status, b"\xff\xfe<html>", answer.headers)


def _hang(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    time.sleep(fault.details["seconds"])
    return service.process(operation, request)


def _kill(service: Service, fault: Fault, operation: str, request: Request) -> Answer:
    if fault.details.get("when", "before") == "after":
        service.process(operation, request)
        service.save()
    os.kill(int(fault.details["pid"]), signal.SIGKILL)
    raise ClosedConnection


ACTS: dict[str, Callable[[Service, Fault, str, Request], Answer]] = {
    "answer": _answer,
    "cut": _cut,
    "error": _error,
    "garbled": _garbled,
    "hang": _hang,
    "kill": _kill,
    "lost": _lost,
    "reset": _reset,
    "truncated": _truncated,
}


# Connections ---------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """One connection to ``service``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the headers' acknowledgement
    service: Service

    def handle_one(self) -> None:
        address = urlsplit(self.path)
        query = {
            name: values[-1]
            for name, values in parse_qs(address.query, keep_blank_values=True).items()
        }
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = self._body()
            answer = self.service.answer(Request(self.command, address.path, query, headers, body))
        except ClosedConnection as closed:
            self._close(closed.answer)
            return
        except Exception as error:  # a bug in the double must reach the test
            answer = Answer.of({"message": f"The double failed: {error!r}"}, 500)
        self._send(answer, answer.body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = handle_one  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            pass  # the base class has sent the response
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the client closed the connection in the middle of the request
            raise ClosedConnection
        return body

    def _chunks(self) -> Any:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _send(self, answer: Answer, body: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
            self.wfile.flush()

    def _close(self, answer: Answer | None) -> None:
        """Close with a reset, so that the client does not see a regular end."""
        if answer is not None:
            self._send(answer, answer.body[: len(answer.body) // 2])
            time.sleep(0.02)  # data that was sent must arrive before the reset
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD)
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

    def log_message(self, format: str, *arguments: Any) -> None:
        return


class Server(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), type("_Handler", (Handler,), {"service": service}))

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that was reset is closed already."""
        if request.fileno() != -1:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Suppress tracebacks of clients that disconnected."""


def serve(make: Callable[[Path | None], Service]) -> None:
    """Run a service as a script until its parent ends: ``--port-file F --state-file G``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--state-file", type=Path)
    options = parser.parse_args()
    server = Server(make(options.state_file))
    written = options.port_file.with_suffix(".new")
    written.write_text(str(server.server_address[1]))
    written.replace(options.port_file)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    server.serve_forever()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)

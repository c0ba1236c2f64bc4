"""A double of IBM Quantum Platform on 127.0.0.1: ``python server.py --port-file FILE``."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import struct
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from faults import Fault, Faults, kill
from service import Refusal, Service

BASE = "/experimental/api/v1"
"""The client uses an address with this word unchanged."""

BACKENDS = {
    "ibm_fractional": "fractional",
    "ibm_lagos": "lagos",
    "ibm_manila": "manila",
    "ibm_torino": "torino",
}
"""Names of backends, and of the recordings that are served for them."""

SECRET = "an-api-key-that-must-never-show-up"

Answer = tuple[int, Any]

ROUTES: list[tuple[str, str, Callable[..., Answer]]] = []


def route(endpoint: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Register the handler of an endpoint; parts in capitals become its arguments."""
    method, _, path = endpoint.partition(" ")
    pattern = "^" + re.sub(r"/[A-Z]+", "/([^/]+)", path) + "$"

    def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
        function.endpoint = endpoint  # type: ignore[attr-defined]
        ROUTES.append((method, pattern, function))
        return function

    return register


@route("POST /identity/token")
def _token(server: Double, request: Request) -> Answer:
    return 200, server.service.token()


@route("POST /v3/resources/search")
def _search(server: Double, request: Request) -> Answer:
    return 200, server.service.instances()


@route("GET /catalog/ID")
def _plan(server: Double, request: Request, name: str) -> Answer:
    return 200, server.service.plan(name)


@route("GET /backends")
def _backends(server: Double, request: Request) -> Answer:
    return 200, server.service.list_backends()


@route("GET /backends/NAME/configuration")
def _configuration(server: Double, request: Request, name: str) -> Answer:
    return 200, server.service.configuration(name)


@route("GET /backends/NAME/properties")
def _properties(server: Double, request: Request, name: str) -> Answer:
    return 200, server.service.properties(name)


@route("GET /backends/NAME/status")
def _status(server: Double, request: Request, name: str) -> Answer:
    return 200, server.service.status(name)


@route("GET /instances/usage")
def _usage(server: Double, request: Request) -> Answer:
    return 200, server.service.usage()


@route("POST /sessions")
def _open(server: Double, request: Request) -> Answer:
    return 200, server.service.open_session(request.json)


@route("GET /sessions/ID")
def _session(server: Double, request: Request, id: str) -> Answer:
    return 200, server.service.session(id)


@route("PATCH /sessions/ID")
def _change(server: Double, request: Request, id: str) -> Answer:
    return 200, server.service.session(id, request.json)


@route("DELETE /sessions/ID/close")
def _close(server: Double, request: Request, id: str) -> Answer:
    return 204, server.service.session(id, {"accepting_jobs": False, "state": "closed"}) and None


@route("POST /jobs")
def _create(server: Double, request: Request) -> Answer:
    return 200, server.service.create(request.json, request.headers.get("Service-CRN", ""))


@route("GET /jobs")
def _jobs(server: Double, request: Request) -> Answer:
    return 200, server.service.search(request.query)


@route("GET /jobs/ID")
def _job(server: Double, request: Request, id: str) -> Answer:
    return 200, server.service.job(id, params="exclude_params" not in request.query)


@route("GET /jobs/ID/results")
def _results(server: Double, request: Request, id: str) -> Answer:
    return 200, server.service.result(id)


@route("GET /jobs/ID/metrics")
def _metrics(server: Double, request: Request, id: str) -> Answer:
    return 200, server.service.metrics(id)


@route("POST /jobs/ID/cancel")
def _cancel(server: Double, request: Request, id: str) -> Answer:
    return 204, server.service.cancel(id)


@route("PUT /jobs/ID/tags")
def _tags(server: Double, request: Request, id: str) -> Answer:
    server.service.jobs[id].body["tags"] = request.json["tags"]
    return 204, None


@route("GET /control/ledger")
def _ledger(server: Double, request: Request) -> Answer:
    return 200, server.service.told()


@route("POST /control/reset")
def _reset(server: Double, request: Request) -> Answer:
    server.service.reset()
    server.faults.clear()
    return 200, {}


@route("POST /control/fault")
def _fault(server: Double, request: Request) -> Answer:
    server.faults.add(request.json)
    return 200, {}


@route("POST /control/calm")
def _calm(server: Double, request: Request) -> Answer:
    server.faults.clear()
    return 200, {}


@route("POST /control/job")
def _script(server: Double, request: Request) -> Answer:
    server.service.scripts.append(request.json)
    return 200, {}


@route("POST /control/chance")
def _any_job(server: Double, request: Request) -> Answer:
    script = dict(request.json)
    share, seed = script.pop("probability"), script.pop("seed")
    server.service.chances.append((random.Random(seed), share, script))
    return 200, {}


@route("POST /control/service")
def _settings(server: Double, request: Request) -> Answer:
    for name, value in request.json.items():
        setattr(server.service, name, value)
    return 200, {}


class Request(BaseHTTPRequestHandler):
    """Reads a request, applies its fault, processes it and responds."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the headers' acknowledgement
    server: Double

    def handle_any(self) -> None:
        """Respond to a request of any method."""
        address = urlsplit(self.path)
        self.query = parse_qs(address.query)
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        if len(self.body) < length:  # the client closed the connection in the middle of the request
            self.close_connection = True
            return
        path = unquote(address.path.removeprefix(BASE))
        for method, pattern, function in ROUTES:
            found = re.match(pattern, path)
            if method == self.command and found is not None:
                self._carry_out(function, found.groups())
                return
        self._answer(404, {"errors": [{"message": f"no endpoint {self.command} {path}"}]})

    # names that the standard library requires
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    @property
    def json(self) -> Any:
        """Request body."""
        return json.loads(self.body or b"{}")

    def log_message(self, *args: Any) -> None:
        """Suppress logging."""

    def _carry_out(self, function: Callable[..., Answer], parts: tuple[str, ...]) -> None:
        endpoint: str = function.endpoint  # type: ignore[attr-defined]
        fault = None
        if not endpoint.partition(" ")[2].startswith("/control"):
            self.server.service.ledger.requests[endpoint] += 1
            fault = self.server.faults.meeting(endpoint)
        if fault is not None and fault.when == "before" and self._go_wrong(fault, None):
            return
        try:
            self._check_access(endpoint)
            answer = function(self.server, self, *parts)
        except Refusal as refusal:
            answer = (refusal.status, _error(refusal.message, refusal.code))
        if fault is not None and fault.when == "after" and self._go_wrong(fault, answer):
            return
        self._answer(*answer)

    def _check_access(self, endpoint: str) -> None:
        if self.server.service.revoked and endpoint.partition(" ")[2].startswith("/jobs"):
            raise Refusal(401, "The token has expired or is not valid", 1200)

    def _go_wrong(self, fault: Fault, answer: Answer | None) -> bool:
        """Apply a fault; return whether it replaced the response."""
        if fault.do == "kill":
            kill(fault)
            return False
        if fault.do == "lost":
            self._reset()
        elif fault.do == "answer":
            self._answer(200, fault.text)
        elif fault.do == "half":
            self._answer(*(answer or (200, {})), half=True)
        else:
            self._answer(fault.status, _error(fault.message, fault.code), fault.headers)
        return True

    def _answer(
        self, status: int, body: Any, headers: dict[str, str] | None = None, *, half: bool = False
    ) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        content = b"" if body is None else content
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if half else content)
            self.wfile.flush()
        except ConnectionError:
            self.close_connection = True  # the client has disconnected
        if half:
            self._reset()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _error(message: str, code: int) -> dict[str, Any]:
    return {
        "errors": [{"message": message, "code": code}],
        "error": {"message": message, "code": code},
    }


class Double(ThreadingHTTPServer):
    """The server, and what it serves."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.service = Service(folder, BACKENDS)
        self.faults = Faults()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Suppress tracebacks of connections that were reset on purpose."""
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handle_error(request, client_address)


def recordings() -> Path:
    """Return the folder of recorded backends, without importing the package."""
    package = find_spec("qiskit_ibm_runtime")
    assert package is not None
    (root,) = package.submodule_search_locations or [""]
    return Path(root, "fake_provider", "backends")


def main() -> None:
    """Serve until the standard input is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port-file", type=Path, required=True)
    given = parser.parse_args()
    double = Double(recordings())
    Thread(target=double.serve_forever, daemon=True).start()
    partial = given.port_file.with_suffix(".partial")
    partial.write_text(str(double.server_port))
    os.replace(partial, given.port_file)
    try:
        sys.stdin.read()
    except KeyboardInterrupt:
        pass
    finally:
        double.service.simulator.close()


if __name__ == "__main__":
    main()

"""Fixtures for every test: one thread, fixed seeds, no network, no user settings."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Set before numpy is imported: thread pools read these once. Two test processes on two cores are
# faster with one thread each, and sums are added in a fixed order.
for pool in ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON"):
    os.environ[f"{pool}_NUM_THREADS"] = "1"
os.environ.pop("QGATE_DEVICE", None)
os.environ["QGATE_JOURNAL"] = ":memory:"  # calls outside of runs leave no file at home
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ.pop("COLUMNS", None)  # of a terminal that runs the tests, or of pytest-xdist

# Programs that tests start measure no coverage; the worker itself does until its end.
MEASURED = os.environ.pop("SLIPCOVER_ENABLED", "") if "PYTEST_XDIST_WORKER" in os.environ else ""

# A shell that starts the tests in the background makes them, and what they start, ignore SIGINT.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples each time; `--hypothesis-profile=search` draws new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.register_profile(
    "deep",  # fewer, for mutants; mutmut runs a test in more than one way
    parent=settings.get_profile("steady"),
    max_examples=25,
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("steady")

sys.path.append(str(Path(__file__).parent))  # for the doubles of services, `clouds`

SLEPT_S = 3 * 3600.0
"""Seconds for which a machine sleeps in tests of that."""

LOOPBACK = ("127.", "::1", "localhost")


class LeftTheMachine(RuntimeError):
    """A test without the mark ``remote`` connected to an address beyond this machine."""


def host_of(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Return the host of an audit event of the interpreter, if any."""
    if event == "socket.getaddrinfo":
        return arguments[0] and str(arguments[0])
    if event == "socket.connect" and isinstance(arguments[1], tuple):  # otherwise a local path
        return str(arguments[1][0])
    return None


class NetworkGuard:
    """Refuses connections beyond the loopback interface while it is closed."""

    def __init__(self) -> None:
        self.open = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        host = None if self.open else host_of(event, arguments)
        if host and not host.startswith(LOOPBACK):
            raise LeftTheMachine(f"A test asked for {host}. Mark it `remote`, or use a double.")


GUARD = NetworkGuard()
sys.addaudithook(GUARD)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Let slipcover keep what this worker measured."""
    if MEASURED:
        os.environ["SLIPCOVER_ENABLED"] = MEASURED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """Open the network for tests with the mark ``remote``."""
    GUARD.open = item.get_closest_marker("remote") is not None
    try:
        return (yield)
    finally:
        GUARD.open = False


@pytest.fixture(autouse=True)
def _few_frameworks(request: pytest.FixtureRequest) -> Any:
    """Fail if one worker has loaded every framework: each needs seconds and memory."""
    yield
    loaded = {"jax", "tensorflow", "torch"} & sys.modules.keys()
    if len(loaded) > 2 and hasattr(request.config, "workerinput"):
        pytest.fail(f"This worker has loaded {', '.join(sorted(loaded))}. Split the tests.")


@pytest.fixture
def fall_asleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the clock jump by hours, as it does while a laptop sleeps."""
    awake, slept = time.monotonic, list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: awake() + sum(slept))
    return lambda: slept.append(SLEPT_S)

"""Make calls of an entry point in a separate process, with limits on time and memory."""

from __future__ import annotations

import gc
import importlib
import mmap
import os
import pickle
import resource
import signal
import struct
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.drawing import Pools, arguments_of
from fuzz.entry import Entry, UsersOwn

from qgate.exceptions import QGateError

BLOCKED_S = 600
"""Time after which a call is interrupted, also one that does not compute."""

SHOWN = 300
"""Characters of an argument that are printed."""

MOST_DEATHS = 20
"""Number of processes that calls of an entry point may end before it is given up."""

OURS = (QGateError, UsersOwn)

NUMBER = struct.Struct("q")


class Hung(BaseException):
    """A call exceeded the limit on processor time."""


class Blocked(BaseException):
    """A call exceeded the limit on waiting time."""


@dataclass(frozen=True)
class Limits:
    """Limits of one call.

    Parameters
    ----------
    seconds : float
        Processor time after which a call is interrupted. If it does not return to the interpreter,
        its process is killed after the same time again.
    memory_gib : float
        Memory that may be allocated in addition to that of the process at its start; 0: any amount.
    """

    seconds: float = 5.0
    memory_gib: float = 8.0


@dataclass(frozen=True)
class Failure:
    """One kind of failure.

    Parameters
    ----------
    entry : str
    kind : str
        The exception's class, and where in qgate it was raised.
    call : str
        One call that fails like this.
    """

    entry: str
    kind: str
    call: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.kind}\n    {self.call}"


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections, as audit hook of a child; nothing here needs one."""
    if event in ("socket.getaddrinfo", "socket.connect"):
        raise ConnectionRefusedError("Calls of the fuzzer have no network.")


class Session:
    """The calls of one entry point, in one child after another.

    If a call ends its child, the next child makes the remaining calls.

    Parameters
    ----------
    entry : Entry
    calls : int
    pools : Pools
    limits : Limits
    """

    def __init__(self, entry: Entry, calls: int, pools: Pools, limits: Limits) -> None:
        self.entry, self.calls, self.pools, self.limits = entry, calls, pools, limits
        self.seconds = 0.0
        self.failures: list[Failure] = []
        self._deaths = 0
        self._first = -1  # the unchanged call
        self._under_way = mmap.mmap(-1, NUMBER.size)
        self._folder = tempfile.TemporaryDirectory()

    @property
    def _report(self) -> Path:
        return Path(self._folder.name, "report")

    def start(self) -> int:
        """Fork a child that makes the remaining calls; return its process id."""
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self._make_calls()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        return pid

    def ended(self, status: int, seconds: float) -> bool:
        """Process the end of a child; return whether calls are left.

        Parameters
        ----------
        status : int
            As ``os.wait4`` returns it.
        seconds : float
            Processor time of the child.
        """
        self.seconds += seconds
        for kind, number in _reported(self._report):
            self._add(kind, number)
        self._report.unlink(missing_ok=True)
        if status == 0:
            self._folder.cleanup()
            return False
        number = self._number
        self._add(f"the process ended with status {status}", number)
        self._first, self._deaths = number + 1, self._deaths + 1
        return self._deaths < MOST_DEATHS and self._first < self.calls

    @property
    def _number(self) -> int:
        number: int = NUMBER.unpack(self._under_way[:])[0]
        return number

    def _add(self, kind: str, number: int) -> None:
        if kind not in {failure.kind for failure in self.failures}:
            call = _shown(self._arguments(number))
            self.failures.append(Failure(self.entry.name, kind, f"#{number}: {call}"))

    def _arguments(self, number: int) -> dict[str, Any]:
        if number < 0:
            return dict(self.entry.arguments)
        return arguments_of(self.entry, number, self.pools)

    def _make_calls(self) -> None:
        warnings.simplefilter("ignore")
        gc.callbacks.clear()  # hypothesis has a handler that would swallow the interruption
        os.chdir(self._folder.name)
        sys.addaudithook(_refuse_network)
        if self.entry.framework:
            importlib.import_module(self.entry.framework)
        kinds: set[str] = set()
        with self._report.open("ab", buffering=0) as report, _alarms(), _memory(self.limits):
            for number in range(self._first, self.calls):
                self._under_way[:] = NUMBER.pack(number)
                kind = self._kind_of(number)
                if kind and kind not in kinds:
                    kinds.add(kind)
                    report.write(pickle.dumps((kind, number)))

    def _kind_of(self, number: int) -> str:
        """Make one call; return the kind of failure, or an empty text."""
        arguments = self._arguments(number)
        if number < 0:
            return _right(self.entry.function, arguments)
        try:
            with _bounded(self.limits.seconds):
                self.entry.function(**arguments)
        except OURS:
            return ""
        except (Exception, Hung, Blocked) as error:
            return _kind(error)
        return ""


def _right(function: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """Make the unchanged call, without a limit: it imports what such calls need."""
    try:
        function(**arguments)
    except Exception as error:
        return f"the right call fails: {_kind(error)}"
    return ""


def run_all(sessions: Sequence[Session], workers: int) -> Iterator[Session]:
    """Make the calls of all sessions, some at a time; yield each session when it is finished."""
    waiting, running = list(reversed(sessions)), dict[int, Session]()
    while waiting or running:
        while waiting and len(running) < workers:
            session = waiting.pop()
            running[session.start()] = session
        pid, status, usage = os.wait4(-1, 0)
        if pid not in running:
            continue
        session = running.pop(pid)
        if session.ended(status, usage.ru_utime + usage.ru_stime):
            waiting.append(session)
        else:
            yield session


def _stop(number: int, _: Any) -> None:
    raise Blocked if number == signal.SIGALRM else Hung


@contextmanager
def _alarms() -> Iterator[None]:
    before = [signal.signal(number, _stop) for number in (signal.SIGPROF, signal.SIGALRM)]
    try:
        yield
    finally:
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2 * seconds)  # its signal ends the process
    signal.setitimer(signal.ITIMER_REAL, BLOCKED_S)
    try:
        yield
    finally:
        for timer in (signal.ITIMER_PROF, signal.ITIMER_VIRTUAL, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)


@contextmanager
def _memory(limits: Limits) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_AS)
    if limits.memory_gib:
        size = int(limits.memory_gib * 2**30) + _allocated()
        resource.setrlimit(resource.RLIMIT_AS, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _allocated() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _reported(file: Path) -> Iterator[tuple[str, int]]:
    if not file.exists():
        return
    with file.open("rb") as content:
        while True:
            try:
                yield pickle.load(content)
            except EOFError:
                return


def _kind(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/tests/" not in frame.filename]
    inside = [frame for frame in ours if "site-packages" not in frame.filename]
    place = (inside or ours or frames)[-1]
    file = "/".join(Path(place.filename).parts[-2:])
    return f"{type(error).__name__} in {file}:{place.lineno} {place.name}: {_text(error)!r}"


def _text(error: BaseException) -> str:
    try:
        return str(error)[:80]
    except Exception as another:
        return f"its text raises {type(another).__name__}"


def _shown(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_repr(value)}" for name, value in arguments.items())


def _repr(value: Any) -> str:
    try:
        return repr(value)[:SHOWN]
    except Exception as error:
        return f"<{type(value).__name__}, whose text raises {type(error).__name__}>"

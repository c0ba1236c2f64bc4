"""One life of a program: start, events and end."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from math import pi
from typing import Any

from clouds.crash import DangerousJournal
from storm.schedule import FORK, FORKED_SHOTS, INTERRUPT, KILL, UNREACHABLE, Call, Event, Schedule
from storm.scheduler import DEADLOCKED, SCHEDULER

import qgate as qg
from qgate.exceptions import QGateError

RUN = "storm"

STUCK_S = 120
"""Seconds after which a child that waits for a response in vain is killed."""

KILLED = "killed"
HUNG = "hung"
FINISHED = "finished"


@dataclass
class Ending:
    """End of a life.

    Parameters
    ----------
    how : str
        ``finished``, ``killed``, ``hung``, or the name of an exception's class.
    ours : bool
        Whether that class is one of qgate's, or the interrupt that was sent.
    text : str
        Text of the exception and its notes.
    values : list
        Results of the calls.
    cost, shots : float, int
        Usage that the run reports as spent or reserved.
    lasted_s : float
        Duration on the scheduler's clock.
    forked : list of dict
        The endings of forked children.
    """

    how: str
    ours: bool = True
    text: str = ""
    values: list[list[float]] = field(default_factory=list)
    cost: float | None = None
    shots: int | None = None
    lasted_s: float = 0.0
    forked: list[dict[str, Any]] = field(default_factory=list)


class Fate:
    """Applies events to this process.

    Parameters
    ----------
    events : sequence of Event
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = [event for event in events if event.kind != FORK]
        self.count = 0
        self.refused = 0
        self.interrupted = False

    def happens(self) -> None:
        """Count a request, a transaction or a switch of threads."""
        self.count += 1
        for event in self.events:
            if event.at == self.count:
                self._strike(event)
        if self.interrupted and threading.current_thread() is threading.main_thread():
            self.interrupted = False
            raise KeyboardInterrupt

    def requests(self) -> None:
        """Count a request, which may be refused."""
        self.happens()
        if self.refused:
            self.refused -= 1
            raise ConnectionRefusedError(111, "Connection refused")

    def _strike(self, event: Event) -> None:
        if event.kind == KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        elif event.kind == INTERRUPT:
            self.interrupted = True
        elif event.kind == UNREACHABLE:
            self.refused = event.times


_fate: Fate | None = None


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "http.client.send" and _fate is not None:
        _fate.requests()


sys.addaudithook(_audit)


@contextmanager
def _befallen(fate: Fate) -> Iterator[None]:
    global _fate
    _fate, SCHEDULER.switched = fate, fate.happens
    try:
        yield
    finally:
        _fate = SCHEDULER.switched = None


def live(
    device: Any,
    schedule: Schedule,
    life: int | None,
    journal: str,
    budget: Any,
    returned: Sequence[list[float]] = (),
) -> Ending:
    """Run the program in this process.

    Parameters
    ----------
    device : Device
    schedule : Schedule
    life : int or None
        Number of the repetition; None: one of the last, without events.
    journal : str
    budget : Budget
    returned : sequence
        Values of the calls that have returned before, and are not made again.
    """
    events = [] if life is None else schedule.events_of(life)
    forks = {event.at for event in events if event.kind == FORK}
    fate = Fate(events)
    ending = Ending(FINISHED, values=list(returned))
    began = SCHEDULER.now
    run: Any = None
    try:
        with _befallen(fate), ExitStack() as stack:
            if schedule.named:
                opened = DangerousJournal(journal, _Happening(fate))
                run = qg.run(RUN, opened, budget=budget)
                stack.enter_context(run)
            for number, call in enumerate(schedule.calls[len(returned) :]):
                if number in forks:
                    ending.forked.append(_forked(device))
                ending.values.append(_called(device, call))
    except (QGateError, KeyboardInterrupt) as error:
        ending.how, ending.text = type(error).__name__, _text(error)
    except Exception as error:
        ending.how, ending.ours, ending.text = type(error).__name__, False, _text(error)
    if run is not None:
        ending.cost, ending.shots = run.cost, run.shots
        run.journal.close()
    ending.lasted_s = SCHEDULER.now - began
    return ending


class _Happening:
    """Counts the transactions of a journal as events."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate

    def __call__(self, *_: Any) -> None:
        self.fate.happens()


def live_in_child(*arguments: Any) -> Ending:
    """Run the program in a forked process, which may be killed."""
    return Ending(**_in_child(lambda: asdict(live(*arguments))))


def _forked(device: Any) -> dict[str, Any]:
    """Use a device in a child of the program, as multiprocessing does."""

    def work() -> dict[str, Any]:
        try:
            return asdict(Ending(FINISHED, values=[_called(device, Call((1, 0), (FORKED_SHOTS,)))]))
        except QGateError as error:
            return asdict(Ending(type(error).__name__, text=_text(error)))
        except Exception as error:
            return asdict(Ending(type(error).__name__, ours=False, text=_text(error)))

    return _in_child(work)


def _in_child(work: Any) -> dict[str, Any]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(STUCK_S)
        try:
            with os.fdopen(writer, "w") as file:
                json.dump(work(), file)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        text = file.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return asdict(Ending(KILLED))
    if os.WEXITSTATUS(status) == DEADLOCKED or not text:
        return asdict(Ending(HUNG, ours=False))
    found: dict[str, Any] = json.loads(text)
    return found


def _called(device: Any, call: Call) -> list[float]:
    """Run one circuit; the values for each number of shots, one after the other."""

    @qg.qnode(device, shots=list(call.shots))
    def circuit(angles: Any) -> Any:
        for wire in range(len(call.bits)):
            qg.RX(angles[wire], wires=wire)
        return tuple(qg.expval(qg.Z(wire)) for wire in range(len(call.bits)))

    found = circuit([bit * pi for bit in call.bits])
    parts = found if len(call.shots) > 1 else (found,)
    return [float(value) for values in parts for value in values]


def _text(error: BaseException) -> str:
    return "\n".join([str(error), *getattr(error, "__notes__", ())])

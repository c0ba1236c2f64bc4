"""One thread at a time, chosen by a seed, under a clock that jumps.

``install`` replaces the locks, queues, sleeps and thread starts of the standard library by ones
that hand a baton: only the thread that holds it runs, and at each blocking call a random generator
chooses who is next. The clock stands still while anything runs, and jumps to the next deadline
when everybody waits, so fifteen minutes of retries take no time, and a seed repeats a schedule.
A process in which everybody waits for ever is reported at once as a ``Deadlock``.

Call ``install`` before anything that binds these names is imported, and never in a process that
runs other tests. Sockets are real: a thread that waits for an answer keeps the baton. After
``os.fork`` the child goes on with the thread that forked and the clock as it was.
"""

from __future__ import annotations

import _thread
import os
import queue
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

PREEMPTION = 0.1
"""Probability that a thread that acquires or releases a lock passes on the baton."""

TICK_S = 1e-6
"""Seconds that reading the clock takes, so that no two readings are equal."""


class Deadlock(BaseException):
    """Every thread waits for another, without a time limit."""


class Turn:
    """A thread as the scheduler sees it.

    Parameters
    ----------
    ident : int
        Id of the thread; 0 before it has started.
    """

    def __init__(self, ident: int) -> None:
        self.ident = ident
        self.gate = _thread.allocate_lock()
        self.gate.acquire()
        self.ready: Callable[[], bool] | None = None
        self.deadline: float | None = None
        self.thread: threading.Thread | None = None
        self.done = False

    def may_run(self, now: float) -> bool:
        """Return whether the condition of this thread holds, or its time is up."""
        if self.ready is None or self.ready():
            return True
        return self.deadline is not None and self.deadline <= now


class Scheduler:
    """Passes the baton among the threads of a process.

    Attributes
    ----------
    now : float
        Seconds on the clock.
    switched : callable or None
        Called by a thread that gets the baton; may raise, which interrupts that thread.
    """

    def __init__(self) -> None:
        self.now = 1_000.0
        self.random = random.Random(0)
        self.turns = [Turn(_thread.get_ident())]
        self.current = self.turns[0]
        self.switched: Callable[[], None] | None = None
        self.pid = os.getpid()

    def seed(self, seed: int) -> None:
        """Begin another schedule."""
        self.random = random.Random(seed)

    def monotonic(self) -> float:
        """Return the time; stands in for ``time.monotonic``."""
        self.now += TICK_S
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let others run for a time; stands in for ``time.sleep``."""
        self.wait(_never, seconds)

    def wait(
        self, ready: Callable[[], bool], timeout: float | None = None, *, interrupts: bool = True
    ) -> bool:
        """Pass on the baton until a condition holds.

        Parameters
        ----------
        ready : callable
            The condition; evaluated by the thread that passes on the baton.
        timeout : float, optional
            Seconds; None waits for ever.
        interrupts : bool
            Whether ``switched`` may raise here.

        Returns
        -------
        bool
            Whether it holds; False: timeout.
        """
        turn = self.current
        turn.ready = ready
        turn.deadline = None if timeout is None else self.now + max(timeout, 0.0)
        self._hand_on(turn)
        turn.ready = turn.deadline = None
        if interrupts and self.switched is not None:
            self.switched()
        return ready()

    def preempt(self) -> None:
        """Perhaps let another thread run; raises nothing, because the caller may hold a lock."""
        if len(self.turns) > 1 and self.random.random() < PREEMPTION:
            self._hand_on(self.current)

    def start(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
        """Start a thread that waits for its turn; stands in for ``_thread.start_new_thread``."""
        turn = Turn(0)
        turn.thread = getattr(function, "__self__", None)
        self.turns.append(turn)

        def body() -> None:
            turn.ident = _thread.get_ident()
            turn.gate.acquire()
            try:
                function(*arguments)
            finally:
                turn.done = True
                self.turns.remove(turn)
                self._pass_to(self._next())

        return _thread.start_new_thread(body, ())

    def join(self, thread: threading.Thread, timeout: float | None = None) -> None:
        """Wait for the end of a thread; stands in for ``Thread.join``."""
        self.wait(lambda: all(turn.thread is not thread for turn in self.turns), timeout)

    def after_fork(self) -> None:
        """Continue in a child, which has only the thread that forked."""
        self.pid = os.getpid()
        self.turns = [self.current]
        self.current.ident = _thread.get_ident()

    def _hand_on(self, turn: Turn) -> None:
        if self.pid != os.getpid():  # in a hook that runs before ours: others are gone already
            self.after_fork()
        following = self._next()
        if following is not turn:
            self._pass_to(following)
            turn.gate.acquire()

    def _pass_to(self, turn: Turn) -> None:
        self.current = turn
        turn.gate.release()

    def _next(self) -> Turn:
        """Choose the next thread; let the clock jump if none can run."""
        while True:
            able = [turn for turn in self.turns if turn.may_run(self.now)]
            if able:
                return self.random.choice(able)
            deadlines = [turn.deadline for turn in self.turns if turn.deadline is not None]
            if not deadlines:
                self._report()
            self.now = min(deadlines)

    def _report(self) -> None:
        """Print the position of every thread, and end the process."""
        frames = sys._current_frames()
        for turn in self.turns:
            print(f"deadlock: thread {turn.ident} waits at", file=sys.stderr)
            traceback.print_stack(frames.get(turn.ident), limit=DEPTH)
        sys.stderr.flush()
        os._exit(DEADLOCKED)


DEPTH = 16
"""Number of stack frames of each thread that are printed."""

DEADLOCKED = 77
"""Exit status of a process whose threads all wait for each other."""


def _never() -> bool:
    return False


SCHEDULER = Scheduler()


class Lock:
    """Stands in for ``threading.Lock``."""

    def __init__(self) -> None:
        self._held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if self._held:
            limit = None if timeout < 0 else timeout
            if not blocking or not SCHEDULER.wait(self._is_free, limit):
                return False
        self._held = True
        SCHEDULER.preempt()
        return True

    __enter__ = acquire

    def release(self) -> None:
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False
        SCHEDULER.preempt()

    def __exit__(self, *error: object) -> None:
        self.release()

    def locked(self) -> bool:
        return self._held

    def acquire_again(self) -> None:
        """Take the lock at the end of a wait for a condition, without an interrupt.

        An interrupt here makes Python's own ``Condition`` release a lock that it does not hold.
        """
        while self._held:
            SCHEDULER.wait(self._is_free, interrupts=False)
        self._held = True

    def _release_save(self) -> None:
        self.release()

    def _acquire_restore(self, _: None) -> None:
        self.acquire_again()

    def _is_owned(self) -> bool:
        return self._held

    def _is_free(self) -> bool:
        return not self._held

    def _at_fork_reinit(self) -> None:
        self._held = False


def _restore(lock: Any, state: tuple[int, int]) -> None:
    """Take a recursive lock again; stands in for ``RLock._acquire_restore``."""
    lock._block.acquire_again()
    lock._count, lock._owner = state


def install() -> Scheduler:
    """Replace threads, locks and clocks of this process, which has one thread."""
    names: Any = threading
    names._allocate_lock = names.Lock = Lock
    names._CRLock = None
    names._RLock._acquire_restore = _restore
    names._start_new_thread = SCHEDULER.start
    names._time = SCHEDULER.monotonic
    names.Thread.join = lambda self, timeout=None: SCHEDULER.join(self, timeout)
    time.sleep = SCHEDULER.sleep
    time.monotonic = SCHEDULER.monotonic
    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined,misc]
    queue.time = SCHEDULER.monotonic  # type: ignore[attr-defined]
    os.register_at_fork(after_in_child=SCHEDULER.after_fork)
    return SCHEDULER

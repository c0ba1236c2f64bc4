"""Calls on daemon threads."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, Future, wait

import pytest
from children import HANG_S, answer, finished, start

from qgate.workers import Workers, wait_for

IN_A_CHILD = """
from qgate.workers import Workers

workers, held = Workers(1, "test"), threading.Event()
workers.submit(held.wait)
waiting = workers.submit(lambda: "of the parent")
child = in_child(lambda: workers.submit(lambda: "of the child").result(240))
held.set()
tell([child, waiting.result(240)])
"""

AT_THE_END = """
from qgate.workers import Workers, at_end

class Waiting:
    def __init__(self):
        self.stopped = threading.Event()
        at_end(self.stopped.set if sys.argv[1] == "function" else self.stop)

    def stop(self):
        self.stopped.set()

    def wait(self):
        self.stopped.wait()
        tell("stopped")

workers, waiting = Workers(1, "test"), Waiting()
workers.submit(waiting.wait)
"""

INTERRUPTED = """
import _thread
from concurrent.futures import Future
from qgate.workers import wait_for

def interrupt():
    while sys._current_frames()[main].f_code.co_name != "acquire_until_woken":
        pass
    _thread.interrupt_main()  # which wakes nobody, as a signal just before a call that blocks

class Lock:
    def acquire_until_woken(self, held, timeout):
        return held.acquire(True, timeout)

main = threading.get_ident()

def wait(self, timeout=None):
    held = threading.Lock()
    held.acquire()
    return Lock().acquire_until_woken(held, -1 if timeout is None else timeout)

threading.Thread(target=interrupt, daemon=True).start()
threading.Condition.wait = wait
wait_for([Future()])
"""


def test_results_and_errors_come_as_futures():
    workers = Workers(2, "test")

    assert workers.submit(lambda a, b: a + b, 1, 2).result(HANG_S) == 3
    with pytest.raises(ZeroDivisionError):
        workers.submit(lambda: 1 / 0).result(HANG_S)


def test_no_more_calls_are_made_at_once_than_there_may_be_threads():
    workers, lock, at_once, seen = Workers(3, "test"), threading.Lock(), [], []
    full, release = threading.Barrier(4), threading.Event()

    def call(number):
        with lock:
            at_once.append(number)
            seen.append(len(at_once))
        if number < 3:
            full.wait(HANG_S)
        release.wait(HANG_S)
        with lock:
            at_once.remove(number)
        return number

    futures = [workers.submit(call, number) for number in range(10)]
    full.wait(HANG_S)
    release.set()

    assert [future.result(HANG_S) for future in futures] == list(range(10))
    assert max(seen) == 3


def test_a_call_that_waits_can_be_cancelled_and_is_not_made():
    workers, release, made = Workers(1, "test"), threading.Event(), []
    first = workers.submit(release.wait)
    second, third = workers.submit(made.append, 2), workers.submit(made.append, 3)

    assert second.cancel()
    release.set()
    wait([first, third], HANG_S)

    assert made == [3]


def test_threads_end_when_there_is_no_work_and_are_daemons():
    workers, threads = Workers(2, "test"), []

    workers.submit(lambda: threads.append(threading.current_thread())).result(HANG_S)
    threads[0].join(HANG_S)

    assert not threads[0].is_alive()
    assert threads[0].daemon
    assert workers.submit(lambda: "again").result(HANG_S) == "again"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_child_has_threads_of_its_own_and_none_of_the_calls_of_its_parent():
    assert answer(IN_A_CHILD) == ["of the child", "of the parent"]


@pytest.mark.parametrize("stop", ["function", "method"])
def test_what_waits_is_asked_to_stop_when_the_program_ends(stop):
    assert answer(AT_THE_END, stop) == "stopped"


def test_an_interrupt_that_wakes_nobody_is_noticed():
    program = start(INTERRUPTED)
    _, errors = finished(program)

    assert program.returncode == -signal.SIGINT, errors


def test_waits_end_with_their_time():
    future = Future()

    assert wait_for([future], 0.0) == set()
    future.set_result(1)
    assert wait_for([future]) == {future}
    assert wait_for([future, Future()], return_when=FIRST_COMPLETED) == {future}
    assert wait_for([]) == set()

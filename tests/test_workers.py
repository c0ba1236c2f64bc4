"""Calls on daemon threads."""

from __future__ import annotations

import os
import threading
from concurrent.futures import wait

import pytest
from children import HANG_S, answer

from qgate.workers import Workers

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

"""Context of a piece of work, by thread, task and nested block."""

import asyncio
import threading

import pytest

import qgate as qg
from qgate.context import HERE, NOTHING, active_device, active_run, active_trackers, entered
from qgate.recording import Recorder

FIRST, SECOND = qg.device("local"), qg.device("local")


def in_thread(function):
    """Return what a function returns on a thread of its own."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_nothing_is_active_outside_of_blocks():
    assert HERE.get() == NOTHING
    assert (active_run(), active_device(), active_trackers()) == (None, None, [])


def test_the_innermost_value_is_active_and_the_outer_one_again_after_its_block():
    with entered(device=FIRST):
        with entered(device=SECOND):
            assert active_device() is SECOND
        assert active_device() is FIRST

    assert active_device() is None


def test_an_inner_block_keeps_the_other_values():
    recorder = Recorder()

    with entered(device=FIRST, recorder=recorder), entered(recorder=None):
        assert (active_device(), HERE.get().recorder) == (FIRST, None)


def test_a_block_that_ends_before_an_inner_one_takes_back_its_own_values_only():
    recorder, outer = Recorder(), entered(device=FIRST)
    outer.__enter__()
    inner = entered(recorder=recorder)
    inner.__enter__()

    outer.__exit__()

    assert (active_device(), HERE.get().recorder) == (None, recorder)
    inner.__exit__()
    assert HERE.get().recorder is None


def test_an_error_ends_the_block():
    with pytest.raises(ZeroDivisionError), entered(device=FIRST):
        raise ZeroDivisionError

    assert active_device() is None


def test_a_thread_that_entered_nothing_has_the_device_of_another_thread():
    with entered(device=FIRST):
        assert in_thread(active_device) is FIRST


def test_a_thread_has_its_own_device_before_that_of_another_thread():
    def inner():
        with entered(device=SECOND):
            return active_device()

    with entered(device=FIRST):
        assert in_thread(inner) is SECOND
        assert active_device() is FIRST


def test_recorders_are_not_shared_among_threads():
    with entered(recorder=Recorder()):
        assert in_thread(HERE.get).recorder is None


def test_trackers_of_all_threads_are_active_on_each():
    with qg.Tracker() as first, qg.Tracker() as second:
        assert in_thread(active_trackers) == [first, second]


def test_a_tracker_may_be_entered_twice():
    with qg.Tracker() as tracker:
        with tracker:
            assert active_trackers() == [tracker, tracker]
        assert active_trackers() == [tracker]


def test_tasks_have_devices_of_their_own():
    async def task(device, others):
        with entered(device=device):
            await others.wait()
            return active_device()

    async def both():
        barrier = asyncio.Barrier(2)
        return await asyncio.gather(task(FIRST, barrier), task(SECOND, barrier))

    assert asyncio.run(both()) == [FIRST, SECOND]

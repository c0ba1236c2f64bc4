"""The scheduler of the storm, in separate processes: it replaces threads and clocks."""

import subprocess
import sys
from pathlib import Path

import pytest
from storm.scheduler import DEADLOCKED

BEGIN = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from storm.scheduler import install
scheduler = install()
import os, queue, threading, time
from concurrent.futures import ThreadPoolExecutor
"""


def run(program):
    return subprocess.run(
        [sys.executable, "-c", BEGIN + program],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_hours_of_waiting_pass_at_once_and_in_order():
    found = run(
        "woken = []\n"
        "def sleep(hours): time.sleep(3600 * hours); woken.append(hours)\n"
        "with ThreadPoolExecutor(8) as pool: list(pool.map(sleep, [3, 1, 2]))\n"
        "print(woken, round((time.monotonic() - 1000) / 3600, 3))"
    )

    assert found.stdout.split("\n")[0] == "[1, 2, 3] 3.0"


def test_a_wait_without_an_end_that_nobody_can_end_is_reported():
    found = run("threading.Event().wait()")

    assert found.returncode == DEADLOCKED
    assert "deadlock: thread" in found.stderr
    assert "in wait" in found.stderr


def test_queues_give_up_after_their_time():
    found = run(
        "waiting = queue.SimpleQueue()\n"
        "threading.Thread(target=lambda: (time.sleep(50), waiting.put('came'))).start()\n"
        "try: waiting.get(timeout=10)\n"
        "except queue.Empty: print('empty', end=' ')\n"
        "print(waiting.get())"
    )

    assert found.stdout == "empty came\n"


ORDER = (
    "scheduler.seed({seed})\n"
    "lock, order = threading.Lock(), []\n"
    "def work(name):\n"
    "    for _ in range(20):\n"
    "        with lock: order.append(name)\n"
    "threads = [threading.Thread(target=work, args=(name,)) for name in 'abc']\n"
    "for thread in threads: thread.start()\n"
    "for thread in threads: thread.join()\n"
    "print(''.join(order))"
)


def test_a_seed_repeats_the_order_of_threads():
    first, again, other = (run(ORDER.format(seed=seed)).stdout for seed in (1, 1, 2))

    assert first == again
    assert first != other
    assert sorted(first.strip()) == sorted("abc" * 20)


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork")
def test_a_forked_child_goes_on_with_its_own_threads():
    found = run(
        "threading.Thread(target=lambda: time.sleep(9), daemon=True).start()\n"
        "if os.fork() == 0:\n"
        "    thread = threading.Thread(target=lambda: time.sleep(100)); thread.start()\n"
        "    thread.join(); print('child', round(time.monotonic() - 1000), flush=True)\n"
        "    os._exit(0)\n"
        "os.wait(); print('parent', round(time.monotonic() - 1000))"
    )

    assert found.stdout == "child 100\nparent 0\n"


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork")
def test_a_child_waits_for_no_thread_of_its_parent_while_it_is_forked():
    found = run(
        "import storm.scheduler; storm.scheduler.PREEMPTION = 1.0\n"
        "def work():\n"
        "    while True: time.sleep(0)\n"
        "for _ in range(9): threading.Thread(target=work, daemon=True).start()\n"
        "for _ in range(20):\n"
        "    pid = os.fork()\n"
        "    if pid == 0: os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
        "print('forked')\n"
        "sys.stdout.flush(); os._exit(0)"
    )

    assert found.stdout == "forked\n"


def test_an_interrupt_does_not_strike_while_a_condition_takes_its_lock_again():
    found = run(
        "def interrupt(): raise KeyboardInterrupt\n"
        "for lock in (threading.Lock(), threading.RLock()):\n"
        "    condition = threading.Condition(lock)\n"
        "    def hold():\n"
        "        with condition:\n"
        "            condition.notify(); scheduler.switched = interrupt; time.sleep(1)\n"
        "    try:\n"
        "        with condition: threading.Thread(target=hold).start(); condition.wait()\n"
        "    except BaseException as error: print(type(error).__name__)\n"
        "    scheduler.switched = None\n"
    )

    assert found.stdout == "KeyboardInterrupt\nKeyboardInterrupt\n"

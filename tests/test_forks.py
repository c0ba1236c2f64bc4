"""State that a forked child recreates, each case in a separate interpreter."""

from __future__ import annotations

import copy
import os
import pickle

import pytest
from children import answer

from qgate.forks import ForkSafeLock, fork_path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")

HELD_BY_ANOTHER_THREAD = """
from qgate.forks import ForkSafeLock

lock, held, done = ForkSafeLock(), threading.Event(), threading.Event()

def hold():
    with lock:
        held.set()
        done.wait()

threading.Thread(target=hold, daemon=True).start()
held.wait()

def take():
    with lock:
        return "taken"

tell(in_child(take))
"""

HELD_BY_THE_FORKING_THREAD = """
from qgate.forks import ForkSafeLock

lock, taken = ForkSafeLock(), threading.Event()

def another_takes_it():
    def take():
        with lock:
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    return taken.wait(0.2)

def release():
    before = another_takes_it()
    lock.release()
    return before, taken.wait(60)

lock.acquire()
tell(in_child(release))
"""

NUMBERS = """
from qgate.forks import fork_path

numbers = [in_child(fork_path), in_child(fork_path), in_child(lambda: in_child(fork_path))]
tell([fork_path(), *numbers])
"""

HOOKS = """
from qgate.forks import at_fork

class Owner:
    def __init__(self):
        self.heard = []
        at_fork(
            before=lambda: self.heard.append("before"),
            in_parent=lambda: self.heard.append("parent"),
            in_child=self.renew,
        )

    def renew(self):
        self.heard.append("child")

owner = Owner()
tell([in_child(lambda: owner.heard), owner.heard])
"""

METHODS_OF_THE_DEAD = """
import gc
from qgate.forks import at_fork

renewed = []

class Owner:
    def __init__(self, name):
        self.name = name
        at_fork(in_child=self.renew)

    def renew(self):
        renewed.append(self.name)

kept, dropped = Owner("kept"), Owner("dropped")
del dropped
gc.collect()
tell(in_child(lambda: renewed))
"""

CACHED_PROPERTY = """
from qgate.tape import Tape
import qgate as qg

held, done = threading.Event(), threading.Event()
slow = vars(Tape)["wires"]
original = slow.func

def func(self):
    if threading.current_thread() is not threading.main_thread():
        held.set()
        done.wait()
    return original(self)

slow.func = func

def tape():
    return Tape([qg.RX(0.1, wires=0)], [qg.expval(qg.Z(0))])

threading.Thread(target=lambda: tape().wires, daemon=True).start()
held.wait()
tell(in_child(lambda: len(tape().wires)))
"""


def test_a_lock_that_another_thread_held_is_free_in_the_child():
    assert answer(HELD_BY_ANOTHER_THREAD) == "taken"


def test_a_lock_of_the_forking_thread_stays_its_own_in_the_child():
    assert answer(HELD_BY_THE_FORKING_THREAD) == [False, True]


def test_children_are_numbered_in_the_order_in_which_they_are_forked():
    assert answer(NUMBERS) == [[], [1], [2], [3, 1]]


def test_hooks_are_called_before_and_after_in_both_processes():
    assert answer(HOOKS) == [["before", "child"], ["before", "parent"]]


def test_a_method_is_not_called_after_its_object_is_gone():
    assert answer(METHODS_OF_THE_DEAD) == ["kept"]


def test_a_cached_property_that_another_thread_computes_does_not_block_the_child():
    assert answer(CACHED_PROPERTY) == 1


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_of_a_lock_that_is_held_is_free(copied):
    lock = ForkSafeLock()

    with lock:
        other = copied(lock)

    assert other is not lock
    with other:
        pass


def test_this_process_was_not_forked():
    assert fork_path() == ()

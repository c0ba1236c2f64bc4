"""Reset of process state in a forked child.

``os.fork`` copies the memory of a process, but only the thread that called it. In the child, a lock
that another thread held stays locked for ever; threads of pools do not run; sockets and SQLite
files are shared with the parent, so that one process reads responses to requests of the other;
random generators repeat the parent's numbers. The owner of such state registers a function here
that recreates it. The hooks run for ``os.fork`` and for its users, such as the ``fork`` start
method of ``multiprocessing``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from inspect import ismethod
from threading import RLock
from typing import Any
from weakref import WeakMethod, WeakSet, ref

Hook = Callable[[], None]


class ForkSafeLock:
    """Reentrant lock that is free in a forked child if another thread of the parent held it.

    A copy or a pickle of it is a new lock.
    """

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = RLock()
        _locks.add(self)

    def acquire(self) -> None:
        """Acquire the lock."""
        self._lock.acquire()

    def release(self) -> None:
        """Release the lock."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def __reduce__(self) -> tuple[type[ForkSafeLock], tuple[()]]:
        return type(self), ()

    def free(self) -> None:
        """Replace the lock, unless the calling thread holds it or it is free."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = RLock()


class Hooks:
    """Collection of callbacks: functions, and methods while their objects live."""

    def __init__(self) -> None:
        self._references: dict[int, Any] = {}  # by identity: the objects may not be hashable

    def add(self, hook: Hook) -> None:
        """Add a function or a bound method."""
        reference: Any = hook
        if ismethod(hook):
            reference = WeakMethod(hook, self._forget)
        self._references[id(reference)] = reference

    def clear(self) -> None:
        """Remove all callbacks."""
        self._references.clear()

    def _forget(self, reference: Any) -> None:
        self._references.pop(id(reference), None)

    def __call__(self) -> None:
        """Call all callbacks in the order in which they were added."""
        for reference in tuple(self._references.values()):
            hook = reference() if isinstance(reference, ref) else reference
            if hook is not None:
                hook()


def at_fork(
    *, before: Hook | None = None, in_parent: Hook | None = None, in_child: Hook | None = None
) -> None:
    """Register functions that are called when the process forks.

    Parameters
    ----------
    before : callable, optional
        Called in the parent, before the fork.
    in_parent, in_child : callable, optional
        Called after the fork. A bound method is called while its object lives.
    """
    for hook, hooks in ((before, _before), (in_parent, _in_parent), (in_child, _in_child)):
        if hook is not None:
            hooks.add(hook)


@contextmanager
def no_fork() -> Iterator[None]:
    """Context manager during which no thread forks."""
    with _forking:
        yield


def fork_path() -> tuple[int, ...]:
    """Return the path of forks to this process: the number of each fork from the first process on.

    Empty in a process that was not forked. Deterministic for a program that forks in the same
    order.
    """
    return tuple(_path)


_locks: WeakSet[ForkSafeLock] = WeakSet()
_before, _in_parent, _in_child = Hooks(), Hooks(), Hooks()
_forking = RLock()
"""Lock held during a fork, so that two threads that fork at once get different numbers."""

_path: list[int] = []
_forks = 0


def _begin_fork() -> None:
    global _forks
    _forking.acquire()
    _forks += 1
    _before()


def _end_fork_in_parent() -> None:
    _in_parent()
    _forking.release()


def _end_fork_in_child() -> None:
    global _forks
    _path.append(_forks)
    _forks = 0
    for lock in tuple(_locks):
        lock.free()
    _free_cached_properties()
    _in_child()
    _forking.release()


def _free_cached_properties() -> None:
    """Release the locks that ``cached_property`` has in Python 3.11, one for each property."""
    if sys.version_info >= (3, 12):
        return
    for name, module in tuple(sys.modules.items()):
        if name.startswith("qgate."):
            for owner in tuple(vars(module).values()):
                if isinstance(owner, type) and owner.__module__ == name:
                    for value in tuple(vars(owner).values()):
                        if isinstance(value, cached_property):
                            value.lock = RLock()  # type: ignore[attr-defined]


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(
        before=_begin_fork,
        after_in_parent=_end_fork_in_parent,
        after_in_child=_end_fork_in_child,
    )

"""Compiled libraries of the simulator, one for each instruction set.

They are plain C without Python; ctypes loads them and releases the global interpreter lock during a
call.
"""

from __future__ import annotations

import ctypes
import os
import warnings
from collections.abc import Callable
from functools import cache, cached_property
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qgate.devices.base import MOST_THREADS
from qgate.exceptions import InvalidOption
from qgate.short_repr import summary
from qgate.typing import FloatArray, IntArray

SETS = ("baseline", "avx2")
"""Instruction sets with a library; each contains the one before, and is faster.

AVX-512 has none: measured on two processors, it was at best 8 % faster than AVX2, on large states,
and 30 % slower on many small ones and on long sums of words.
"""


INTERFACE = 1
"""Version of the functions, structs and arrays that this file and those beside it share with the
libraries; ``qgate_interface`` in ``csrc/engine.c`` returns that of a library.
"""

BEFORE_NUMBERS = 1
"""Version of libraries that do not state it."""

BUILD_AGAIN = "pip install --force-reinstall --no-cache-dir --no-deps qgate"
"""Command that builds the libraries of an installation; in a checkout it is ``make``."""


class PauliFunctions(NamedTuple):
    """Functions of a library on plans for vectors of Pauli expectation values."""

    new_plan: Callable[..., int]
    free_plan: Callable[[int], None]
    run: Callable[[int, int], int]


class Library:
    """Compiled library for one instruction set.

    Parameters
    ----------
    name : str
        Instruction set.
    path : Path
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._library = ctypes.CDLL(str(path))
        self.simulate = self._function("qgate_run", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        pointers = ctypes.c_void_p, ctypes.c_void_p
        self.new_plan = self._function("qgate_plan_new", ctypes.c_void_p, *pointers)
        self.free_plan = self._function("qgate_plan_free", None, ctypes.c_void_p)
        self.new_observable = self._function(
            "qgate_observable_new", ctypes.c_void_p, ctypes.c_void_p
        )
        self._count = self._function(
            "qgate_count",
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_void_p,
        )
        self.free_observable = self._function("qgate_observable_free", None, ctypes.c_void_p)

    @property
    def interface(self) -> int:
        """Version of its functions, structs and arrays."""
        try:
            version: int = self._function("qgate_interface", ctypes.c_int)()
        except AttributeError:
            return BEFORE_NUMBERS
        return version

    @cached_property
    def mixed(self) -> PauliFunctions:
        """Functions for circuits with channels."""
        pointers = ctypes.c_void_p, ctypes.c_void_p
        return PauliFunctions(
            self._function("qgate_pauli_plan_new", ctypes.c_void_p, *pointers),
            self._function("qgate_pauli_plan_free", None, ctypes.c_void_p),
            self._function("qgate_pauli_run", ctypes.c_int, *pointers),
        )

    @cached_property
    def custom_call(self) -> int | None:
        """Address of XLA's handler; None in a library that was built before there was one."""
        function = getattr(self._library, "qgate_custom_call", None)
        return None if function is None else ctypes.cast(function, ctypes.c_void_p).value

    def _function(self, name: str, result: Any, *arguments: Any) -> Any:
        function = getattr(self._library, name)
        function.restype, function.argtypes = result, arguments
        return function

    def __reduce__(self) -> tuple[object, ...]:
        return _loaded_again, (self.name,)

    def count(self, weights: FloatArray, places: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the outcomes drawn by ascending numbers, and their counts.

        A number draws the first outcome at which the cumulative sum of the weights exceeds it.
        """
        most = min(len(weights), len(places))
        values, counts = np.empty((2, most), dtype=np.int64)
        found = self._count(
            weights.ctypes.data,
            len(weights),
            places.ctypes.data,
            len(places),
            values.ctypes.data,
            counts.ctypes.data,
        )
        return values[:found].copy(), counts[:found].copy()

    @property
    def supported(self) -> str:
        """Best instruction set of this machine."""
        return "avx2" if self._function("qgate_instruction_set", ctypes.c_int)() else "baseline"

    def __repr__(self) -> str:
        return summary(self, "name")


@cache
def library(name: str) -> Library | None:
    """Return the library of an instruction set; None if it was not built.

    The environment variable ``QGATE_KERNELS`` sets the folder to search; default: that of this
    file.
    """
    found = _loaded(name)
    if isinstance(found, str):
        warnings.warn(
            f"{found} It is not used, and circuits run several times slower. Build it again: "
            f"{BUILD_AGAIN} (in a checkout: make).",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return found


def library_faults() -> list[str]:
    """Return the reason for each library that is there and cannot be used."""
    return [found for found in map(_loaded, SETS) if isinstance(found, str)]


def _loaded(name: str) -> Library | str | None:
    """Return a library, the reason why it cannot be used, or None if it was not built.

    A library may be older than the files beside it, after a change of version in a checkout. Its
    functions would read other structs, and end the process.
    """
    folder = Path(os.environ.get("QGATE_KERNELS", Path(__file__).parent))
    places = [folder / f"_statevector_{name}{suffix}" for suffix in EXTENSION_SUFFIXES]
    path = next(filter(Path.exists, places), None)
    if path is None:
        return None
    try:
        made = Library(name, path)
        made.mixed  # noqa: B018  # whose functions are loaded on use
    except (OSError, AttributeError) as error:
        return f"The compiled library {path} does not fit this version of qgate: {error}."
    if made.interface != INTERFACE:
        return (
            f"The compiled library {path} has version {made.interface} of the interface, and this "
            f"version of qgate needs {INTERFACE}."
        )
    return made


@cache
def best_library() -> Library | None:
    """Return the library of the fastest instruction set of this machine."""
    built = (library(name) for name in reversed(_usable_sets()))
    return next((found for found in built if found is not None), None)


def _usable_sets() -> tuple[str, ...]:
    """Return the instruction sets of this machine that have a library; empty if none was built."""
    baseline = library("baseline")
    return () if baseline is None else SETS[: SETS.index(baseline.supported) + 1]


def _loaded_again(name: str) -> Library | None:
    """Return the library for a pickle; another machine may need another instruction set."""
    found = library(name) if name in _usable_sets() else None
    return best_library() if found is None else found


def num_threads(given: int | None = None) -> int:
    """Return the number of threads of the engine.

    Parameters
    ----------
    given : int, optional
        Option of a device; default ``QGATE_NUM_THREADS``, else ``OMP_NUM_THREADS`` (of several
        levels the first), else the number of processors.

    Raises
    ------
    InvalidOption
        The number is not an integer from 1 to ``MOST_THREADS``.
    """
    if given is not None:
        return _checked_threads(given, name="threads")
    text = os.environ.get("QGATE_NUM_THREADS")
    if text is not None:
        return _checked_threads(_number(text) or text, name="QGATE_NUM_THREADS")
    of_openmp = _number(os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip())
    return min(of_openmp or _processors(), MOST_THREADS)


def _number(text: str) -> int | None:
    """Return a whole number that a text consists of, if it is one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _checked_threads(number: Any, *, name: str) -> int:
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or not 1 <= number <= MOST_THREADS:
        raise InvalidOption(
            f"{name} is {str(number)[:40]!r}. Give a whole number of threads, at least 1 and at "
            f"most {MOST_THREADS}."
        )
    return int(number)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""Plans and observables in the memory of a compiled library, and calls of the library.

``Request`` mirrors the C struct ``request`` of ``csrc/plan.h`` field by field. A call fills in
pointers to arrays for the requested results; the arrays are referenced until the call ends.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from qgate.devices.local.libraries import Library
from qgate.devices.local.plan import Plan, PlannedSweep
from qgate.devices.local.serialize import written_plan, written_words
from qgate.devices.local.steps import TABLE_BITS
from qgate.exceptions import TooMuchMemory
from qgate.typing import ComplexArray, FloatArray, IntArray, NumericArray

THREADED_BITS = 15
"""Number of bits below which every row is simulated by one thread."""

SHARED_NS = 20e6
"""Time of one thread below which a simulation is not shared with others.

A thread that waits for the others sleeps. Where all cores are busy, a time slice of the system
passes before the last of them has run: measured with 8 busy processes on 2 cores, two threads took
longer than one below 20 ms, as long above, and up to 10 times as long for 0.5 ms.
"""

STEP_NS, BACK = 8.0, 3.0
"""Approximate time of a step for an amplitude, and how much longer a bra takes on its way back."""


def no_memory(what: str) -> TooMuchMemory:
    """Return the error for an allocation that failed although the estimate allowed it."""
    return TooMuchMemory(
        f"The system has no memory for {what}. Use fewer wires or rows, or another machine."
    )


class Request(ctypes.Structure):
    """Request to the library; mirrors ``request`` in ``plan.h``."""

    _fields_ = (
        ("num_rows", ctypes.c_int64),
        ("length", ctypes.c_int64),
        ("rows", ctypes.c_void_p),
        ("numbers", ctypes.c_void_p),
        ("phase", ctypes.c_double),
        ("initial", ctypes.c_void_p),
        ("initial_rows", ctypes.c_int64),
        ("num_observables", ctypes.c_int64),
        ("observables", ctypes.c_void_p),
        ("coefficients", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("states", ctypes.c_void_p),
        ("probabilities", ctypes.c_void_p),
        ("words", ctypes.c_void_p),
        ("means", ctypes.c_void_p),
        ("needed", ctypes.c_void_p),
        ("slopes", ctypes.c_void_p),
        ("bras", ctypes.c_void_p),
        ("num_bras", ctypes.c_int64),
        ("phased", ctypes.c_int64),
        ("single", ctypes.c_int64),
        ("threads", ctypes.c_int64),
        ("threaded_bits", ctypes.c_int64),
    )


def _free_with(owner: object, free: Callable[[int], None], handle: int) -> None:
    """Free a handle with its owner, but not at exit, when a thread may still compute with it."""
    weakref.finalize(owner, free, handle).atexit = False


class NativePlan:
    """Plan in the memory of a library."""

    def __init__(self, plan: Plan, library: Library) -> None:
        self.plan, self.library = plan, library
        ints, doubles = written_plan(plan)
        tables = len(plan.steps) << plan.num_bits if plan.num_bits <= TABLE_BITS else 0
        self.num_bytes = 2 * (ints.nbytes + doubles.nbytes) + tables
        self.handle = library.new_plan(ints.ctypes.data, doubles.ctypes.data)
        if not self.handle:
            raise no_memory("the plan of a circuit")
        _free_with(self, library.free_plan, self.handle)
        self._needed: tuple[tuple[int, ...], NDArray[np.uint8]] = (
            (),
            np.zeros(plan.one + 1, dtype=np.uint8),
        )

    def needed(self, slots: Sequence[int]) -> NDArray[np.uint8]:
        """Return, for each angle, whether it depends on one of the slots."""
        key = tuple(slots)
        known, needed = self._needed  # read once: another thread may replace it
        if known != key:
            angles = self.plan.angles
            moved = np.isin(angles.slots, np.array(key, dtype=np.int64))
            needed = np.zeros(self.plan.one + 1, dtype=np.uint8)
            needed[angles.columns[moved]] = 1
            self._needed = key, needed
        return needed


HANDLE = attrgetter("handle")


class NativeObservable:
    """Pauli words, given by their masks, in the memory of a library."""

    def __init__(self, x: IntArray, z: IntArray, num_bits: int, library: Library) -> None:
        self.num_words = len(x)
        ints = written_words(x, z, num_bits)
        self.num_bytes = 2 * ints.nbytes
        self.handle = library.new_observable(ints.ctypes.data)
        if not self.handle:
            raise no_memory("an observable")
        _free_with(self, library.free_observable, self.handle)


class NativeSimulation:
    """Call of a plan on rows of angles.

    Parameters
    ----------
    native : NativePlan
    planned : PlannedSweep
    threads : int
    single : bool
        Whether to compute in single precision.
    """

    def __init__(
        self,
        native: NativePlan,
        planned: PlannedSweep,
        *,
        threads: int = 1,
        single: bool = False,
    ) -> None:
        self.native, self.threads = native, threads
        self.rows = np.ascontiguousarray(planned.rows, dtype=float)
        self.kept: list[object] = [planned.numbers]
        request = self.request = Request()
        request.num_rows, request.length = len(self.rows), 1 << native.plan.num_bits
        request.rows, request.numbers = self.rows.ctypes.data, planned.numbers.ctypes.data
        request.phase, request.single = planned.phase, int(single)
        request.threads, request.threaded_bits = threads, THREADED_BITS
        if planned.initial is not None:
            request.initial = self._pointer(np.ascontiguousarray(planned.initial, dtype=complex))
            request.initial_rows = len(planned.initial)

    def _pointer(self, array: NumericArray) -> int:
        self.kept.append(array)
        pointer: int = array.ctypes.data
        return pointer

    def states(self) -> ComplexArray:
        """Return the states, shape (K, 2**n)."""
        found = np.empty((self.request.num_rows, self.request.length), dtype=complex)
        self.request.states = found.ctypes.data
        self()
        return found

    def probabilities(self) -> FloatArray:
        """Return the probabilities of all outcomes, shape (K, 2**n)."""
        found = np.empty((self.request.num_rows, self.request.length))
        self.request.probabilities = found.ctypes.data
        self()
        return found

    def observe(
        self, observables: Sequence[NativeObservable], weights: Sequence[FloatArray]
    ) -> FloatArray:
        """Request expectation values of observables; return the array for them, shape (K, M)."""
        count = len(observables)
        values = np.empty((self.request.num_rows, count))
        handles = (ctypes.c_void_p * count)(*map(HANDLE, observables))
        arrays = [np.ascontiguousarray(item, dtype=float) for item in weights]
        pointers = (ctypes.c_void_p * count)(*(array.ctypes.data for array in arrays))
        self.kept += [values, handles, arrays, pointers]
        self.request.num_observables = count
        self.request.observables = ctypes.addressof(handles)
        self.request.coefficients = ctypes.addressof(pointers)
        self.request.values = values.ctypes.data
        return values

    def words(self, observable: NativeObservable) -> FloatArray:
        """Request the expectation value of every word; return the array for them, shape (K, T)."""
        means = np.empty((self.request.num_rows, observable.num_words))
        self.request.words, self.request.means = observable.handle, self._pointer(means)
        return means

    def differentiate(
        self, num_bras: int, slots: Sequence[int], bras: ComplexArray | None = None
    ) -> FloatArray:
        """Request derivatives of Re <bra|psi>; return the array for them, shape (K, V, P).

        Derivatives by other slots than the given ones may be zero. The bras are the observables
        applied to the state, or given, shape (V, K, 2**n).
        """
        slopes = np.empty((len(self.rows), num_bras, self.rows.shape[1]))
        self.request.slopes = self._pointer(slopes)
        self.request.needed = self._pointer(self.native.needed(slots))
        if bras is not None:
            expected = (num_bras, len(self.rows), self.request.length)
            if np.shape(bras) != expected:
                raise ValueError(f"The bras have shape {np.shape(bras)}, and not {expected}.")
            self.request.bras = self._pointer(np.ascontiguousarray(bras, dtype=complex))
            self.request.num_bras, self.request.phased = num_bras, 1
        return slopes

    def needed_ns(self) -> float:
        """Return the approximate time of one thread."""
        request, bras = self.request, 0
        if request.slopes:
            bras = request.num_bras if request.bras else request.num_observables
        amplitudes = request.num_rows * request.length
        steps = len(self.native.plan.steps)
        return float(amplitudes * steps * STEP_NS * (1 + BACK * bras))

    def __call__(self) -> None:
        """Run the request.

        Raises
        ------
        TooMuchMemory
        """
        if self.threads > 1:
            self.request.threads = self.threads if self.needed_ns() >= SHARED_NS else 1
        if self.native.library.simulate(self.native.handle, ctypes.addressof(self.request)):
            raise no_memory("the state vectors of this circuit")

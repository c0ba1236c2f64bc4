"""The compiled engine: its libraries, one for each instruction set, and calls into them.

The libraries are plain C without Python; ctypes loads them and gives up the interpreter's lock
during a call.
"""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Sequence
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qgate.devices.local.plan import Layer, Moves, Pairs, Phases, Plan
from qgate.exceptions import QGateError
from qgate.operations.pauli import PauliSum
from qgate.typing import ComplexArray, FloatArray, IntArray
from qgate.wires import Wires

SETS = ("baseline", "avx2", "avx512")
"""The instruction sets that there are libraries for, each with all of the one before."""

LEAST_BITS = 4
"""A state has at least so many bits in there, those above its own being 0: one whole vector."""

TABLE_BITS = 22
"""Diagonals of larger states have no table of the classes of all indices."""

BLOCK_BITS, GATHERED = 10, 5
"""Sums of Pauli words go through blocks of 2**10; so many bits of a block may be gathered."""

THREADED_BITS = 15
"""Smaller states are worked on by one thread each."""

IN_PLACE_BITS = 23
"""Larger states are permuted in place; smaller ones, faster, by the room of half a state more."""

LAYER, PHASES, MOVES, PAIRS, DENSE = range(5)
AXES = {"": 0, "Z": 1, "Y": 2, "X": 3}


class Request(ctypes.Structure):
    """What is to be computed; the same as ``request`` in ``plan.h``."""

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
        ("in_place", ctypes.c_int64),
    )


class Library:
    """One of the compiled libraries.

    Parameters
    ----------
    name : str
        Its instruction set.
    path : Path
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._library = ctypes.CDLL(str(path))
        self.run = self._function("qgate_run", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
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

    def _function(self, name: str, result: Any, *arguments: Any) -> Any:
        function = getattr(self._library, name)
        function.restype, function.argtypes = result, arguments
        return function

    def count(self, weights: FloatArray, places: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the outcomes that ascending numbers fall on, and how many fall on each.

        A number falls on the first outcome up to which the weights add up to more.
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
        """The best instruction set that this machine has."""
        return SETS[self._function("qgate_instruction_set", ctypes.c_int)()]


@cache
def library(name: str) -> Library | None:
    """Return the library of an instruction set; None if it was not built.

    ``QGATE_KERNELS`` names a folder to look in, in place of the one of this file.
    """
    folder = Path(os.environ.get("QGATE_KERNELS", Path(__file__).parent))
    for suffix in EXTENSION_SUFFIXES:
        path = folder / f"_statevector_{name}{suffix}"
        if path.exists():
            return Library(name, path)
    return None


@cache
def best_library() -> Library | None:
    """Return the library of the best instruction set that this machine has."""
    baseline = library("baseline")
    if baseline is None:
        return None
    usable = SETS[: SETS.index(baseline.supported) + 1]
    return next(found for found in map(library, reversed(usable)) if found is not None)


def num_threads() -> int:
    """Return how many threads the engine uses: ``QGATE_NUM_THREADS``, or all processors."""
    given = os.environ.get("QGATE_NUM_THREADS")
    if given is None:
        return (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
    if not given.isdecimal() or int(given) < 1:
        raise QGateError(
            f"QGATE_NUM_THREADS is {given!r}. Give a whole number of threads, at least 1."
        )
    return int(given)


class NativePlan:
    """A plan as a library holds it."""

    def __init__(self, plan: Plan, library: Library) -> None:
        self.plan, self.library = plan, library
        ints, doubles = _written(plan)
        self.handle = library.new_plan(ints.ctypes.data, doubles.ctypes.data)
        if not self.handle:
            raise MemoryError("There is no memory for the plan of a circuit.")
        weakref.finalize(self, library.free_plan, self.handle)
        self._needed: dict[tuple[int, ...], NDArray[np.uint8]] = {}

    def needed(self, slots: Sequence[int]) -> NDArray[np.uint8]:
        """Return for each angle whether it depends on one of the slots."""
        key = tuple(slots)
        if key not in self._needed:
            angles = self.plan.angles
            moved = np.isin(angles.slots, np.array(key, dtype=np.int64))
            needed = np.zeros(self.plan.one + 1, dtype=np.uint8)
            needed[angles.columns[moved]] = 1
            self._needed = {key: needed}
        return self._needed[key]


class NativeObservable:
    """A sum of Pauli words as a library holds it."""

    def __init__(self, observable: PauliSum, order: Wires, library: Library) -> None:
        self.num_words = observable.num_terms
        ints = _written_words(observable.x_masks(order), observable.z_masks(order), len(order))
        self.handle = library.new_observable(ints.ctypes.data)
        if not self.handle:
            raise MemoryError("There is no memory for an observable.")
        weakref.finalize(self, library.free_observable, self.handle)


def _written_words(x: Any, z: Any, num_bits: int) -> IntArray:
    """Write Pauli words as ``qgate_observable_new`` reads them.

    Words with the same flips are a group, and groups whose flips stay in one block are a pass.
    """
    num_bits = max(num_bits, LEAST_BITS)
    x, z = np.asarray(x, dtype=np.int64), np.asarray(z, dtype=np.int64)
    passes = _passes([int(flip) for flip in np.unique(x)], num_bits)
    heads: list[int] = []
    groups: list[int] = []
    words: list[tuple[int, ...]] = []
    for high, flips in passes:
        bits = min(num_bits, BLOCK_BITS)
        first = len(groups) // 5
        for flip in flips:
            members = np.flatnonzero(x == flip).tolist()
            begin = len(words)
            words += [
                (z[w], _inside(int(z[w]), bits, high), int(x[w] & z[w]).bit_count() % 4, w)
                for w in members
            ]
            outer = 0 if high else flip >> bits << bits
            groups += [flip, outer, _inside(flip, bits, high), begin, len(words)]
        heads += [bits, len(high), first, len(groups) // 5, *high]
    columns = [number for column in zip(*words, strict=True) for number in column]
    counts = [len(passes), len(groups) // 5, len(words)]
    return np.array([*counts, *heads, *groups, *columns], dtype=np.int64)


def _passes(flips: Sequence[int], num_bits: int) -> list[tuple[list[int], list[int]]]:
    """Part flips so that few blocks are loaded: the bits that are gathered, and the flips.

    The first part goes through blocks of neighbours, and reads others for flips that leave them.
    Where several flips leave them by the same few bits, blocks are gathered from these.
    """
    size = min(num_bits, BLOCK_BITS)
    gathered: list[tuple[set[int], list[int]]] = []
    for flip in flips:
        if not flip >> size:
            continue
        high = {bit for bit in range(size - GATHERED, num_bits) if flip >> bit & 1}
        if len(high) > 2:
            continue
        for bits, members in gathered:
            if len(bits | high) <= GATHERED:
                bits |= high
                members.append(flip)
                break
        else:
            gathered.append((high, [flip]))
    shared = [(sorted(bits), members) for bits, members in gathered if len(members) > 2]
    taken = {flip for _, members in shared for flip in members}
    return [([], [flip for flip in flips if flip not in taken]), *shared]


def _inside(mask: int, bits: int, high: Sequence[int]) -> int:
    """Return the part of a mask that is in the index of a block."""
    low = bits - len(high)
    found = mask & ((1 << low) - 1)
    for place, bit in enumerate(high):
        found |= (mask >> bit & 1) << (low + place)
    return found


def _written(plan: Plan) -> tuple[IntArray, FloatArray]:
    """Write a plan as ``qgate_plan_new`` reads it."""
    num_bits, one = max(plan.num_bits, LEAST_BITS), plan.one
    elements: list[int] = []
    fused: list[int] = []
    groups: list[int] = []
    masks: list[int] = []
    weights: list[float] = []
    tables: dict[tuple[Any, ...], tuple[int, int, int]] = {}
    steps: list[int] = []

    def add_factor(factor: Any) -> int:
        elements.extend((-1 if factor.angle is None else factor.angle, factor.data))
        return len(elements) // 2 - 1

    def add_terms(terms: Sequence[tuple[int, float]]) -> tuple[int, int]:
        first = len(masks)
        masks.extend(mask for mask, _ in terms)
        weights.extend(weight for _, weight in terms)
        return first, len(masks)

    for step in plan.steps:
        if isinstance(step, Layer):
            first = len(fused) // 4
            for item in step.fused:
                start = len(elements) // 2
                for factor in item.factors:
                    add_factor(factor)
                fused += [item.bit, AXES[item.axis], start, len(elements) // 2]
            steps += [LAYER, first, len(fused) // 4]
        elif isinstance(step, Phases):
            first = len(groups) // 3
            together: dict[int, float] = {}
            for group in step.groups:
                terms = list(zip(group.masks, group.weights, strict=True))
                groups += [group.angle, *add_terms(terms)]
                for mask, weight in terms:
                    together[mask] = together.get(mask, 0.0) + weight
            key = tuple(sorted(together.items()))
            if num_bits <= TABLE_BITS and key not in tables:
                tables[key] = (len(tables), *add_terms(key))
            number = tables[key][0] if key in tables else -1
            steps += [PHASES, first, len(groups) // 3, number]
        elif isinstance(step, Moves):
            steps += [MOVES, *_with_inverse(step, num_bits), len(step.flips)]
            steps += [number for flip in step.flips for number in flip]
        elif isinstance(step, Pairs):
            steps += [PAIRS, step.flip, step.select, step.pattern, add_factor(step.factor)]
        else:
            angle = -1 if step.angle is None else step.angle
            steps += [DENSE, len(step.bits), *step.bits, angle, step.data, step.num_values]

    starts, slots, factors = _entries(plan)
    counts = [
        num_bits,
        plan.angles.num_slots,
        one + 1,
        len(plan.steps),
        int(not plan.preparations and bool(plan.steps) and isinstance(plan.steps[0], Layer)),
        len(plan.phases),
        len(elements) // 2,
        len(fused) // 4,
        len(groups) // 3,
        len(masks),
        len(factors),
        len(tables),
    ]
    spans = [bound for _, first, last in tables.values() for bound in (first, last)]
    ints = [
        *counts,
        *starts,
        *slots,
        *(angle for angle, _ in plan.phases),
        *elements,
        *fused,
        *groups,
        *masks,
        *spans,
        *steps,
    ]
    doubles = [
        *plan.angles.offset,
        1.0,
        *factors,
        *(weight for _, weight in plan.phases),
        *weights,
    ]
    return np.array(ints, dtype=np.int64), np.array(doubles, dtype=float)


def _entries(plan: Plan) -> tuple[list[int], list[int], list[float]]:
    """Return the terms of the angles by angle: where each begins, and their slots and factors."""
    angles = plan.angles
    by_angle = np.argsort(angles.columns, kind="stable")
    counts = np.bincount(angles.columns, minlength=plan.one + 1)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts.tolist(), angles.slots[by_angle].tolist(), angles.factors[by_angle].tolist()


def _with_inverse(step: Moves, num_bits: int) -> list[int]:
    """Return columns and shift of a permutation and of its inverse, for all bits."""
    columns = [*step.columns, *(1 << bit for bit in range(len(step.columns), num_bits))]
    matrix = np.array([[(column >> row) & 1 for column in columns] for row in range(num_bits)])
    inverse = _inverse(matrix)
    back = [int(sum(int(bit) << row for row, bit in enumerate(column))) for column in inverse.T]
    back_shift = 0
    for bit in range(num_bits):
        if step.shift >> bit & 1:
            back_shift ^= back[bit]
    return [*columns, step.shift, *back, back_shift]


def _inverse(matrix: IntArray) -> IntArray:
    """Return the inverse of a matrix of bits."""
    n = len(matrix)
    both = np.concatenate([matrix % 2, np.eye(n, dtype=int)], axis=1)
    for column in range(n):
        pivot = column + int(np.argmax(both[column:, column]))
        both[[column, pivot]] = both[[pivot, column]]
        others = np.flatnonzero(both[:, column])
        others = others[others != column]
        both[others] ^= both[column]
    return both[:, n:]


class Run:
    """A call of a plan on rows of angles.

    Parameters
    ----------
    native : NativePlan
    rows : array, shape (K, P)
    numbers : array
    phase : float
    initial : array, shape (1 or K, 2**n), optional
    threads : int
    single : bool
        Whether to compute in single precision.
    """

    def __init__(
        self,
        native: NativePlan,
        rows: FloatArray,
        numbers: FloatArray,
        phase: float,
        initial: ComplexArray | None = None,
        *,
        threads: int = 1,
        single: bool = False,
    ) -> None:
        self.native = native
        self.rows = np.ascontiguousarray(rows, dtype=float)
        self.kept: list[Any] = [numbers]
        request = self.request = Request()
        request.num_rows, request.length = len(self.rows), 1 << native.plan.num_bits
        request.rows, request.numbers = self.rows.ctypes.data, numbers.ctypes.data
        request.phase, request.single = phase, int(single)
        request.threads, request.threaded_bits = threads, THREADED_BITS
        request.in_place = int(native.plan.num_bits >= IN_PLACE_BITS)
        if initial is not None:
            request.initial = self._pointer(np.ascontiguousarray(initial, dtype=complex))
            request.initial_rows = len(initial)

    def _pointer(self, array: Any) -> int:
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
        self, observables: Sequence[NativeObservable], weights: Sequence[Any]
    ) -> FloatArray:
        """Ask for the means of observables, shape (K, M), and return where they will be."""
        count = len(observables)
        values = np.empty((self.request.num_rows, count))
        handles = (ctypes.c_void_p * count)(*(item.handle for item in observables))
        arrays = [np.ascontiguousarray(item, dtype=float) for item in weights]
        pointers = (ctypes.c_void_p * count)(*(array.ctypes.data for array in arrays))
        self.kept += [values, handles, arrays, pointers]
        self.request.num_observables = count
        self.request.observables = ctypes.addressof(handles)
        self.request.coefficients = ctypes.addressof(pointers)
        self.request.values = values.ctypes.data
        return values

    def words(self, observable: NativeObservable) -> FloatArray:
        """Ask for the mean of every word, shape (K, T), and return where they will be."""
        means = np.empty((self.request.num_rows, observable.num_words))
        self.request.words, self.request.means = observable.handle, self._pointer(means)
        return means

    def differentiate(
        self, num_bras: int, slots: Sequence[int], bras: ComplexArray | None = None
    ) -> FloatArray:
        """Ask for the slopes of Re <bra|psi>, (K, V, P), and return where they will be.

        Those by other slots than the given ones may be zero. The bras are the observables on the
        state, or given, shape (V, K, 2**n).
        """
        slopes = np.empty((len(self.rows), num_bras, self.rows.shape[1]))
        self.request.slopes = self._pointer(slopes)
        self.request.needed = self._pointer(self.native.needed(slots))
        if bras is not None:
            self.request.bras = self._pointer(np.ascontiguousarray(bras, dtype=complex))
            self.request.num_bras, self.request.phased = num_bras, 1
        return slopes

    def __call__(self) -> None:
        """Compute what was asked for.

        Raises
        ------
        MemoryError
        """
        if self.native.library.run(self.native.handle, ctypes.addressof(self.request)):
            raise MemoryError("There is no memory for the state vectors of this circuit.")

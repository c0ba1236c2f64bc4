"""Plans on Pauli vectors in the memory of a compiled library, and calls of the library.

``PauliRequest`` mirrors the C struct ``pauli_request`` of ``csrc/pauli_plan.h`` field by field.
"""

from __future__ import annotations

import ctypes
import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qgate.caches import MIB, sized_cache
from qgate.devices.local.libraries import Library
from qgate.devices.local.mixed.pauli_plan import PauliPlan
from qgate.devices.local.mixed.serialize import written
from qgate.devices.local.native import THREADED_BITS, no_memory
from qgate.devices.local.plan_engine import Settings
from qgate.typing import FloatArray, IntArray, NumericArray


class PauliRequest(ctypes.Structure):
    """Request to the library; mirrors ``pauli_request`` in ``pauli_plan.h``."""

    _fields_ = (
        ("num_rows", ctypes.c_int64),
        ("length", ctypes.c_int64),
        ("coefficients", ctypes.c_void_p),
        ("common", ctypes.c_void_p),
        ("initial", ctypes.c_void_p),
        ("initial_rows", ctypes.c_int64),
        ("num_reads", ctypes.c_int64),
        ("reads", ctypes.c_void_p),
        ("means", ctypes.c_void_p),
        ("vectors", ctypes.c_void_p),
        ("num_sums", ctypes.c_int64),
        ("weights", ctypes.c_void_p),
        ("needed", ctypes.c_void_p),
        ("slopes", ctypes.c_void_p),
        ("num_kept", ctypes.c_int64),
        ("single", ctypes.c_int64),
        ("threads", ctypes.c_int64),
        ("threaded_bits", ctypes.c_int64),
    )


class NativePauliPlan:
    """Plan in the memory of a library."""

    def __init__(self, plan: PauliPlan, library: Library) -> None:
        self.library = library
        ints, values = written(plan)
        self.num_bytes = 2 * (ints.nbytes + values.nbytes)
        self.handle = library.mixed.new_plan(ints.ctypes.data, values.ctypes.data)
        if not self.handle:
            raise no_memory("the plan of a circuit")
        # not at exit, when a thread may still compute with it
        weakref.finalize(self, library.mixed.free_plan, self.handle).atexit = False


@sized_cache(128 * MIB)
def native_pauli_plan(plan: PauliPlan, library: Library) -> NativePauliPlan:
    """Return a plan in the memory of a library."""
    return NativePauliPlan(plan, library)


@dataclass(frozen=True, eq=False)
class PauliRun:
    """Plan with the numbers of a sweep.

    Parameters
    ----------
    plan : PauliPlan
    coefficients : array, shape (K, C)
    common : array, shape (G,)
        Coefficients that all rows have, the last with the index -1.
    initial : array or None, shape (1 or K, 4**n)
        Vectors of the initial states; None: the state 0.
    """

    plan: PauliPlan
    coefficients: FloatArray
    common: FloatArray
    initial: FloatArray | None


class NativeRuns:
    """Calls of a library.

    Parameters
    ----------
    library : Library
    settings : Settings
    """

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library, self.settings = library, settings

    def means(self, run: PauliRun, reads: IntArray) -> FloatArray:
        """Return the expectation values of the words with the indices ``reads``, shape (K, R)."""
        found = np.empty((len(run.coefficients), len(reads)))
        self._call(run, reads=reads, means=found)
        return found

    def vectors(self, run: PauliRun) -> FloatArray:
        """Return the expectation values of all words, shape (K, 4**n)."""
        found = np.empty((len(run.coefficients), 4**run.plan.num_wires))
        self._call(run, vectors=found)
        return found

    def differentiate(
        self,
        run: PauliRun,
        reads: IntArray,
        weights: FloatArray,
        needed: NDArray[np.uint8],
        num_kept: int,
    ) -> tuple[FloatArray, FloatArray]:
        """Return expectation values, and derivatives of V sums of them by needed coefficients.

        Parameters
        ----------
        run : PauliRun
        reads : array of int, shape (R,)
        weights : array, shape (V, R)
        needed : array, shape (C,)
        num_kept : int
            Number of vectors kept on the way.

        Returns
        -------
        means : array, shape (K, R)
        slopes : array, shape (K, V, C)
        """
        means = np.empty((len(run.coefficients), len(reads)))
        slopes = np.empty((len(run.coefficients), len(weights), len(needed)))
        self._call(
            run, reads=reads, means=means, weights=weights, needed=needed, slopes=slopes,
            num_kept=num_kept,
        )  # fmt: skip
        return means, slopes

    def _call(self, run: PauliRun, *, num_kept: int = 0, **arrays: NumericArray) -> None:
        native = native_pauli_plan(run.plan, self.library)
        arrays |= {"coefficients": run.coefficients, "common": run.common}
        if run.initial is not None:
            arrays["initial"] = run.initial
        kept = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        request = PauliRequest(
            num_rows=len(run.coefficients),
            length=4**run.plan.num_wires,
            initial_rows=0 if run.initial is None else len(run.initial),
            num_reads=len(kept.get("reads", ())),
            num_sums=len(kept.get("weights", ())),
            num_kept=num_kept,
            single=int(self.settings.single),
            threads=self.settings.threads,
            threaded_bits=THREADED_BITS,
            **{name: array.ctypes.data for name, array in kept.items()},
        )
        if self.library.mixed.run(native.handle, ctypes.addressof(request)):
            raise no_memory("the density matrices of this circuit")

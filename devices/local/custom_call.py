"""Circuits that compiled programs of a framework run without Python.

``Circuit`` mirrors the C struct ``circuit`` of ``csrc/xla.c`` field by field: the plan, the
request, and the slots that the columns of the call's argument fill. The C function hands what it
does not handle itself to a function in Python, with the same argument and results.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from math import ceil

import numpy as np

from qgate.bridge import InPython
from qgate.context import WATCHED
from qgate.devices.local.native import SHARED_NS, NativeSimulation
from qgate.periods import LARGEST_KEPT
from qgate.typing import DType, FloatArray

MESSAGE = 1 << 16
"""Length of the buffer for the text of an error, in bytes, with a zero at the end."""

FALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int64,
    ctypes.c_void_p,
)
"""Type of a function in Python that C calls: argument, values, slopes, rows, message."""


class Circuit(ctypes.Structure):
    """Circuit of a custom call; mirrors ``circuit`` in ``xla.c``."""

    _fields_ = (
        ("plan", ctypes.c_void_p),
        ("request", ctypes.c_void_p),
        ("num_inputs", ctypes.c_int64),
        ("num_wanted", ctypes.c_int64),
        ("inputs", ctypes.c_void_p),
        ("wanted", ctypes.c_void_p),
        ("largest", ctypes.c_double),
        ("watched", ctypes.c_void_p),
        ("in_python", FALLBACK),
        ("shared_rows", ctypes.c_int64),
    )


class LocalCustomCall:
    """Simulation of rows of angles as a custom call; see ``bridge.CustomCall``.

    Parameters
    ----------
    handler : int
        Address of the C function.
    simulation : NativeSimulation
        With a request for values, and for slopes if derivatives are required.
    rows : array, shape (B, P)
        Rows of angles, of which the call's argument replaces some columns.
    inputs, by : sequence of int
        Slots of these columns, and slots to differentiate by.
    in_python : callable
    dtype : numpy dtype
        Type of the argument's numbers.
    """

    def __init__(
        self,
        handler: int,
        simulation: NativeSimulation,
        rows: FloatArray,
        inputs: Sequence[int],
        by: Sequence[int],
        in_python: InPython,
        dtype: DType,
    ) -> None:
        self.name, self.handler = f"qgate_{simulation.native.library.name}", handler
        self.in_python = in_python
        row_ns = simulation.needed_ns()
        base = np.ascontiguousarray(rows, dtype=float)
        columns = [np.array(slots, dtype=np.int64) for slots in (inputs, by)]
        request = simulation.request
        request.num_rows, request.rows = len(base), base.ctypes.data
        self._circuit = Circuit(
            simulation.native.handle,
            ctypes.addressof(request),
            *map(len, columns),
            *(slots.ctypes.data for slots in columns),
            LARGEST_KEPT,
            ctypes.addressof(ctypes.c_char.from_buffer(WATCHED)),
            FALLBACK(_called_back(in_python, len(inputs), np.dtype(dtype))),
            ceil(SHARED_NS / max(row_ns, 1.0)),
        )
        self._kept = simulation, base, columns

    def __call__(self, x: FloatArray) -> Sequence[FloatArray]:
        """Compute the same in Python."""
        return self.in_python(x)

    @property
    def address(self) -> int:
        """Address of the C struct, valid as long as this object lives."""
        return ctypes.addressof(self._circuit)


def _called_back(in_python: InPython, num_inputs: int, dtype: DType) -> Callable[..., int]:
    """Return a function of addresses that computes in Python; 1: it wrote the text of an error."""

    def run(x: int, values: int, slopes: int | None, rows: int, message: int) -> int:
        try:
            content = ctypes.string_at(x, rows * num_inputs * dtype.itemsize)
            found = in_python(np.ndarray((rows, num_inputs), dtype, content))
            for address, result in zip((values, slopes or 0), found, strict=False):
                array = np.ascontiguousarray(result, dtype=dtype)
                ctypes.memmove(address, array.ctypes.data, array.nbytes)
        except BaseException as error:  # must not be raised into C
            text = str(error).encode()[: MESSAGE - 1]
            ctypes.memmove(message, text, len(text))
            return 1
        return 0

    return run

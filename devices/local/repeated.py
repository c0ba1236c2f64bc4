"""Circuits that were prepared once, and are simulated at one row of angles after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgate.bridge import CustomCall, InPython
from qgate.devices.local.native import NativeSimulation
from qgate.typing import DType, FloatArray


class RepeatedSimulation:
    """Simulation of one row at a time, with memory that is kept between calls.

    Parameters
    ----------
    make : callable
        Makes a simulation with its request, and returns it with its values (1, M) and slopes
        (1, M, P), or None for values only.
    """

    def __init__(
        self, make: Callable[[], tuple[NativeSimulation, FloatArray, FloatArray | None]]
    ) -> None:
        self._make = make
        self._free = [make()]

    def __call__(self, row: FloatArray) -> tuple[FloatArray, FloatArray | None]:
        """Return the values (M,) at a row (P,), and their derivatives (M, P)."""
        try:
            made = self._free.pop()  # one for each thread that is here
        except IndexError:
            made = self._make()
        simulation, values, slopes = made
        simulation.rows[0] = row
        simulation()
        found = values[0].copy(), None if slopes is None else 2.0 * slopes[0]
        self._free.append(made)
        return found

    def custom_call(
        self,
        rows: FloatArray,
        inputs: Sequence[int],
        by: Sequence[int] | None,
        in_python: InPython,
        dtype: DType,
    ) -> CustomCall | None:
        """Return the simulation of many rows as a custom call; see ``Repeated``."""
        from qgate.devices.local.custom_call import LocalCustomCall  # for compiled programs only

        simulation = self._make()[0]
        handler = simulation.native.library.custom_call
        if handler is None:
            return None
        if by is None:
            simulation.request.slopes = None
        return LocalCustomCall(handler, simulation, rows, inputs, by or (), in_python, dtype)

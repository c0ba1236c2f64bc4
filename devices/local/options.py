"""The options of the local device."""

from __future__ import annotations

from typing import Literal

from pydantic import PositiveFloat, PositiveInt

from qgate.devices.options import Options


class LocalOptions(Options):
    """Options of the local device.

    Parameters
    ----------
    wires, shots, seed
        As for every device.
    precision : {"double", "single"}
        Of the amplitudes.
    threads : int, optional
        How many processors a simulation may use; default: all.
    memory_gib : float, optional
        How much memory a simulation may take; default: nine tenths of what is free.
    """

    precision: Literal["double", "single"] = "double"
    threads: PositiveInt | None = None
    memory_gib: PositiveFloat | None = None

"""The options of the local device."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qgate.devices.base import MOST_THREADS
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
        How many processors a simulation may use, 1 to 256; default: all.
    memory_gib : float, optional
        How much memory a simulation may take; default: nine tenths of what is free.
    """

    precision: Literal["double", "single"] = "double"
    threads: Annotated[int | None, Field(gt=0, le=MOST_THREADS)] = None
    memory_gib: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None

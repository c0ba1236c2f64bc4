"""Options of the local device."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from qgate.devices.base import MOST_THREADS, MOST_TRAJECTORIES
from qgate.devices.options import Options


class LocalOptions(Options):
    """Options of the local device.

    Parameters
    ----------
    wires, shots, seed
        As for every device.
    precision : {"double", "single"}
        Precision of the amplitudes.
    threads : int, optional
        Maximum number of threads of a simulation, 1 to 256; default: the number of processors.
    memory_gib : float, optional
        Maximum memory of a simulation in GiB; default: nine tenths of the free memory.
    trajectories : int, optional
        Number of trajectories of exact results of circuits with noise channels, 2 to 10**9;
        default: density matrices where they fit.
    noise : str or object, optional
        Noise of all gates and readouts: a device with a calibration, ``qiskit:fake_torino``; a file
        with the description of a device of Amazon Braket; as an argument also a ``NoiseModel``,
        ``Target`` or backend of Qiskit, or a ``qg.NoiseModel``.
    """

    precision: Literal["double", "single"] = "double"
    threads: Annotated[int | None, Field(gt=0, le=MOST_THREADS)] = None
    memory_gib: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    trajectories: Annotated[int | None, Field(ge=2, le=MOST_TRAJECTORIES)] = None
    noise: Any = None

"""Choice of the simulation engine: the compiled one if it was built, else numpy."""

from __future__ import annotations

import os
import warnings
from functools import lru_cache

from qgate.devices.local.engine import Engine, GateByGateEngine
from qgate.devices.local.libraries import SETS, Library, best_library, library, library_faults
from qgate.devices.local.plan_engine import PlanEngine, Settings
from qgate.exceptions import DeviceError, suggest

VARIABLE = "QGATE_ENGINE"
"""Environment variable that selects an engine."""

ENGINES = (*SETS, "numpy", "gates")
"""Engine names: compiled for an instruction set; the same plans in numpy; gate by gate in numpy."""


def choose_engine(settings: Settings) -> Engine:
    """Return the engine selected by ``QGATE_ENGINE``, or the fastest available one.

    Raises
    ------
    DeviceError
        The variable does not name an engine, or names one that was not built or that this machine
        cannot run.
    """
    name = os.environ.get(VARIABLE, "")
    if name and name not in ENGINES:
        raise DeviceError(
            f"{VARIABLE} is {name!r}. It names one of {', '.join(ENGINES)}.{suggest(name, ENGINES)}"
        )
    if name == "gates":
        return GateByGateEngine()
    if name == "numpy":
        return PlanEngine(None, settings)
    if name:
        return PlanEngine(_named(name), settings)
    best = best_library()
    if best is None and not library_faults():  # a library that does not fit is warned of
        _say_that_numpy_computes()
    return PlanEngine(best, settings)


def _named(name: str) -> Library:
    baseline, found = library("baseline"), library(name)
    if baseline is None or found is None:
        raise DeviceError(
            f"{VARIABLE} is {name!r}, and that engine was not built when qgate was installed, or "
            "for another version. "
            "Install it on a machine with a C compiler (gcc or clang), or unset the variable."
        )
    if SETS.index(name) > SETS.index(baseline.supported):
        raise DeviceError(
            f"{VARIABLE} is {name!r}, and this machine has {baseline.supported}. Unset the "
            f"variable, or set it to {baseline.supported}."
        )
    return found


@lru_cache(maxsize=1)
def _say_that_numpy_computes() -> None:
    warnings.warn(
        "The compiled simulator was not built when qgate was installed, and numpy computes in its "
        "place, several times slower. Install qgate on a machine with a C compiler (gcc or clang) "
        f"to have it, or set {VARIABLE}=numpy to use numpy without this message.",
        RuntimeWarning,
        stacklevel=4,
    )

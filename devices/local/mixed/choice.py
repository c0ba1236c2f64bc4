"""Choice of the engine for circuits with channels: that of the device's engine for states."""

from __future__ import annotations

from qgate.devices.local.engine import Engine
from qgate.devices.local.mixed.density import DensityEngine
from qgate.devices.local.mixed.pauli_engine import PauliEngine
from qgate.devices.local.plan_engine import PlanEngine


def mixed_engine(engine: Engine) -> Engine:
    """Return the engine for circuits with channels; its states are density matrices.

    It runs plans where the given engine does, with the same library and settings.
    """
    if isinstance(engine, PlanEngine):
        return PauliEngine(engine.library, engine.settings)
    return DensityEngine()

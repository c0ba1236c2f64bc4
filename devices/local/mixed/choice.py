"""Engine that simulates a circuit with channels, and the memory that it takes."""

from __future__ import annotations

from qgate.devices.local.engine import Engine
from qgate.devices.local.mixed.density import DensityEngine
from qgate.devices.local.plan_engine import Settings


def mixed_engine(settings: Settings) -> Engine:
    """Return the engine for circuits with channels; its states are density matrices."""
    return DensityEngine()

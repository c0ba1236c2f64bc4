"""Noise channels."""

from qgate.operations.channels import (
    AmplitudeDamping,
    BitFlip,
    DepolarizingChannel,
    GeneralizedAmplitudeDamping,
    PauliError,
    PhaseDamping,
    PhaseFlip,
    QubitChannel,
    ResetError,
    ThermalRelaxationError,
)

__all__ = [
    "AmplitudeDamping",
    "BitFlip",
    "DepolarizingChannel",
    "GeneralizedAmplitudeDamping",
    "PauliError",
    "PhaseDamping",
    "PhaseFlip",
    "QubitChannel",
    "ResetError",
    "ThermalRelaxationError",
]

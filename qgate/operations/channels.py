"""The table of noise channels, and their names."""

from __future__ import annotations

from collections.abc import Mapping

from qgate.operations.channel import Channel as Channel
from qgate.operations.channel import superoperator as superoperator
from qgate.operations.given_channels import QubitChannel as QubitChannel
from qgate.operations.given_channels import QubitDensityMatrix as QubitDensityMatrix
from qgate.operations.pauli_channels import BitFlip as BitFlip
from qgate.operations.pauli_channels import DepolarizingChannel as DepolarizingChannel
from qgate.operations.pauli_channels import PauliError as PauliError
from qgate.operations.pauli_channels import PauliMixture as PauliMixture
from qgate.operations.pauli_channels import PhaseFlip as PhaseFlip
from qgate.operations.relaxation_channels import AmplitudeDamping as AmplitudeDamping
from qgate.operations.relaxation_channels import (
    GeneralizedAmplitudeDamping as GeneralizedAmplitudeDamping,
)
from qgate.operations.relaxation_channels import PhaseDamping as PhaseDamping
from qgate.operations.relaxation_channels import Relaxation as Relaxation
from qgate.operations.relaxation_channels import ResetError as ResetError
from qgate.operations.relaxation_channels import ThermalRelaxationError as ThermalRelaxationError

CHANNELS: Mapping[str, type[Channel]] = {
    channel.__name__: channel
    for channel in (
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
}
"""Channels by name."""

MIXED = frozenset(CHANNELS) | {"QubitDensityMatrix"}
"""Names of operations that only a simulator of density matrices, or of trajectories, runs."""

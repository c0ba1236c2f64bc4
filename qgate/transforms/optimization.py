"""Passes that make circuits shorter, by PennyLane's path."""

from qgate.transforms.passes.cancellation import cancel_inverses
from qgate.transforms.passes.commutation import commute_controlled
from qgate.transforms.passes.removal import (
    combine_global_phases,
    merge_amplitude_embedding,
    remove_barrier,
    undo_swaps,
)
from qgate.transforms.passes.rotations import merge_rotations, single_qubit_fusion

__all__ = [
    "cancel_inverses",
    "combine_global_phases",
    "commute_controlled",
    "merge_amplitude_embedding",
    "merge_rotations",
    "remove_barrier",
    "single_qubit_fusion",
    "undo_swaps",
]

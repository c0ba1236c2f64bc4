"""Identity gates on backends where they have a duration and errors.

On a backend with noise an ``id`` gate has a duration and an error, which a user who writes one
intends to use. Qiskit's transpiler removes it at the optimization levels 1 to 3, because its matrix
has no effect. A circuit is therefore transpiled with an opaque instruction in its place, which the
target gets as well, with the properties of ``id``; afterwards each of them becomes ``id``.
"""

from __future__ import annotations

from copy import deepcopy

from qiskit import QuantumCircuit
from qiskit.circuit import Instruction
from qiskit.circuit.library import IGate
from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from qgate.devices.qiskit.gates import IDENTITY
from qgate.structure import Structure

NATIVE_NAME = "id"
KEPT = "kept_identity"
"""Name of the instruction that replaces an identity while a circuit is transpiled."""

NOISELESS = ("qiskit_aer", "qiskit.providers.basic_provider")
"""Modules of simulators without noise, unless they are given a noise model."""


def has_identity(structure: Structure) -> bool:
    """Return whether a structure has an identity gate."""
    return any(operation.name == IDENTITY for operation in structure.operations)


def is_noisy(backend: BackendV2) -> bool:
    """Return whether gates of a backend may have errors: all backends but ideal simulators."""
    if not type(backend).__module__.startswith(NOISELESS):
        return True
    model = getattr(backend.options, "noise_model", None)
    return model is not None and not model.is_ideal()


def kept_identity() -> Instruction:
    """Return the instruction that replaces an identity and is not removed by the transpiler."""
    return Instruction(KEPT, 1, 0, [])


def with_kept_identity(target: Target) -> Target:
    """Return a target that has this instruction wherever it has ``id``."""
    wider = deepcopy(target)
    wider.add_instruction(kept_identity(), dict(target[NATIVE_NAME]))
    return wider


def restore_identities(circuit: QuantumCircuit) -> None:
    """Replace the instruction by ``id``, in place."""
    for place, item in enumerate(circuit.data):
        if item.operation.name == KEPT:
            circuit.data[place] = item.replace(operation=IGate())

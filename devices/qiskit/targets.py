"""Parts of Qiskit's targets."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TypeAlias

from qiskit.transpiler import Target

FACTS = (
    *("description", "num_qubits", "dt", "granularity", "min_length", "pulse_alignment"),
    *("acquire_alignment", "qubit_properties", "concurrent_measurements"),
)
"""Arguments of a target besides its instructions."""

Place: TypeAlias = tuple[str, tuple[int, ...]]
"""Name of an instruction, and the qubits that it acts on."""


def without(target: Target, names: frozenset[str]) -> Target:
    """Return a target without some of its gates."""
    smaller = _empty(target)
    for name in target.operation_names:
        if name not in names:
            operation, where = target.operation_from_name(name), target[name]
            given = None if where is None or None in where else dict(where)
            smaller.add_instruction(operation, given, name=name)
    return smaller


def at_places(target: Target, places: AbstractSet[Place]) -> Target:
    """Return a target that has only the instructions at some places, with their properties.

    The numbers of the qubits remain. Names and places that the target lacks are left out.
    """
    smaller = _empty(target)
    for name in sorted({name for name, _ in places} & set(target.operation_names)):
        where = target[name] or {}
        kept = {
            qubits: where[qubits] for item, qubits in places if item == name and qubits in where
        }
        if kept:
            smaller.add_instruction(target.operation_from_name(name), kept, name=name)
    return smaller


def _empty(target: Target) -> Target:
    return Target(**{fact: getattr(target, fact) for fact in FACTS})

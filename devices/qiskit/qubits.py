"""Qubits of a backend that work."""

from __future__ import annotations

from typing import Any

MEASURE = "measure"


def working_qubits(backend: Any) -> tuple[int, ...] | None:
    """Return the qubits that can be measured; None: all, or the backend does not state them.

    IBM leaves qubits that are out of order out of what a backend's target lists.
    """
    target = backend.target
    if target is None or MEASURE not in target.operation_names:
        return None
    places = target[MEASURE]
    if places is None or None in places:
        return None
    return tuple(sorted(qubit for (qubit,) in places))

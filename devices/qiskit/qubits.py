"""Working qubits of a backend."""

from __future__ import annotations

from qiskit.providers import BackendV2

MEASURE = "measure"


def working_qubits(backend: BackendV2) -> tuple[int, ...] | None:
    """Return the qubits that can be measured; None: all, or the backend does not state them.

    IBM omits faulty qubits from the instructions in a backend's target.
    """
    target = backend.target
    if target is None or MEASURE not in target.operation_names:
        return None
    places = target[MEASURE]
    if places is None or None in places:
        return None
    return tuple(sorted(qubit for (qubit,) in places))

"""Digest of what distinguishes simulators of one name: their noise."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

SIMULATORS = ("qiskit_aer", "qiskit.providers.fake_provider", "qiskit_ibm_runtime.fake_provider")
"""Modules of backends whose noise is fixed; that of hardware changes with each calibration."""


def fingerprint(backend: BackendV2) -> str:
    """Return a digest of the noise of a simulator, the same in every process.

    Parameters
    ----------
    backend : BackendV2

    Returns
    -------
    str
        Empty for hardware, and for simulators of other packages, which their names distinguish.
    """
    if not type(backend).__module__.startswith(SIMULATORS):
        return ""
    noise = getattr(backend.options, "noise_model", None)
    content = _target(backend.target) if noise is None else _errors(noise)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _errors(noise: Any) -> list[str]:
    """Return the errors of a noise model of Aer, without the random ids that it gives them."""
    errors = noise.to_dict(serializable=True)["errors"]
    for error in errors:
        error.pop("id", None)
        error["operations"] = sorted(error.get("operations", ()))
    return sorted(json.dumps(error, sort_keys=True) for error in errors)


def _target(target: Target) -> list[object]:
    """Return the gates of a target on each of its qubits, with their errors and durations."""
    return [
        [name, qubits, properties and [properties.duration, properties.error]]
        for name in sorted(target.operation_names)
        for qubits, properties in sorted((target[name] or {}).items(), key=str)
    ]

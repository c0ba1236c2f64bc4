"""Noise in objects of Qiskit: noise models of Aer, targets and backends."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from qiskit.providers import BackendV2
from qiskit.quantum_info import Kraus
from qiskit.transpiler import Target

from qgate.devices.emulation.calibration import Confusion, Qubits
from qgate.devices.emulation.native_circuit import CalibratedNoise, NativeGate, Noise
from qgate.devices.qiskit.native import backend_calibration, target_calibration
from qgate.operations.channels import QubitChannel
from qgate.operations.operator import Operator


def noise_of(candidate: object) -> Noise | None:
    """Return the noise of an object of Qiskit; None: it has none."""
    if hasattr(candidate, "noise_instructions"):
        return AerNoise(candidate)
    found = None
    if isinstance(candidate, Target):
        found = target_calibration(candidate, source="given target")
    elif isinstance(candidate, BackendV2):
        model = getattr(candidate.options, "noise_model", None)
        if model is not None:
            return AerNoise(model)
        found = backend_calibration(candidate)
    return None if found is None or not found.means else CalibratedNoise(found, idle=False)


class AerNoise:
    """Noise of a ``NoiseModel`` of Aer: quantum errors after gates, and readout errors.

    Parameters
    ----------
    model : qiskit_aer.noise.NoiseModel
    """

    by_labels = False
    merges = False
    source = "given NoiseModel of Aer"

    def __init__(self, model: Any) -> None:
        self.model = model
        self._found: dict[tuple[str, Qubits], tuple[Operator, ...]] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the basis gates of the model, and of the gates with errors."""
        return frozenset({*self.model.basis_gates, *self.model.noise_instructions} - {"measure"})

    def around(self, gate: NativeGate) -> Sequence[Operator]:
        key = gate.name, gate.qubits
        if key not in self._found:
            self._found[key] = self._channels(*key)
        return [*gate.operators, *self._found[key]]

    def _channels(self, name: str, qubits: Qubits) -> tuple[Operator, ...]:
        """Return the error after a gate as a channel; of its qubits, else of all."""
        error = self.model._local_quantum_errors.get(name, {}).get(qubits)
        error = error or self.model._default_quantum_errors.get(name)
        if error is None or error.num_qubits != len(qubits):
            return ()
        kraus = Kraus(error.to_quantumchannel()).data
        # the first qubit of Qiskit's matrices is the least significant
        return (QubitChannel(np.array(kraus), wires=qubits[::-1]),)

    def during(self, qubit: int, duration_s: float) -> Sequence[Operator]:
        return ()

    def duration_s(self, gate: NativeGate) -> float:
        return 0.0

    def confusion(self, qubit: int) -> Confusion:
        error = self.model._local_readout_errors.get((qubit,), self.model._default_readout_error)
        if error is None:
            return (0.0, 0.0)
        (_, zero_as_one), (one_as_zero, _) = error.probabilities.tolist()
        return (zero_as_one, one_as_zero)

    @cached_property
    def digest(self) -> str:
        text = repr(self.model.to_dict(serializable=True))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

r"""Noise channels of gates and readouts, from calibrated errors and times.

A gate with average error e is followed by depolarisation and by the relaxation of its qubits during
its duration. The probability of the depolarisation is such that both together have the error e.
With the average fidelity F of the relaxation, and dimension d, the depolarisation

    D(rho) = (1 - w) rho + w I / d,    w = d (F - 1 + e) / (d F - 1),

and then the relaxation have the average fidelity 1 - e. This is the model of
``NoiseModel.from_backend`` in Qiskit Aer; without known times it is that of Amazon Braket's
emulator.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import exp, prod

import numpy as np

from qgate.devices.emulation.calibration import Calibration, Qubits
from qgate.operations.channels import (
    Channel,
    DepolarizingChannel,
    PauliMixture,
    PhaseDamping,
    QubitChannel,
    ResetError,
    ThermalRelaxationError,
)
from qgate.operations.fixed import PauliX
from qgate.operations.operator import Operator
from qgate.recording import paused
from qgate.typing import Tensor, WiresLike


class PairDepolarizing(PauliMixture):
    """Applies each of the 15 Pauli words of two qubits but the identity with probability p / 15.

    Parameters
    ----------
    p : real
        Probability of an error, from 0 to 1; 15/16 leaves the maximally mixed state.
    wires : wires
        The two wires it acts on.
    id : str, optional
        A name for this occurrence.
    """

    num_wires = 2
    ranges = {"p": (0.0, 1.0)}  # noqa: RUF012  # as in the other channels
    words = tuple("".join(pair) for pair in product("IXYZ", repeat=2))

    def __init__(self, p: Tensor, wires: WiresLike, id: str | None = None) -> None:
        super().__init__((p,), wires, id=id)

    def probabilities(self, p: Tensor) -> Sequence[Tensor]:
        return (1 - p, *[p / 15] * 15)

    def decomposition(self) -> list[Operator]:
        """Return it by its Kraus matrices, for simulations that know channels by their names."""
        with paused():
            return [QubitChannel(np.stack(self.kraus_matrices()), self.wires)]


DEPOLARIZING: dict[int, type[Channel]] = {1: DepolarizingChannel, 2: PairDepolarizing}
"""Depolarisation by the number of qubits."""


def gate_channels(calibration: Calibration, name: str, qubits: Qubits) -> list[Operator]:
    """Return the channels after a gate, on wires with the numbers of the qubits.

    Parameters
    ----------
    calibration : Calibration
    name : str
        Name of the gate in the vendor's words.
    qubits : tuple of int
        One or two qubits; gates on more have no calibration, and no channels.
    """
    duration_s = calibration.duration_s(name, qubits) or 0.0
    relaxations = [
        found for qubit in qubits for found in idle_channels(calibration, qubit, duration_s)
    ]
    error = calibration.gate_error(name, qubits) or 0.0
    size = 2 ** len(qubits)
    fidelity = relaxation_fidelity(calibration, qubits, duration_s)
    if len(qubits) not in DEPOLARIZING or error <= 1 - fidelity:
        return relaxations
    weight = size * (min(error, size / (size + 1)) - 1 + fidelity) / (size * fidelity - 1)
    probability = min(weight * (1 - size**-2), 1.0)
    return [DEPOLARIZING[len(qubits)](probability, qubits), *relaxations]


def relaxation_fidelity(calibration: Calibration, qubits: Qubits, duration_s: float) -> float:
    """Return the average fidelity of the relaxation of some qubits."""
    entanglement = prod(
        (1 + 2 * exp(-duration_s / t2) + exp(-duration_s / t1)) / 4
        for t1, t2 in (_times(calibration, qubit) for qubit in qubits)
    )
    size: int = 2 ** len(qubits)
    return (size * entanglement + 1) / (size + 1)


def idle_channels(calibration: Calibration, qubit: int, duration_s: float) -> list[Operator]:
    """Return the relaxation of a qubit during some time; empty: none is known."""
    t1, t2 = _times(calibration, qubit)
    if duration_s <= 0 or min(t1, t2) == float("inf"):
        return []
    if t1 == float("inf"):
        return [PhaseDamping(1 - exp(-2 * duration_s / t2), qubit)]
    return [ThermalRelaxationError(0.0, t1, t2, duration_s, qubit)]


def readout_channels(zero_as_one: float, one_as_zero: float, qubit: int) -> list[Operator]:
    """Return operations before an ideal readout that make it err with these probabilities."""
    if zero_as_one == one_as_zero == 0:
        return []
    if zero_as_one + one_as_zero <= 1:
        return [ResetError(one_as_zero, zero_as_one, qubit)]
    return [PauliX(qubit), ResetError(1 - zero_as_one, 1 - one_as_zero, qubit)]


def _times(calibration: Calibration, qubit: int) -> tuple[float, float]:
    t1, t2 = calibration.coherence_s(qubit)
    infinite = float("inf")
    return (t1 or infinite, t2 or infinite)

"""Errors and durations of a device of Amazon Braket, from its description.

Amazon publishes them in three forms: for each qubit and pair of qubits (``standardized``, versions
1 and 2), for the whole device (``standardized``, version 3), or in the provider's own words
(``provider`` of IonQ). Infidelities are taken as probabilities of an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

READOUT = "READOUT"
ONE_QUBIT = ("SIMULTANEOUS_RANDOMIZED_BENCHMARKING", "RANDOMIZED_BENCHMARKING")
"""Types of a fidelity of one-qubit gates; that with neighbours in use is nearer to a circuit."""

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

Qubits = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Errors and durations of a device.

    Parameters
    ----------
    errors : mapping of (int, ...) to mapping of str to float
        Errors of the gates on one or two qubits, by the name of the gate in lower case; an empty
        name: of all gates there.
    readout : mapping of int to float
        Readout error of each qubit.
    means : mapping of int to float
        Error of a gate on that number of qubits, averaged over the device; 0: of a readout.
    durations_s : mapping of int to float
        Duration in seconds of a gate on that number of qubits; 0: of a readout.
    """

    errors: Mapping[Qubits, Mapping[str, float]] = field(default_factory=dict)
    readout: Mapping[int, float] = field(default_factory=dict)
    means: Mapping[int, float] = field(default_factory=dict)
    durations_s: Mapping[int, float] = field(default_factory=dict)

    def gate_error(self, name: str, qubits: Qubits, *, placed: bool) -> float | None:
        """Return the error of a gate; ``placed``: on these qubits, else on average."""
        if placed:
            found = self.errors.get(qubits) or self.errors.get(qubits[::-1]) or {}
            if (own := found.get(name.lower(), found.get(""))) is not None:
                return own
        return self.means.get(len(qubits))

    def readout_error(self, qubit: int, *, placed: bool) -> float | None:
        """Return the error of a readout; ``placed``: of this qubit, else on average."""
        mean = self.means.get(0)
        return self.readout.get(qubit, mean) if placed else mean


def read_calibration(properties: Any) -> Calibration | None:
    """Return the calibration in a device's properties; None: there is none.

    Parameters
    ----------
    properties : braket.device_schema.DeviceCapabilities
    """
    standardized = getattr(properties, "standardized", None)
    if getattr(standardized, "twoQubitProperties", None) is not None:
        return _by_qubit(standardized)
    if standardized is not None:
        return _of_device(standardized)
    provider = getattr(properties, "provider", None)
    return None if getattr(provider, "fidelity", None) is None else _of_ionq(provider)


def _by_qubit(standardized: Any) -> Calibration:
    errors: dict[Qubits, dict[str, float]] = {}
    readout: dict[int, float] = {}
    for label, facts in standardized.oneQubitProperties.items():
        found = {each.fidelityType.name: 1 - each.fidelity for each in facts.oneQubitFidelity}
        gate = next((found[kind] for kind in ONE_QUBIT if kind in found), None)
        if gate is not None:
            errors[(int(label),)] = {"": gate}
        if READOUT in found:
            readout[int(label)] = found[READOUT]
    for label, facts in standardized.twoQubitProperties.items():
        pair = tuple(map(int, label.split("-")))
        errors[pair] = {
            each.gateName.lower().replace("_", ""): 1 - each.fidelity
            for each in facts.twoQubitGateFidelity
        }
    return Calibration(errors, readout, _means(errors, readout))


def _means(errors: Mapping[Qubits, Mapping[str, float]], readout: Mapping[int, float]) -> Any:
    """Return the average errors; of a pair with several gates the best counts."""
    by_size: dict[int, list[float]] = {0: list(readout.values())}
    for qubits, found in errors.items():
        by_size.setdefault(len(qubits), []).append(min(found.values()))
    return {size: fmean(listed) for size, listed in by_size.items() if listed}


def _of_device(standardized: Any) -> Calibration:
    by_qubit = standardized.oneQubitProperties or {}
    errors: dict[Qubits, dict[str, float]] = {
        (int(label),): {"": 1 - facts.oneQubitFidelity[0].fidelity}
        for label, facts in by_qubit.items()
        if facts.oneQubitFidelity
    }
    means = _stated(
        (0, _infidelity(standardized.readoutFidelity)),
        (1, _infidelity(standardized.singleQubitFidelity)),
        (2, _infidelity(standardized.twoQubitGateFidelity)),
    )
    durations = _stated(
        (0, _seconds(standardized.readoutDuration)),
        (1, _seconds(standardized.singleQubitGateDuration)),
        (2, _seconds(standardized.twoQubitGateDuration)),
    )
    return Calibration(errors, means={**_means(errors, {}), **means}, durations_s=durations)


def _of_ionq(provider: Any) -> Calibration:
    names = {0: "spam", 1: "1Q", 2: "2Q"}
    timing = {**names, 0: "readout"}
    means = {
        size: 1 - provider.fidelity[name]["mean"]
        for size, name in names.items()
        if "mean" in provider.fidelity.get(name, ())
    }
    durations = {
        size: provider.timing[name] for size, name in timing.items() if name in provider.timing
    }
    return Calibration(means=means, durations_s=durations)


def _stated(*pairs: tuple[int, float | None]) -> dict[int, float]:
    return {size: value for size, value in pairs if value is not None}


def _infidelity(listed: Sequence[Any] | None) -> float | None:
    return 1 - listed[0].fidelity if listed else None


def _seconds(duration: Any) -> float | None:
    return None if duration is None else duration.value * SECONDS[duration.unit.value]

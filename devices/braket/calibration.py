"""Errors and durations of a device of Amazon Braket, from its description.

Amazon publishes them in three forms: for each qubit and pair of qubits (``standardized``, versions
1 and 2), for the whole device (``standardized``, version 3), or in the provider's own words
(``provider`` of IonQ). Infidelities are taken as probabilities of an error.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qgate.devices.emulation.calibration import Calibration, Confusion, Qubits, averages
from qgate.devices.emulation.native_circuit import CalibratedNoise
from qgate.devices.emulation.pulses import NO_PULSE

READOUT = "READOUT"
ONE_AS_ZERO, ZERO_AS_ONE = "READOUT_ERROR_1_TO_0", "READOUT_ERROR_0_TO_1"
"""Types whose value is not a fidelity, but the error itself."""

ONE_QUBIT = ("SIMULTANEOUS_RANDOMIZED_BENCHMARKING", "RANDOMIZED_BENCHMARKING")
"""Types of a fidelity of one-qubit gates; that with neighbours in use is nearer to a circuit."""

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}

SOURCE = "device's description"


def read_calibration(properties: Any) -> Calibration | None:
    """Return the calibration in a device's properties; None: there is none.

    Parameters
    ----------
    properties : braket.device_schema.DeviceCapabilities
    """
    found = _numbers(properties)
    if found is None:
        return None
    updated = getattr(getattr(properties, "service", None), "updatedAt", None)
    date = "" if updated is None else updated.date().isoformat()
    return replace(found, source=SOURCE, date=date)


def noise_of(candidate: object) -> CalibratedNoise | None:
    """Return the noise in a device's description; None: there is none.

    Parameters
    ----------
    candidate : braket.device_schema.DeviceCapabilities, or mapping
        A mapping is the JSON document of the description.
    """
    properties = candidate
    if isinstance(candidate, dict):
        if "braketSchemaHeader" not in candidate:
            return None
        from braket.schema_common import BraketSchemaBase  # importing this module needs no SDK

        try:
            properties = BraketSchemaBase.parse_raw_schema(json.dumps(candidate))
        except (ValueError, ImportError):  # not a valid document
            return None
    found = read_calibration(properties)
    if found is None:
        return None
    return CalibratedNoise(replace(found, virtual=frozenset({NO_PULSE})), idle=False)


def _numbers(properties: Any) -> Calibration | None:
    standardized = getattr(properties, "standardized", None)
    if getattr(standardized, "twoQubitProperties", None) is not None:
        return _by_qubit(standardized)
    if standardized is not None:
        return _of_device(standardized)
    provider = getattr(properties, "provider", None)
    return None if getattr(provider, "fidelity", None) is None else _of_ionq(provider)


def _by_qubit(standardized: Any) -> Calibration:
    errors: dict[Qubits, dict[str, float]] = {}
    readout: dict[int, Confusion] = {}
    t1_s, t2_s = dict[int, float](), dict[int, float]()
    for label, facts in standardized.oneQubitProperties.items():
        qubit = int(label)
        values = {each.fidelityType.name: each.fidelity for each in facts.oneQubitFidelity}
        gate = next((1 - values[kind] for kind in ONE_QUBIT if kind in values), None)
        if gate is not None:
            errors[(qubit,)] = {"": gate}
        if ZERO_AS_ONE in values and ONE_AS_ZERO in values:
            readout[qubit] = (values[ZERO_AS_ONE], values[ONE_AS_ZERO])
        elif READOUT in values:
            readout[qubit] = (1 - values[READOUT],) * 2
        t1_s |= _stated((qubit, _seconds(facts.T1)))
        t2_s |= _stated((qubit, _seconds(facts.T2)))
    for label, facts in standardized.twoQubitProperties.items():
        pair = tuple(map(int, label.split("-")))
        errors[pair] = {
            each.gateName.lower().replace("_", ""): 1 - each.fidelity
            for each in facts.twoQubitGateFidelity
        }
    means = averages(errors, readout.values())
    return Calibration(errors=errors, readout=readout, means=means, t1_s=t1_s, t2_s=t2_s)


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
    return Calibration(
        errors=errors,
        means={**averages(errors), **means},
        mean_durations_s=durations,
        t1_s=_stated((-1, _seconds(standardized.T1))),
        t2_s=_stated((-1, _seconds(standardized.T2))),
    )


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
    t1_s, t2_s = (_stated((-1, provider.timing.get(name))) for name in ("T1", "T2"))
    return Calibration(means=means, mean_durations_s=durations, t1_s=t1_s, t2_s=t2_s)


def _stated(*pairs: tuple[int, float | None]) -> dict[int, float]:
    return {size: value for size, value in pairs if value is not None}


def _infidelity(listed: Sequence[Any] | None) -> float | None:
    return 1 - listed[0].fidelity if listed else None


def _seconds(duration: Any) -> float | None:
    """Return a time in seconds; versions of the schema write the units differently."""
    if duration is None:
        return None
    unit = getattr(duration.unit, "value", duration.unit)
    return float(duration.value) * SECONDS[str(unit).lower()]

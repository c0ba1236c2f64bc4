"""Shipped calibrations of devices of Amazon Braket, from ``snapshots.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from qgate.devices.braket.cards import short_name
from qgate.devices.cloud.remote import Record
from qgate.devices.emulation.calibration import Calibration, Qubits, averages

MICROSECOND_S = 1e-6


@cache
def snapshot_of(arn: str) -> Calibration | None:
    """Return the shipped calibration of a device; None: there is none."""
    name = short_name(arn)
    file = Path(__file__).with_name("snapshots.toml")
    entry = tomllib.loads(file.read_text(encoding="utf-8")).get(name or "")
    if entry is None:
        return None
    return _by_qubit(entry) if "qubits" in entry else _of_device(entry)


def _by_qubit(entry: Record) -> Calibration:
    qubits = {int(label): numbers for label, numbers in entry["qubits"].items()}
    errors: dict[Qubits, dict[str, float]] = {
        (qubit,): {"": numbers[0]} for qubit, numbers in qubits.items()
    }
    for label, error in entry["pairs"].items():
        first, second = map(int, label.split("-"))
        errors[(first, second)] = {"": error}
    readout = {qubit: (numbers[1], numbers[2]) for qubit, numbers in qubits.items()}
    return Calibration(
        errors=errors,
        readout=readout,
        means=averages(errors, readout.values()),
        t1_s={qubit: numbers[3] * MICROSECOND_S for qubit, numbers in qubits.items()},
        t2_s={qubit: numbers[4] * MICROSECOND_S for qubit, numbers in qubits.items()},
        source=f"snapshot ({entry['source']})",
        date=entry["date"],
    )


def _of_device(entry: Record) -> Calibration:
    one, two, readout = entry["durations_s"]
    errors = {pair: {"": entry["error_2q"]} for pair in _neighbours(*entry.get("grid", (0, 0)))}
    zero_as_one, one_as_zero = entry["readout"]
    return Calibration(
        errors=errors,
        means={
            0: (zero_as_one + one_as_zero) / 2,
            1: entry["error_1q"],
            2: entry["error_2q"],
        },
        mean_durations_s={0: readout, 1: one, 2: two},
        t1_s={-1: entry["t1_s"]},
        t2_s={-1: entry["t2_s"]},
        source=f"snapshot ({entry['source']})",
        date=entry["date"],
    )


def _neighbours(rows: int, columns: int) -> Iterator[Qubits]:
    """Yield the pairs of neighbours in a grid whose qubits are numbered row by row."""
    for qubit in range(rows * columns):
        if (qubit + 1) % columns:
            yield (qubit, qubit + 1)
        if qubit + columns < rows * columns:
            yield (qubit, qubit + columns)

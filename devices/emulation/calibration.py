"""Errors and durations of a device, as plain numbers from the calibration of any vendor."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from statistics import fmean
from typing import TypeAlias

from qgate.short_repr import fields_summary

Qubits: TypeAlias = tuple[int, ...]
ByGate: TypeAlias = Mapping[Qubits, Mapping[str, float]]
"""A number of each gate on some qubits, by its name in lower case; an empty name: of all gates."""

Confusion: TypeAlias = tuple[float, float]
"""Probabilities to read 1 where the qubit is 0, and 0 where it is 1."""

TWO_QUBITS = 2


@dataclass(frozen=True, slots=True)
class Calibration:
    """Errors, durations and coherence times of a device.

    Parameters
    ----------
    errors : mapping of (int, ...) to mapping of str to float
        Errors of the gates on some qubits: 1 minus the average gate fidelity.
    readout : mapping of int to (float, float)
        Readout errors of each qubit, p(1|0) and p(0|1).
    means : mapping of int to float
        Error of a gate on that number of qubits, averaged over the device; 0: of a readout.
    durations_s : mapping of (int, ...) to mapping of str to float
        Durations of the gates in seconds.
    mean_durations_s : mapping of int to float
        Duration in seconds of a gate on that number of qubits; 0: of a readout.
    t1_s, t2_s : mapping of int to float
        Relaxation and dephasing time of each qubit in seconds; -1: of all others.
    virtual : frozenset of str
        Names of the gates that take no time and have no error: they shift the phase of later
        pulses.
    source, date : str
        Origin of the numbers, and their date as YYYY-MM-DD.
    """

    errors: ByGate = field(default_factory=dict)
    readout: Mapping[int, Confusion] = field(default_factory=dict)
    means: Mapping[int, float] = field(default_factory=dict)
    durations_s: ByGate = field(default_factory=dict)
    mean_durations_s: Mapping[int, float] = field(default_factory=dict)
    t1_s: Mapping[int, float] = field(default_factory=dict)
    t2_s: Mapping[int, float] = field(default_factory=dict)
    virtual: frozenset[str] = frozenset()
    source: str = ""
    date: str = ""

    def gate_error(self, name: str, qubits: Qubits, *, placed: bool = True) -> float | None:
        """Return the error of a gate; ``placed``: on these qubits, else on average."""
        if name.lower() in self.virtual:
            return 0.0
        own = _own(self.errors, name, qubits) if placed else None
        return self.means.get(len(qubits)) if own is None else own

    def duration_s(self, name: str, qubits: Qubits) -> float | None:
        """Return the duration of a gate in seconds; None: unknown."""
        if name.lower() in self.virtual:
            return 0.0
        own = _own(self.durations_s, name, qubits)
        return self.mean_durations_s.get(len(qubits)) if own is None else own

    def readout_error(self, qubit: int, *, placed: bool = True) -> float | None:
        """Return the average error of a readout; ``placed``: of this qubit, else of all."""
        if placed and qubit in self.readout:
            return fmean(self.readout[qubit])
        return self.means.get(0)

    def confusion(self, qubit: int) -> Confusion:
        """Return the readout errors p(1|0) and p(0|1) of a qubit; without any, those of all."""
        mean = self.means.get(0, 0.0)
        return self.readout.get(qubit, (mean, mean))

    def coherence_s(self, qubit: int) -> tuple[float | None, float | None]:
        """Return T1 and T2 of a qubit in seconds, T2 at most 2 T1; None: unknown."""
        t1 = self.t1_s.get(qubit, self.t1_s.get(-1))
        t2 = self.t2_s.get(qubit, self.t2_s.get(-1))
        if t1 is not None:
            t2 = 2 * t1 if t2 is None else min(t2, 2 * t1)
        return t1, t2

    @property
    def pairs(self) -> frozenset[Qubits]:
        """Pairs of qubits with a gate, in ascending order; empty: all of them, or unknown."""
        found = (qubits for qubits in self.errors if len(qubits) == TWO_QUBITS)
        return frozenset((min(pair), max(pair)) for pair in found)

    @property
    def gate_names(self) -> frozenset[str]:
        """Names of all gates with errors or durations."""
        tables = (*self.errors.values(), *self.durations_s.values())
        return frozenset(name for table in tables for name in table)

    @property
    def digest(self) -> str:
        """Short text that differs for other numbers."""
        numbers = [_sorted(getattr(self, item.name)) for item in fields(self)]
        return hashlib.sha256(repr(numbers).encode()).hexdigest()[:12]

    __repr__ = fields_summary


def averages(errors: ByGate, readout: Iterable[Confusion] = ()) -> dict[int, float]:
    """Return the average errors by the number of qubits; of a pair with several gates the best."""
    by_size: dict[int, list[float]] = {0: [fmean(pair) for pair in readout]}
    for qubits, found in errors.items():
        by_size.setdefault(len(qubits), []).append(min(found.values()))
    return {size: fmean(listed) for size, listed in by_size.items() if listed}


def _own(table: ByGate, name: str, qubits: Qubits) -> float | None:
    found = table.get(qubits) or table.get(qubits[::-1]) or {}
    return found.get(name.lower(), found.get(""))


def _sorted(value: object) -> object:
    """Return a value whose text does not depend on the order in which a table was filled."""
    if isinstance(value, Mapping):
        return sorted((key, _sorted(item)) for key, item in value.items())
    return sorted(value) if isinstance(value, frozenset) else value

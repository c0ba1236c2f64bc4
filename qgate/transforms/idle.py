"""Removal of idle wires: wires without gates stay in the state 0 and need no simulation.

The letters Z and I on such a wire have the expectation value 1, so they can be removed from a Pauli
word. A measurement of such a wire gives 0.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.operations.pauli_algebra import Terms
from qgate.structure import Structure
from qgate.typing import Wire
from qgate.wires import Wires

LEAVES_OUT = (MeasurementKind.EXPVAL, MeasurementKind.TERMS, MeasurementKind.VAR)
"""Measurements whose Pauli words lose their letters on idle wires."""


@lru_cache(maxsize=1024)
def busy_wires(structure: Structure) -> Wires:
    """Return the wires on which operations act, in the order of the structure's wires."""
    touched = {wire for operation in structure.operations for wire in operation.wires}
    if len(touched) == len(structure.wires):
        return structure.wires
    return Wires([wire for wire in structure.wires if wire in touched])


@lru_cache(maxsize=1024)
def without_idle_wires(structure: Structure) -> Structure:
    """Return a structure whose Pauli words have no letters on idle wires where possible.

    It has the same slots and number of terms, so the same parameters apply, and at least one wire.
    """
    kept = set(busy_wires(structure))
    for item in structure.measurements:
        kept.update(_needed(item))
    if len(kept) == len(structure.wires):
        return structure
    kept = kept or set(structure.wires[:1])
    return structure.with_measurements([_without(item, kept) for item in structure.measurements])


def _needed(measurement: Measurement) -> Wires:
    """Return the wires on which a measurement depends although no gate acts on them."""
    observable = measurement.observable
    if measurement.kind not in LEAVES_OUT or not isinstance(observable, PauliSum):
        return measurement.wires
    flipped = np.flatnonzero(observable.x.any(axis=0))
    return Wires([observable.wires[column] for column in flipped.tolist()])


def _without(measurement: Measurement, kept: set[Wire]) -> Measurement:
    """Return a measurement whose Pauli words have letters only on some wires."""
    observable = measurement.observable
    if kept.issuperset(measurement.wires) or not isinstance(observable, PauliSum):
        return measurement
    columns = [place for place, wire in enumerate(observable.wires) if wire in kept]
    wires = Wires([observable.wires[column] for column in columns])
    terms = Terms(observable.parameters[0], observable.x[:, columns], observable.z[:, columns])
    return measurement.with_observable(PauliSum.of_terms(terms, wires))

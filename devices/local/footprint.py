"""Memory of the measurements of a simulation, in addition to the states in the engine.

The factors count the arrays that ``exact.py`` and ``density.py`` hold at the same
time, in units of one state vector or of one density matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from qgate.measurements import Measurement, MeasurementKind
from qgate.operations.pauli import PauliSum
from qgate.structure import Structure
from qgate.sweep import Sweep

RECORDED_STATES = 3.0
"""State vectors that autograd, PyTorch, JAX and TensorFlow keep of each gate for ``backprop``.

Measured on 18 wires with 20 and 60 gates: 1.8 to 3.4.
"""

BRA_AMPLITUDES = 2**24
"""Maximum number of amplitudes of vectors O|psi> that are propagated back together."""

MOST_WIRES = 200
"""Number of wires at which estimates are capped: beyond any memory, without float overflow."""

ENTROPIES = (MeasurementKind.VN_ENTROPY, MeasurementKind.MUTUAL_INFO)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory of the measurements of a row.

    Parameters
    ----------
    states : float
        State vectors that leave the engine, and copies of them while one is measured.
    work : float
        Additional bytes for each row that is measured at the same time.
    kept : float
        Bytes of the results of each row.
    values : int
        Number of values that are differentiated.
    sums : bool
        Whether all are expectation values of sums of Pauli words, which the compiled engine
        computes itself.
    """

    states: float
    work: float
    kept: float
    values: int
    sums: bool


@lru_cache(maxsize=1024)
def footprint(structure: Structure, num_wires: int) -> Footprint:
    """Return the memory of exact measurements of a structure on ``num_wires`` wires."""
    parts = [_of(item, num_wires) for item in structure.measurements]
    prepared = any(hasattr(item, "canonical_state") for item in structure.operations)
    sums = all(part.sums for part in parts)
    return Footprint(
        (0.0 if sums else 1.0 + max(part.states for part in parts)) + 3.0 * prepared,
        max((part.work for part in parts), default=0.0),
        sum(part.kept for part in parts),
        sum(part.values for part in parts),
        sums,
    )


def _of(item: Measurement, num_wires: int) -> Footprint:
    num_wires = min(num_wires, MOST_WIRES)
    count = min(len(item.wires) or num_wires, MOST_WIRES)
    chances, matrix = 8.0 * 2.0**count, 16.0 * 4.0**count
    is_sum = isinstance(item.observable, PauliSum)
    match item.kind:
        case MeasurementKind.EXPVAL:
            return Footprint(0.0 if is_sum else 3.0, 0.0, 8.0, 1, is_sum)
        case MeasurementKind.TERMS:
            terms = item.observable.num_terms
            return Footprint(1.0 if is_sum else 3.0, 0.0, 8.0 * terms, terms, False)
        case MeasurementKind.VAR:
            return Footprint(3.0, 0.0, 8.0, 1, False)
        case MeasurementKind.PROBS:
            changed = 2.0 if item.obs is not None else 0.0
            return Footprint(2.0 + changed, 0.0, chances, 2**count, False)
        case MeasurementKind.STATE:
            return Footprint(1.0, 0.0, 16.0 * 2.0**num_wires, 2**num_wires, False)
        case MeasurementKind.DENSITY_MATRIX:
            return Footprint(2.0, 0.0, matrix, 4**count, False)
    copies = 5.5 if item.kind in ENTROPIES else 2.5
    return Footprint(2.0, copies * matrix, 8.0, 1, False)


def derivative_bytes(sweep: Sweep, num_wires: int, *, compiled: bool) -> float:
    """Return the memory of derivatives by all slots, in addition to the states in the engine."""
    found, rows = footprint(sweep.structure, num_wires), len(sweep)
    slopes = 24.0 * max(sweep.structure.num_slots, 1) * rows * found.values
    if found.sums and compiled:
        return slopes
    kets = rows * 2.0 ** min(num_wires, MOST_WIRES)
    bras = min(max(float(BRA_AMPLITUDES), kets), kets * found.values)
    return slopes + 16.0 * (kets + 3.0 * bras)

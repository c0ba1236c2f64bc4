"""Measurement plan of a circuit: points, Pauli words and measurement bases; cached by structure.

A derivative is a linear combination of expectation values of Pauli words at shifted points. Pairs
of a point and a Pauli word that cannot contribute are dropped: a Pauli word outside the light cone
of the shifted angles has the same expectation value at all their points, and its weights add up to
zero. The remaining Pauli words are grouped into measurement bases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from qgate.arguments import is_text_among
from qgate.exceptions import UnknownGrouping, suggest
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.measurements import Measurement, MeasurementKind
from qgate.shot_allocation.grouping import Bases, fully_commuting, qubit_wise
from qgate.shot_allocation.light_cone import dependences
from qgate.shot_allocation.linear_estimand import LinearEstimand, derivatives_estimand
from qgate.shot_allocation.parity import Representatives, conserved_parities
from qgate.shot_allocation.pauli_expansion import PauliExpansion
from qgate.structure import Structure
from qgate.typing import BoolArray, FloatArray

GROUPINGS = ("qwc", "fc", "symmetry")
"""Strategies for grouping commuting Pauli words; see ``docs/shots.md``."""

VALUES_WEIGHT = 1e-6
"""Weight of the values beside the derivatives in the order of Pauli words for their grouping.

It orders the Pauli words that only the values need, after all others.
"""


@dataclass(frozen=True, eq=False)
class MeasurementPlan:
    """A circuit at its points, its T Pauli words, and their measurement bases."""

    shifted: ShiftedSweep  # the structure that runs, and the points around its rows
    observed: PauliExpansion
    depends: BoolArray  # (P, T), whether each Pauli word depends on each slot
    kept: BoolArray  # (E, T), whether each entry of the stencil requires each Pauli word
    grouping: str

    @property
    def stencil(self) -> Stencil:
        """Points and weights."""
        return self.shifted.stencil

    @property
    def pruned(self) -> float:
        """Share of the pairs of a stencil entry and a Pauli word that require no shots."""
        return float(1 - self.kept.mean()) if self.kept.size else 0.0

    @property
    def num_points(self) -> int:
        """S, the number of points with the unshifted one."""
        return 1 + len(self.stencil.offsets)

    def at(self, rows: FloatArray) -> FloatArray:
        """Return each row at all S points, the unshifted one first: (K, P) to (K, S, P)."""
        points: FloatArray = np.concatenate([rows[None], self.stencil.at(rows)])
        return points.swapaxes(0, 1)

    def derivatives(self, jacobian: FloatArray | None = None) -> LinearEstimand:
        """Return the derivatives of the measurement results, by a jacobian (G, n) of the slots."""
        by = np.eye(self.stencil.size) if jacobian is None else jacobian
        return derivatives_estimand(self.stencil, self.kept, self.observed.coefficients, by)

    @cached_property
    def representatives(self) -> Representatives:
        """The Pauli words, or equivalent ones where the grouping allows a replacement."""
        x, z = self.observed.x, self.observed.z
        if self.grouping != "symmetry":
            return Representatives.themselves(x, z)
        native = self.shifted.decomposed.structure
        return conserved_parities(native, self.observed.wires).representatives(x, z)

    @cached_property
    def bases(self) -> Bases:
        """Measurement bases of the Pauli words."""
        strengths = np.abs(self.observed.coefficients).sum(axis=0)
        if self.stencil.size and len(self.stencil.offsets):
            strengths = strengths * VALUES_WEIGHT + self.derivatives().strengths
        group = fully_commuting if self.grouping == "fc" else qubit_wise
        return group(self.representatives, strengths, self.observed.wires)

    @cached_property
    def circuits(self) -> tuple[Structure, ...]:
        """Circuit for each basis."""
        counted = Measurement(MeasurementKind.COUNTS, wires=self.observed.wires)
        counted.options["all_outcomes"] = False
        native = self.shifted.decomposed.structure
        return tuple(
            Structure(
                (*native.operations, *basis.gates), (counted,), native.num_slots, native.num_arrays
            )
            for basis in self.bases.members
        )


def measurement_plan(
    structure: Structure, shifted: ShiftedSweep, grouping: str, *, cached: bool
) -> MeasurementPlan:
    """Return the measurement plan of a structure with named wires and fixed observables.

    ``cached``: whether to cache the plan, for repeated requests at the same points.

    Raises
    ------
    UnsupportedEstimate, UnknownGrouping
    """
    if not is_text_among(grouping, GROUPINGS):
        raise UnknownGrouping(grouping=grouping, known=GROUPINGS, hint=suggest(grouping, GROUPINGS))
    make = _measurement_plan if cached else _measurement_plan.__wrapped__
    return make(structure, shifted, grouping)


@lru_cache(maxsize=64)
def _measurement_plan(
    structure: Structure, shifted: ShiftedSweep, grouping: str
) -> MeasurementPlan:
    observed = _observed(structure)
    depends = _dependences(shifted.decomposed.structure, structure)
    return MeasurementPlan(shifted, observed, depends, _kept(shifted.stencil, depends), grouping)


@lru_cache(maxsize=64)
def _observed(structure: Structure) -> PauliExpansion:
    return PauliExpansion.of(structure.measurements, structure.wires)


@lru_cache(maxsize=64)
def _dependences(native: Structure, structure: Structure) -> BoolArray:
    observed = _observed(structure)
    return dependences(native, observed.wires, observed.x, observed.z)


def _kept(stencil: Stencil, depends: BoolArray) -> BoolArray:
    """Return whether each entry of a stencil requires each Pauli word.

    A Pauli word that does not depend on the angles moved by some points has the same value at all
    of these points. If the weights of these points add up to zero, it drops out.
    """
    moved = stencil.moved
    kept = np.zeros((len(stencil.weights), depends.shape[1]), dtype=bool)
    for target in range(stencil.size**stencil.order):
        entries = np.flatnonzero(stencil.targets == target)
        for members in _alike(moved, stencil, entries.tolist()):
            angles = moved[stencil.points[members]].any(axis=0)
            kept[members] = depends[angles].any(axis=0)
    return kept


def _alike(moved: BoolArray, stencil: Stencil, entries: Sequence[int]) -> list[list[int]]:
    """Group entries by the angles that they move, if the weights of each group add up to zero."""
    groups: dict[bytes, list[int]] = {}
    for entry in entries:
        groups.setdefault(moved[stencil.points[entry]].tobytes(), []).append(entry)
    sums = [abs(stencil.weights[members].sum()) for members in groups.values()]
    scale = 1e-9 * np.abs(stencil.weights[entries]).sum() if len(entries) else 0.0
    if all(total <= scale for total in sums):
        return list(groups.values())
    return [list(entries)]

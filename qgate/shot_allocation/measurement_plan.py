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
from qgate.shot_allocation.bases import Bases, qubit_wise
from qgate.shot_allocation.clifford import fully_commuting
from qgate.shot_allocation.cone import dependences
from qgate.shot_allocation.linear_estimand import LinearEstimand, derivative_problem
from qgate.shot_allocation.parity import Representatives, conserved_parities
from qgate.shot_allocation.pauli_expansion import PauliExpansion
from qgate.structure import Structure
from qgate.typing import BoolArray, FloatArray
from qgate.wires import Wires

GROUPINGS = ("qwc", "fc", "symmetry")
"""Strategies for grouping commuting Pauli words; see ``docs/shots.md``."""


def check_grouping(grouping: str) -> None:
    """Refuse an unknown grouping.

    Raises
    ------
    UnknownGrouping
    """
    if not is_text_among(grouping, GROUPINGS):
        raise UnknownGrouping(grouping=grouping, known=GROUPINGS, hint=suggest(grouping, GROUPINGS))


@dataclass(frozen=True, eq=False)
class MeasurementPlan:
    """Measurement plan: a circuit at its points, its Pauli words, and their measurement bases.

    Parameters
    ----------
    shifted : ShiftedSweep
        The structure that runs, and the points around its rows.
    observed : PauliExpansion
        T Pauli words.
    depends : array of bool, shape (P, T)
        Whether each Pauli word depends on each slot.
    kept : array of bool, shape (E, T)
        Whether each entry of the stencil requires each Pauli word.
    grouping : str
    """

    shifted: ShiftedSweep
    observed: PauliExpansion
    depends: BoolArray
    kept: BoolArray
    grouping: str

    @property
    def stencil(self) -> Stencil:
        """Points and weights."""
        return self.shifted.stencil

    @property
    def structure(self) -> Structure:
        """The structure that runs, without measurements."""
        return self.shifted.decomposed.structure

    @cached_property
    def pruned(self) -> float:
        """Share of the pairs of a stencil entry and a Pauli word that require no shots."""
        return float(1 - self.kept.mean()) if self.kept.size else 0.0

    @cached_property
    def offsets(self) -> FloatArray:
        """The points, the unshifted one first, shape (S, P)."""
        origin = np.zeros((1, self.stencil.offsets.shape[1]))
        return np.concatenate([origin, self.stencil.offsets])

    def derivatives(self, jacobian: FloatArray | None = None) -> LinearEstimand:
        """Return the derivatives of the measurement results as a linear problem.

        Parameters
        ----------
        jacobian : array, shape (G, n), optional
            Maps the n derivatives of the stencil to the G requested ones.
        """
        stencil = self.stencil
        entries = zip(
            stencil.targets.tolist(),
            (stencil.points + 1).tolist(),
            stencil.weights.tolist(),
            strict=True,
        )
        return derivative_problem(
            list(entries),
            self.kept,
            self.observed.coefficients,
            num_rows=len(self.offsets),
            jacobian=np.eye(stencil.size) if jacobian is None else jacobian,
        )

    @cached_property
    def representatives(self) -> Representatives:
        """The Pauli words, or equivalent ones where the grouping allows a replacement."""
        x, z = self.observed.x, self.observed.z
        if self.grouping != "symmetry":
            return Representatives.themselves(x, z)
        return conserved_parities(self.structure, self.observed.wires).representatives(x, z)

    @cached_property
    def bases(self) -> Bases:
        """Measurement bases of the Pauli words."""
        strengths = np.abs(self.observed.coefficients).sum(axis=0)
        if self.stencil.size and len(self.stencil.offsets):
            strengths = strengths * 1e-6 + self.derivatives().strengths
        group = fully_commuting if self.grouping == "fc" else qubit_wise
        return group(self.representatives, strengths, self.observed.wires)

    @cached_property
    def circuits(self) -> tuple[Structure, ...]:
        """Circuit for each basis."""
        counted = Measurement(MeasurementKind.COUNTS, wires=self.observed.wires)
        counted.options["all_outcomes"] = False
        native = self.structure
        return tuple(
            Structure(
                (*native.operations, *basis.gates), (counted,), native.num_slots, native.num_arrays
            )
            for basis in self.bases.members
        )


def measurement_plan(
    structure: Structure, shifted: ShiftedSweep, wires: Wires, grouping: str, *, cached: bool
) -> MeasurementPlan:
    """Return the measurement plan of a circuit.

    Parameters
    ----------
    structure : Structure
        With numbers as coefficients of its measurements, and named wires.
    shifted : ShiftedSweep
    wires : Wires
        Those of the structure.
    grouping : str
    cached : bool
        Whether to cache the plan, for repeated requests at the same points.
    """
    check_grouping(grouping)
    make = _measurement_plan if cached else _measurement_plan.__wrapped__
    return make(structure, shifted, wires, grouping)


@lru_cache(maxsize=64)
def _measurement_plan(
    structure: Structure, shifted: ShiftedSweep, wires: Wires, grouping: str
) -> MeasurementPlan:
    observed = _observed(structure, wires)
    depends = _dependences(shifted.decomposed.structure, structure, wires)
    return MeasurementPlan(shifted, observed, depends, _kept(shifted.stencil, depends), grouping)


@lru_cache(maxsize=64)
def _observed(structure: Structure, wires: Wires) -> PauliExpansion:
    return PauliExpansion.of(structure.measurements, wires)


@lru_cache(maxsize=64)
def _dependences(native: Structure, structure: Structure, wires: Wires) -> BoolArray:
    observed = _observed(structure, wires)
    return dependences(native, wires, observed.x, observed.z)


def _kept(stencil: Stencil, depends: BoolArray) -> BoolArray:
    """Return whether each entry of a stencil requires each Pauli word.

    A Pauli word that does not depend on the angles moved by some points has the same value at all
    of these points. If the weights of these points add up to zero, it drops out.
    """
    moved = stencil.offsets != 0
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

"""Derivatives from values at finitely shifted angles.

An expectation value depends on the angle of a gate exp(i x G) as a trigonometric
polynomial whose frequencies are the differences of eigenvalues of G. Its derivative is
a weighted sum of its values at as many shifted angles as it has frequencies, twice.
Schuld et al., Phys. Rev. A 99, 032331 (2019); Wierichs et al., Quantum 6, 677 (2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from qgate.exceptions import (
    DifferentiationError,
    GeneratorUndefinedError,
    NotAffine,
    UndefinedError,
)
from qgate.gradients.difference_rules import finite_diff_coeffs, sensible_step
from qgate.gradients.method import (
    Refusal,
    Shifted,
    refuse_other_kinds,
    refuse_trained_arrays,
)
from qgate.gradients.shift_rules import generate_shift_rule
from qgate.gradients.stencil import Stencil
from qgate.measurements import MeasurementKind
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.structure import Structure
from qgate.tape import Tape
from qgate.transforms.decompose import AffineMap, Decomposed, decompose_structure
from qgate.typing import FloatArray

SERVED = (
    MeasurementKind.EXPVAL,
    MeasurementKind.VAR,
    MeasurementKind.PROBS,
    MeasurementKind.TERMS,
)
"""What is linear in the state, and the variance, a classical function of such."""


@dataclass(frozen=True, slots=True)
class HasRule:
    """Accepts what depends on no slot, what has a shift rule, and what decomposes no further."""

    def __call__(self, operation: Operator) -> bool:
        if not _depends_on_slots(operation) or _frequencies(operation) is not None:
            return True
        try:
            operation.decomposition()
        except (UndefinedError, NotAffine):
            return True
        return False


class ParameterShift:
    """The general parameter-shift rule, for any frequencies.

    A gate without known frequencies that does not decompose is differentiated by central
    finite differences instead, with a step that suits the shots.

    Options (``gradient_kwargs``): ``shifts``, the shifts of the rule in radians, as many as the
    gates have frequencies, or a sequence of such for each trained angle (default: the
    equidistant ones); ``fallback_step``, that of the finite differences; ``broadcast`` is
    accepted and changes nothing, all shifts being rows of one sweep anyway.
    """

    name = "parameter-shift"
    options = frozenset({"shifts", "fallback_step", "broadcast"})

    def refusal(self, tape: Tape) -> Refusal:
        return refuse_other_kinds(tape, SERVED, method=self.name) or refuse_trained_arrays(tape)

    def __call__(
        self,
        structure: Structure,
        slots: tuple[int, ...],
        *,
        order: int,
        shots: int | None,
        options: Mapping[str, Any],
    ) -> Shifted:
        step = options.get("fallback_step") or sensible_step(
            shots, order=order, approx_order=2, strategy="center"
        )
        return _shifted(structure, slots, order, shifts_by_slot(options.get("shifts"), slots), step)


Shifts = tuple[tuple[float, ...] | None, ...]
"""The shifts that a user gave for each trained slot."""


def shifts_by_slot(shifts: Any, slots: tuple[int, ...]) -> Shifts:
    """Return the shifts for each trained slot, given for each of them or for all together."""
    if shifts is None:
        return (None,) * len(slots)
    if all(np.ndim(entry) == 0 for entry in shifts):
        return (tuple(map(float, shifts)),) * len(slots)
    if len(shifts) != len(slots):
        raise DifferentiationError(
            f"shifts has {len(shifts)} entries, and {len(slots)} angles are trained. Give one "
            "sequence of shifts for each trained angle, or one sequence of numbers for all."
        )
    return tuple(tuple(map(float, entry)) for entry in shifts)


@lru_cache(maxsize=256)
def _shifted(
    structure: Structure, slots: tuple[int, ...], order: int, shifts: Shifts, step: float
) -> Shifted:
    decomposed = decompose_structure(structure, HasRule())
    rules = rules_by_angle(decomposed, dict(zip(slots, shifts, strict=True)), step)
    stencil = first = first_order(decomposed.angles, rules, slots)
    for _ in range(order - 1):
        stencil = first.compose(stencil)
    return Shifted(decomposed, stencil)


def first_order(
    angles: AffineMap, rules: Mapping[int, FloatArray], slots: tuple[int, ...]
) -> Stencil:
    """Return the stencil of the derivatives by a tape's slots, from rules for a structure's slots.

    A slot that feeds several gates gets a contribution from each (the product rule), with
    the factor with which it enters.
    """
    target = {slot: index for index, slot in enumerate(slots)}
    entries = []
    for slot, angle, factor in zip(angles.slots, angles.columns, angles.factors, strict=True):
        if int(slot) in target:
            scaled = rules[int(angle)] * np.array([factor, 1.0])
            entries.append((target[int(slot)], int(angle), scaled))
    return Stencil.from_rules(entries, len(angles.offset), len(slots))


def rules_by_angle(
    decomposed: Decomposed, shifts: Mapping[int, Any], step: float, *, order: int = 1
) -> dict[int, FloatArray]:
    """Return the rule for each angle: rows of a coefficient and a shift.

    Parameters
    ----------
    decomposed : Decomposed
        In gates that ``HasRule`` accepts.
    shifts : mapping
        From trained slots to the shifts that are to be used, or None.
    step : float
        That of central differences, for gates without a rule.
    order : int
        Of the derivative by the angle.
    """
    angles = decomposed.angles
    feeds = dict(zip(angles.columns.tolist(), angles.slots.tolist(), strict=True))
    rules: dict[int, FloatArray] = {}
    for operation in decomposed.structure.operations:
        if not _depends_on_slots(operation):
            continue
        known = _frequencies(operation)
        for index, symbol in enumerate(operation.parameters):
            for angle in _slots_in(symbol):
                if known is None:
                    rules[angle] = _difference_rule(step, order)
                else:
                    rules[angle] = _shift_rule(known[index], shifts.get(feeds[angle]), order)
    return rules


def _shift_rule(frequencies: tuple[float, ...], shifts: Any, order: int) -> FloatArray:
    if not frequencies:  # the angle is a global phase: nothing measured depends on it
        return np.zeros((0, 2))
    return generate_shift_rule(frequencies, shifts, order)


def _difference_rule(step: float, order: int) -> FloatArray:
    coefficients, shifts = finite_diff_coeffs(order, 2, "center")
    return np.stack([coefficients / step**order, shifts * step], axis=-1)


def _frequencies(operation: Operator) -> list[tuple[float, ...]] | None:
    try:
        return operation.parameter_frequencies
    except GeneratorUndefinedError:
        return None


def _depends_on_slots(operation: Operator) -> bool:
    return any(_slots_in(symbol) for symbol in operation.parameters)


def _slots_in(symbol: Any) -> list[int]:
    if isinstance(symbol, Affine):
        return [slot for slot, _ in symbol.terms]
    if isinstance(symbol, np.ndarray) and symbol.dtype == object:
        return [slot for entry in symbol.ravel() for slot in _slots_in(entry)]
    return []

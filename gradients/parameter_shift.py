"""Parameter-shift gradients: derivatives from values at finitely shifted angles.

An expectation value depends on the angle of a gate exp(i x G) as a trigonometric polynomial whose
frequencies are the differences of eigenvalues of G. Its derivative is a weighted sum of its values
at shifted angles, two for each frequency. The same holds for amplitudes, whose frequencies are the
eigenvalues themselves. Schuld et al., Phys. Rev. A 99, 032331 (2019); Wierichs et al., Quantum 6,
677 (2022).

Values are affine in the probability p of a mixture of Pauli words: the derivative is the value at
p = 1 minus that at p = 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag, auto
from functools import lru_cache

import numpy as np

from qgate.arguments import finite_numbers, sequence_of
from qgate.exceptions import (
    DifferentiationError,
    GeneratorUndefinedError,
    NotAffine,
    UndefinedError,
    described,
)
from qgate.gradients.difference_rules import finite_diff_coeffs, sensible_step
from qgate.gradients.method import NO_OPTIONS, Options
from qgate.gradients.shift_rules import generate_shift_rule
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.gradients.stencil import Stencil
from qgate.measurements import MeasurementKind
from qgate.operations.channels import PauliMixture
from qgate.operations.operator import Operator
from qgate.structure import Structure, slots_in, slots_of
from qgate.transforms.decomposition import AffineMap, Decomposed, decompose_structure
from qgate.typing import FloatArray


class Quantities(Flag):
    """Flags for the linearity of measured quantities."""

    AVERAGES = auto()
    """Linear in the projector on the state."""
    AMPLITUDES = auto()
    """Linear in the state."""

    @classmethod
    def measured(cls, structure: Structure) -> Quantities:
        """Return the flags of a structure's measurements."""
        found = cls(0)
        for item in structure.measurements:
            found |= cls.AMPLITUDES if item.kind is MeasurementKind.STATE else cls.AVERAGES
        return found


DECIMALS = 10
"""Frequencies that agree to this many decimals count as one."""


@dataclass(frozen=True, slots=True)
class HasRule:
    """Gate set of gates without slots, with a rule for ``of``, or without decomposition."""

    of: Quantities = Quantities.AVERAGES

    def __call__(self, operation: Operator) -> bool:
        if not slots_of(operation):
            return True
        if _frequencies(operation, self.of) is not None:
            return True
        try:
            operation.decomposition()
        except (UndefinedError, NotAffine):
            return True
        return False


def parameter_shift(
    structure: Structure,
    slots: tuple[int, ...],
    *,
    order: int = 1,
    shots: int | None = None,
    options: Options = NO_OPTIONS,
) -> ShiftedSweep:
    """Differentiate by the general parameter-shift rule, for any frequencies.

    A gate with unknown frequencies and without decomposition is differentiated by central finite
    differences instead, with a step that depends on the shots.

    Options (``gradient_kwargs``): ``shifts``, the shifts of the rule in radians, one for each
    frequency of the gates, or a sequence of these for each trainable angle (default: equidistant
    shifts); ``fallback_step``, the step of the finite differences. On tapes and QNodes also
    ``broadcast``, whether all points are one broadcast tape (True) or one tape each;
    ``gradient_recipes``, rows [c, a, s] of a rule sum of c f(a x + s), or None, for each trainable
    parameter of the tape; and ``f0``, the value if it is known.
    """
    step = options.get("fallback_step") or _sensible_step(shots, order)
    return _shifted(structure, slots, order, shifts_by_slot(options.get("shifts"), slots), step)


@lru_cache(maxsize=256)
def _sensible_step(shots: int | None, order: int) -> float:
    return sensible_step(shots, order=order, approx_order=2, strategy="center")


Shifts = tuple[tuple[float, ...] | None, ...]
"""Shifts given by the user for each trainable slot."""


def shifts_by_slot(shifts: object, slots: tuple[int, ...]) -> Shifts:
    """Return the shifts for each trainable slot, given for each of them or for all together."""
    if shifts is None:
        return (None,) * len(slots)
    given = sequence_of("param_shift", "shifts", shifts)
    numbers = finite_numbers(given)
    if numbers is not None:
        return (numbers,) * len(slots)
    rows = [finite_numbers(entry) for entry in given]
    if None in rows:
        raise DifferentiationError(
            f"shifts={described(shifts)} holds something else than finite numbers. Give a sequence "
            "of numbers, or one for each trained angle."
        )
    if len(given) != len(slots):
        raise DifferentiationError(
            f"shifts has {len(given)} entries, and {len(slots)} angles are trained. Give one "
            "sequence of shifts for each trained angle, or one sequence of numbers for all."
        )
    return tuple(rows)


@lru_cache(maxsize=256)
def _shifted(
    structure: Structure, slots: tuple[int, ...], order: int, shifts: Shifts, step: float
) -> ShiftedSweep:
    of = Quantities.measured(structure)
    decomposed = decompose_structure(structure, HasRule(of))
    by_slot = dict(zip(slots, shifts, strict=True))
    rules = rules_by_angle(decomposed, by_slot, step, of=of) | mixture_rules(decomposed.structure)
    return ShiftedSweep(decomposed, (first_order(decomposed.angles, rules, slots).power(order),))


def first_order(
    angles: AffineMap, rules: Mapping[int, FloatArray], slots: tuple[int, ...]
) -> Stencil:
    """Return the stencil of the derivatives by a tape's slots, from rules for a structure's slots.

    By the product rule, a slot gets a contribution from each gate that it enters, times the factor
    with which it enters.
    """
    target = {slot: index for index, slot in enumerate(slots)}
    entries = []
    for slot, angle, factor in zip(angles.slots, angles.columns, angles.factors, strict=True):
        if int(slot) in target:
            rule = rules[int(angle)]
            scaled = np.concatenate([factor * rule[:, :1], rule[:, 1:]], axis=1)
            entries.append((target[int(slot)], int(angle), scaled))
    return Stencil.from_rules(entries, len(angles.offset), len(slots))


def rules_by_angle(
    decomposed: Decomposed,
    shifts: Mapping[int, tuple[float, ...] | None],
    step: float,
    *,
    order: int = 1,
    of: Quantities = Quantities.AVERAGES,
) -> dict[int, FloatArray]:
    """Return the rule for each angle of a circuit in gates of ``HasRule``.

    ``shifts`` are those for trainable slots, or None for the default. ``step`` is that of central
    differences, for gates without a rule. ``order`` is the order of the derivative by the angle.
    """
    angles = decomposed.angles
    feeds = dict(zip(angles.columns.tolist(), angles.slots.tolist(), strict=True))
    rules: dict[int, FloatArray] = {}
    for operation in decomposed.structure.operations:
        if not slots_of(operation):
            continue
        known = _frequencies(operation, of)
        for index, symbol in enumerate(operation.parameters):
            for angle in slots_in(symbol):
                if known is None:
                    rules[angle] = _difference_rule(step, order)
                else:
                    rules[angle] = _shift_rule(known[index], shifts.get(feeds[angle]), order)
    return rules


MIXTURE_RULE = np.array([[1.0, 1.0, 1.0], [-1.0, 0.0, 1.0]])
"""Rule f(1) - f(0) for a probability in which all values are affine."""


def mixture_rules(structure: Structure) -> dict[int, FloatArray]:
    """Return the rules of the probabilities of mixtures of Pauli words."""
    mixtures = [item for item in structure.operations if isinstance(item, PauliMixture)]
    return {slot: MIXTURE_RULE for item in mixtures for slot in slots_of(item)}


def known_frequencies(structure: Structure) -> dict[int, float]:
    """Return the largest frequency of expectation values in each angle, if known, in 1/radian.

    An angle that only changes a phase has frequency 0.
    """
    found: dict[int, float] = {}
    for operation in structure.operations:
        if not slots_of(operation):
            continue
        known = _frequencies(operation, Quantities.AVERAGES)
        for index, symbol in enumerate(operation.parameters):
            if known is None:
                continue
            for angle in slots_in(symbol):
                found[angle] = max((*known[index], found.get(angle, 0.0)))
    return found


def _shift_rule(
    frequencies: tuple[float, ...], shifts: tuple[float, ...] | None, order: int
) -> FloatArray:
    if not frequencies:  # a global phase: nothing depends on it
        return np.zeros((0, 2))
    return generate_shift_rule(frequencies, shifts, order)


def _difference_rule(step: float, order: int) -> FloatArray:
    coefficients, shifts = finite_diff_coeffs(order, 2, "center")
    return np.stack([coefficients / step**order, shifts * step], axis=-1)


def _frequencies(operation: Operator, of: Quantities) -> list[tuple[float, ...]] | None:
    """Return the frequencies of each angle; None: unknown.

    Frequencies of amplitudes are known for exponentials of one angle. A rule for the frequencies of
    expectation values and amplitudes together holds for both.
    """
    try:
        if Quantities.AMPLITUDES not in of:
            return operation.parameter_frequencies
        if operation.num_params != 1:
            return None
        moduli = np.round(np.abs(operation.generator_eigenvalues()), DECIMALS)
        known = {float(modulus) for modulus in moduli if modulus > 0}
        if Quantities.AVERAGES in of:
            known |= {round(value, DECIMALS) for value in operation.parameter_frequencies[0]}
    except GeneratorUndefinedError:
        return None
    return [tuple(sorted(known))]

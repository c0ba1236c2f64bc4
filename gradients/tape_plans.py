"""Plans of derivatives of a tape: the tapes to run, and the processing of their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from autograd.differential_operators import make_jvp

from qgate.arrays import (
    enclosed,
    framework_among,
    framework_of,
    is_concrete,
    is_traced,
    namespace,
    shape_of,
)
from qgate.exceptions import DifferentiationError, UnsupportedDiffMethod
from qgate.gradients.circuits import AvailableWires, CircuitMethod
from qgate.gradients.method import Options, ShiftMethod
from qgate.gradients.recipes import with_recipes
from qgate.gradients.registry import GradientMethod
from qgate.gradients.shifted_sweep import ShiftedSweep, bound
from qgate.tape import Tape
from qgate.transforms.linear import Recombine
from qgate.transforms.placeholders import placeholders
from qgate.transforms.readouts import freeze_observables
from qgate.typing import BoolArray, Nested, Tensor

RECIPES = "gradient_recipes"
"""Option with rules for single parameters."""

Read = Callable[[Sequence[Nested]], tuple[list[Tensor], list[Tensor]]]
"""Function from the result of each tape to the derivatives of each linear quantity by the m
required slots, shape (m, ...), and to its value, or 0 if the value is not required.
"""


@dataclass(frozen=True)
class TapePlan:
    """Tapes to run, and a function that computes derivatives from their results."""

    tapes: list[Tape]
    read: Read


def tape_plan(
    method: GradientMethod, tape: Tape, wanted: BoolArray, options: Options, *, value: bool
) -> TapePlan:
    """Return the plan of a tape of linear quantities, or of any that the method supports.

    Derivatives are taken by the trainable slots that are ``wanted``, a mask (n,); ``value``: the
    value is required as well.
    """
    if method.shifts is not None:
        return _shift_plan(method.shifts, tape, wanted, options, value=value)
    if method.circuits is not None:
        return _circuit_plan(method.name, method.circuits, tape, wanted, options, value=value)
    raise UnsupportedDiffMethod(
        method=method.name,
        reason="it runs no circuits of its own",
        remedy="Give its name as diff_method of a QNode.",
    )


def _shift_plan(
    method: ShiftMethod, tape: Tape, wanted: BoolArray, options: Options, *, value: bool
) -> TapePlan:
    """Plan the derivatives of a shift method: one broadcast tape of all points, or a tape for each.

    Options that are used here: ``broadcast``, ``f0``, ``gradient_recipes``.
    """
    shots = min(tape.shots.parts, default=None)
    rest = {name: given for name, given in options.items() if name not in ("f0", RECIPES)}

    def default(chosen: tuple[int, ...]) -> ShiftedSweep:
        return method(tape.structure, chosen, shots=shots, options=rest)

    shifted = with_recipes(tape, wanted, options.get(RECIPES), default)
    # A result that is computed from several measurements does not determine their values.
    known = None if value else options.get("f0")
    here = [shifted.value] if value or not len(shifted.offsets) else []
    together = ShiftedSweep.of(
        shifted.decomposed, *shifted.stencils, *here, known=known is not None
    )
    broadcast = bool(options.get("broadcast", True))
    tapes = together.tapes(tape, broadcast=broadcast) if together.runs.any() else []

    def read(results: Sequence[Nested]) -> tuple[list[Tensor], list[Tensor]]:
        entries = _entries(results, broadcast=broadcast)
        given = [None] * len(entries)
        if not together.runs.all():
            entries, given = _with_known(entries, _listed(known))
        slopes, *values = map(list, zip(*map(together.derivatives, entries, given), strict=True))
        return slopes, values[0] if values else [0.0] * len(entries)

    return TapePlan(tapes, read)


def _circuit_plan(
    name: str,
    method: CircuitMethod,
    tape: Tape,
    wanted: BoolArray,
    options: Options,
    *,
    value: bool,
) -> TapePlan:
    """Plan the derivatives of a circuit method: a tape per circuit, and the value if required."""
    if not all(map(is_concrete, tape.arrays)):
        raise DifferentiationError(
            f"{name} makes circuits by the matrices and coefficients of a tape, which are "
            "not known while a function is traced or compiled. Give the tape numpy arrays for "
            "these, or call it outside of the compiled function."
        )
    sweep = freeze_observables(placeholders(tape.with_shots(None)).sweep())
    slots = tuple(int(slot) for slot in tape.trainable_slots[wanted])
    circuits = method(sweep.structure, slots, available=AvailableWires(), options=options)
    first = [tape] if value or not circuits.structures else []
    others = [bound(each, tape.row(), tape) for each in circuits.structures]

    def read(results: Sequence[Nested]) -> tuple[list[Tensor], list[Tensor]]:
        entries = [[_array(entry)[None] for entry in _listed(result)] for result in results]
        values = [entry[0] for entry in entries[0]] if first else []
        parts = [
            part.fold(entries[len(first) + part.circuit], sweep.arrays)
            for part in circuits.contributions
        ]
        shapes = [shape_of(value) for value in values] or [shape_of(part)[1:] for part in parts[0]]
        totals: list[list[Tensor]] = [[np.zeros(shape)] * len(slots) for shape in shapes]
        for contribution, folded in zip(circuits.contributions, parts, strict=True):
            for total, each in zip(totals, folded, strict=True):
                summand = contribution.weight * each[0]
                total[contribution.target] = total[contribution.target] + summand
        slopes = [namespace(total).stack(total) for total in totals]
        return slopes, values or [0.0] * len(totals)

    return TapePlan([*first, *others], read)


def _array(entry: Tensor) -> Tensor:
    """Convert a result to an array that supports numpy's arithmetic."""
    is_theirs = framework_of(entry) is not None or is_traced(entry)
    return enclosed(entry) if is_theirs else np.asarray(entry)


def _entries(results: Sequence[Nested], *, broadcast: bool) -> list[Tensor]:
    """Return the entry of each measurement at all points that were run, (K, ...)."""
    if broadcast:
        return [_array(entry) for result in results for entry in _listed(result)]
    columns = zip(*map(_listed, results), strict=True)
    return [namespace(column).stack(list(map(_array, column))) for column in columns]


def _with_known(
    entries: Sequence[Tensor], known: Sequence[Nested]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the entry of each measurement, and its known value at the point that did not run."""
    others = list(entries) or [np.zeros((0, *shape_of(each))) for each in known]
    if len(others) != len(known):
        raise DifferentiationError(
            f"f0 has {len(known)} values, and the tape returns {len(others)}. Give what the tape "
            "returns, as qg.execute gives it."
        )
    for entry, value in zip(others, known, strict=True):
        if shape_of(value) != entry.shape[1:]:
            raise DifferentiationError(
                f"f0 has a value of shape {shape_of(value)}, and the tape returns one of shape "
                f"{entry.shape[1:]}. Give what the tape returns, as qg.execute gives it."
            )
    return others, list(map(_array, known))


def _listed(result: Nested) -> list[Tensor]:
    return list(result) if isinstance(result, tuple | list) else [result]


@dataclass(frozen=True, eq=False)
class Derive:
    """Function that computes derivatives from the results of the tapes of a plan.

    ``recombine`` maps linear quantities to the measured results, and ``by_parameter`` the
    derivative by a trainable parameter, and its position, to that by the original parameter.
    Derivatives by slots that are not ``wanted`` are zero. ``shapes`` are those of the trainable
    parameters.
    """

    read: Read
    recombine: Recombine
    wanted: BoolArray
    shapes: Sequence[tuple[int, ...]]
    by_parameter: Callable[[Tensor, int], Tensor]

    def parts(self, results: Sequence[Nested], *, partitioned: bool) -> Nested:
        """Return the derivatives of each part of a shot vector, or of the single result."""
        if not partitioned:
            return self(results)
        return tuple(self(part) for part in zip(*results, strict=True))

    def __call__(self, results: Sequence[Nested]) -> Nested:
        slopes, values = self.read(results)
        found = [self._by_parameter(slope) for slope in self._chain(values, slopes)]
        return found[0] if len(found) == 1 else tuple(found)

    def _chain(self, values: Sequence[Nested], slopes: Sequence[Tensor]) -> Sequence[Tensor]:
        """Return the derivatives of the recombined values along all slopes at once."""
        if self.recombine is tuple:
            return slopes

        def along(index: int, t: Tensor) -> Tensor:
            return recombined(t)[index]

        def recombined(t: Tensor) -> list[Tensor]:
            return list(self.recombine([v + t * s for v, s in zip(values, slopes, strict=True)]))

        count = len(recombined(0.0))
        return [_derivative_at_zero(partial(along, index), slopes) for index in range(count)]

    def _by_parameter(self, slopes: Tensor) -> Nested:
        """Split the derivatives by the required slots, shape (m, ...), by parameters."""
        xp, measured = namespace([slopes]), shape_of(slopes)[1:]
        if not self.wanted.all():
            zero = xp.zeros((1, *measured), dtype=slopes.dtype)
            place = np.where(self.wanted, np.cumsum(self.wanted), 0)
            slopes = xp.concatenate([zero, slopes])[place]
        cut, start = [], 0
        for position, shape in enumerate(self.shapes):
            end = start + int(np.prod(shape))
            part = xp.moveaxis(slopes[start:end], 0, -1)
            cut.append(self.by_parameter(xp.reshape(part, (*measured, *shape)), position))
            start = end
        return cut[0] if len(cut) == 1 else tuple(cut)


def _derivative_at_zero(function: Callable[[Tensor], Tensor], like: Sequence[Tensor]) -> Tensor:
    """Return the derivative of a function of one number at zero, in the framework of arrays."""
    framework = framework_among(like)
    if framework is None:
        return make_jvp(function)(0.0)(1.0)[1]
    zero = framework.tensor(0.0, like)
    (derivative,) = framework.jacobian(lambda t: function(enclosed(t)), (0,))(zero)
    return enclosed(derivative)

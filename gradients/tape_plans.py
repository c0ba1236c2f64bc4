"""The tapes that the derivatives of a tape need, and what becomes of their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from autograd.differential_operators import make_jvp

from qgate.exceptions import DifferentiationError
from qgate.gradients.circuits import CircuitMethod, Room
from qgate.gradients.method import Shifted, ShiftMethod
from qgate.gradients.recipes import with_recipes
from qgate.gradients.stencil import Stencil, union
from qgate.measurements import Measurement
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.linear import Recombine
from qgate.transforms.readouts import freeze_observables
from qgate.typing import BoolArray, FloatArray, Tensor
from qgate.wires import Wires

Derivatives = Callable[[Sequence[Any]], Any]
"""From the results of the tapes that were made to the derivatives."""

RECIPES = "gradient_recipes"
"""The option that gives rules for single parameters."""

Read = Callable[[Sequence[Any]], tuple[list[FloatArray], list[Any]]]
"""From the result of each tape to the derivatives of each linear quantity, shape (m, ...), by the
m wanted slots, and to its value, or 0 where the value was not needed."""


@dataclass(frozen=True)
class TapePlan:
    """Tapes to run, and how to read derivatives from their results.

    Parameters
    ----------
    tapes : list of Tape
    read : callable
    """

    tapes: list[Tape]
    read: Read


class Plan(Protocol):
    """Makes the plan of a tape by some method."""

    def __call__(
        self, tape: Tape, wanted: BoolArray, options: Mapping[str, Any], *, value: bool
    ) -> TapePlan:
        """Return the plan.

        Parameters
        ----------
        tape : Tape
            Measures linear quantities, or any if the method holds for those.
        wanted : array of bool, shape (n,)
            Which of the trained slots derivatives are taken by.
        options : mapping
        value : bool
            Whether the value is needed as well.
        """


def shift_plan(
    method: ShiftMethod,
    tape: Tape,
    wanted: BoolArray,
    options: Mapping[str, Any],
    *,
    value: bool,
) -> TapePlan:
    """Plan to run one structure at shifted points: one broadcast tape, or a tape for each.

    Options that are read here: ``broadcast``, ``f0``, ``gradient_recipes``.
    """
    slots = tuple(int(slot) for slot in tape.trainable_slots[wanted])
    shots = min(tape.shots.parts, default=None)
    rest = {name: given for name, given in options.items() if name not in ("f0", RECIPES)}

    def default(chosen: tuple[int, ...]) -> Shifted:
        return method(tape.structure, chosen, order=1, shots=shots, options=rest)

    shifted = with_recipes(tape, wanted, options.get(RECIPES), default)
    native = shifted.decomposed.sweep(tape.with_shots(None).sweep())
    needed = [shifted.stencil]
    if value or not len(shifted.stencil.offsets):
        needed.append(Stencil.value(native.structure.num_slots, len(slots)))
    offsets, stencils = union(needed)
    # What is put together from several measurements does not follow from the value of the whole.
    known = None if value else options.get("f0")
    skipped = np.array([known is not None and not offset.any() for offset in offsets])
    rows = native.rows + offsets[~skipped]
    broadcast = bool(options.get("broadcast", True))
    tapes = [_bound(native, part, tape) for part in ([rows] if broadcast else rows)]

    def read(results: Sequence[Any]) -> tuple[list[FloatArray], list[Any]]:
        entries = _entries(results, broadcast=broadcast)
        if skipped.any():
            entries = _with_known(entries, _listed(known), skipped)
        slopes, *values = [[each.contract(entry) for entry in entries] for each in stencils]
        return slopes, values[0] if values else [0.0] * len(entries)

    return TapePlan(tapes if len(rows) else [], read)


def circuit_plan(
    method: CircuitMethod,
    tape: Tape,
    wanted: BoolArray,
    options: Mapping[str, Any],
    *,
    value: bool,
) -> TapePlan:
    """Plan to run other circuits, a tape for each, and the value first where it is needed."""
    sweep = freeze_observables(tape.with_shots(None).sweep())
    slots = tuple(int(slot) for slot in tape.trainable_slots[wanted])
    circuits = method(sweep.structure, slots, room=Room(), options=options)
    first = [tape] if value or not circuits.structures else []
    others = [
        _bound(sweep.with_structure(each), sweep.rows[0], tape) for each in circuits.structures
    ]

    def read(results: Sequence[Any]) -> tuple[list[FloatArray], list[Any]]:
        entries = [[np.asarray(entry)[None] for entry in _listed(result)] for result in results]
        values = [entry[0] for entry in entries[0]] if first else []
        totals: list[Any] = [np.zeros((len(slots), *value.shape)) for value in values]
        for part in circuits.contributions:
            folded = part.fold(entries[len(first) + part.circuit], sweep.arrays)
            totals = totals or [np.zeros((len(slots), *each.shape[1:])) for each in folded]
            for total, each in zip(totals, folded, strict=True):
                total[part.target] += part.weight * each[0]
        return totals, values or [0.0] * len(totals)

    return TapePlan([*first, *others], read)


def _bound(sweep: Sweep, rows: FloatArray, tape: Tape) -> Tape:
    """Return the tape of a sweep for one row (P,) or, as a broadcast, for several (K, P)."""
    measured = sweep.structure.bind_measurements(sweep.arrays)
    if sweep.structure.wires != tape.structure.wires:  # decomposition may change their order
        measured = [_with_wires(item, tape.structure.wires) for item in measured]
    return Tape(sweep.structure.bind(rows, sweep.arrays), measured, tape.shots)


def _with_wires(item: Measurement, wires: Wires) -> Measurement:
    """Name the wires of a measurement that reads all of them."""
    return item.with_wires(wires) if item.obs is None and not item.wires else item


def _entries(results: Sequence[Any], *, broadcast: bool) -> list[FloatArray]:
    """Return the entry of each measurement at all points that were run, (K, ...)."""
    if broadcast:
        return [np.asarray(entry) for result in results for entry in _listed(result)]
    columns = zip(*map(_listed, results), strict=True)
    return [np.stack([np.asarray(each) for each in column]) for column in columns]


def _with_known(
    entries: Sequence[FloatArray], known: Sequence[Any], skipped: BoolArray
) -> list[FloatArray]:
    """Put the known value of each measurement in the places that were skipped."""
    found = []
    run = list(entries) or [np.zeros((0, *np.shape(each))) for each in known]
    if len(run) != len(known):
        raise DifferentiationError(
            f"f0 has {len(known)} values, and the tape returns {len(run)}. Give what the tape "
            "returns, as qg.execute gives it."
        )
    for entry, value in zip(run, known, strict=True):
        if np.shape(value) != entry.shape[1:]:
            raise DifferentiationError(
                f"f0 has a value of shape {np.shape(value)}, and the tape returns one of shape "
                f"{entry.shape[1:]}. Give what the tape returns, as qg.execute gives it."
            )
        full = np.empty((len(skipped), *entry.shape[1:]), dtype=entry.dtype)
        full[skipped], full[~skipped] = value, entry
        found.append(full)
    return found


def _listed(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple | list) else [result]


class Derive:
    """Turns the results of the tapes of a plan into derivatives.

    Parameters
    ----------
    read : callable
        Of the plan.
    recombine : callable
        From linear quantities to what was measured.
    wanted : array of bool, shape (n,)
        Which of the trained slots the derivatives are by; zero for the others.
    shapes : sequence of tuple of int
        Of the trained parameters.
    """

    def __init__(
        self,
        read: Read,
        recombine: Recombine,
        wanted: BoolArray,
        shapes: Sequence[tuple[int, ...]],
    ) -> None:
        self.read, self.recombine = read, recombine
        self.wanted, self.shapes = wanted, shapes

    def parts(self, results: Sequence[Any], *, partitioned: bool) -> Any:
        """Return the derivatives of each part of a shot vector, or of the one result."""
        if not partitioned:
            return self(results)
        return tuple(self(part) for part in zip(*results, strict=True))

    def __call__(self, results: Sequence[Any]) -> Any:
        slopes, values = self.read(results)
        found = [self._by_parameter(slope) for slope in self._chain(values, slopes)]
        return found[0] if len(found) == 1 else tuple(found)

    def _chain(self, values: Sequence[Any], slopes: Sequence[FloatArray]) -> Sequence[Tensor]:
        """Return the derivatives of the recombined values: those along the slopes, all at once."""

        def along(t: Tensor) -> list[Tensor]:
            return list(self.recombine([v + t * s for v, s in zip(values, slopes, strict=True)]))

        derivatives = []
        for index in range(len(along(0.0))):
            _, tangent = make_jvp(lambda t, index=index: along(t)[index])(0.0)(1.0)
            derivatives.append(tangent)
        return derivatives

    def _by_parameter(self, slopes: FloatArray) -> Any:
        """Cut the derivatives by the wanted slots, shape (m, ...), by parameters."""
        every = np.zeros((*slopes.shape[1:], len(self.wanted)), dtype=slopes.dtype)
        every[..., self.wanted] = np.moveaxis(slopes, 0, -1)
        sizes = [int(np.prod(shape)) for shape in self.shapes]
        parts = np.split(every, np.cumsum(sizes)[:-1], axis=-1)
        cut = [
            part.reshape((*slopes.shape[1:], *shape))
            for part, shape in zip(parts, self.shapes, strict=True)
        ]
        return cut[0] if len(cut) == 1 else tuple(cut)

"""Derivatives from the tapes of a gradient transform."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qgate.autodiff.derivatives import TapeDerivatives
from qgate.autodiff.returns import arrange
from qgate.exceptions import DifferentiationError, described
from qgate.execution.execute import MeasurementResult
from qgate.gradients.method import Options
from qgate.gradients.transform import TapeTransform
from qgate.tape import Tape
from qgate.typing import FloatArray

if TYPE_CHECKING:
    pass

Values = Callable[..., list[list[MeasurementResult]]]
"""Function of tapes, a device and a seed that runs the tapes in one submission."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TransformDerivatives(TapeDerivatives):
    """Values, and first derivatives from the tapes that a transform generates for each row.

    The value and all tapes of all rows are one submission.

    Parameters
    ----------
    transform : TapeTransform
    options : mapping
    trainable : sequence of int
        Positions of the trainable parameters of the tapes.
    values : callable
        Runs tapes with plain numbers in one submission.
    """

    transform: TapeTransform
    options: Options
    trainable: Sequence[int]
    values: Values

    def compute(
        self, order: int, highest: int, x: FloatArray, value: FloatArray | None = None
    ) -> dict[int, FloatArray]:
        self.refuse_higher(highest)
        tapes = self._tapes(x)
        made = [self.transform.of_tape(tape, None, self.options) for tape in tapes if highest]
        asked = [tape for others, _ in made for tape in others]
        unknown = tapes if value is None else []
        results = iter(self.values([*unknown, *asked], self.device))
        entries = [next(results) for _ in unknown]
        found = {} if value is None else {0: value}
        if entries:
            found[0] = self.layout.flat(
                [np.concatenate(column) for column in zip(*entries, strict=True)]
            )
        if highest:
            slopes = [
                self._read(postprocess([_arranged(tape, next(results)) for tape in others]), tape)
                for tape, (others, postprocess) in zip(tapes, made, strict=True)
            ]
            columns = [self.trained.variable.index(slot) for slot in self.trained.slots]
            found[1] = np.stack(slopes)[..., columns]
        return found

    def _tapes(self, x: FloatArray) -> list[Tape]:
        """Return the circuit for each row as a tape."""
        sweep = self.trained.at(x)
        structure = sweep.structure
        measurements = structure.bind_measurements(sweep.arrays)
        return [
            Tape(
                structure.bind(row, sweep.arrays),
                measurements,
                None if sweep.shots is None else int(sweep.shots[index]),
                self.trainable,
            )
            for index, row in enumerate(sweep.rows)
        ]

    def _read(self, derivatives: object, tape: Tape) -> FloatArray:
        """Combine the derivatives that a transform returned for a tape, shape (M, n)."""
        shapes = [tape.angle_shapes[index] for index in tape.trainable_params]
        by_result = self._parted(derivatives, len(self.layout.shapes), "results")
        rows = []
        for result_shape, by_parameter in zip(self.layout.shapes, by_result, strict=True):
            parts = self._parted(by_parameter, len(shapes), "trainable parameters")
            arrays = [np.asarray(part, dtype=float) for part in parts]
            for shape, array in zip(shapes, arrays, strict=True):
                if array.shape != (*result_shape, *shape):
                    raise self._wrong(
                        f"a derivative of shape {array.shape}, where the result has shape "
                        f"{result_shape} and the parameter {shape}"
                    )
            size = math.prod(result_shape)
            rows.append(np.concatenate([array.reshape(size, -1) for array in arrays], axis=1))
        return np.concatenate(rows)

    def _parted(self, given: object, count: int, what: str) -> Sequence[object]:
        """Return a sequence of ``count`` items; a single item may come without a sequence."""
        if count == 1 and not (isinstance(given, tuple | list) and len(given) == 1):
            return (given,)
        if not isinstance(given, tuple | list) or len(given) != count:
            raise self._wrong(f"{described(given)} where there are {count} {what}")
        return given

    def _wrong(self, what: str) -> DifferentiationError:
        return DifferentiationError(
            f"The gradient transform {self.transform.name} gave {what}. Return one array for each "
            "trainable parameter of the tape, and a tuple of these for each of several results."
        )


def _arranged(tape: Tape, entries: Sequence[MeasurementResult]) -> object:
    """Return the results of a tape as ``qg.execute`` does."""
    several = len(tape.measurements) > 1
    return arrange(tape, entries, tuple(tape.measurements) if several else tape.measurements[0])

"""Expansion of a batch of matrices or states into one tape for each member.

A batch of angles becomes rows of a sweep. A matrix or a state belongs to all rows of a sweep,
because it may become a constant of the circuit if a device cannot run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

from qgate.arrays import namespace, shape_of
from qgate.operations.operator import ParameterKind
from qgate.tape import Tape
from qgate.typing import Postprocess, Tensor


def split_batched_arrays(tape: Tape) -> tuple[tuple[Tape, ...], Postprocess]:
    """Return tapes in which no matrix or state has a batch axis, and the function of their results.

    There is one tape for each member of the batch, all with the same structure, with the angles of
    that member; the tape itself where no array is batched. The function converts their results, one
    entry for each measurement with a leading axis of rows, to those of the given tape.
    """
    batched = rows_of_arrays(tape)
    if not batched:
        return (tape,), itemgetter(0)
    tapes = tuple(
        tape.bind_new_parameters([tape.parameters[index][member] for index in batched], batched)
        for member in range(tape.batch_size or 0)
    )
    return tapes, _one_after_the_other


def rows_of_arrays(tape: Tape) -> list[int]:
    """Return the positions of batched parameters if a matrix or state is among them."""
    if tape.batch_size is None:
        return []
    batched = [
        index
        for index, (value, shape) in enumerate(zip(tape.parameters, tape.angle_shapes, strict=True))
        if len(shape_of(value)) > len(shape)
    ]
    if all(tape.parameter_kinds[index] is ParameterKind.ANGLES for index in batched):
        return []
    return batched


def _one_after_the_other(results: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Concatenate the rows of several results, measurement by measurement."""
    return [
        list(chain.from_iterable(parts))
        if isinstance(parts[0], list)
        else namespace(parts).concatenate(parts)
        for parts in zip(*results, strict=True)
    ]

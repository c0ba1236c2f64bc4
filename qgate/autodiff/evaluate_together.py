"""Evaluate several traced tapes, whose circuits are one submission where possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qgate.arrays import order, shape_of
from qgate.autodiff.evaluate_traced import (
    Choice,
    EvaluationOptions,
    Prepared,
    evaluate_traced,
    prepared,
)
from qgate.autodiff.joint_derivatives import JointDerivatives
from qgate.autodiff.sweep_function import Limits
from qgate.execution.execute import MeasurementResult
from qgate.measurements import SINGLE_SHOTS
from qgate.tape import Tape
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.bridge import Interface


def evaluate_together(
    tapes: Sequence[Tape], traced: Sequence[bool], options: EvaluationOptions
) -> list[list[MeasurementResult]]:
    """Return the results of several tapes, in one submission where their methods submit circuits.

    Those that are not ``traced`` have plain numbers only.
    """
    alone = [
        tape for tape, needs in zip(tapes, traced, strict=True) if not needs and _in_bits(tape)
    ]
    sampled = iter(options.values(alone, options.device, options.seed) if alone else ())
    made = [
        evaluate_traced(tape, options)
        if needs
        else (next(sampled) if _in_bits(tape) else _plain(tape, options))
        for tape, needs in zip(tapes, traced, strict=True)
    ]
    joined = [each for each in made if isinstance(each, Prepared) and each.can_be_joined]
    joined.sort(key=lambda each: bool(each.derivatives.trained.slots))  # plain numbers first
    members = tuple([each.derivatives for each in joined])
    joint = JointDerivatives(members)  # type: ignore[arg-type]  # as ``can_be_joined`` says
    levels = order([value for tape in tapes for value in tape.parameters])
    if len(joined) > 1 and joint.is_small(1 if levels is None else levels):
        results = _joint_results(joined, joint, options.interface)
        found = dict(zip(map(id, joined), results, strict=True))
        made = [found.get(id(each), each) for each in made]
    return [each.results(options) if isinstance(each, Prepared) else each for each in made]


def _joint_results(
    joined: Sequence[Prepared], joint: JointDerivatives, interface: Interface
) -> Iterator[list[MeasurementResult]]:
    """Yield the results of tapes whose values are those of one function."""
    xp, angles = interface.namespace, list[Tensor]()
    for each, copies in zip(joined, joint.copies, strict=True):
        if copies == 1:
            angles += each.angles
        else:
            angles.append(xp.reshape(xp.concatenate(each.angles, axis=-1), (1, -1)))
    inputs = [value for each in joined for value in each.inputs]
    angles = [part for part in angles if shape_of(part)[-1]] or angles[:1]
    numbers = interface.differentiable(joint, angles, inputs)
    start = 0
    for each, size, copies in zip(joined, joint.sizes, joint.copies, strict=True):
        columns = numbers[:, start : start + size]
        layout = each.derivatives.layout
        flat = columns if copies == 1 else xp.reshape(columns, (-1, layout.size))
        yield list(each.recombine(layout.split(flat, xp)))
        start += size


def _plain(tape: Tape, options: EvaluationOptions) -> Prepared:
    """Return the derivatives of a tape without traced parameters: there are none."""
    return prepared(tape.with_trainable(()), Choice(None, Limits()), options, 0)


def _in_bits(tape: Tape) -> bool:
    """Return whether a tape returns single shots, which are no numbers of a fixed shape."""
    return any(item.kind in SINGLE_SHOTS for item in tape.measurements)

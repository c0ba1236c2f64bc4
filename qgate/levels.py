"""Circuits of a QNode at the stages through which they pass on the way to the device.

The stages, in order: the transforms of the user, the gates that the gradient method shifts, and the
gates and measurements of the device. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qgate.arguments import whole_number
from qgate.arrays import namespace
from qgate.exceptions import InvalidDrawing, described
from qgate.execution.execute import prepare
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import decompose_structure
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.devices.base import Device

Stage = Callable[[Tape], Sequence[Tape]]
"""Step from a circuit to the circuits that replace it."""


class Staged(Protocol):
    """Protocol: what is used of a QNode."""

    device: Device
    _method: Method | None

    def construct(self, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]) -> Tape:
        """Return the tape."""


def circuits_at(
    qnode: Staged, level: Any, args: Sequence[Tensor], kwargs: Mapping[str, Tensor]
) -> list[Tape]:
    """Return the circuits of a QNode at a level, without running them.

    Parameters
    ----------
    qnode : QNode
    level : str, int or slice
        ``"top"``, ``"user"``, ``"gradient"`` or ``"device"``; or a number of stages; or a slice of
        the stages.
    args, kwargs
        Arguments of the quantum function.

    Raises
    ------
    InvalidDrawing
        There is no such level.
    """
    named = {"top": 0, "user": 0, "gradient": 1, "device": 2}
    tapes = [qnode.construct(args, kwargs)]
    stages: list[Stage] = [lambda tape: [_shifted(tape, qnode)], lambda tape: _native(tape, qnode)]
    for stage in stages[_chosen(level, named)]:
        tapes = [part for tape in tapes for part in stage(tape)]
    return tapes


def _chosen(level: Any, named: Mapping[str, int]) -> slice:
    """Return the stages of a level, as a slice."""
    if isinstance(level, slice):
        return level
    number = named.get(level) if isinstance(level, str) else whole_number(level)
    if number is None or number < 0:
        raise InvalidDrawing(
            argument="level",
            value=described(level),
            allowed=f"It is {', '.join(map(repr, named))}, a number of stages, or a slice of them.",
        )
    return slice(number)


def _shifted(tape: Tape, qnode: Staged) -> Tape:
    """Return a circuit in the gates that the QNode's gradient method shifts."""
    if qnode._method is None or qnode._method.name != "parameter-shift":
        return tape
    from qgate.gradients.parameter_shift import HasRule  # on use: no value needs gradient methods

    rules = HasRule()
    if all(map(rules, tape.structure.operations)):
        return tape
    decomposed = decompose_structure(tape.structure, rules)
    angles = decomposed.angles(tape.row(), namespace(tape.angles))
    operations = decomposed.structure.bind(angles, tape.arrays)
    return Tape(operations, tape.measurements, tape.shots)


def _native(tape: Tape, qnode: Staged) -> list[Tape]:
    """Return the circuits in the gates and measurements of the QNode's device."""
    sweeps, _, _ = prepare(tape.sweep(), qnode.device)
    return _tapes(sweeps)


def _tapes(sweeps: Iterable[Sweep]) -> list[Tape]:
    """Return sweeps as tapes; equal rows are one circuit, different ones a batch."""
    tapes = []
    for sweep in sweeps:
        _, first = np.unique(sweep.rows, axis=0, return_index=True)
        rows = sweep.rows[np.sort(first)]
        angles = rows[0] if len(rows) == 1 else rows
        operations = sweep.structure.bind(angles, sweep.arrays)
        tapes.append(Tape(operations, sweep.structure.bind_measurements(sweep.arrays)))
    return tapes

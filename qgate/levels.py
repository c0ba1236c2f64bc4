"""Circuits of a QNode at the stages through which they pass on the way to the device.

The stages, in order: each transform of the QNode, the gates that the gradient method shifts, the
gates and measurements of the device, and the circuits that are compiled for it, on physical qubits.
Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qgate.arguments import whole_number
from qgate.arrays import namespace
from qgate.exceptions import DifferentiationError, InvalidLevel, described
from qgate.execution.execute import prepare
from qgate.recording import paused
from qgate.sweep import Sweep
from qgate.tape import Tape
from qgate.transforms.decomposition import (
    Decomposed,
    decompose,
    decompose_structure,
    decomposed_without_values,
    is_elementary,
)
from qgate.typing import Tensor

if TYPE_CHECKING:
    from qgate.autodiff.method import Method
    from qgate.devices.base import Device
    from qgate.transforms.pipeline import BoundTransform, CompilePipeline

Stage = Callable[[Tape], Sequence[Tape]]
"""Step from a circuit to the circuits that replace it."""


LEVELS: Mapping[str, int] = {"top": 0, "user": 0, "gradient": 1, "device": 2, "compiled": 3}
"""Number of stages of each level after the transforms of the QNode; ``top`` is before these."""


class Staged(Protocol):
    """Protocol: what is used of a QNode."""

    device: Device
    _method: Method | None

    @property
    def is_transformed(self) -> bool:
        """Whether there are transforms."""

    @property
    def compile_pipeline(self) -> CompilePipeline:
        """Transforms of the tape of each call."""

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
        A key of ``LEVELS``, a marker of the QNode's transforms, a number of stages, or a slice of
        the stages up to ``"device"``. Negative numbers count from the end.
    args, kwargs
        Arguments of the quantum function.

    Raises
    ------
    InvalidLevel
        There is no such level.
    """
    tapes = [qnode.construct(args, kwargs)]
    pipeline = qnode.compile_pipeline if qnode.is_transformed else None
    stages: list[Stage] = [
        *(partial(_transformed, step) for step in pipeline or ()),
        lambda tape: [_shifted(tape, qnode)],
        lambda tape: _native(*evaluated(tape, qnode.device, qnode._method)),
    ]
    chosen = stages[_chosen(level, pipeline)]
    if isinstance(level, str) and level == "compiled":
        chosen.append(lambda tape: _compiled(tape, qnode.device))
    for stage in chosen:
        tapes = [part for tape in tapes for part in stage(tape)]
    return tapes


def transforms_before(level: Any, qnode: Staged) -> int:
    """Return how many transforms of a QNode are applied at a level."""
    return len(stages_at(level, qnode)[0])


def stages_at(level: Any, qnode: Staged) -> tuple[list[BoundTransform], str | None]:
    """Return the transforms of a QNode at a level, and ``gradient`` or ``device`` beyond them."""
    pipeline = qnode.compile_pipeline
    stages = range(len(pipeline) + LEVELS["device"])[_chosen(level, pipeline)]
    kept = [pipeline[stage] for stage in stages if stage < len(pipeline)]
    beyond = max((stage - len(pipeline) + 1 for stage in stages), default=0)
    return kept, next((name for name, count in LEVELS.items() if count == beyond > 0), None)


def in_gates_of(qnode: Staged, level: str, tape: Tape) -> Tape:
    """Return a circuit in the gates of a level, ``gradient`` or ``device``, unmeasured as it is.

    Gates that cannot be decomposed without the numbers of their matrices stay.
    """
    shifted = _shifted(tape, qnode)
    if level == "gradient":
        return shifted
    capabilities = qnode.device.capabilities
    accepts = is_elementary if capabilities.matrix_wires else capabilities.gate_set
    decomposed = decomposed_without_values(shifted.structure, accepts)
    return shifted if decomposed is None else _decomposed(shifted, decomposed)


def _transformed(step: BoundTransform, tape: Tape) -> Sequence[Tape]:
    """Return the tapes of a transform of the QNode."""
    return step.of_tape(tape)[0]


def _chosen(level: Any, pipeline: CompilePipeline | None) -> slice:
    """Return the stages of a level, as a slice."""
    if isinstance(level, slice):
        return level
    number = whole_number(level)
    if pipeline is not None and isinstance(level, str):
        number = pipeline.get_marker_level(level)
    if number is None and isinstance(level, str) and level in LEVELS:
        number = LEVELS[level] + (0 if pipeline is None or level == "top" else len(pipeline))
    if number is None:
        raise InvalidLevel(
            argument="level",
            value=described(level),
            allowed=f"It is one of {list(LEVELS)}, a number of stages, or a slice of the stages.",
        )
    return slice(number)


def _shifted(tape: Tape, qnode: Staged) -> Tape:
    """Return a circuit in the gates that the QNode's gradient method shifts."""
    if not _is_shifted(tape, qnode):
        return tape
    from qgate.gradients.parameter_shift import HasRule  # on use: no value needs gradient methods

    rules = HasRule()
    if all(map(rules, tape.structure.operations)):
        return tape
    return _decomposed(tape, decompose_structure(tape.structure, rules))


def _decomposed(tape: Tape, decomposed: Decomposed) -> Tape:
    """Return a tape whose structure is decomposed."""
    angles = decomposed.angles(tape.row(), namespace(tape.angles))
    structure = decomposed.structure
    measured = tape.measurements
    if structure.has_outcomes:  # under the numbers that the structure gives them
        measured = structure.bind_measurements(tape.arrays)
    return Tape(structure.bind(angles, tape.arrays), measured, tape.shots)


def evaluated(tape: Tape, device: Device, method: Method | None) -> tuple[Tape, Device]:
    """Return a circuit as it is evaluated, and the device with the wires that it needs.

    Mid-circuit measurements are deferred to its end where the device does not run them.
    """
    if not tape.structure.has_outcomes:
        return tape, device
    from qgate.autodiff.mid_circuit import rewritten  # of circuits with such measurements

    return rewritten(tape, device, method)


def _is_shifted(tape: Tape, qnode: Staged) -> bool:
    """Return whether the QNode's gradient method is, or resolves to, ``parameter-shift``."""
    method = qnode._method
    if method is None or method.name not in ("best", "parameter-shift"):
        return False
    from qgate.autodiff.choose_method import choose_method  # on use, as above

    try:
        chosen = choose_method(method, *evaluated(tape, qnode.device, method), 1)
        return chosen.name == "parameter-shift"
    except DifferentiationError:
        return False


def _native(tape: Tape, device: Device) -> list[Tape]:
    """Return the circuits in the gates and measurements of a device."""
    sweeps, _, _ = prepare(tape.sweep(), device)
    if device.capabilities.matrix_wires:  # templates on a few wires run as one matrix
        sweeps = tuple(decompose(sweep, is_elementary, device=device.name) for sweep in sweeps)
    return _tapes(sweeps)


def _compiled(tape: Tape, device: Device) -> list[Tape]:
    """Return the circuit that a device would be sent for a circuit in its gates, on its qubits."""
    from qgate.drawer.native import native_operations  # on use: no value needs a drawing

    (circuit,) = device.compiled([tape.sweep()])
    with paused():
        return [Tape(list(native_operations(circuit)))]


def _tapes(sweeps: Iterable[Sweep]) -> list[Tape]:
    """Return sweeps as tapes; equal rows are one circuit, different ones a batch."""
    tapes = []
    for sweep in sweeps:
        _, first = np.unique(sweep.rows, axis=0, return_index=True)
        rows = sweep.rows[np.sort(first)]
        angles = rows[0] if len(rows) == 1 else rows
        operations = sweep.structure.bind(angles, sweep.arrays)
        measurements = sweep.structure.bind_measurements(sweep.arrays)
        shots = None if sweep.shots is None else int(sweep.shots[0])
        tapes.append(Tape(operations, measurements, shots))
    return tapes

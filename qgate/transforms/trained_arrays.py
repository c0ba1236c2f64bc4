"""Rewrite gates and states with trainable arrays as rotations with angles.

The array becomes a constant. Rotations next to it carry the derivative; their angles are functions
of the array that are 0 at its present value (see ``qgate.operations.tangents``). The framework of
the array differentiates the angles, and a gradient method the circuit by the angles.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from qgate.arrays import constant, is_complex, is_concrete, namespace, unwrap
from qgate.measurements import MeasurementKind
from qgate.operations.controls import Controlled
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, ParameterKind, without_recording
from qgate.operations.state_preparation import StatePrep, refuse_late_preparation
from qgate.operations.symbolic import Adjoint
from qgate.operations.tangents import (
    Chart,
    diagonal_chart,
    reflection,
    state_chart,
    unitary_chart,
)
from qgate.operations.unitaries import DiagonalQubitUnitary, QubitUnitary
from qgate.operations.word_rotations import WordRotations
from qgate.tape import Tape
from qgate.typing import Tensor, Wire, WiresLike

MOST_STATE_WIRES = 10
"""Maximum number of wires of a trainable state: above 4,000 shifted circuits and a 4**n matrix."""

MOST_ANGLES = 1100
"""Maximum degrees of freedom of a trainable unitary: 4**n - 1 for n wires, 1023 for five."""


def expressible(operation: Operator) -> bool:
    """Return whether ``with_angles`` can rewrite an operation with a trainable array."""
    if isinstance(operation, StatePrep):
        return len(operation.wires) <= MOST_STATE_WIRES
    if not isinstance(_core(operation), QubitUnitary | DiagonalQubitUnitary):
        return False
    return int(np.prod([len(letters) for letters in _letters(operation)])) <= MOST_ANGLES


def with_angles(
    tape: Tape, trained: Collection[int], *, apart: bool = False
) -> tuple[Tape, int | None]:
    """Rewrite the operations with trainable arrays as rotations.

    Parameters
    ----------
    tape : Tape
        May be traced. Arrays have no batch axis.
    trained : collection of int
        Positions of its trainable parameters.
    apart : bool
        Whether each angle is a separate parameter of the tape.

    Returns
    -------
    tape : Tape
        Its trainable parameters are the remaining ones of the given tape, and the new angles. The
        given tape itself if there is nothing to rewrite.
    max_order : int or None
        The highest order of derivatives that is correct; None: any.
    """
    if ParameterKind.ARRAY not in tape.parameter_kinds:
        return tape, None
    phase = shows_phase(tape)
    operations, positions, orders = list[Operator](), list[int](), list[int]()
    touched = set[Wire]()
    index = count = 0
    for operation in tape.operations:
        own = range(index, index + operation.num_params)
        index = own.stop
        parts, marked = [operation], [place - own.start for place in own if place in trained]
        kinds = [operation.parameter_kinds[place] for place in marked]
        if ParameterKind.ARRAY in kinds and expressible(operation):
            if isinstance(operation, StatePrep):  # rotations before it would act on another state
                refuse_late_preparation(operation, touched)
            turns, fixed, order = _rotated(operation, phase=phase)
            parts = [*(turns.decomposition() if apart else [turns]), fixed]
            marked = list(range(len(parts) - 1))
            orders.append(order)
        operations += parts
        touched.update(operation.wires)
        positions += [count + place for place in marked]
        count += sum(part.num_params for part in parts)
    if not orders:
        return tape, None
    positions += [place - index + count for place in sorted(trained) if place >= index]
    return Tape(operations, tape.measurements, tape.shots, positions), min(orders)


def shows_phase(tape: Tape) -> bool:
    """Return whether a measurement depends on the global phase of the state."""
    return any(item.kind is MeasurementKind.STATE for item in tape.measurements)


def rotation_angles(operation: Operator, *, phase: bool) -> Tensor:
    """Return the angles of an operation's rotations, shape (m,), as functions of its array.

    The operation is ``expressible``. With ``phase`` the global phase has an angle, too.
    """
    return _rotated(operation, phase=phase)[0].parameters[0]


def rotated_parts(operation: Operator) -> list[Operator]:
    """Return an operation with a traced array as rotations and a constant operation after them.

    The operation is ``expressible``. The global phase is part of it.
    """
    turns, fixed, _ = _rotated(operation, phase=True)
    return [*turns.decomposition(), fixed]


def _rotated(operation: Operator, *, phase: bool) -> tuple[Operator, Operator, int]:
    """Return rotations, a constant operation after them, and the highest order of derivatives."""
    if isinstance(operation, StatePrep):
        chart, moved, fixed = _of_state(operation, phase=phase)
    elif operation.is_diagonal:
        chart, moved, fixed = _of_diagonal(operation, phase=phase)
    else:
        chart, moved, fixed = _of_unitary(operation, phase=phase)
    angles = chart.angles(moved, namespace([moved]))
    (turns,) = without_recording(lambda: [WordRotations(angles, chart.words, operation.wires)])
    return turns, fixed, chart.max_order


def _of_state(operation: StatePrep, *, phase: bool) -> tuple[Chart, Tensor, Operator]:
    (state,) = operation.parameters
    (known,) = _constants([state])
    xp = namespace([known])
    (whole,) = _constants([reflection(known, xp)])
    (fixed,) = without_recording(lambda: [PreparedState(whole, operation.wires)])
    real = not is_complex(state)
    moved = namespace([state]).dot(dagger(whole, xp=xp), state)
    first = moved[:1] if real or not phase else namespace([moved]).real(moved[:1])
    chart = state_chart(len(operation.wires), real=real, phase=phase and not real)
    return chart, moved / first, fixed  # remove the norm, and the phase if it has no angle


def _of_diagonal(operation: Operator, *, phase: bool) -> tuple[Chart, Tensor, Operator]:
    fixed = operation.with_parameters(_constants(operation.parameters))
    before = fixed.canonical_diagonal(fixed.parameters, namespace(fixed.parameters))
    xp = namespace(operation.parameters)
    after = operation.canonical_diagonal(operation.parameters, xp)
    moved = namespace([before]).conj(before) * after
    return diagonal_chart(len(operation.wires), phase=phase), moved, fixed


def _of_unitary(operation: Operator, *, phase: bool) -> tuple[Chart, Tensor, Operator]:
    fixed = operation.with_parameters(_constants(operation.parameters))
    before, after = fixed.matrix(), operation.matrix()
    xp = namespace([after])
    moved = xp.reshape(xp.matmul(dagger(before, xp=namespace([before])), after), (-1,))
    real = not is_complex(after) and len(_core(operation).wires) > 0
    return unitary_chart(_letters(operation), real=real, phase=phase), moved, fixed


def _constants(values: Sequence[Tensor]) -> list[Tensor]:
    """Return arrays as constants, as numpy arrays where their numbers are known."""
    found = []
    for value in values:
        fixed = constant(value)
        found.append(np.asarray(unwrap(fixed)) if is_concrete(fixed) else fixed)
    return found


def _core(operation: Operator) -> Operator:
    """Return the innermost operation, without controls and adjoints."""
    while isinstance(operation, Controlled | Adjoint):
        operation = operation.base
    return operation


def _letters(operation: Operator) -> tuple[str, ...]:
    """Return the Pauli letters that the rotations of an operation may have on each wire."""
    diagonal = isinstance(_core(operation), DiagonalQubitUnitary)
    targets = set() if diagonal else set(_core(operation).wires)
    return tuple("IXYZ" if wire in targets else "IZ" for wire in operation.wires)


class PreparedState(QubitUnitary):
    """Unitary whose first column is a state: it prepares the state from |0...0>."""

    name = "QubitUnitary"

    def __init__(self, U: Tensor, wires: WiresLike) -> None:
        super().__init__(U, wires, unitary_check=False)

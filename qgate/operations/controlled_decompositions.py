"""Decompositions of gates with many controls into gates with one or two controls.

No decomposition uses wires beyond those of the gate. Angles are only added and multiplied by
numbers, so they may be slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import pi
from operator import add

import numpy as np

from qgate.operations.gate import GATES, Gate
from qgate.operations.operator import Operator
from qgate.operations.rotations import RX, RY, RZ, PhaseShift
from qgate.typing import FloatArray, Tensor, Wire


def on_values(
    controls: Sequence[Wire], values: Sequence[bool], gates: Sequence[Operator]
) -> list[Operator]:
    """Conjugate ``gates`` by X on the controls that act on the value 0."""
    flips = [
        GATES["PauliX"](wires=wire)
        for wire, value in zip(controls, values, strict=True)
        if not value
    ]
    return [*flips, *gates, *flips]


def controlled_flip(
    controls: Sequence[Wire], target: Wire, idle: Sequence[Wire] = ()
) -> list[Operator]:
    """Flip ``target`` where every control is 1; ``idle`` wires, in any state, are borrowed.

    Two-wire gates: linear in the number of controls with one idle wire or more, quadratic without.
    Reference: Barenco et al., Phys. Rev. A 52, 3457 (1995), lemmas 7.2 to 7.4.
    """
    count = len(controls)
    if count <= 2:
        name = ("PauliX", "CNOT", "Toffoli")[count]
        return [GATES[name](wires=(*controls, target))]
    if len(idle) >= count - 2:
        return _flip_by_ladder(controls, target, idle[: count - 2])
    if idle:
        return _flip_by_halves(controls, target, idle[0])
    hadamard = GATES["Hadamard"](wires=target)
    return [hadamard, *controlled_phase(pi, (*controls, target)), hadamard]


def _flip_by_ladder(controls: Sequence[Wire], target: Wire, idle: Sequence[Wire]) -> list[Operator]:
    """Flip with two idle wires fewer than controls: a ladder of Toffolis, twice."""
    toffoli = GATES["Toffoli"]
    ends = (*idle, target)
    down = [
        toffoli(wires=(controls[rung + 1], ends[rung - 1], ends[rung]))
        for rung in range(len(idle), 0, -1)
    ]
    foot = toffoli(wires=(controls[0], controls[1], ends[0]))
    inner = [*down[1:], foot, *down[:0:-1]]
    return [down[0], *inner, down[0], *inner]


def _flip_by_halves(controls: Sequence[Wire], target: Wire, idle: Wire) -> list[Operator]:
    """Flip with one idle wire: each half of the controls lends its wires to the other."""
    half = (len(controls) + 1) // 2
    left, right = controls[:half], controls[half:]
    mark = controlled_flip(left, idle, (*right, target))
    use = controlled_flip((*right, idle), target, left)
    return [*mark, *use, *mark, *use]


def controlled_phase(phi: Tensor, wires: Sequence[Wire]) -> list[Operator]:
    """Multiply the state in which all of ``wires`` are 1 by exp(i phi)."""
    if len(wires) == 1:
        return [PhaseShift(phi, wires)]
    if len(wires) == 2:
        return [GATES["ControlledPhaseShift"](phi, wires=wires)]
    rotation = controlled_rotation(RZ, phi, wires[:-1], wires[-1])
    return [*rotation, *controlled_phase(phi / 2, wires[:-1])]


def controlled_rotation(
    rotation: type[Gate], angle: Tensor, controls: Sequence[Wire], target: Wire
) -> list[Operator]:
    """Apply RX, RY or RZ to ``target`` where every control is 1.

    One control takes half angles, several take quarter angles between flips controlled by
    one half of the controls and by the other (Vale et al., arXiv:2302.06377): a number of
    two-wire gates that is linear in that of the controls.
    """
    if not controls:
        return [rotation(angle, target)]
    if rotation is RX:
        hadamard = GATES["Hadamard"](wires=target)
        return [hadamard, *controlled_rotation(RZ, angle, controls, target), hadamard]
    if len(controls) == 1:
        flip = GATES["CNOT"](wires=(*controls, target))
        return [rotation(angle / 2, target), flip, rotation(-angle / 2, target), flip]
    half = (len(controls) + 1) // 2
    left, right = controls[:half], controls[half:]
    first = controlled_flip(left, target, right)
    second = controlled_flip(right, target, left)
    forward, back = rotation(angle / 4, target), rotation(-angle / 4, target)
    return [*first, back, *second, forward] * 2


def controlled_rot(
    phi: Tensor, theta: Tensor, omega: Tensor, control: Wire, target: Wire
) -> list[Operator]:
    """Apply RZ(omega) RY(theta) RZ(phi) to ``target`` where ``control`` is 1, with two CNOTs.

    Reference: Barenco et al., Phys. Rev. A 52, 3457 (1995), lemma 5.1.
    """
    flip = GATES["CNOT"](wires=(control, target))
    return [
        RZ((phi - omega) / 2, target),
        flip,
        RZ(-(phi + omega) / 2, target),
        RY(-theta / 2, target),
        flip,
        RY(theta / 2, target),
        RZ(omega, target),
    ]


def multiplexed_rotation(
    rotation: type[Gate], angles: FloatArray, controls: Sequence[Wire], target: Wire
) -> list[Operator]:
    """Apply RY or RZ to ``target``, with a separate angle for each value of the controls.

    The angles have shape (..., 2**k) for k controls, the first most significant; leading axes are a
    batch. The result is 2**k rotations and as many CNOTs, in the order of a Gray code.
    Reference: Möttönen et al., Phys. Rev. Lett. 93, 130502 (2004).
    """
    steps = angles @ _gray_signs(len(controls)) / angles.shape[-1]
    return _in_gray_order(rotation, list(np.moveaxis(steps, -1, 0)), controls, target)


def selected_rotation(
    rotation: type[Gate],
    angle: Tensor,
    values: Sequence[bool],
    controls: Sequence[Wire],
    target: Wire,
) -> list[Operator]:
    """Apply RY or RZ to ``target`` where the controls have these values.

    The multiplexed rotation with one angle, which may be a slot: 2**k CNOTs, the fewest for
    up to three controls.
    """
    row = sum(int(value) << place for place, value in enumerate(reversed(values)))
    signs = _gray_signs(len(controls))[row] / 2 ** len(controls)
    return _in_gray_order(rotation, [angle * float(sign) for sign in signs], controls, target)


def chosen_rotations(
    rotation: type[Gate], angles: Sequence[Tensor], controls: Sequence[Wire], target: Wire
) -> list[Operator]:
    """Apply RY or RZ by the angle, which may be a slot, that the value of the controls chooses.

    As ``multiplexed_rotation``, for 2**k angles that are not an array of numbers.
    """
    signs = _gray_signs(len(controls)) / 2 ** len(controls)
    steps = [
        reduce(add, (angle * float(sign) for angle, sign in zip(angles, column, strict=True)))
        for column in signs.T
    ]
    return _in_gray_order(rotation, steps, controls, target)


def _gray_signs(count: int) -> FloatArray:
    """Return the sign that each value of the controls (rows) gives to each step (columns)."""
    index = np.arange(2**count)
    gray = index ^ (index >> 1)
    signs: FloatArray = 1.0 - 2.0 * (np.bitwise_count(index[:, None] & gray[None, :]) % 2)
    return signs


def _in_gray_order(
    rotation: type[Gate], steps: Sequence[Tensor], controls: Sequence[Wire], target: Wire
) -> list[Operator]:
    """Rotate by each step, with a CNOT after each, from the control whose Gray bit changes."""
    if not controls:
        return [rotation(steps[0], target)]
    gates: list[Operator] = []
    for count, step in enumerate(steps, start=1):
        place = min((count & -count).bit_length(), len(controls))
        gates += [rotation(step, target), GATES["CNOT"](wires=(controls[-place], target))]
    return gates

"""Feed-forward of IQM's devices: measurements in the middle that control single-wire gates.

``measure_ff`` keeps an outcome under a key for later ``cc_prx`` gates, which act where it is 1. The
outcome is not in the results. Both are experimental capabilities of Amazon Braket: the SDK and the
task have to enable them, and circuits have to be verbatim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from math import pi
from typing import Any

from braket.circuits import Gate, Instruction
from braket.experimental_capabilities.experimental_capability_context import (
    GLOBAL_EXPERIMENTAL_CAPABILITY_CONTEXT as EXPERIMENTAL,
)

from qgate.devices.braket.gates import NATIVE_FORMS, UNREAD
from qgate.exceptions import UnsupportedMidMeasure
from qgate.forks import ForkSafeLock
from qgate.operations.recorded import Recorded, RecordedCondition
from qgate.structure import Structure, slots_of
from qgate.typing import Wire

ROTATION = "prx"
"""Native gate that IQM's devices apply under a condition."""

HEADER = "OPENQASM 3.0;\n"


_changed = ForkSafeLock()
"""Lock for the SDK's switch, which is one for the process."""


@contextmanager
def _enabled() -> Iterator[None]:
    """Enable the SDK's experimental operations, which the user asked for, without a warning."""
    with _changed:
        before = EXPERIMENTAL.get_enabled_capabilities()
        EXPERIMENTAL.enable()
        try:
            yield
        finally:
            EXPERIMENTAL.set_state(before)


def feeds_forward(arn: str, native: Collection[str]) -> bool:
    """Return whether a device has these capabilities."""
    return "/qpu/iqm/" in arn and ROTATION in native


def conditional_slots(structure: Structure) -> list[int]:
    """Return the slots of gates under conditions, which the SDK does not declare as inputs."""
    conditions = [item for item in structure.operations if isinstance(item, RecordedCondition)]
    return sorted({slot for item in conditions for slot in slots_of(item)})


def with_inputs(source: str, names: Collection[str]) -> str:
    """Declare inputs at the beginning of a program."""
    lines = [f"input float {name};\n" for name in names if f"input float {name};" not in source]
    return source.replace(HEADER, HEADER + "".join(lines), 1)


def measured(operation: Recorded, qubit: int, key: int) -> list[Instruction]:
    """Return a measurement, and the flip that resets the qubit."""
    from braket.experimental_capabilities.iqm.classical_control import CCPRx, MeasureFF

    with _enabled():
        reset = [Instruction(CCPRx(pi, 0.0, key), [qubit])] if operation.reset else []
        return [Instruction(MeasureFF(key), [qubit]), *reset]


def conditional(
    operation: RecordedCondition, angle: Any, qubit: int, keys: Mapping[Wire, int]
) -> list[Instruction]:
    """Return a rotation under a condition on one outcome.

    Where the rotation is applied for the outcome 0, it is applied always and undone for 1.

    Raises
    ------
    UnsupportedMidMeasure
        The gate or the condition is another one.
    """
    from braket.experimental_capabilities.iqm.classical_control import CCPRx

    form, controls = NATIVE_FORMS.get(operation.base.name), operation.condition_wires
    if form is None or len(controls) != 1:
        what = f"{operation.base.name} under a condition on {len(controls)} outcome(s)"
        raise _refused(f"it applies rotations under conditions on one outcome, and {what} is none")
    key, (axis,) = keys[controls[0]], form.angles
    with _enabled():
        if operation.table[1]:
            return [Instruction(CCPRx(angle, axis, key), [qubit])]
        undone = Instruction(CCPRx(-1 * angle, axis, key), [qubit])
        return [Instruction(Gate.PRx(angle, axis), [qubit]), undone]


def is_left_out(operation: RecordedCondition) -> bool:
    """Return whether no measurement depends on a gate."""
    return operation.base.name in UNREAD


def _refused(reason: str) -> UnsupportedMidMeasure:
    return UnsupportedMidMeasure(
        device="Amazon Braket",
        reason=reason,
        remedy="Leave out mcm_method='device': outcomes are then measured at the end, on further "
        "wires.",
    )

"""Registry of the gradient methods: a row for each, and the only place that lists them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from qgate.exceptions import DifferentiationError
from qgate.gradients.circuits import CircuitMethod
from qgate.gradients.directions import DifferenceDirections
from qgate.gradients.finite_difference import axes, finite_difference
from qgate.gradients.hadamard import MEASURES, hadamard_test, refuse_gates
from qgate.gradients.method import (
    USE_BACKPROP,
    Options,
    Refusal,
    ShiftMethod,
    refuse_trained_arrays,
)
from qgate.gradients.parameter_shift import parameter_shift
from qgate.gradients.spsa import random_lines, simultaneous_perturbation
from qgate.measurements import EXACT_KINDS, MeasurementKind
from qgate.structure import Structure
from qgate.tape import Tape

Lines = Callable[[Structure, tuple[int, ...], Options], DifferenceDirections | None]
"""Function from a structure, its trainable slots and options to the lines of first derivatives."""


@dataclass(frozen=True)
class GradientMethod:
    """Row of the registry: a gradient method, and everything that others know of it.

    Parameters
    ----------
    name : str
        Value of ``diff_method``.
    shifts : ShiftMethod, optional
        The method, if it requires only values at shifted parameters.
    circuits : CircuitMethod, optional
        The method, if it runs other circuits. Without both, the device differentiates its state
        (but for `best`, which is a choice among the others).
    lines : callable, optional
        For methods that take differences with shots: the directions of these, whose steps the
        caller may choose. Without it, or if it returns None, the method determines its steps.
    options : frozenset of str
        Names of its ``gradient_kwargs``.
    tape_options : frozenset of str
        Further options, whose meaning depends on the numbers of a tape.
    measures : collection of MeasurementKind, optional
        Results that it differentiates; None: any.
    refuses : callable, optional
        Function that returns why it cannot differentiate a tape for other reasons, or None.
    nonlinear : bool
        Whether it differentiates results that are not linear in the state, such as a variance.
    densities : bool
        Whether it differentiates a density matrix directly, not by Pauli expectation values.
    needs_state : str, optional
        What a device without access to its state lacks for it; None: it runs on every device.
    """

    name: str
    shifts: ShiftMethod | None = None
    circuits: CircuitMethod | None = None
    lines: Lines | None = None
    options: frozenset[str] = frozenset()
    tape_options: frozenset[str] = frozenset()
    measures: Collection[MeasurementKind] | None = (*EXACT_KINDS, MeasurementKind.PROCESSED)
    refuses: Callable[[Tape], Refusal] | None = None
    nonlinear: bool = False
    densities: bool = True
    needs_state: str | None = None

    def refusal(self, tape: Tape) -> Refusal:
        """Return why the method cannot differentiate a tape by its trainable parameters."""
        found = refusal_of(self, tape.structure, tuple(tape.trainable_params))
        return found if found or self.refuses is None else self.refuses(tape)


@lru_cache(maxsize=1024)
def refusal_of(method: GradientMethod, structure: Structure, trainable: tuple[int, ...]) -> Refusal:
    """Return why a method cannot differentiate a structure by some of its parameters."""
    if method.measures is None:
        return None
    wrong = sorted({item.kind.value for item in structure.measurements} - set(method.measures))
    if not wrong:
        return refuse_trained_arrays(structure, trainable)
    kinds = ", ".join(kind.value for kind in method.measures if kind not in INTERNAL)
    differentiates = f"{method.name} differentiates {kinds} only"
    reason = f"the circuit returns {', '.join(wrong)}, and {differentiates}"
    if not set(wrong) <= set(EXACT_KINDS):
        return reason, "Return one of these; single shots have no derivative."
    return reason, USE_BACKPROP


INTERNAL = (MeasurementKind.TERMS, MeasurementKind.PROCESSED)
"""Kinds that stand for others, and that errors do not name."""

_SHIFTS = frozenset({"shifts", "fallback_step", "broadcast"})
_DIFFERENCES = frozenset({"h", "approx_order", "n", "strategy", "broadcast", "validate_params"})

_ROWS = (
    GradientMethod("best", options=_SHIFTS),
    GradientMethod("device", needs_state="has no gradient of its own"),
    GradientMethod("backprop", measures=None, needs_state="gives no access to its state"),
    GradientMethod("adjoint", measures=EXACT_KINDS, needs_state="gives no access to its state"),
    GradientMethod(
        "parameter-shift",
        shifts=parameter_shift,
        options=_SHIFTS,
        tape_options=frozenset({"f0", "gradient_recipes"}),
    ),
    GradientMethod(
        "finite-diff",
        shifts=finite_difference,
        lines=axes,
        options=_DIFFERENCES,
        tape_options=frozenset({"f0"}),
        nonlinear=True,
    ),
    GradientMethod(
        "spsa",
        shifts=simultaneous_perturbation,
        lines=random_lines,
        options=_DIFFERENCES | {"num_directions", "sampler", "sampler_rng"},
        tape_options=frozenset({"f0"}),
        nonlinear=True,
    ),
    GradientMethod(
        "hadamard",
        circuits=hadamard_test,
        options=frozenset({"aux_wire", "device_wires", "mode"}),
        measures=MEASURES,
        refuses=refuse_gates,
        densities=False,
    ),
)

METHODS: dict[str, GradientMethod] = {row.name: row for row in _ROWS}
"""All methods by their names, the values of ``diff_method``."""


def register(row: GradientMethod) -> None:
    """Add a gradient method, which can then be the ``diff_method`` of a QNode."""
    if row.name in METHODS:
        raise DifferentiationError(
            f"There is a gradient method named {row.name!r} already. Register it by another name."
        )
    METHODS[row.name] = row


def shift_methods() -> tuple[str, ...]:
    """Return the names of the methods that require only values, and so can spend a budget."""
    return tuple(name for name, row in METHODS.items() if row.shifts is not None)

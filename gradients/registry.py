"""Registry of the gradient methods: a row for each, and the only place that lists them."""

from __future__ import annotations

from qgate.exceptions import DifferentiationError
from qgate.gradients.finite_difference import axes, finite_difference
from qgate.gradients.hadamard import MEASURES, hadamard_test, refuse_gates
from qgate.gradients.method import GradientMethod
from qgate.gradients.parameter_shift import parameter_shift
from qgate.gradients.spsa import random_lines, simultaneous_perturbation

_SHIFTS = frozenset({"shifts", "fallback_step", "broadcast"})
_DIFFERENCES = frozenset({"h", "approx_order", "n", "strategy", "broadcast", "validate_params"})

_ROWS = (
    GradientMethod("best", options=_SHIFTS),
    GradientMethod("device", needs_state="has no gradient of its own"),
    GradientMethod("backprop", measures=None, needs_state="gives no access to its state"),
    GradientMethod("adjoint", needs_state="gives no access to its state"),
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

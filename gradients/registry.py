"""Registry of the gradient methods that run circuits on any device."""

from __future__ import annotations

from collections.abc import Mapping

from qgate.gradients.circuits import CircuitMethod
from qgate.gradients.finite_difference import FiniteDifference
from qgate.gradients.hadamard import HadamardTest
from qgate.gradients.method import ShiftMethod
from qgate.gradients.parameter_shift import ParameterShift
from qgate.gradients.spsa import SimultaneousPerturbation

SHIFT_METHODS: Mapping[str, ShiftMethod] = {
    "parameter-shift": ParameterShift(),
    "finite-diff": FiniteDifference(),
    "spsa": SimultaneousPerturbation(),
}
"""Methods that require only values, and thus run on every device."""

CIRCUIT_METHODS: Mapping[str, CircuitMethod] = {"hadamard": HadamardTest()}
"""Methods that run other circuits than the one they differentiate; on every device."""

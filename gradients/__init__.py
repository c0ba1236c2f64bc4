"""How derivatives are made."""

from qgate.gradients.difference_rules import finite_diff_coeffs
from qgate.gradients.finite_difference import FiniteDifference
from qgate.gradients.parameter_shift import ParameterShift
from qgate.gradients.shift_rules import (
    eigvals_to_frequencies,
    generate_multi_shift_rule,
    generate_shift_rule,
)
from qgate.gradients.spsa import SimultaneousPerturbation
from qgate.gradients.transform import GradientTransform

param_shift = GradientTransform(
    ParameterShift(), "Derivatives by the parameter-shift rule; see ``ParameterShift``."
)
finite_diff = GradientTransform(
    FiniteDifference(), "Derivatives by finite differences; see ``FiniteDifference``."
)
spsa_grad = GradientTransform(
    SimultaneousPerturbation(),
    "Derivatives along random directions; see ``SimultaneousPerturbation``.",
)

__all__ = [
    "GradientTransform",
    "eigvals_to_frequencies",
    "finite_diff",
    "finite_diff_coeffs",
    "generate_multi_shift_rule",
    "generate_shift_rule",
    "param_shift",
    "spsa_grad",
]

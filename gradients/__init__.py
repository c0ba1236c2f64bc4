"""How derivatives are made."""

from qgate.gradients.adjoint_metric import adjoint_metric_tensor
from qgate.gradients.classical_jacobian import classical_jacobian
from qgate.gradients.difference_rules import finite_diff_coeffs
from qgate.gradients.finite_difference import FiniteDifference
from qgate.gradients.fisher import classical_fisher, quantum_fisher
from qgate.gradients.hessian import param_shift_hessian
from qgate.gradients.metric_tensor import metric_tensor
from qgate.gradients.parameter_shift import ParameterShift
from qgate.gradients.shift_rules import (
    eigvals_to_frequencies,
    generate_multi_shift_rule,
    generate_shift_rule,
)
from qgate.gradients.transform import GradientTransform

param_shift = GradientTransform(
    ParameterShift(), "Derivatives by the parameter-shift rule; see ``ParameterShift``."
)
finite_diff = GradientTransform(
    FiniteDifference(), "Derivatives by finite differences; see ``FiniteDifference``."
)

__all__ = [
    "GradientTransform",
    "adjoint_metric_tensor",
    "classical_fisher",
    "classical_jacobian",
    "eigvals_to_frequencies",
    "finite_diff",
    "finite_diff_coeffs",
    "generate_multi_shift_rule",
    "generate_shift_rule",
    "metric_tensor",
    "param_shift",
    "param_shift_hessian",
    "quantum_fisher",
]

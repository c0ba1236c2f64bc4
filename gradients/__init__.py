"""Gradient methods, and transforms that compute derivatives, metrics and Fisher information."""

from typing import TYPE_CHECKING

from qgate.gradients.adjoint_metric import adjoint_metric_tensor
from qgate.gradients.classical_jacobian import classical_jacobian
from qgate.gradients.difference_rules import finite_diff_coeffs
from qgate.gradients.explain import explain
from qgate.gradients.fisher import classical_fisher, quantum_fisher
from qgate.gradients.hessian import param_shift_hessian
from qgate.gradients.metric_tensor import metric_tensor
from qgate.gradients.shift_rules import (
    eigvals_to_frequencies,
    generate_multi_shift_rule,
    generate_shift_rule,
)
from qgate.gradients.transform import GradientTransform, gradient_transform
from qgate.gradients.user_transform import transform
from qgate.lazy_names import refuse_unknown

param_shift = gradient_transform("parameter-shift")
finite_diff = gradient_transform("finite-diff")
spsa_grad = gradient_transform("spsa")
hadamard_grad = gradient_transform("hadamard")

__all__ = [
    "GradientTransform",
    "adjoint_metric_tensor",
    "classical_fisher",
    "classical_jacobian",
    "eigvals_to_frequencies",
    "explain",
    "finite_diff",
    "finite_diff_coeffs",
    "generate_multi_shift_rule",
    "generate_shift_rule",
    "hadamard_grad",
    "metric_tensor",
    "param_shift",
    "param_shift_hessian",
    "quantum_fisher",
    "spsa_grad",
    "transform",
]

if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

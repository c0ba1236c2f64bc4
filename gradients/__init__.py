"""Gradient methods, and transforms that compute derivatives, metrics and Fisher information."""

from qgate.gradients.adjoint_metric import adjoint_metric_tensor
from qgate.gradients.classical_jacobian import classical_jacobian
from qgate.gradients.difference_rules import finite_diff_coeffs
from qgate.gradients.explain import explain
from qgate.gradients.finite_difference import FiniteDifference
from qgate.gradients.fisher import classical_fisher, quantum_fisher
from qgate.gradients.hadamard import HadamardTest
from qgate.gradients.hessian import param_shift_hessian
from qgate.gradients.metric_tensor import metric_tensor
from qgate.gradients.parameter_shift import ParameterShift
from qgate.gradients.shift_rules import (
    eigvals_to_frequencies,
    generate_multi_shift_rule,
    generate_shift_rule,
)
from qgate.gradients.spsa import SimultaneousPerturbation
from qgate.gradients.transform import TAPE_BOUND, GradientTransform
from qgate.gradients.user_transform import transform

param_shift = GradientTransform.of_shifts(
    ParameterShift(),
    "Derivatives by the parameter-shift rule; see ``ParameterShift``. On tapes and QNodes also "
    "``gradient_recipes``, rows [c, a, s] of a rule sum of c f(a x + s), or None, for each "
    "trainable parameter of the tape, and ``f0``, the value if it is known.",
    TAPE_BOUND,
)
finite_diff = GradientTransform.of_shifts(
    FiniteDifference(),
    "Derivatives by finite differences; see ``FiniteDifference``. On tapes and QNodes also "
    "``f0``, the value if it is known.",
    frozenset({"f0"}),
)
spsa_grad = GradientTransform.of_shifts(
    SimultaneousPerturbation(),
    "Derivatives along random directions; see ``SimultaneousPerturbation``. On tapes and QNodes "
    "also ``f0``, the value if it is known.",
    frozenset({"f0"}),
)
hadamard_grad = GradientTransform.of_circuits(
    HadamardTest(), "Derivatives by Hadamard tests; see ``HadamardTest``."
)

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

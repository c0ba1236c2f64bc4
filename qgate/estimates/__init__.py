"""Estimates of values and gradients with standard errors."""

from qgate.estimates.functions import estimate, gradient_estimate
from qgate.estimates.gradient import Cost, Differences, GradientEstimate
from qgate.estimates.value import Estimate

__all__ = ["Cost", "Differences", "Estimate", "GradientEstimate", "estimate", "gradient_estimate"]

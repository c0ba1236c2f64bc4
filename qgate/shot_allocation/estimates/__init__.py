"""Estimates of values and gradients with standard errors."""

from qgate.shot_allocation.estimates.functions import estimate, gradient_estimate
from qgate.shot_allocation.estimates.gradient import Cost, Differences, GradientEstimate
from qgate.shot_allocation.estimates.value import Estimate

__all__ = ["Cost", "Differences", "Estimate", "GradientEstimate", "estimate", "gradient_estimate"]

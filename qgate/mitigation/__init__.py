"""Mitigation of a device's errors: further circuits in a request, another reading of its samples.

A method (``method.Mitigation``) adds rows to an estimation within a budget, and reads the outputs
from the samples of all rows together. Everything runs in the same submissions, within the budget.
"""

from qgate.mitigation.method import Added, Measured, Mitigated, Mitigation, Target

__all__ = ["Added", "Measured", "Mitigated", "Mitigation", "Target"]

"""Mitigation of a device's errors: further circuits in a request, another reading of its samples.

A method (``method.Mitigation``) adds rows to an estimation within a budget, and reads the outputs
from the samples of all rows together. Everything runs in the same submissions, within the budget.
"""

from qgate.mitigation.choice import Auto
from qgate.mitigation.learned import Learned
from qgate.mitigation.method import Added, Measured, Mitigated, Mitigation, Target
from qgate.mitigation.readout import Readout
from qgate.mitigation.zne import ZNE

__all__ = [
    "ZNE",
    "Added",
    "Auto",
    "Learned",
    "Measured",
    "Mitigated",
    "Mitigation",
    "Readout",
    "Target",
]

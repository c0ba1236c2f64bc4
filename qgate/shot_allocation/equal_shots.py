"""Error of the usual allocation: equal shots for every circuit, each Pauli word in one basis."""

from __future__ import annotations

import numpy as np

from qgate.shot_allocation.bases import Bases
from qgate.shot_allocation.estimator import covariances, one_shot_variances
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.shot_allocation.readings import Readings


def equal_shots_error(problem: LinearEstimand, bases: Bases, readings: Readings) -> float:
    r"""Return the error times the number of shots, if all K circuits had equal shots.

    It is :math:`K \sum V` with the measured one-shot variances V, for all rows in all home bases.
    """
    home = bases.disjoint()
    weights = [
        problem.vectors[:, basis.readable] * home[index, basis.readable]
        for index, basis in enumerate(bases.members)
    ]
    parts = one_shot_variances(problem, weights, readings, covariances(readings))
    total = float(problem.part_weights @ parts.sum(axis=1))
    rows = len(np.unique(problem.rows))
    return total * rows * int((home.any(axis=1)).sum())

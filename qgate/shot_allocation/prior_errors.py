r"""Expected standard errors of the outputs, before any measurement.

Every Pauli word is assumed to have variance 1, the largest possible, and the Pauli words of a
commuting group to be independent. With :math:`n_{st}` shots that measure Pauli word t at row s, the
variance of an output :math:`\sum_{st} c_{st} \langle P_t \rangle_s` is
:math:`\sum_{st} c_{st}^2 / n_{st}`.
"""

from __future__ import annotations

import numpy as np

from qgate.shot_allocation.estimator import Design
from qgate.shot_allocation.linear_estimand import LinearEstimand
from qgate.typing import FloatArray


def prior_errors(problem: LinearEstimand, design: Design) -> FloatArray:
    """Return the expected standard errors of the outputs, shape (O,).

    Parameters
    ----------
    problem : LinearEstimand
    design : Design
        With the planned shots of each circuit.

    Notes
    -----
    Not a bound: Pauli words that are measured with the same shots may be positively correlated.
    """
    shots = design.planned @ design.readable
    shares = np.divide(1.0, shots, out=np.zeros_like(shots), where=shots > 0)
    variances = np.zeros(len(problem.constants))
    for row in np.unique(problem.rows).tolist():
        parts = problem.rows == row
        weights = problem.mixing[:, parts] @ problem.vectors[parts]
        variances += weights**2 @ shares[row]
    return np.asarray(np.sqrt(variances))

r"""How large errors are to be expected before anything is read.

Then every word has variance 1, the largest it can have, and words that are read together are taken
to be independent. With :math:`n_{st}` shots that read word t at row s, the variance of an output
:math:`\sum_{st} c_{st} \langle P_t \rangle_s` is :math:`\sum_{st} c_{st}^2 / n_{st}`.
"""

from __future__ import annotations

import numpy as np

from qgate.estimation.estimator import Design
from qgate.estimation.problem import Problem
from qgate.typing import FloatArray


def prior_errors(problem: Problem, design: Design) -> FloatArray:
    """Return the standard errors of the outputs as they are expected, shape (O,).

    Parameters
    ----------
    problem : Problem
    design : Design
        With the shots that each circuit is planned to get.

    Notes
    -----
    Not a bound: words that are read together may agree more often than not.
    """
    shots = design.planned @ design.readable
    shares = np.divide(1.0, shots, out=np.zeros_like(shots), where=shots > 0)
    variances = np.zeros(len(problem.constants))
    for row in np.unique(problem.rows).tolist():
        parts = problem.rows == row
        weights = problem.mixing[:, parts] @ problem.vectors[parts]
        variances += weights**2 @ shares[row]
    return np.asarray(np.sqrt(variances))

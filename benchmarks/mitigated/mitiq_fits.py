"""Extrapolation and regression of mitiq, run by an interpreter that has it.

Reads JSON on the standard input, a list of (noisy at 1, noisy at 3, training noisy, training
exact), and writes for each the extrapolated value and the one by regression.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from mitiq.cdr import linear_fit_function
from mitiq.zne.inference import LinearFactory
from scipy.optimize import curve_fit

found = []
for one, three, noisy, exact in json.load(sys.stdin):
    extrapolated = LinearFactory.extrapolate([1, 3], [one, three])
    fitted, _ = curve_fit(
        lambda x, *params: linear_fit_function(x, params), np.array([noisy]), exact, p0=np.zeros(2)
    )
    found.append((float(extrapolated), float(linear_fit_function(np.array([one]), fitted))))
json.dump(found, sys.stdout)

"""Serialisation of plans on Pauli vectors, for ``qgate_pauli_plan_new`` in ``pauli_engine.c``."""

from __future__ import annotations

import numpy as np

from qgate.devices.local.mixed.pauli_plan import WIDEST, PauliPlan, Turn
from qgate.typing import FloatArray, IntArray

BLOCK, TURN = range(2)

SPARE_DIGITS = 2
"""The library has at least this number of wires besides those of a block: whole vectors."""


def written(plan: PauliPlan) -> tuple[IntArray, FloatArray]:
    """Serialise a plan; both sides must agree on the order."""
    steps: list[int] = []
    starts, entries, values = [0], [], []
    widest = 1
    for step in plan.steps:
        if isinstance(step, Turn):
            steps += [TURN, step.word, step.wave, step.wave + 1, *(0,) * WIDEST]
            continue
        widest, first = max(widest, len(step.digits)), len(starts) - 1
        for factor in step.factors:
            columns = factor.rows, factor.columns, factor.coefficients
            entries.append(np.stack(columns, axis=-1).reshape(-1))
            values.append(factor.values)
            starts.append(starts[-1] + len(factor.rows))
        digits = [*reversed(step.digits), *(0,) * WIDEST][:WIDEST]
        steps += [BLOCK, len(step.digits), *digits, first, len(starts) - 1]
    num_wires = max(plan.num_wires, widest + SPARE_DIGITS)
    numbers = plan.coefficients.count, plan.coefficients.num_common
    counts = [num_wires, *numbers, len(plan.steps), len(starts) - 1, starts[-1]]
    ints = np.concatenate([np.array([*counts, *steps, *starts], dtype=np.int64), *entries])
    return ints.astype(np.int64), np.concatenate([np.zeros(0), *values])

"""Derivatives of averages over trajectories, as averages of the derivatives of trajectories.

With the errors fixed, the value of a trajectory is a function of the angles. The average of its
derivatives is the derivative of the average where the probabilities of the errors do not depend on
the angles: for mixtures of Pauli words with fixed probabilities. Elsewhere an angle also changes
how often an error occurs, which these derivatives miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qgate.arrays import is_concrete, unwrap
from qgate.devices.local.mixed.channel_mixtures import mixture_of
from qgate.devices.local.mixed.errors import drawn_errors, mixtures_of
from qgate.devices.local.mixed.frames import PLANNED, framed
from qgate.devices.local.mixed.trajectories import RandomRows
from qgate.operations.channels import Channel, QubitChannel
from qgate.operations.operator import Operator
from qgate.structure import ArraySlot, slots_of
from qgate.sweep import Sweep
from qgate.transforms.decomposition import freeze, needs_values
from qgate.typing import FloatArray, Tensor

if TYPE_CHECKING:
    from qgate.tape import Tape

USE_SHIFTS = (
    "For other noise use diff_method='parameter-shift', or a device without the option "
    "trajectories, which has density matrices."
)
"""Advice for derivatives that trajectories do not have."""


def pathwise_refusal(method: str, tape: Tape) -> tuple[str, str] | None:
    """Return why a method does not differentiate averages over trajectories, and advice."""
    if method != "adjoint":
        return "the results are averages over random trajectories, which it does not trace", (
            "Use diff_method='adjoint' where all channels are mixtures of Pauli words. "
            + USE_SHIFTS
        )
    trained = set(np.asarray(tape.trainable_slots).tolist())
    arrays = [
        value
        for value, kind in zip(tape.parameters, tape.parameter_kinds, strict=True)
        if kind.name != "ANGLES"
    ]
    for operation in tape.structure.operations:
        if operation.is_channel and (
            trained & set(slots_of(operation)) or not _is_pauli_mixture(operation, arrays)
        ):
            reason = (
                f"the probabilities of the errors of {operation.name} depend on the angles, so "
                "that averages of the derivatives of trajectories are biased"
            )
            return reason, USE_SHIFTS
    return None


def _is_pauli_mixture(operation: Operator, arrays: Sequence[Tensor]) -> bool:
    if not isinstance(operation, QubitChannel):
        return isinstance(operation, Channel) and type(operation).pauli_terms != Channel.pauli_terms
    (symbol,) = operation.parameters
    kraus = arrays[symbol.index] if isinstance(symbol, ArraySlot) else symbol
    if not is_concrete(kraus):
        return False
    return not len(mixture_of([operation.with_parameters([unwrap(kraus)])]).rest)


def trajectory_jacobian(
    sweep: Sweep, slots: Sequence[int], rows: RandomRows
) -> tuple[FloatArray, FloatArray]:
    """Return average values and derivatives by some slots, (K, M) and (n, K, M).

    All channels are mixtures of Pauli words, whose probabilities do not depend on the slots.
    """
    sweep, order = freeze(sweep, needs_values(sweep.structure, PLANNED)), rows.order
    circuit = framed(sweep.structure, order, stopped=True)
    angles, values = circuit.angles(sweep.rows), circuit.values(sweep.rows)
    columns = np.flatnonzero(circuit.sources < angles.shape[1])
    totals, slopes = list[FloatArray](), list[FloatArray]()
    for row, (count, random) in enumerate(rows):
        mixtures = mixtures_of(circuit, angles[row], sweep.arrays)
        drawn = drawn_errors(circuit, mixtures, len(order), count, random)
        changes, members = zip(*((bits, found) for bits, _, found in drawn.groups()), strict=True)
        weights, bits = np.array([len(found) / count for found in members]), np.array(changes)
        errors = circuit.with_bits(values[row], bits)
        total: FloatArray = np.zeros(1)
        slope: FloatArray = np.zeros((1, 1))
        for start in range(0, len(errors), rows.together):
            part = slice(start, start + rows.together)
            run = Sweep(circuit.structure, errors[part], sweep.arrays)
            found, by_column = rows.engine.jacobian(run, columns.tolist(), order)
            signs = np.where(bits[part][:, columns], -1.0, 1.0) * weights[part, None]
            total = total + weights[part] @ found
            slope = slope + np.einsum("dc,cdm->cm", signs, by_column)
        by_angle = np.zeros((angles.shape[1], slope.shape[1]))
        by_angle[circuit.sources[columns]] = slope
        totals.append(total)
        slopes.append(circuit.angles.pull_back(by_angle)[list(slots)])
    return np.array(totals), np.stack(slopes, axis=1)

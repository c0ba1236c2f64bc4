"""Branches of circuits with mid-circuit measurements, computed densely by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

import qgate as qg
from qgate.operations import Conditional, MidMeasure


def branches(
    operations: Sequence[qg.Operator], wires: Sequence[object]
) -> Iterator[tuple[dict, np.ndarray]]:
    """Yield the outcome of each measurement and the unnormalised state, for all branches.

    Outcomes that are not selected are left out.
    """
    measured = [item for item in operations if isinstance(item, MidMeasure)]
    for bits in product((0, 1), repeat=len(measured)):
        outcomes = {item.meas_uid: bit for item, bit in zip(measured, bits, strict=True)}
        if any(item.postselect not in (None, outcomes[item.meas_uid]) for item in measured):
            continue
        state = np.eye(2 ** len(wires))[0].astype(complex)
        for item in operations:
            state = _matrix(item, outcomes, wires) @ state
        yield outcomes, state


def expectation(operations, wires, observable: np.ndarray, value=None) -> float:
    """Return the expectation value of a matrix, or of a value of outcomes, given the selection."""
    total = weight = 0.0
    for outcomes, state in branches(operations, wires):
        factor = 1.0 if value is None else value.concretize(outcomes)
        total += factor * np.real(state.conj() @ observable @ state)
        weight += np.real(state.conj() @ state)
    return total / weight


def density(operations, wires) -> np.ndarray:
    """Return the density matrix of all wires, given the selection."""
    rho = sum(np.outer(state, state.conj()) for _, state in branches(operations, wires))
    return rho / np.trace(rho)


def _matrix(item, outcomes, wires) -> np.ndarray:
    if isinstance(item, MidMeasure):
        bit = outcomes[item.meas_uid]
        kept = np.zeros((2, 2))
        kept[0 if item.reset else bit, bit] = 1.0
        return qg.QubitUnitary(kept, item.wires, unitary_check=False).matrix(wires)
    if isinstance(item, Conditional):
        applied = item.meas_val.concretize(outcomes)
        return item.base.matrix(wires) if applied else np.eye(2 ** len(wires))
    return item.matrix(wires)

"""Metric tensor from the overlap of a state with itself at other angles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qgate.exceptions import UndefinedError
from qgate.gradients.qnode_transform import as_list
from qgate.gradients.second_order import second_order
from qgate.measurements import probs
from qgate.operations.operator import Operator
from qgate.recording import paused
from qgate.tape import Tape
from qgate.typing import BoolArray, Nested, Postprocess, Tensor
from qgate.wires import Wires


def overlap_metric(tape: Tape, wanted: BoolArray) -> tuple[list[Tape], Postprocess]:
    r"""Return circuits for a metric tensor without auxiliary wire, and a function of results.

    With :math:`F(x') = |\langle\psi(x)|\psi(x')\rangle|^2`, the probability of the outcome 0...0
    after the circuit at x' and its inverse at x, the metric (n, n) is minus half the Hessian of F
    at x' = x, where F is 1. Entries of slots that are not ``wanted`` (n,) are zero.
    """
    overlap = _overlap(tape)
    count = len(wanted)
    default = (None,) * count
    shifted = second_order(
        overlap, np.outer(wanted, wanted), diagonal=default, off_diagonal=default
    )
    shifted = replace(shifted, known=True)
    if not shifted.runs.any():
        return [], lambda results: np.zeros((count, count))

    def postprocess(results: Sequence[Nested]) -> Tensor:
        (found,) = as_list(results[0])
        return shifted.derivatives(found[:, 0], np.ones(()))[0] / -2

    return shifted.tapes(overlap), postprocess


def _overlap(tape: Tape) -> Tape:
    """Return the circuit followed by its inverse; the angles of the circuit are trainable."""
    operations = tape.operations
    wires = Wires.all_wires([operation.wires for operation in operations])
    with paused():
        inverse = [part for operation in reversed(operations) for part in _inverse(operation)]
        measured = probs(wires=wires)
    return Tape([*operations, *inverse], [measured], tape.shots, tape.trainable_params)


def _inverse(operation: Operator) -> list[Operator]:
    """Return the inverse of an operation; a state preparation is inverted through its gates."""
    if not hasattr(operation, "canonical_state"):
        return [operation.adjoint()]
    try:
        gates = operation.decomposition()
    except UndefinedError:
        return [operation.adjoint()]
    return [gate.adjoint() for gate in reversed(gates)]

"""Overlap of the states that a circuit prepares at two points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qgate.exceptions import UndefinedError
from qgate.measurements import probs
from qgate.operations.operator import Operator
from qgate.optimize.requests import Request
from qgate.recording import paused
from qgate.tape import Tape


def overlap_request(first: Tape, second: Tape) -> Request:
    r"""Return a request for :math:`|\langle\psi_2|\psi_1\rangle|^2` of the states of two tapes.

    It is the probability of only zeros after one circuit followed by the inverse of the other.

    Parameters
    ----------
    first, second : Tape
        On the same wires; the shots are those of the first.
    """
    with paused():
        inverse = [part for gate in reversed(second.operations) for part in _inverse(gate)]
        measured = probs(wires=first.wires)
    doubled = Tape([*first.operations, *inverse], [measured], first.shots, ())
    return Request([doubled], _zeros)


def _zeros(results: Sequence[Any]) -> np.float64:
    return np.float64(np.asarray(results[0]).reshape(-1)[0])


def _inverse(operation: Operator) -> list[Operator]:
    """Return the inverse of an operation; for a prepared state, the inverses of its gates."""
    if not hasattr(operation, "canonical_state"):
        return [operation.adjoint()]
    try:
        return [gate.adjoint() for gate in reversed(operation.decomposition())]
    except UndefinedError:
        return [operation.adjoint()]

"""Requests of an optimizer: circuits, and functions from their results to numbers.

Requests for values, gradients and metric tensors at one or several points are combined, so that a
step is one submission. A gradient is such a request only if it is computed from circuits; one that
a simulator computes by itself (``adjoint``, ``backprop``) is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qgate.autodiff.choose_method import choose_method
from qgate.autodiff.method import parse_method
from qgate.autodiff.returns import leaves
from qgate.exceptions import DifferentiationError, UndefinedError
from qgate.gradients.classical_jacobian import ClassicalPart
from qgate.gradients.metric_tensor import MetricTensor
from qgate.gradients.transform import gradient_transform
from qgate.measurements import probs
from qgate.operations.operator import Operator
from qgate.optimize.arguments import Arguments
from qgate.optimize.objective import Objective
from qgate.qnode import QNode
from qgate.recording import paused
from qgate.tape import Tape
from qgate.typing import FloatArray, Nested, Postprocess, Tensor


@dataclass(frozen=True)
class Request:
    """Circuits, and a function from one result for each to a number or an array."""

    tapes: Sequence[Tape]
    read: Postprocess


def send(objective: Objective, *requests: Request) -> list[Nested]:
    """Run several requests in one submission, and return the result of each."""
    results = objective.run([tape for request in requests for tape in request.tapes])
    found, start = [], 0
    for request in requests:
        found.append(request.read(results[start : start + len(request.tapes)]))
        start += len(request.tapes)
    return found


def value_request(objective: Objective, arguments: Arguments) -> Request:
    """Return a request for the value of a QNode."""
    return Request([objective.tape(arguments.args)], lambda results: objective.number(results[0]))


def gradient_request(objective: Objective, arguments: Arguments) -> Request | None:
    """Return a request for the gradient of a QNode, a vector (n,); None: it needs no circuits."""
    if not objective.is_qnode or objective.qnode.is_transformed:
        return None
    node, tape = by_arrays(objective, arguments), objective.tape(arguments.args)
    if any(parameter.dtype.kind != "f" for parameter in arguments.arrays):
        return None
    try:
        classical = ClassicalPart.of(node, range(len(arguments.arrays)), arguments.arrays, {})
        tape = classical.marked(tape)
        wanted = parse_method(objective.qnode.diff_method, objective.qnode.gradient_kwargs)
        method = wanted and choose_method(wanted, tape, objective.qnode.device, 1)
    except DifferentiationError:
        return None  # taken otherwise, or refused there
    if (
        method is None
        or method.transform is not None
        or method.row.needs_state is not None
        or classical.in_observable
    ):
        return None
    tapes, derivatives = gradient_transform(method.name)(tape, **method.options)

    def read(results: Sequence[Nested]) -> FloatArray:
        by_angle = [np.ravel(slope) for slope in leaves(derivatives(results))]
        return np.asarray(np.concatenate(by_angle) @ jacobian_of(classical))

    return Request(tapes, read)


def metric_request(objective: Objective, arguments: Arguments, approx: str | None) -> Request:
    """Return a request for the metric tensor of a QNode, an array (n, n) per trainable array."""
    node, tape = by_arrays(objective, arguments), objective.tape(arguments.args)
    classical = ClassicalPart.of(node, range(len(arguments.arrays)), arguments.arrays, {})
    tape = classical.marked(tape)
    transform = MetricTensor(approx=approx).check_qnode(objective.qnode)
    tapes, matrix = transform(tape)
    jacobians = [np.asarray(classical.flat(at)) for at in range(len(arguments.arrays))]

    def read(results: Sequence[Nested]) -> tuple[FloatArray, ...]:
        metric = np.asarray(matrix(results))
        return tuple(jacobian.T @ metric @ jacobian for jacobian in jacobians)

    return Request(tapes, read)


def by_arrays(objective: Objective, arguments: Arguments) -> QNode:
    """Return the QNode as a function of the trainable arrays alone."""

    def function(*arrays: Tensor) -> Nested:
        return objective.qnode.func(*arguments.with_arrays(arrays), **objective.call_kwargs)

    return objective.qnode.update(func=function)


def jacobian_of(classical: ClassicalPart) -> FloatArray:
    """Return the derivatives of the angles of gates by all trainable numbers."""
    parts = [np.asarray(classical.flat(at)) for at in range(len(classical.jacobians))]
    return np.concatenate(parts, axis=1)


def overlap_request(first: Tape, second: Tape) -> Request:
    r"""Return a request for :math:`|\langle\psi_2|\psi_1\rangle|^2` of the states of two tapes.

    It is the probability of only zeros after one circuit followed by the inverse of the other, on
    the same wires and with the shots of the first.
    """
    with paused():
        inverse = [part for gate in reversed(second.operations) for part in _inverse(gate)]
        measured = probs(wires=first.wires)
    doubled = Tape([*first.operations, *inverse], [measured], first.shots, ())
    return Request([doubled], _zeros)


def _zeros(results: Sequence[Nested]) -> np.float64:
    return np.float64(np.asarray(results[0]).reshape(-1)[0])


def _inverse(operation: Operator) -> list[Operator]:
    """Return the inverse of an operation; for a prepared state, the inverses of its gates."""
    if not hasattr(operation, "canonical_state"):
        return [operation.adjoint()]
    try:
        return [gate.adjoint() for gate in reversed(operation.decomposition())]
    except UndefinedError:
        return [operation.adjoint()]

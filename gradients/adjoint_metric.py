"""Metric tensor from the exact state and its derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import ClassVar

import numpy as np

from qgate.arrays import namespace
from qgate.exceptions import InvalidTransform
from qgate.findable import picklable
from qgate.gradients.classical_jacobian import ClassicalPart, DeviceLike, QNodeLike
from qgate.gradients.generated import Generated
from qgate.gradients.qnode_transform import MatrixTransform
from qgate.measurements import state
from qgate.operations.operator import Operator
from qgate.operations.pauli_rotations import word_rotation
from qgate.recording import paused
from qgate.shots import Shots
from qgate.tape import Tape
from qgate.typing import Argnums, ComplexArray, FloatArray, Nested, Postprocess, Tensor

ON_ANY_DEVICE = "qg.metric_tensor works from shots and on any device."


@picklable
def adjoint_metric_tensor(
    tape: Tape | QNodeLike, *, argnums: Argnums = None, hybrid: bool = True
) -> Nested:
    r"""Return the Fubini-Study metric tensor, computed from exact state vectors.

    For a gate :math:`e^{ixG}`, :math:`G = \sum_w c_w P_w`, the derivative of the state is
    :math:`i\sum_w c_w|\psi_w\rangle`, where in :math:`\psi_w` the word :math:`P_w` follows the
    gate. All these states are computed in one sweep: each row of the circuit applies one of the
    words, as a rotation by :math:`\pi`. The metric tensor, defined in ``metric_tensor``, follows
    from the inner products of the derivatives.

    Parameters
    ----------
    tape : QuantumScript or QNode
        Tape or QNode without shots; its measurements are ignored.
    argnums : int or sequence of int, optional
        QNode: positions of the arguments to differentiate by; default all trainable ones.
    hybrid : bool
        QNode: whether to return the metric of the arguments; otherwise that of the gate angles.

    Returns
    -------
    callable for a QNode, (list of QuantumScript, callable) for a tape
        Shapes as for ``metric_tensor``.

    Raises
    ------
    InvalidTransform
        There are shots, the device does not return its state, a trainable gate has no generator, or
        the tape is a broadcast.
    DifferentiationError
        Nothing is trainable.

    Notes
    -----
    Cost: one submission of 1 + W circuits for W words of generators (n for n Pauli rotations),
    simulated together, and W 2**q amplitudes of memory for q wires; then n**2 2**q products.
    Reference: Jones, arXiv:2011.02991 (2020), which keeps four states and takes n**2 sweeps.

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(weights):
    ...     qg.RX(weights[0], wires=0)
    ...     qg.RY(weights[1], wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> metric = adjoint_metric_tensor(circuit)(np.array([0.1, 0.2], requires_grad=True))
    >>> metric.diagonal().round(4).tolist()
    [0.25, 0.2475]
    """
    return AdjointMetric()(tape, argnums=argnums, hybrid=hybrid)


@dataclass(frozen=True)
class AdjointMetric(MatrixTransform):
    """Transform to the metric tensor from exact states, times ``scale``."""

    scale: float = 1.0

    name: ClassVar[str] = "adjoint_metric_tensor"
    diff_method: ClassVar[str | None] = "best"

    def check_qnode(self, qnode: QNodeLike) -> AdjointMetric:
        if not gives_state(qnode.device):
            raise InvalidTransform(
                transform=self.name,
                reason=f"{qnode.device.name} gives no access to its state",
                remedy=f"Use qg.device('local'). {ON_ANY_DEVICE}",
            )
        _refuse_shots(qnode.shots)
        return self

    def expand(self, tape: Tape, classical: ClassicalPart | None) -> tuple[list[Tape], Postprocess]:
        _refuse_shots(tape.shots)
        circuit = Generated.of(tape, transform="metric tensor")
        if not circuit.gates:  # only global phases are trainable
            size = len(tape.trainable_slots)
            return [], lambda results: np.zeros((size, size))
        operations, weights = _forward(circuit)
        with paused():
            measured = state()
        by_slot = circuit.jacobian.T @ weights
        return [Tape(operations, [measured])], lambda results: _metric(results[0], by_slot)


def gives_state(device: DeviceLike) -> bool:
    """Return whether a device returns its exact state."""
    return "state" in device.capabilities.exact


def _refuse_shots(shots: Shots) -> None:
    if shots:
        raise InvalidTransform(
            transform=AdjointMetric.name,
            reason=f"it needs the exact state, and {shots.total_shots} shots are asked for",
            remedy=f"Use shots=None. {ON_ANY_DEVICE}",
        )


def _forward(circuit: Generated) -> tuple[list[Operator], ComplexArray]:
    """Return operations that compute the state, and the state after each word of each generator.

    Row 0 of the broadcast of M rows is the circuit itself. A word follows its gate as a rotation by
    pi, since exp(-i pi P / 2) = -i P. A gate with a single word is rotated further itself: exp(i s
    (a + c P)) with s = pi / 2c is exp(i s a) i P. The weights (gates, M) map the states of the rows
    to the derivatives by the angles of the gates.
    """
    rows = 1 + sum(len(gate.generator) for gate in circuit.gates)
    weights = np.zeros((len(circuit.gates), rows), dtype=complex)
    operations = list[Operator]()
    at = {gate.position: index for index, gate in enumerate(circuit.gates)}
    row = 1
    for position, operation in enumerate(circuit.operations):
        if position not in at:
            operations.append(operation)
            continue
        index = at[position]
        gate = circuit.gates[index]
        coefficients = [float(weight) for weight in gate.generator.coefficients]
        if len(coefficients) == 1:
            shift = pi / (2 * coefficients[0])
            angle = operation.parameters[0] + _alone(row, rows, shift)
            operations.append(operation.with_parameters([angle]))
            weights[index, row] = coefficients[0] * np.exp(-1j * shift * gate.identity)
            row += 1
            continue
        operations.append(operation)
        for coefficient, word in zip(coefficients, gate.generator.words, strict=True):
            with paused():
                turned = word_rotation(_alone(row, rows, pi), word, gate.generator.wires)
            operations.append(turned)
            weights[index, row] = -coefficient
            row += 1
    return operations, weights


def _alone(row: int, rows: int, value: float) -> FloatArray:
    """Return a column that is zero except for one row."""
    column = np.zeros(rows)
    column[row] = value
    return column


def _metric(states: Tensor, weights: ComplexArray) -> Tensor:
    """Return the real part of the derivatives' inner products, orthogonal to the state."""
    xp = namespace([states])
    here, slopes = states[0], xp.matmul(weights, states)
    along = xp.matmul(slopes, xp.conj(here))
    apart = slopes - along[:, None] * here[None, :]
    return xp.real(xp.matmul(xp.conj(apart), apart.T))

"""Quantum Fisher information of states, and classical Fisher information of outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from qgate.arrays import namespace
from qgate.findable import picklable
from qgate.gradients.adjoint_metric import AdjointMetric, gives_state
from qgate.gradients.classical_jacobian import ClassicalPart, DeviceLike, QNodeLike
from qgate.gradients.metric_tensor import MetricTensor
from qgate.gradients.parameter_shift import parameter_shift
from qgate.gradients.qnode_transform import MatrixTransform, as_list
from qgate.gradients.shifted_sweep import ShiftedSweep
from qgate.measurements import probs
from qgate.recording import paused
from qgate.tape import Tape
from qgate.typing import Argnums, Nested, Postprocess, Tensor, WiresLike

SMALLEST = 1e-28
"""Probabilities below this count as zero; it is the square of an amplitude's rounding error."""


@picklable
def quantum_fisher(
    tape: Tape | QNodeLike,
    device: DeviceLike | None = None,
    argnum: int | Sequence[int] | None = None,
    approx: str | None = None,
    allow_nonunitary: bool = True,
    aux_wire: WiresLike | None = None,
    device_wires: WiresLike | None = None,
    *,
    argnums: Argnums = None,
    hybrid: bool = True,
) -> Nested:
    r"""Return the quantum Fisher information matrix, which is four times the metric tensor.

    Parameters
    ----------
    tape : QuantumScript or QNode
    device : Device, optional
        Device on which a tape will run; not needed for a QNode.
    argnum, approx, allow_nonunitary, aux_wire, device_wires, argnums, hybrid
        As for ``metric_tensor``.

    Returns
    -------
    callable for a QNode, (list of QuantumScript, callable) for a tape
        Shapes as for ``metric_tensor``.

    Raises
    ------
    InvalidTransform, DifferentiationError
        As for ``metric_tensor``.

    Notes
    -----
    Cost: that of ``adjoint_metric_tensor`` without shots if the device returns its state, and none
    of ``argnum``, ``approx`` and ``aux_wire`` is given; otherwise that of ``metric_tensor``.
    Reference: Meyer, Quantum 5, 539 (2021), arXiv:2103.15191, eq. (27).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(weights):
    ...     qg.RX(weights[0], wires=0)
    ...     qg.RY(weights[1], wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> information = quantum_fisher(circuit)(np.array([0.1, 0.2], requires_grad=True))
    >>> information.diagonal().round(4).tolist()
    [1.0, 0.99]
    """
    runs_on = getattr(tape, "device", device)
    is_exact = runs_on is not None and gives_state(runs_on) and not tape.shots
    transform: MatrixTransform
    if is_exact and argnum is None and approx is None and aux_wire is None:
        transform = AdjointMetric(scale=4.0)
    else:
        transform = MetricTensor(argnum, approx, aux_wire, device_wires, scale=4.0)
        transform = transform.on_device(runs_on)
    return transform(tape, argnums=argnums, hybrid=hybrid)


@picklable
def classical_fisher(tape: Tape | QNodeLike, argnums: Argnums = None) -> Nested:
    r"""Return the classical Fisher information matrix of the probabilities of all wires.

    .. math:: F_{ij} = \sum_\ell \frac{1}{p_\ell}
        \frac{\partial p_\ell}{\partial\theta_i}\frac{\partial p_\ell}{\partial\theta_j}

    The derivatives are computed by parameter shifts. Outcomes of probability zero are omitted,
    because the limit of their summand depends on the direction.

    Parameters
    ----------
    tape : QuantumScript or QNode
        Tape or QNode whose measurements are ignored; all its wires are measured.
    argnums : int or sequence of int, optional
        QNode: positions of the arguments to differentiate by; default all trainable ones.

    Returns
    -------
    callable for a QNode, (list of QuantumScript, callable) for a tape
        QNode: an array (size, size) by the elements of the argument, or a list for several
        arguments. Tape: an array (n, n). A shot vector gives a tuple of these.

    Raises
    ------
    InvalidTransform
        The tape is a broadcast, or no angle depends on the arguments.
    DifferentiationError
        Nothing is trainable.

    Notes
    -----
    Cost: one submission with one row, and two rows for each frequency of each occurrence of an
    angle. Reference: Meyer, Quantum 5, 539 (2021), arXiv:2103.15191, eq. (15).

    Examples
    --------
    >>> from qgate import numpy as np
    >>> @qg.qnode("local")
    ... def circuit(x, y):
    ...     qg.RX(x, wires=0)
    ...     qg.RY(y, wires=0)
    ...     return qg.expval(qg.Z(0))
    >>> x, y = np.array([0.5, 0.6], requires_grad=True)
    >>> [part.round(6) for part in classical_fisher(circuit)(x, y)]
    [array([[0.329347]]), array([[0.516504]])]
    """
    return _ClassicalFisher()(tape, argnums=argnums)


@dataclass(frozen=True)
class _ClassicalFisher(MatrixTransform):
    scale: float = 1.0

    name: ClassVar[str] = "classical_fisher"

    def expand(self, tape: Tape, classical: ClassicalPart | None) -> tuple[list[Tape], Postprocess]:
        with paused():
            read = Tape(tape.operations, [probs(wires=tape.wires)], tape.shots)
        slots = tuple(int(slot) for slot in tape.trainable_slots)
        shots = min(tape.shots.parts, default=None)
        shifted = parameter_shift(read.structure, slots, shots=shots)
        shifted = ShiftedSweep.of(shifted.decomposed, shifted.value, *shifted.stencils)

        def postprocess(results: Sequence[Tensor]) -> Tensor:
            (values,) = as_list(results[0])
            return _information(*shifted.derivatives(values))

        return shifted.tapes(read), postprocess

    def of_argument(self, quantum: Tensor, classical: ClassicalPart, index: int) -> Tensor:
        return self.matrix_of(quantum, classical, index)

    def joined(self, results: Sequence[Nested], classical: ClassicalPart) -> Nested:
        return results[0] if len(results) == 1 else list(results)


def _information(probabilities: Tensor, slopes: Tensor) -> Tensor:
    """Return the matrix (n, n) from probabilities (K,) and their derivatives (n, K)."""
    xp = namespace([probabilities, slopes])
    occurs = probabilities > SMALLEST
    weights = xp.where(occurs, 1.0 / xp.where(occurs, probabilities, 1.0), 0.0)
    return xp.matmul(slopes * weights, slopes.T)

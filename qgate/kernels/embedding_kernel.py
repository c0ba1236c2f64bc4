"""Kernel of a circuit that embeds data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qgate.arguments import require_function
from qgate.arrays import finished, namespace, shape_of
from qgate.autodiff.combined_calls import call_combined
from qgate.context import active_device
from qgate.exceptions import InvalidParameters, described
from qgate.kernels import alignment, matrices
from qgate.measurements import Measurement, MeasurementKind, probs, state
from qgate.operations import adjoint
from qgate.qnode import QNode
from qgate.recording import record, recording
from qgate.typing import Function, Tensor
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device

OF_STATES = ("best", "backprop", "adjoint")
"""Gradient methods that differentiate states; others differentiate the circuits of pairs."""


class EmbeddingKernel:
    r"""Kernel :math:`|\langle\phi(y)|\phi(x)\rangle|^2` of an embedding circuit.

    A value is the probability of finding all wires in 0 after the embedding of one point and the
    adjoint of that of the other. If the device gives exact states, matrices are computed from the
    states of the points: N circuits in place of N (N - 1) / 2.

    Parameters
    ----------
    ansatz : callable
        ``ansatz(x, *params)`` applies the gates that embed a data point.
    device : Device or str
    **options
        Of the QNode: ``shots``, ``diff_method``, ``interface``, ...

    Raises
    ------
    InvalidParameters
        The ansatz cannot be called.

    Examples
    --------
    >>> import qgate as qg
    >>> def embed(x, weights):
    ...     qg.AngleEmbedding(x, wires=range(2))
    ...     qg.BasicEntanglerLayers(weights, wires=range(2))
    >>> kernel = qg.kernels.EmbeddingKernel(embed, "local")
    >>> weights = qg.numpy.array([[0.1, 0.2]])
    >>> print(round(float(kernel([0.3, 0.4], [0.3, 0.4], weights)), 6))
    1.0
    >>> kernel.square_kernel_matrix([[0.3, 0.4], [0.5, 0.6]], weights).shape
    (2, 2)
    """

    def __init__(self, ansatz: Function, device: Device | str, **options: Any) -> None:
        require_function("EmbeddingKernel", "ansatz", ansatz)
        self.ansatz = ansatz
        self.qnode = QNode(self._overlap, device, **options)

    def _embed(self, x: Tensor, params: Sequence[Tensor]) -> Wires:
        """Record the embedding of a point, and return its wires."""
        with recording() as recorder:
            self.ansatz(x, *params)
        for operation in recorder.items:
            record(operation)
        return Wires.all_wires([operation.wires for operation in recorder.items])

    def _overlap(self, x: Tensor, y: Tensor, *params: Tensor) -> Measurement:
        wires = self._embed(x, params)
        adjoint(self.ansatz)(y, *params)
        return probs(wires=wires)

    def __call__(self, x: Tensor, y: Tensor, *params: Tensor) -> Tensor:
        """Return the kernel of two points; a number."""
        found = self.qnode(x, y, *params)
        if isinstance(found, tuple):
            raise InvalidParameters(
                f"A kernel has one value for two points, and shots={described(self.qnode.shots)} "
                "gives several. Give one number of shots."
            )
        return found[..., 0]

    def square_kernel_matrix(self, X: Sequence[Tensor], *params: Tensor) -> Tensor:
        """Return the matrix of all pairs; its diagonal is 1 and needs no circuits."""
        points = matrices.points_of("square_kernel_matrix", "X", X)
        states = self._states(points, params)
        if states is not None:
            return _overlaps(states, states)
        kernel = self._with(params)
        return matrices.square_kernel_matrix(points, kernel, assume_normalized_kernel=True)

    def kernel_matrix(self, X1: Sequence[Tensor], X2: Sequence[Tensor], *params: Tensor) -> Tensor:
        """Return the matrix of the pairs of two data sets."""
        rows = matrices.points_of("kernel_matrix", "X1", X1)
        columns = matrices.points_of("kernel_matrix", "X2", X2)
        states = self._states([*rows, *columns], params)
        if states is not None:
            return _overlaps(states[: len(rows)], states[len(rows) :])
        return matrices.kernel_matrix(rows, columns, self._with(params))

    def polarity(self, X: Sequence[Tensor], Y: Sequence[float], *params: Tensor) -> Tensor:
        """Return the polarity, as ``qg.kernels.polarity`` does."""
        points = matrices.points_of("polarity", "X", X)
        labels = alignment.weights_of(points, Y)
        return alignment.aligned(
            self.square_kernel_matrix(points, *params), labels, normalize=False
        )

    def target_alignment(self, X: Sequence[Tensor], Y: Sequence[float], *params: Tensor) -> Tensor:
        """Return the target alignment, as ``qg.kernels.target_alignment`` does."""
        points = matrices.points_of("target_alignment", "X", X)
        labels = alignment.weights_of(points, Y)
        return alignment.aligned(self.square_kernel_matrix(points, *params), labels, normalize=True)

    def _with(self, params: Sequence[Tensor]) -> Function:
        return lambda x, y: self(x, y, *params)

    def _states(self, points: Sequence[Tensor], params: Sequence[Tensor]) -> list[Tensor] | None:
        """Return the state of each point, or None where pairs have to be measured."""
        node, device = self.qnode, active_device() or self.qnode.device
        is_exact = MeasurementKind.STATE in device.capabilities.exact and not node.shots
        if not is_exact or node.diff_method not in OF_STATES:
            return None
        orders = set[Wires]()

        def embedded(x: Tensor) -> Measurement:
            orders.add(self._embed(x, params))
            return state()

        states = call_combined(node.update(func=embedded), [(point,) for point in points])
        shapes = {shape_of(each) for each in states}
        return states if len(orders) == len(shapes) == 1 and len(*shapes) == 1 else None

    def __repr__(self) -> str:
        return f"<EmbeddingKernel: {self.qnode!r}>"


def _overlaps(rows: Sequence[Tensor], columns: Sequence[Tensor]) -> Tensor:
    """Return the squared moduli of the overlaps of states."""
    xp = namespace([*rows, *columns])
    left, right = xp.stack(list(rows)), xp.stack(list(columns))
    overlaps = xp.matmul(xp.conj(left), xp.transpose(right))
    return finished(xp.real(overlaps) ** 2 + xp.imag(overlaps) ** 2, [*rows, *columns])

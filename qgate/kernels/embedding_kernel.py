"""Kernel of a circuit that embeds data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qgate.arguments import require_function
from qgate.kernels import alignment, matrices
from qgate.measurements import Measurement, probs
from qgate.operations import adjoint
from qgate.qnode import QNode
from qgate.recording import record, recording
from qgate.typing import Function, Tensor
from qgate.wires import Wires

if TYPE_CHECKING:
    from qgate.devices.base import Device


class EmbeddingKernel:
    r"""Kernel :math:`|\langle\phi(y)|\phi(x)\rangle|^2` of an embedding circuit.

    A value is the probability of finding all wires in 0 after the embedding of one point and the
    adjoint of that of the other.

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

    def _overlap(self, x: Tensor, y: Tensor, *params: Tensor) -> Measurement:
        with recording() as recorder:
            self.ansatz(x, *params)
        for operation in recorder.items:
            record(operation)
        adjoint(self.ansatz)(y, *params)
        return probs(wires=Wires.all_wires([operation.wires for operation in recorder.items]))

    def __call__(self, x: Tensor, y: Tensor, *params: Tensor) -> Tensor:
        """Return the kernel of two points; a number."""
        return self.qnode(x, y, *params)[..., 0]

    def square_kernel_matrix(self, X: Sequence[Tensor], *params: Tensor) -> Tensor:
        """Return the matrix of all pairs; its diagonal is 1 and needs no circuits."""
        return matrices.square_kernel_matrix(X, self._with(params), assume_normalized_kernel=True)

    def kernel_matrix(self, X1: Sequence[Tensor], X2: Sequence[Tensor], *params: Tensor) -> Tensor:
        """Return the matrix of the pairs of two data sets."""
        return matrices.kernel_matrix(X1, X2, self._with(params))

    def polarity(self, X: Sequence[Tensor], Y: Sequence[float], *params: Tensor) -> Tensor:
        """Return the polarity, as ``qg.kernels.polarity`` does."""
        return alignment.polarity(X, Y, self._with(params), assume_normalized_kernel=True)

    def target_alignment(self, X: Sequence[Tensor], Y: Sequence[float], *params: Tensor) -> Tensor:
        """Return the target alignment, as ``qg.kernels.target_alignment`` does."""
        return alignment.target_alignment(X, Y, self._with(params), assume_normalized_kernel=True)

    def _with(self, params: Sequence[Tensor]) -> Function:
        return lambda x, y: self(x, y, *params)

    def __repr__(self) -> str:
        return f"<EmbeddingKernel: {self.qnode!r}>"

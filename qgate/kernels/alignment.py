"""Agreement of a kernel with the labels of its data points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qgate.arguments import array_of, items_of, truth
from qgate.arrays import enclosed, finished, namespace, shape_of, unwrap
from qgate.exceptions import InvalidParameters, described
from qgate.kernels.matrices import points_of, square_kernel_matrix
from qgate.typing import FloatArray, Function, Tensor


def polarity(
    X: Sequence[Tensor],
    Y: Sequence[float],
    kernel: Function,
    assume_normalized_kernel: bool = False,
    rescale_class_labels: bool = True,
    normalize: bool = False,
) -> Tensor:
    r"""Return the polarity of a kernel, :math:`\sum_{ij} y_i y_j k(x_i, x_j)`.

    Parameters
    ----------
    X : sequence of length N
        Data points.
    Y : sequence of length N
        Their labels, 1 and -1.
    kernel : callable
        As for ``square_kernel_matrix``.
    assume_normalized_kernel : bool
        Whether the kernel of a point with itself is 1.
    rescale_class_labels : bool
        Whether each label is divided by the number of points with this label, so that both classes
        have the same weight.
    normalize : bool
        Whether the result is divided by the Frobenius norms of the kernel matrix and of the matrix
        of labels, which gives the target alignment.

    Returns
    -------
    number
        In the framework of the kernel's values, differentiable. A kernel with B values for each
        pair gives a vector of B numbers.

    Raises
    ------
    InvalidParameters
        There are not as many labels as data points; further as for ``square_kernel_matrix``.

    Notes
    -----
    Cost: one submission, as for ``square_kernel_matrix``. Reference: Wang et al., Artificial
    Intelligence Review 43, 179 (2015).
    """
    rescale = truth("polarity", "rescale_class_labels", rescale_class_labels)
    is_alignment = truth("polarity", "normalize", normalize)
    points = points_of("polarity", "X", X)
    labels = weights_of(points, Y, rescale=rescale)
    matrix = square_kernel_matrix(points, kernel, assume_normalized_kernel)
    return aligned(matrix, labels, normalize=is_alignment)


def target_alignment(
    X: Sequence[Tensor],
    Y: Sequence[float],
    kernel: Function,
    assume_normalized_kernel: bool = False,
    rescale_class_labels: bool = True,
) -> Tensor:
    """Return the target alignment of a kernel: its polarity, normalized to at most 1.

    It is the cosine of the angle between the kernel matrix and the matrix of products of labels,
    and a usual objective for training the parameters of a kernel. Parameters, errors and cost are
    those of ``polarity``.

    Examples
    --------
    >>> import qgate as qg
    >>> kernel = qg.kernels.EmbeddingKernel(lambda x, scale: qg.RX(scale * x, 0), "local")
    >>> points, labels = [-0.5, -0.4, 0.5, 0.6], [-1, -1, 1, 1]
    >>> def align(scale):
    ...     return qg.kernels.target_alignment(points, labels, lambda x, y: kernel(x, y, scale))
    >>> print(round(float(align(1.0)), 3), round(float(align(3.0)), 3))
    0.129 0.695
    >>> print(qg.grad(align)(qg.numpy.array(1.0, requires_grad=True)) > 0)
    True
    """
    return polarity(X, Y, kernel, assume_normalized_kernel, rescale_class_labels, normalize=True)


def aligned(matrix: Tensor, labels: FloatArray, *, normalize: bool) -> Tensor:
    """Return the polarity of a kernel matrix, or the alignment."""
    values, target = enclosed(matrix), np.outer(labels, labels)
    xp = namespace([values])
    found = xp.sum(values * target, axis=(-2, -1))
    if normalize:
        norm = np.sqrt(np.sum(target**2))
        found = found / (xp.sqrt(xp.sum(values * values, axis=(-2, -1))) * norm)
    return finished(found, [])


def weights_of(X: Sequence[Tensor], Y: Sequence[float], *, rescale: bool = True) -> FloatArray:
    """Return the weight of each data point in the polarity."""
    given = items_of(Y)
    labels = array_of(Y if given is None else [unwrap(label) for label in given])
    if shape_of(labels) != (len(X),) or labels.dtype.kind not in "iuf":
        raise InvalidParameters(
            f"The labels of {len(X)} data points are {described(Y)}. Give one number for each "
            "point, 1 or -1."
        )
    if not rescale:
        return labels.astype(float)
    positive = labels == 1
    counts = np.where(positive, positive.sum(), (~positive).sum())
    return np.asarray(labels / counts, dtype=float)

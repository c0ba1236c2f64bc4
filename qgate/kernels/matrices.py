"""Matrices of kernel values, whose circuits run in one submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from qgate.arguments import items_of, require_function, truth
from qgate.arrays import finished, namespace, shape_of
from qgate.autodiff.combined_calls import call_combined
from qgate.exceptions import InvalidParameters, described
from qgate.typing import Function, Tensor


def square_kernel_matrix(
    X: Sequence[Tensor], kernel: Function, assume_normalized_kernel: bool = False
) -> Tensor:
    """Return the matrix of a kernel's values for all pairs of data points.

    The kernel is symmetric, so each pair is computed once.

    Parameters
    ----------
    X : sequence of length N
        Data points; each is given to the kernel as it is.
    kernel : callable
        Takes two data points and returns a number, or a vector of B numbers: a QNode, an
        ``EmbeddingKernel``, or a function that calls QNodes.
    assume_normalized_kernel : bool
        Whether the kernel of a point with itself is 1, so that the diagonal needs no circuits.

    Returns
    -------
    array, shape (N, N) or (B, N, N)
        An array of the framework of the kernel's values, differentiable as they are.

    Raises
    ------
    InvalidParameters
        There is no data point, the kernel cannot be called, or its values differ in shape.

    Notes
    -----
    Cost: one submission of N (N + 1) / 2 circuits, or N (N - 1) / 2 if the kernel is normalized. A
    kernel that calls several QNodes takes one submission for each. The kernel is called more than
    once for each pair, and has to do the same each time. A gradient is one more submission, of all
    shifted circuits; but if the data enter as prepared states or matrices, each pair has its own.

    Examples
    --------
    >>> import qgate as qg
    >>> @qg.qnode("local")
    ... def overlap(x, y):
    ...     qg.RX(x, wires=0)
    ...     qg.RX(-y, wires=0)
    ...     return qg.probs(wires=0)
    >>> matrix = qg.kernels.square_kernel_matrix([0.0, 1.0], lambda x, y: overlap(x, y)[0])
    >>> print(matrix.round(3))
    [[1.   0.77]
     [0.77 1.  ]]
    """
    points = points_of("square_kernel_matrix", "X", X)
    count = len(points)
    first = int(truth("square_kernel_matrix", "assume_normalized_kernel", assume_normalized_kernel))
    pairs = [(i, j) for i in range(count) for j in range(i + first, count)]
    if not pairs:
        return finished(namespace(points).ones((1, 1)), points)
    found = _values("square_kernel_matrix", kernel, [(points[i], points[j]) for i, j in pairs])
    place = {pair: index for index, pair in enumerate(pairs)}
    order = [
        place.get((min(i, j), max(i, j)), len(pairs)) for i, j in product(range(count), repeat=2)
    ]
    xp = namespace(found)
    return _arranged([*found, found[0] * 0.0 + 1.0], order, (count, count), xp)


def kernel_matrix(X1: Sequence[Tensor], X2: Sequence[Tensor], kernel: Function) -> Tensor:
    """Return the matrix of a kernel's values for the points of two data sets.

    Parameters
    ----------
    X1, X2 : sequence of length N, sequence of length M
        Data points, for example of a test and of a training set.
    kernel : callable
        As for ``square_kernel_matrix``.

    Returns
    -------
    array, shape (N, M) or (B, N, M)

    Raises
    ------
    InvalidParameters
        As for ``square_kernel_matrix``.

    Notes
    -----
    Cost: one submission of N M circuits; further details as for ``square_kernel_matrix``.
    """
    rows, columns = points_of("kernel_matrix", "X1", X1), points_of("kernel_matrix", "X2", X2)
    found = _values("kernel_matrix", kernel, list(product(rows, columns)))
    return _arranged(found, range(len(found)), (len(rows), len(columns)), namespace(found))


def points_of(owner: str, argument: str, given: Sequence[Tensor]) -> list[Tensor]:
    """Return the data points."""
    is_array = getattr(given, "shape", ()) != () and hasattr(given, "__len__")
    points = [given[index] for index in range(len(given))] if is_array else items_of(given)
    if not points:
        raise InvalidParameters(
            f"{owner} was given {argument}={described(given)}. Give a sequence of at least one "
            "data point."
        )
    return points


def _values(owner: str, kernel: Function, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[Tensor]:
    """Return the kernel's value for each pair, all of one shape."""
    require_function(owner, "kernel", kernel)
    found = call_combined(kernel, pairs)
    for value in found:
        if value is None or isinstance(value, str | bytes | Mapping | Sequence):
            raise InvalidParameters(
                f"{owner} was given a kernel that returned {described(value)}. Return one number "
                "for each pair; of a QNode with several results, one of them."
            )
    shapes = {shape_of(value) for value in found}
    if len(shapes) > 1 or len(next(iter(shapes))) > 1:
        raise InvalidParameters(
            f"{owner} was given a kernel that returns values of the shapes {sorted(shapes)}. "
            "Return one number for each pair, or a vector that has the same length for all pairs; "
            "of qg.probs for example the entry [0]."
        )
    return found


def _arranged(
    values: Sequence[Tensor], order: Sequence[int], shape: tuple[int, int], xp: Tensor
) -> Tensor:
    """Return values as a matrix, or as one matrix for each entry of the values."""
    stacked = xp.stack([values[index] for index in order])
    matrix = xp.reshape(stacked, (*shape, *shape_of(values[0])))
    moved = matrix if len(shape_of(matrix)) == 2 else xp.moveaxis(matrix, -1, 0)
    return finished(moved, values)

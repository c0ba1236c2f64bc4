"""Matrices and vectors on some wires, written on more wires."""

from __future__ import annotations

import numpy as np

from qgate.arrays import namespace, opened, shape_of
from qgate.exceptions import InvalidParameters
from qgate.math.conversion import cast_like
from qgate.math.interfaces import is_sparse
from qgate.operations.matrices import embed
from qgate.operations.parameters import as_array
from qgate.typing import IntArray, Nested, SparseMatrix, Tensor, WiresLike
from qgate.wires import Wires


def expand_matrix(
    mat: Nested, wires: WiresLike, wire_order: WiresLike | None = None, sparse_format: str = "csr"
) -> Tensor:
    """Return a matrix on some wires as a matrix on others, among which these are.

    Parameters
    ----------
    mat : array, shape (2**k, 2**k), with or without a leading batch axis; or sparse matrix
    wires : wires
        The k wires of the matrix, first wire most significant.
    wire_order : wires, optional
        Those of the result; default ``wires``.
    sparse_format : str
        Format of the result, if the matrix is sparse.

    Raises
    ------
    WireError
        One of ``wires`` is not in ``wire_order``.
    InvalidParameters
        The shape does not fit the wires.
    """
    own = Wires(wires)
    matrix = mat if is_sparse(mat) else as_array(mat)
    if shape_of(matrix)[-1] != 2 ** len(own):
        raise InvalidParameters(
            f"A matrix of shape {shape_of(matrix)} does not act on the wires {list(own)}. "
            f"Give one of {2 ** len(own)} rows and columns."
        )
    order = own if wire_order is None else Wires(wire_order)
    if order == own:
        return opened(matrix)
    if is_sparse(matrix):
        return _expand_sparse(matrix, own, order, sparse_format)
    return cast_like(embed(matrix, own, order, xp=namespace([matrix])), matrix)


def _expand_sparse(matrix: SparseMatrix, own: Wires, order: Wires, form: str) -> SparseMatrix:
    from scipy.sparse import eye, kron  # scipy.sparse is slow to import

    rest = [label for label in order if label not in set(own)]
    entries = _positions(own, order)
    wide = kron(matrix, eye(2 ** len(rest)), format="csr")
    return wide[entries][:, entries].asformat(form)


def _positions(own: Wires, order: Wires) -> IntArray:
    """Return for each basis state of ``order`` its number where ``own`` come first."""
    order.indices(own)  # refuses others
    current = Wires([*own, *(label for label in order if label not in set(own))])
    numbers = np.arange(2 ** len(order)).reshape((2,) * len(order))
    return numbers.transpose(current.indices(order)).ravel()


def expand_vector(vector: Nested, original_wires: WiresLike, expanded_wires: WiresLike) -> Tensor:
    """Return numbers for each basis state of some wires as numbers for each of more wires.

    Parameters
    ----------
    vector : array, shape (2**k,)
    original_wires : wires
        The k wires, first wire most significant.
    expanded_wires : wires
        Those of the result, shape (2**n,); the numbers do not depend on the others.
    """
    own, order = Wires(original_wires), Wires(expanded_wires)
    given = as_array(vector)
    if shape_of(given) != (2 ** len(own),):
        raise InvalidParameters(
            f"A vector of shape {shape_of(given)} has not one entry for each basis state of the "
            f"wires {list(own)}. Give one of shape ({2 ** len(own)},)."
        )
    numbers = _positions(own, order) >> (len(order) - len(own))
    return opened(given[numbers])

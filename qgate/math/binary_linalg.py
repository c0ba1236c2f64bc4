"""Bits of numbers, and linear algebra with bits (modulo 2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from qgate.arguments import finite_number, whole_number
from qgate.exceptions import InvalidParameters, SingularMatrix, described
from qgate.typing import IntArray


def ceil_log2(n: int) -> int:
    """Return the smallest whole number k with 2**k >= n.

    >>> qg.math.ceil_log2(8), qg.math.ceil_log2(9)
    (3, 4)
    """
    number = whole_number(n)
    if number is None or number < 1:
        raise InvalidParameters(
            f"ceil_log2 was given n={described(n)}. Give a whole number, at least 1."
        )
    return (number - 1).bit_length()


def int_to_binary(integer: int | IntArray, width: int) -> IntArray:
    """Return the last ``width`` bits of whole numbers, most significant first.

    Parameters
    ----------
    integer : int or array of int
    width : int

    Returns
    -------
    array of int, shape (..., width)

    Examples
    --------
    >>> qg.math.int_to_binary(6, 4)
    array([0, 1, 1, 0])
    """
    places = np.arange(_width("int_to_binary", "width", width) - 1, -1, -1)
    numbers = np.asarray(integer)
    if numbers.dtype.kind not in "iu":
        raise InvalidParameters(
            f"int_to_binary was given {described(integer)}. Give a whole number, or an array of "
            "whole numbers."
        )
    return numbers[..., None] >> places & 1


def binary_decimals(phi: float, precision: int, unit: float = 1.0) -> IntArray:
    """Return the binary digits of phi / unit behind the point, rounded.

    Parameters
    ----------
    phi : float or array
    precision : int
        Number of digits.
    unit : float
        Such as 2 pi for angles.

    Returns
    -------
    array of int, shape (..., precision)

    Examples
    --------
    >>> qg.math.binary_decimals(0.375, 3)
    array([0, 1, 1])
    """
    digits = _width("binary_decimals", "precision", precision)
    one, numbers = finite_number(unit), np.asarray(phi)
    if one is None or one == 0 or numbers.dtype.kind not in "iuf" or not np.isfinite(numbers).all():
        raise InvalidParameters(
            f"binary_decimals was given phi={described(phi)} and unit={described(unit)}. Give "
            "finite numbers, and a unit that is not 0."
        )
    parts = np.round(2.0**digits * (np.mod(numbers, one) / one)).astype(int)
    return int_to_binary(parts, digits)


def binary_finite_reduced_row_echelon(binary_matrix: IntArray, inplace: bool = False) -> IntArray:
    """Return the reduced row echelon form of a matrix of bits.

    Parameters
    ----------
    binary_matrix : array of int, shape (m, n)
        Zeros and ones.
    inplace : bool
        Whether to change the array itself, and return it.

    Returns
    -------
    array of int, shape (m, n)
    """
    given = _bits("binary_finite_reduced_row_echelon", "binary_matrix", binary_matrix, 2)
    if inplace and given is not binary_matrix:
        raise InvalidParameters(
            "binary_finite_reduced_row_echelon can change only an array of whole numbers in place. "
            "Give such an array, or inplace=False."
        )
    return _reduced(given if inplace else given.copy())


def binary_matrix_rank(binary_matrix: IntArray) -> int:
    """Return the rank of a matrix of bits modulo 2, which may be less than that over the reals.

    >>> qg.math.binary_matrix_rank([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    2
    """
    matrix = _bits("binary_matrix_rank", "binary_matrix", binary_matrix, 2)
    return int(_reduced(matrix.copy()).any(axis=1).sum())


def binary_solve_linear_system(A: IntArray, b: IntArray) -> IntArray:
    """Return the bits x with A x = b modulo 2.

    Parameters
    ----------
    A : array of int, shape (n, n)
        Invertible modulo 2.
    b : array of int, shape (n,)

    Returns
    -------
    array of int, shape (n,)

    Raises
    ------
    SingularMatrix
        A is not invertible.
    """
    name = "binary_solve_linear_system"
    matrix, right = _bits(name, "A", A, 2), _bits(name, "b", b, 1)
    if matrix.shape != (len(right), len(right)):
        raise InvalidParameters(
            f"{name} was given A of shape {matrix.shape} and b of length {len(right)}. Give a "
            "square matrix, and a bit for each row."
        )
    reduced = _reduced(np.hstack([matrix, right[:, None]]))
    if not np.array_equal(reduced[:, :-1], np.eye(len(right))):
        raise SingularMatrix(
            f"{name} was given a matrix of rank {binary_matrix_rank(matrix)} with {len(right)} "
            "rows. Its equations have no unique solution. Give an invertible matrix."
        )
    return reduced[:, -1]


def binary_is_independent(vector: IntArray, basis: IntArray) -> bool:
    """Return whether a vector of bits is no sum modulo 2 of the columns of a matrix.

    Parameters
    ----------
    vector : array of int, shape (m,)
    basis : array of int, shape (m, n)
    """
    name = "binary_is_independent"
    bits, columns = _bits(name, "vector", vector, 1), _bits(name, "basis", basis, 2)
    if len(columns) != len(bits):
        raise InvalidParameters(
            f"{name} was given a vector of length {len(bits)} and columns of length "
            f"{len(columns)}. Give columns of the length of the vector."
        )
    return binary_matrix_rank(np.column_stack([columns, bits])) > binary_matrix_rank(columns)


def binary_select_basis(bitstrings: IntArray) -> tuple[IntArray, IntArray]:
    """Return columns that span all columns of a matrix of bits, and the other columns.

    Parameters
    ----------
    bitstrings : array of int, shape (m, n)
        Each column is a bit string; the first ones are preferred.

    Returns
    -------
    array of int, shape (m, rank)
    array of int, shape (m, n - rank)
    """
    columns = _bits("binary_select_basis", "bitstrings", bitstrings, 2)
    pivots = [np.flatnonzero(row)[0] for row in _reduced(columns.copy()) if row.any()]
    chosen = np.isin(np.arange(columns.shape[1]), pivots)
    return columns[:, chosen], columns[:, ~chosen]


def _reduced(matrix: IntArray) -> IntArray:
    """Bring a matrix of bits to its reduced row echelon form, in place."""
    row = 0
    for column in range(matrix.shape[1]):
        below = np.flatnonzero(matrix[row:, column])
        if not len(below):
            continue
        matrix[[row, row + below[0]]] = matrix[[row + below[0], row]]
        others = matrix[:, column].astype(bool)
        others[row] = False
        matrix[others] ^= matrix[row]
        row += 1
    return matrix


def _bits(function: str, argument: str, value: Any, ndim: int) -> IntArray:
    """Return an array of zeros and ones as whole numbers."""
    array = np.asarray(value)
    if array.dtype == bool or (array.size == 0 and array.dtype.kind == "f"):
        array = array.astype(int)
    if array.dtype.kind not in "iu" or array.ndim != ndim or not np.isin(array, (0, 1)).all():
        raise InvalidParameters(
            f"{function} was given {argument}={described(value)}. Give zeros and ones, an array "
            f"with {ndim} ax{'i' if ndim == 1 else 'e'}s."
        )
    return array


def _width(function: str, argument: str, value: object) -> int:
    number = whole_number(value)
    if number is None or not 0 <= number < 63:
        raise InvalidParameters(
            f"{function} was given {argument}={described(value)}. Give the number of bits, from 0 "
            "to 62."
        )
    return number

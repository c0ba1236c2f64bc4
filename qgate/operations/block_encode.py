"""Unitaries that hold a given matrix in their upper left corner."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np

from qgate.arrays import namespace, shape_of
from qgate.exceptions import InvalidParameters, described
from qgate.operations.matrices import dagger
from qgate.operations.matrix_functions import root
from qgate.operations.operator import Operator
from qgate.operations.parameters import as_array, in_floats, require_numbers
from qgate.operations.unitaries import QubitUnitary
from qgate.typing import Namespace, Tensor, WiresLike
from qgate.wires import Wires


class BlockEncode(QubitUnitary):
    r"""Unitary with a matrix in its upper left corner; devices know it as ``QubitUnitary``.

    .. math:: U(A) = \begin{pmatrix} A & \sqrt{1 - A A^\dagger} \\
                     \sqrt{1 - A^\dagger A} & -A^\dagger \end{pmatrix}

    Parameters
    ----------
    A : number, or array, shape (m,) or (m, k)
        May be traced. It is divided by the greater of 1 and the largest sum of moduli in a row of
        :math:`A A^\dagger` or :math:`A^\dagger A`.
    wires : wires
        n wires with :math:`2^n \ge m + k`; the rest of the diagonal is 1.
    id : str, optional

    Raises
    ------
    InvalidParameters
        There are too few wires, or the array has more than two axes.

    Notes
    -----
    ``hyperparameters`` has the divisor as ``"norm"``, and m, k and :math:`2^n` as ``"subspace"``.
    ``parameters`` is the unitary. Reference: Gilyén et al., STOC 2019, 193.

    Examples
    --------
    >>> BlockEncode(0.6, wires=0).matrix()
    array([[ 0.6,  0.8],
           [ 0.8, -0.6]])
    """

    name = "QubitUnitary"
    symbol = "BlockEncode"

    def __init__(self, A: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires(wires)
        block = _as_matrix(A)
        rows, columns = shape_of(block)
        size = 2 ** len(on)
        if rows + columns > size:
            raise InvalidParameters(
                f"BlockEncode was given a matrix of shape ({rows}, {columns}) and {len(on)} "
                f"wires. Its unitary has at least {rows + columns} rows. Give "
                f"{int(np.ceil(np.log2(rows + columns)))} wires or more."
            )
        xp = namespace([block])
        norm = _norm(block, xp)
        self._encoding = {"norm": norm, "subspace": (rows, columns, size)}
        divisor = xp.maximum(norm, 1.0 + 0.0 * norm)  # torch compares tensors only
        super().__init__(_unitary(block / divisor, size, xp), on, id, False)

    @property
    def hyperparameters(self) -> Mapping[str, Any]:
        return self._encoding

    def adjoint(self) -> Operator:
        rows, columns, _ = self._encoding["subspace"]
        block = self.parameters[0][:rows, :columns]
        return BlockEncode(dagger(block, xp=namespace([block])), self.wires)


def _as_matrix(value: Tensor) -> Tensor:
    given = in_floats(as_array(value))
    require_numbers("BlockEncode", "A", given, real=False)
    axes = len(shape_of(given))
    if axes > 2:
        raise InvalidParameters(
            f"BlockEncode was given {described(value)}, with {axes} axes. Give a matrix."
        )
    return given if axes == 2 else namespace([given]).reshape(given, (1, -1))


def _norm(block: Tensor, xp: Namespace) -> Tensor:
    """Return the largest sum of moduli in a row of A A^dagger or A^dagger A; of one number, |A|."""
    if shape_of(block) == (1, 1):
        return xp.abs(block)[0, 0]
    turned = dagger(block, xp=xp)
    sums = [xp.sum(xp.abs(m), axis=-1) for m in (block @ turned, turned @ block)]
    return reduce(xp.maximum, [part[row] for part in sums for row in range(shape_of(part)[0])])


def _unitary(block: Tensor, size: int, xp: Namespace) -> Tensor:
    rows, columns = shape_of(block)
    turned = dagger(block, xp=xp)
    upper = [block, root(np.eye(rows) - block @ turned, xp)]
    lower = [root(np.eye(columns) - turned @ block, xp), -turned]
    corner = xp.concatenate([xp.concatenate(row, axis=1) for row in (upper, lower)], axis=0)
    rest = size - rows - columns
    if not rest:
        return corner
    side = np.zeros((rows + columns, rest))
    whole = [
        xp.concatenate([corner, side], axis=1),
        xp.concatenate([side.T, np.eye(rest)], axis=1),
    ]
    return xp.concatenate(whole, axis=0)

"""Channels given by Kraus matrices, and states given by density matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qgate.arrays import unwrap
from qgate.exceptions import InvalidParameters
from qgate.operations.channel import Channel
from qgate.operations.labels import Cache, labelled
from qgate.operations.matrices import dagger
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.parameters import as_array, check_shape, in_double, in_floats
from qgate.typing import Namespace, Tensor, WiresLike
from qgate.wires import Wires

TOLERANCE = 1e-6
"""Tolerance of the trace, for each entry of the sum of K^dagger K, and of density matrices."""


class QubitChannel(Channel):
    """Channel with given Kraus matrices.

    Parameters
    ----------
    K_list : sequence of R arrays of shape (2**k, 2**k)
        The Kraus matrices, first wire most significant.
    wires : wires
        The k wires it acts on.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        The shapes do not fit the wires, or the sum of K^dagger K is not the identity.
    """

    ndim_params = (3,)
    parameter_kinds = (ParameterKind.ARRAY,)
    grad_method = None

    def __init__(self, K_list: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires.of(wires, owner=self.name)
        kraus, size = in_floats(as_array(K_list)), 2 ** len(on)
        check_shape(self.name, "K_list", kraus, ("R", size, size), real=False)
        _check_trace_preserving(in_double(kraus))
        super().__init__((kraus,), on, id=id)

    def canonical_kraus(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        return parameters[0]

    @classmethod
    def compute_kraus_matrices(cls, *params: Tensor, **hyperparams: Any) -> list[Tensor]:
        """Return the given Kraus matrices."""
        return list(params)

    def label(
        self, decimals: int | None = None, base_label: str | None = None, cache: Cache | None = None
    ) -> str:
        return labelled(
            base_label or self.symbol, self.kraus_matrices(), decimals, cache, note=self.id
        )


def _check_trace_preserving(kraus: Tensor) -> None:
    known = unwrap(kraus)
    if not isinstance(known, np.ndarray):
        return
    total = (dagger(known) @ known).sum(axis=-3)
    error = abs(total - np.eye(known.shape[-1])).max()
    if not error <= TOLERANCE:
        raise InvalidParameters(
            f"QubitChannel was given matrices whose sum of K^dagger K is off the identity by "
            f"{error:.2g}, so that probabilities would not add up to 1. Give the Kraus matrices of "
            "a trace-preserving channel."
        )


class QubitDensityMatrix(Operator):
    """Replaces the state of some wires by a given density matrix.

    Parameters
    ----------
    state : array, shape (2**k, 2**k)
        Hermitian, of trace 1 and without negative eigenvalues; first wire most significant.
    wires : wires
        The k wires. The others keep their reduced density matrix.
    id : str, optional
        A name for this occurrence.

    Raises
    ------
    InvalidParameters
        The shape does not fit the wires, or the matrix is no density matrix.
    """

    has_matrix = False
    is_gate = False
    is_channel = True
    ndim_params = (2,)
    parameter_kinds = (ParameterKind.ARRAY,)
    grad_method: str | None = None

    def __init__(self, state: Tensor, wires: WiresLike, id: str | None = None) -> None:
        on = Wires.of(wires, owner=self.name)
        matrix = in_floats(as_array(state))
        check_shape(self.name, "state", matrix, (2 ** len(on),) * 2, real=False)
        _check_density(in_double(matrix))
        super().__init__((matrix,), on, id=id)

    def canonical_density(self, parameters: Sequence[Tensor], xp: Namespace) -> Tensor:
        """Return the density matrix, shape (..., 2**k, 2**k)."""
        return parameters[0]


def _check_density(matrix: Tensor) -> None:
    known = unwrap(matrix)
    if not isinstance(known, np.ndarray):
        return
    trace = known.trace(axis1=-2, axis2=-1)
    if not np.all(abs(trace - 1) <= TOLERANCE):
        reason = f"of trace {np.ravel(trace)[0]:.6g}"
    elif not np.allclose(known, dagger(known), atol=TOLERANCE):
        reason = "that is not Hermitian"
    elif (lowest := np.linalg.eigvalsh(known).min()) < -TOLERANCE:
        reason = f"with the negative eigenvalue {lowest:.2g}"
    else:
        return
    raise InvalidParameters(
        f"QubitDensityMatrix was given a matrix {reason}. A density matrix is Hermitian, has trace "
        "1 and no negative eigenvalues. Divide a positive matrix by its trace."
    )

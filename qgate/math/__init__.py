"""Functions of arrays of numpy, autograd, PyTorch, JAX and TensorFlow, with PennyLane's names.

Every function of numpy is here, dispatched to the framework of its arguments by autoray:
``qg.math.sin(torch_tensor)``, ``qg.math.linalg.eigh(jax_array)``. Functions of several arrays
convert them to a common framework and dtype first. Functions of quantum states take state vectors
of shape (2**n,) and density matrices of shape (2**n, 2**n), with or without a leading batch axis,
first wire most significant. They can be differentiated in every framework.

>>> from qgate import math
>>> math.fidelity_statevector([1, 0], [0.6, 0.8])
np.float64(0.36)
"""

from __future__ import annotations

from typing import Any

from qgate.math.binary_linalg import (
    binary_decimals,
    binary_finite_reduced_row_echelon,
    binary_is_independent,
    binary_matrix_rank,
    binary_select_basis,
    binary_solve_linear_system,
    ceil_log2,
    int_to_binary,
)
from qgate.math.calculus import grad, jacobian
from qgate.math.conversion import (
    allclose,
    allequal,
    array,
    cast,
    cast_like,
    convert_like,
    detach,
    eye,
    ones_like,
    scatter,
    scatter_element_add,
    set_index,
    shape,
    toarray,
    unwrap,
)
from qgate.math.dispatch import dispatched, names
from qgate.math.distances import (
    fidelity,
    fidelity_statevector,
    relative_entropy,
    trace_distance,
)
from qgate.math.entropies import (
    max_entropy,
    min_entropy,
    mutual_info,
    vn_entanglement_entropy,
    vn_entropy,
)
from qgate.math.expansion import expand_matrix, expand_vector
from qgate.math.interfaces import (
    get_deep_interface,
    get_dtype_name,
    get_interface,
    get_trainable_indices,
    in_backprop,
    is_abstract,
    multi_dispatch,
    requires_grad,
)
from qgate.math.linear_algebra import (
    add,
    block_diag,
    concatenate,
    diag,
    dot,
    einsum,
    expm,
    frobenius_inner_product,
    kron,
    matmul,
    norm,
    sqrt_matrix,
    stack,
    svd,
    tensordot,
    where,
)
from qgate.math.states import (
    choi_matrix,
    cov_matrix,
    dm_from_state_vector,
    expectation_value,
    marginal_prob,
    partial_trace,
    purity,
    reduce_dm,
    reduce_statevector,
)

__all__ = [
    "add",
    "allclose",
    "allequal",
    "array",
    "binary_decimals",
    "binary_finite_reduced_row_echelon",
    "binary_is_independent",
    "binary_matrix_rank",
    "binary_select_basis",
    "binary_solve_linear_system",
    "block_diag",
    "cast",
    "cast_like",
    "ceil_log2",
    "choi_matrix",
    "concatenate",
    "convert_like",
    "cov_matrix",
    "detach",
    "diag",
    "dm_from_state_vector",
    "dot",
    "einsum",
    "expand_matrix",
    "expand_vector",
    "expectation_value",
    "expm",
    "eye",
    "fidelity",
    "fidelity_statevector",
    "frobenius_inner_product",
    "get_deep_interface",
    "get_dtype_name",
    "get_interface",
    "get_trainable_indices",
    "grad",
    "in_backprop",
    "int_to_binary",
    "is_abstract",
    "jacobian",
    "kron",
    "marginal_prob",
    "matmul",
    "max_entropy",
    "min_entropy",
    "multi_dispatch",
    "mutual_info",
    "norm",
    "ones_like",
    "partial_trace",
    "purity",
    "reduce_dm",
    "reduce_statevector",
    "relative_entropy",
    "requires_grad",
    "scatter",
    "scatter_element_add",
    "set_index",
    "shape",
    "sqrt_matrix",
    "stack",
    "svd",
    "tensordot",
    "toarray",
    "trace_distance",
    "unwrap",
    "vn_entanglement_entropy",
    "vn_entropy",
    "where",
]


def __getattr__(name: str) -> Any:
    return dispatched(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *names()})

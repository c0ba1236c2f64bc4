"""Cases of ``qgate.math`` for every framework: values and derivatives as those of numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qgate import math

ONE = np.array(
    [[0.6, 0.1 + 0.2j, 0, 0.1], [0.1 - 0.2j, 0.2, 0, 0], [0, 0, 0.1, 0], [0.1, 0, 0, 0.1]]
)
TWO = np.array([[0.3, 0, 0.1j, 0], [0, 0.3, 0, 0.1], [-0.1j, 0, 0.2, 0], [0, 0.1, 0, 0.2]])

STATE_CASES: dict[str, Callable[[Any], Any]] = {
    "fidelity": lambda rho: math.fidelity(rho, TWO),
    "relative_entropy": lambda rho: math.relative_entropy(TWO, rho),
    "trace_distance": lambda rho: math.trace_distance(rho, TWO),
    "vn_entropy": lambda rho: math.vn_entropy(rho, [1], base=2),
    "mutual_info": lambda rho: math.mutual_info(rho, [0], [1]),
    "min_entropy": lambda rho: math.min_entropy(rho, [0]),
    "purity": lambda rho: math.purity(rho, [0]),
    "partial_trace": lambda rho: math.norm(math.partial_trace(rho, [0])),
    "sqrt_matrix": lambda rho: math.norm(math.sqrt_matrix(rho) + math.reduce_dm(rho, [1, 0])),
}
"""Real functions of a density matrix on two wires."""

ARRAY_CASES: dict[str, Callable[[Any], Any]] = {
    "numpy's functions": lambda x: math.sum(math.sin(x) * math.exp(x), axis=0),
    "adapted": lambda x: math.cumsum(math.repeat(math.take(math.mod(x, 0.4), np.array([1, 0])), 2)),
    "stack": lambda x: math.stack([x, np.ones(2)], axis=1),
    "concatenate": lambda x: math.concatenate(
        [math.multiply(x[:, None], np.ones((2, 2))), x[:, None]], axis=None
    ),
    "dot": lambda x: math.dot(np.ones((3, 2)), x),
    "tensordot": lambda x: math.tensordot(x, np.ones((2, 3)), axes=[[0], [0]]),
    "matmul": lambda x: math.matmul(np.ones((1, 2)), x),
    "kron": lambda x: math.kron(np.eye(2), math.multiply(x[:, None], np.ones((2, 2)))),
    "einsum": lambda x: math.einsum("i,ij->j", x, np.ones((2, 3))),
    "diag": lambda x: math.diag(math.diag(x, k=1), k=1) + math.diag(math.diag(x))[0],
    "block_diag": lambda x: math.block_diag([x[:, None], np.ones((1, 2))]),
    "where": lambda x: math.where(x > 0, x, 0.0),
    "scatter_element_add": lambda x: math.scatter_element_add(x, (1,), x[0]),
    "scatter": lambda x: math.scatter([2, 0], x, 3),
    "set_index": lambda x: math.set_index(x, 1, 5.0),
    "expand_matrix": lambda x: math.expand_matrix(
        math.multiply(x[:, None], np.ones((2, 2))), "b", ["a", "b"]
    ),
    "expand_vector": lambda x: math.expand_vector(x, [1], [0, 1]),
    "marginal_prob": lambda x: math.marginal_prob(math.kron(x[None], x[None])[0], [1]),
    "cast": lambda x: math.cast_like(x, np.array([1.0])) + math.flatten(math.array(x)),
    "linalg": lambda x: math.linalg.eigh(math.add(math.diag(x), np.ones((2, 2))))[0],
    "expm": lambda x: math.expm(math.diag(x)),
}
"""Functions of a real vector of length 2."""

VECTOR = np.array([0.3, -0.7])


def mixed(x: Any) -> Any:
    """Return a density matrix that depends on a number."""
    return x * x * ONE + (1.0 - x * x) * TWO[::-1, ::-1]


def slope(name: str) -> tuple[float, float]:
    """Return the value of a case, and its derivative by central differences, at 0.6."""
    case, step = STATE_CASES[name], 1e-5
    ahead, behind = case(mixed(0.6 + step)), case(mixed(0.6 - step))
    return float(case(mixed(0.6))), float(ahead - behind) / (2 * step)

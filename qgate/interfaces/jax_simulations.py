"""Values and first derivatives of simulated circuits, as a primitive.

In a compiled program on the CPU it is a custom call of the simulator's library, without Python.
Elsewhere, and for other circuits, it is a callback.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import batching, mlir

from qgate.bridge import CustomCall, Derivatives
from qgate.interfaces.device_errors import marking, unmarking
from qgate.interfaces.host import host
from qgate.typing import Function, NumericArray, Tensor

MOST_SIMULATED = 1
"""Highest order of derivatives for which there are custom calls."""

simulated_p = Primitive("simulated")
"""Primitive from angles (..., B, n) to D(0), ..., D(highest); see ``called_back``."""

simulated_p.multiple_results = True


def called_back(
    x: Tensor,
    *fixed: Tensor,
    derivatives: Derivatives,
    highest: int,
    columns: tuple[int, ...],
) -> list[Tensor]:
    """Return D(0), ..., D(highest) by some columns of x, each of shape (..., B, M) + (n,) * k."""
    shapes = _shapes(x.shape, derivatives=derivatives, highest=highest, columns=columns)
    results = [jax.ShapeDtypeStruct(shape, x.dtype) for shape in shapes]
    compute = _callback(derivatives, highest, columns)
    found: list[Tensor] = jax.pure_callback(
        compute, results, x, *fixed, vmap_method="broadcast_all"
    )
    return found


def _shapes(
    shape: tuple[int, ...], *, derivatives: Derivatives, highest: int, columns: tuple[int, ...]
) -> list[tuple[int, ...]]:
    """Return the shapes of D(0), ..., D(highest) at angles of a shape."""
    values = (*shape[:-1], derivatives.size)
    return [(*values, *(len(columns),) * order) for order in range(highest + 1)]


@lru_cache(maxsize=256)  # JAX compiles anew for each new function object
def _callback(
    derivatives: Derivatives, highest: int, columns: tuple[int, ...]
) -> Callable[..., list[NumericArray]]:
    @marking()
    def compute(x: jax.Array, *fixed: jax.Array) -> list[NumericArray]:
        chosen = derivatives.by(columns) if 0 < len(columns) < x.shape[-1] else derivatives
        ticket = derivatives.new_ticket()
        found = host(chosen, range(highest + 1), x, fixed, ticket=ticket)
        return [tensor.astype(x.dtype) for tensor in found]

    return compute


def _lowered(ctx: Any, x: Any, **circuit: Any) -> Any:
    """Return the custom call of a circuit in a program for the CPU, else its callback."""
    call = _custom_call(**circuit, dtype=ctx.avals_in[0].dtype)
    if call is None or not _is_registered(call.name, call.handler):
        return _lowered_callback(ctx, x, **circuit)
    # The program holds its host callbacks until its last run has ended, which it does not do for a
    # "keepalive", and JAX keeps it out of the cache on disk, as an address is of this process only.
    ctx.module_context.add_host_callback(call)
    return jax.ffi.ffi_lowering(call.name)(ctx, x, circuit=np.int64(call.address))


def _custom_call(
    derivatives: Derivatives, highest: int, columns: tuple[int, ...], dtype: np.dtype[Any]
) -> CustomCall | None:
    compute = _callback(derivatives, highest, columns)
    return derivatives.custom_call(highest, columns, compute, dtype)


@lru_cache
def _is_registered(name: str, handler: int) -> bool:
    """Register a handler; False if this version of JAX refuses it."""
    capsule = jax.ffi.pycapsule(ctypes.c_void_p(handler))
    try:
        jax.ffi.register_ffi_target(name, capsule, platform="cpu")
    except Exception:  # of a class that depends on the version
        return False
    return True


def _shaped(x: jax.core.ShapedArray, **circuit: Any) -> list[jax.core.ShapedArray]:
    # An update keeps the axes of a mesh along which the angles vary.
    return [x.update(shape=shape, weak_type=False) for shape in _shapes(x.shape, **circuit)]


def _batched(
    arguments: Sequence[jax.Array], axes: Sequence[int], **circuit: Any
) -> tuple[list[jax.Array], list[int]]:
    found = simulated_p.bind(jnp.moveaxis(arguments[0], axes[0], 0), **circuit)
    return found, [0] * len(found)


_lowered_callback: Function = mlir.lower_fun(called_back, multiple_results=True)
simulated_p.def_impl(unmarking()(called_back))
simulated_p.def_abstract_eval(_shaped)
mlir.register_lowering(simulated_p, _lowered_callback)
mlir.register_lowering(simulated_p, _lowered, platform="cpu")
batching.primitive_batchers[simulated_p] = _batched

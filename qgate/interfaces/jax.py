"""JAX interface: device values, differentiable to any order, in either mode, under any transform.

The primitive returns all derivatives D(0), ..., D(h) by the trainable angles at once, so that one
transformation is one submission. Its differentiation rule calls the primitive with one order more
and contracts the result in JAX operations. The callback uses numpy only: JAX blocks while it runs,
so a JAX operation inside it could wait for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextvars import ContextVar
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from qgate.bridge import Derivatives, States
from qgate.interfaces.base import FrameworkInterface
from qgate.interfaces.device_errors import unmarking
from qgate.interfaces.jax_simulations import MOST_SIMULATED, called_back, simulated_p
from qgate.interfaces.jax_states import is_constant, states_at
from qgate.typing import DType, Function, IntArray, Nested, Tensor


class JaxInterface(FrameworkInterface):
    """JAX interface: grad, jacfwd, jacrev, hessian, jit, vmap, scan."""

    name = "jax"
    namespace = jnp
    foretells = True
    tree_map = staticmethod(jax.tree.map)
    to_complex = staticmethod(jax.lax.complex)

    def owns(self, value: Tensor) -> bool:
        return isinstance(value, jax.Array)

    def is_traced(self, value: Tensor) -> bool:
        return isinstance(value, jax.core.Tracer)

    is_trained = is_traced

    def number(self, value: Tensor) -> Tensor:
        return value if self.is_traced(value) else np.asarray(value)

    def is_wide(self, value: Tensor) -> bool:
        return value.dtype == _widest(value) and not value.weak_type

    def widened(self, value: Tensor) -> Tensor:
        return jnp.asarray(value, dtype=_widest(value))

    def constant(self, value: Tensor) -> Tensor:
        return jax.lax.stop_gradient(value)

    def tensor(self, number: Tensor, like: Sequence[Tensor]) -> Tensor:
        return jnp.asarray(number, device=next(filter(None, map(_device_of, like)), None))

    def differentiable(
        self, derivatives: Derivatives, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        with unmarking():
            return _derivatives(derivatives, 0, (), tuple(parts), tuple(fixed))[0]

    def from_states(
        self, states: States, parts: Sequence[Tensor], fixed: Sequence[Tensor]
    ) -> Tensor:
        with unmarking():
            return states_at(states, jnp.concatenate(list(parts), axis=-1), tuple(fixed))

    def row(self, values: Sequence[Tensor]) -> Tensor | None:
        # One concatenation instead of several operations for each number. Under jit it saves
        # nothing, and it would merge numbers of different traces.
        traces = {id(value._trace) for value in values if self.is_traced(value)}
        if len(traces) == 1 and all(map(_is_derived_at_once, values)):
            joined: Tensor = _side_by_side(list(values))
            return joined
        return None

    def whole(self, function: Function, key: Hashable) -> Function:
        # Without jit, JAX would compile each transformation of each single operation.
        if key not in COMPILED:
            while len(COMPILED) >= MOST_COMPILED:
                COMPILED.pop(next(iter(COMPILED)), None)
            COMPILED[key] = jax.jit(function)
        return COMPILED[key]

    def seed(self, value: Tensor) -> Tensor:
        is_key = self.owns(value) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key)
        return jax.random.key_data(value) if is_key else value

    def late_errors(self) -> Iterator[Exception]:
        # The barrier also covers the latest callback whose results nobody holds.
        waits = [jax.effects_barrier, *(array.block_until_ready for array in jax.live_arrays())]
        for wait in waits:
            try:
                wait()
            except RuntimeError as error:
                yield error

    def is_argument(self, value: Tensor) -> bool:
        return self.owns(value) and bool(jnp.issubdtype(value.dtype, jnp.floating))

    def depends_on_tracer(self, value: Tensor) -> bool:
        return self.is_traced(value) and value._trace is INNERMOST.get()

    def cast(self, tensor: Tensor, dtype: str) -> Tensor:
        return tensor.astype(dtype)

    def floating(self, value: Tensor) -> Tensor:
        array = jnp.asarray(value)
        return array if jnp.issubdtype(array.dtype, jnp.inexact) else array.astype(float)

    def real_jacobians(
        self, function: Callable[..., tuple[Tensor, ...]], args: Sequence[Nested]
    ) -> Sequence[Nested]:
        def innermost(*inner: Nested) -> tuple[Tensor, ...]:
            token = INNERMOST.set(jax.tree.leaves(inner)[0]._trace)
            try:
                return function(*inner)
            finally:
                INNERMOST.reset(token)

        found: Sequence[Nested] = jax.jacrev(innermost, tuple(range(len(args))))(*args)
        return found


INTERFACE = JaxInterface()

COMPILED: dict[Hashable, Function] = {}
"""Simulations, by the circuit that they simulate."""

MOST_COMPILED = 128
INNERMOST: ContextVar[jax.core.Trace | None] = ContextVar("innermost", default=None)
"""JAX's traces of the arguments of the innermost Jacobian."""


@partial(jax.custom_jvp, nondiff_argnums=(0, 1, 2))
def _derivatives(
    derivatives: Derivatives,
    highest: int,
    by: tuple[int, ...],
    parts: tuple[Tensor, ...],
    fixed: tuple[Tensor, ...],
) -> list[Tensor]:
    """Return D(0), ..., D(highest) by the parts ``by``, each of shape (B, M) + (n,) * k.

    With no parts, only the value.
    """
    sizes = [part.shape[-1] for part in parts]
    columns = _columns(sizes, by)
    x = jnp.concatenate(parts, axis=-1)
    function = called_back if fixed or highest > MOST_SIMULATED else simulated_p.bind
    found: list[Tensor] = function(
        x, *fixed, derivatives=derivatives, highest=highest, columns=columns
    )
    return found


def _rule(
    derivatives: Derivatives,
    highest: int,
    by: tuple[int, ...],
    primals: Sequence[Sequence[jax.Array]],
    tangents: Sequence[Sequence[jax.Array]],
) -> tuple[list[Tensor], list[Tensor]]:
    """Contract the derivative of each next order with the tangents of the parts that vary."""
    parts, fixed = primals
    if not all(map(is_constant, tangents[1])):
        derivatives.refuse_fixed()
    derivatives.require(highest + 1)
    moving = [at for at, tangent in enumerate(tangents[0]) if not is_constant(tangent)]
    every = tuple(sorted({*by, *moving}))
    found = _derivatives(derivatives, highest + 1, every, parts, fixed)
    sizes = [part.shape[-1] for part in parts]
    place = {column: index for index, column in enumerate(_columns(sizes, every))}
    wanted = np.array([place[column] for column in _columns(sizes, by)], dtype=int)
    moved = np.array([place[column] for column in _columns(sizes, moving)], dtype=int)
    values = [_chosen(tensor, [wanted] * k) for k, tensor in enumerate(found[:-1])]
    if not moving:
        return values, [jnp.zeros_like(value) for value in values]
    step = jnp.concatenate([tangents[0][at] for at in moving], axis=-1)
    slopes = [_chosen(tensor, [*[wanted] * k, moved]) for k, tensor in enumerate(found[1:])]
    return values, [_along(slope, step) for slope in slopes]


_derivatives.defjvp(_rule, symbolic_zeros=True)


@jax.jit
def _side_by_side(values: Sequence[Tensor]) -> Tensor:
    """Return numbers as one floating point row, (1, n)."""
    return jnp.concatenate([jnp.ravel(value) * 1.0 for value in values])[None]


def _is_derived_at_once(value: Tensor) -> bool:
    """Return whether a value is traced by derivatives only, so that its number is available."""
    while isinstance(value, jax.core.Tracer):
        value = getattr(value, "primal", None)
    return value is not None


def _widest(value: Tensor) -> DType:
    """Return the widest real or complex dtype; double only if jax_enable_x64 is set."""
    found: DType = jnp.result_type(complex if jnp.iscomplexobj(value) else float)
    return found


def _device_of(value: Tensor) -> jax.Device | None:
    """Return the device of an array that was placed on a single device."""
    if not isinstance(value, jax.Array) or isinstance(value, jax.core.Tracer):
        return None
    return value.device if value.committed and len(value.devices()) == 1 else None


def _columns(sizes: Sequence[int], parts: Sequence[int]) -> tuple[int, ...]:
    """Return the indices of some parts' columns among the concatenated columns of all."""
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return tuple(int(column) for at in parts for column in range(starts[at], starts[at + 1]))


def _chosen(tensor: Tensor, choices: Sequence[IntArray]) -> Tensor:
    """Return a derivative (B, M, n, n, ...) restricted to some columns of each of its last axes."""
    for axis, columns in enumerate(choices, start=2):
        if len(columns) < tensor.shape[axis]:
            tensor = jnp.take(tensor, columns, axis=axis)
    return tensor


def _along(slope: Tensor, step: Tensor) -> Tensor:
    """Contract the last axis of (B, M, ..., n) with tangents (B, n)."""
    axes = (step.shape[0], *(1,) * (slope.ndim - 2), step.shape[1])
    return jnp.sum(slope * jnp.reshape(step, axes), axis=-1)

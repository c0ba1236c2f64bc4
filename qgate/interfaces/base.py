"""Code that the interfaces of PyTorch, JAX and TensorFlow share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence

from qgate.arrays import Enclosed, opened
from qgate.bridge import Interface
from qgate.interfaces.array_functions import ArrayFunctions, dtype_name
from qgate.typing import Nested, NumericArray, Tensor

WIDTHS = {
    **{"bfloat16": 0, "float16": 0},
    **{"float32": 1, "complex64": 1},
    **{"float64": 2, "complex128": 2},
}
"""Ranks of floating point dtypes; a complex one ranks as its parts do."""


class FrameworkInterface(Interface):
    """Interface of a framework with dtypes and derivatives of its own.

    Required, besides the methods of an interface: ``cast``, ``tree_map``, ``floating``,
    ``to_complex`` and ``real_jacobians``.
    """

    def bare(self, value: Tensor) -> Tensor:
        """Return the framework's own array."""
        return opened(value)

    @abstractmethod
    def cast(self, tensor: Tensor, dtype: str) -> Tensor:
        """Return an array converted to another dtype."""

    @abstractmethod
    def tree_map(self, function: Callable[..., Tensor], *trees: Nested) -> Nested:
        """Apply a function to corresponding leaves of nested containers."""

    @abstractmethod
    def floating(self, value: Tensor) -> Tensor:
        """Return a value as an array, whole numbers as floating point numbers."""

    @abstractmethod
    def to_complex(self, real: Tensor, imag: Tensor) -> Tensor:
        """Return the complex array with these parts."""

    @abstractmethod
    def real_jacobians(
        self, function: Callable[..., tuple[Tensor, ...]], args: Sequence[Nested]
    ) -> Sequence[Nested]:
        """Return for each of the real arrays of ``function`` a tuple with a tree for each argument.

        ``function`` is called once.
        """

    def jacobian(
        self, function: Callable[..., Tensor], argnums: tuple[int, ...]
    ) -> Callable[..., tuple[Tensor, ...]]:
        def real_parts(args: Sequence[Nested], chosen: Sequence[Nested]) -> tuple[Tensor, ...]:
            given = dict(zip(argnums, chosen, strict=True))
            found = function(*(given.get(at, arg) for at, arg in enumerate(args)))
            xp = self.namespace
            value = self.bare(xp.asarray(found))
            if not dtype_name(value).startswith("complex"):
                return (value,)
            return self.bare(xp.real(value)), self.bare(xp.imag(value))

        def derivatives(*args: Nested) -> tuple[Tensor, ...]:
            chosen = [self.tree_map(self.floating, args[position]) for position in argnums]
            found = self.real_jacobians(lambda *inner: real_parts(args, inner), chosen)
            return tuple(found[0] if len(found) == 1 else self.tree_map(self.to_complex, *found))

        return derivatives

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        tensor = self.bare(value)
        name = dtype_name(tensor)
        precision = _precision_of([dtype_name(self.bare(v)) for v in like if self.owns(v)])
        if precision is None or name not in WIDTHS:
            return tensor
        if name.startswith("complex"):
            precision = "complex128" if precision == "float64" else "complex64"
        return self.cast(tensor, precision)


class EnclosingInterface(FrameworkInterface):
    """Interface of a framework whose arrays take part in numpy arithmetic only if enclosed.

    Required, besides the methods of a ``FrameworkInterface``: ``namespace``, ``wide`` and the
    abstract methods.
    """

    namespace: ArrayFunctions
    wide: frozenset[object]
    """The real and the complex dtype of double precision."""

    def __init__(self, array: type[Enclosed]) -> None:
        array.framework = self
        self.namespace.enclose = array

    @abstractmethod
    def is_plain(self, tensor: Tensor) -> bool:
        """Return whether the numbers of an array are available."""

    @abstractmethod
    def to_numpy(self, tensor: Tensor) -> NumericArray:
        """Return the numbers of a plain array."""

    @abstractmethod
    def detached(self, tensor: Tensor) -> Tensor:
        """Return an array without its derivatives."""

    def is_traced(self, value: Tensor) -> bool:
        tensor = self.bare(value)
        return not self.is_plain(tensor) or self.is_trained(tensor)

    def number(self, value: Tensor) -> Tensor:
        tensor = self.bare(value)
        return self.to_numpy(tensor) if self.is_plain(tensor) else value

    def is_wide(self, value: Tensor) -> bool:
        return self.bare(value).dtype in self.wide

    def widened(self, value: Tensor) -> Tensor:
        tensor = self.bare(value)
        dtype = "complex128" if tensor.dtype.is_complex else "float64"
        return self.namespace.enclose(self.cast(tensor, dtype))

    def constant(self, value: Tensor) -> Tensor:
        return self.namespace.enclose(self.detached(self.bare(value)))


def _precision_of(dtypes: Sequence[str]) -> str | None:
    """Return the widest floating point dtype among some; None: there is none."""
    known = [name for name in dtypes if name in WIDTHS]
    if not known:
        return None
    widest = max(known, key=lambda name: WIDTHS[name])
    return {"complex64": "float32", "complex128": "float64"}.get(widest, widest)

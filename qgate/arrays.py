"""Which array library a value belongs to, and the plain number behind it.

Everything numeric that has to stay differentiable is written over a namespace ``xp`` with
numpy's names; this module says which one fits the values at hand. What it has to know of
torch, JAX and TensorFlow it asks of their interfaces, which are loaded when a value of
theirs is met. Autograd's values are boxes, of which there are none before autograd is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from qgate.exceptions import InvalidParameters, described
from qgate.typing import Tensor

ORIGINS = {
    "torch": "qgate.interfaces.torch",
    "jax": "qgate.interfaces.jax",
    "jaxlib": "qgate.interfaces.jax",
    "tensorflow": "qgate.interfaces.tensorflow",
}
"""The interface of each package whose classes of values can be told by their modules."""


class Framework(Protocol):
    """What is asked about the values of a framework.

    Required: ``name``, ``namespace`` and the methods.
    """

    name: str
    namespace: Any
    """Array functions with numpy's names."""

    def is_traced(self, value: Tensor) -> bool:
        """Say whether a derivative may be taken by a value, or its number is not known yet."""

    def number(self, value: Tensor) -> Any:
        """Return the number as numpy has it; the value itself where it is not known yet."""

    def enclosed(self, value: Tensor) -> Tensor:
        """Return the value as one that takes part in numpy's arithmetic."""

    def settle(self, value: Tensor, count: int) -> None:
        """Fix the lengths of the last axes of a value, where the framework can leave them open."""

    def is_wide(self, value: Tensor) -> bool:
        """Return whether a value already has the precision that is computed in."""

    def widened(self, value: Tensor) -> Tensor:
        """Return the value in the precision that is computed in."""

    def constant(self, value: Tensor) -> Tensor:
        """Return the value as one that has no derivative."""

    def is_argument(self, value: Tensor) -> bool:
        """Say whether derivatives are taken by a value when nobody says by which."""

    def is_moved(self, value: Tensor) -> bool:
        """Say whether a value depends on what the innermost Jacobian is taken by."""

    def jacobian(self, function: Callable[..., Tensor], argnums: tuple[int, ...]) -> Any:
        """Return the function that gives the derivatives by these arguments."""

    def tensor(self, number: Any, like: Sequence[Tensor]) -> Tensor:
        """Return numbers as an array of the framework."""

    def finished(self, value: Tensor, like: Sequence[Tensor]) -> Tensor:
        """Return a result as the user gets it: in the precision of the parameters."""


NUMBERS = frozenset({float, int, np.float64})
"""Types of real numbers that are nothing else."""

KNOWN: dict[type, Framework | None] = dict.fromkeys((*NUMBERS, np.ndarray))
"""The framework of each type that has been met; None: numpy, autograd, or no number."""


class BoxTypes(dict[type, bool]):
    """For each type that has been met, whether autograd traces values by it."""

    def __missing__(self, kind: type) -> bool:
        self[kind] = any(
            (base.__module__, base.__name__) == ("autograd.tracer", "Box") for base in kind.__mro__
        )
        return self[kind]


BOXED = BoxTypes()


def isbox(value: Any) -> bool:
    """Say whether autograd traces a value."""
    return BOXED[type(value)]


def any_boxed(values: Iterable[Any]) -> bool:
    """Say whether autograd traces any of ``values``."""
    return any(map(BOXED.__getitem__, map(type, values)))


def getval(value: Any) -> Any:
    """Return what is in the boxes of autograd."""
    while BOXED[type(value)]:
        value = value._value
    return value


def is_marked(value: Any) -> bool:
    """Say whether a value is an array of ``qgate.numpy``, which knows whether it is trainable."""
    return isinstance(value, np.ndarray) and hasattr(value, "requires_grad")


def framework_of(value: Tensor) -> Framework | None:
    """Return torch's, JAX's or TensorFlow's answers about a value; None for any other value."""
    kind = type(value)
    try:
        return KNOWN[kind]
    except KeyError:
        return KNOWN.setdefault(kind, _find_framework(kind))


def _find_framework(kind: type) -> Framework | None:
    if issubclass(kind, Enclosed):
        return kind.framework
    for base in kind.__mro__:
        origin = ORIGINS.get(base.__module__.partition(".")[0])
        if origin is not None and hasattr(kind, "dtype") and hasattr(kind, "shape"):
            found: Framework = import_module(origin).FRAMEWORK
            return found
    return None


def framework_among(values: Iterable[Tensor]) -> Framework | None:
    """Return the framework of the first value that has one."""
    for kind in dict.fromkeys(map(type, values)):
        found = KNOWN[kind] if kind in KNOWN else KNOWN.setdefault(kind, _find_framework(kind))
        if found is not None:
            return found
    return None


def namespace(values: Iterable[Tensor]) -> Any:
    """Return the array functions that values need.

    Those of torch, JAX or TensorFlow if one of ``values`` is theirs, ``autograd.numpy`` if
    one is being differentiated by autograd, else ``numpy``.
    """
    values = list(values)
    framework = framework_among(values)
    if framework is not None:
        return framework.namespace
    if not any_boxed(values):
        return np
    import autograd.numpy as anp

    return anp


def is_traced(value: Tensor) -> bool:
    """Say whether ``value`` is being differentiated, or may be."""
    if isbox(value):
        return True
    framework = framework_of(value)
    return framework is not None and framework.is_traced(value)


def any_traced(values: Sequence[Tensor]) -> bool:
    """Say whether any of ``values`` is being differentiated, or may be."""
    if any_boxed(values):
        return True
    return framework_among(values) is not None and any(map(is_traced, values))


def is_moved(value: Tensor) -> bool:
    """Say whether ``value`` depends on what the innermost Jacobian is being taken by."""
    if isbox(value):
        from autograd.tracer import trace_stack

        return bool(value._trace == trace_stack.top)
    framework = framework_of(value)
    return framework is not None and framework.is_moved(value)


def is_known(value: Tensor) -> bool:
    """Say whether the number behind ``value`` can be looked at; not while it is compiled."""
    return framework_of(unwrap(value)) is None


def unwrap(value: Tensor) -> Any:
    """Return the plain numpy value, through any depth of differentiation.

    What is not known yet (see ``is_known``) is returned as it is.
    """
    value = getval(value)
    framework = framework_of(value)
    return value if framework is None else framework.number(value)


def enclosed(value: Tensor) -> Tensor:
    """Return a value as one that takes part in numpy's arithmetic."""
    framework = framework_of(value)
    return value if framework is None else framework.enclosed(value)


def opened(value: Tensor) -> Tensor:
    """Return an array as its framework has it; undoes ``enclosed``."""
    return value.tensor if isinstance(value, Enclosed) else value


def finished(value: Tensor, like: Sequence[Tensor]) -> Tensor:
    """Return a result as the user gets it.

    That is a plain array of the framework of ``like``, or else of its own, in the precision of
    ``like``; numpy's and autograd's values are returned as they are.
    """
    own = framework_of(value)
    framework = framework_among(like) or own
    if framework is None:
        return value
    return framework.finished(framework.tensor(value, like) if own is None else value, like)


def in_containers(change: Callable[[Any], Any], values: Any) -> Any:
    """Apply a function to the arrays in any tuples and lists."""
    if isinstance(values, tuple | list):
        return type(values)(in_containers(change, value) for value in values)
    return change(values)


def constant(value: Tensor) -> Tensor:
    """Return a value as one that has no derivative, whether its number is known or not."""
    framework = framework_of(value)
    return unwrap(value) if framework is None else framework.constant(value)


def depth(value: Tensor) -> int:
    """Return how many derivatives autograd is taking of ``value`` at once; 0 elsewhere."""
    count = 0
    while isbox(value):
        value, count = value._value, count + 1
    return count


def order(values: Iterable[Tensor]) -> int | None:
    """Return how many derivatives are being taken at once of a function of ``values``.

    None: that will be known only when they are taken, as it is outside of autograd.
    """
    values = list(values)
    if framework_among(values) is not None and any(
        framework_of(value) is not None and is_traced(value) for value in values
    ):
        return None
    traces = set()
    for value in values:
        while BOXED[type(value)]:
            traces.add(value._trace)
            value = value._value
    return len(traces)


def shape_of(value: Tensor) -> tuple[int, ...]:
    """Return the shape of a number, an array or a traced array; -1: a length not known yet."""
    while BOXED[type(value)]:
        value = value._value
    if type(value) in NUMBERS:
        return ()
    if isinstance(value, np.ndarray):
        known: tuple[int, ...] = value.shape
        return known
    shape = getattr(value, "shape", None)
    return _lengths(shape) if shape is not None else _shape_of_list(value)


def _shape_of_list(value: Any) -> tuple[int, ...]:
    try:
        return np.shape(value)
    except ValueError as error:
        raise InvalidParameters(
            f"No array can be made of {described(value)}: {error}. Give rows of equal length."
        ) from None


def _lengths(shape: Iterable[Any]) -> tuple[int, ...]:
    # What TensorFlow does not know yet is None; what torch compiles for any length, a symbol.
    return tuple(length if isinstance(length, int) else _length(length) for length in shape)


def _length(symbol: Any) -> int:
    """Return the length that a symbol stands for; -1: not known yet."""
    known = symbol.node.maybe_as_int() if hasattr(symbol, "node") else None
    return -1 if known is None else known


def real_number(value: Tensor) -> float | None:
    """Return the real number behind a value; None: it is an array, or of another kind."""
    while BOXED[type(value)]:
        value = value._value
    if type(value) in NUMBERS:
        real: float = value
        return real
    if not isinstance(value, np.ndarray):
        value = unwrap(value)
    if isinstance(value, np.ndarray | np.generic) and not value.ndim and value.dtype.kind in "fiu":
        return float(value)
    return None


def is_complex(value: Tensor) -> bool:
    """Say whether a value is made of complex numbers, whatever they are."""
    value = getval(value)
    return bool(np.iscomplexobj(value)) if framework_of(value) is None else _complex_dtype(value)


def _complex_dtype(value: Tensor) -> bool:
    return "complex" in str(value.dtype)


OPERANDS = (int, float, complex, np.ndarray, np.generic)


def _binary(name: str, *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def operation(self: Enclosed, other: Any) -> Any:
        if not isinstance(other, OPERANDS) and framework_of(other) is None:
            return NotImplemented
        pair = (other, self) if swapped else (self, other)
        return getattr(self.framework.namespace, name)(*pair)

    return operation


class Enclosed:
    """A framework's array that behaves in arithmetic as numpy's arrays do.

    Mixed with numbers and numpy arrays, real or complex, it gives another of its kind; it is
    indexed as numpy arrays are. Subclasses name their ``framework``.

    Parameters
    ----------
    tensor : array of the framework
    """

    __slots__ = ("tensor",)
    __array_ufunc__ = None  # numpy leaves arithmetic with it to it
    framework: Framework

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    __add__, __radd__ = _binary("add"), _binary("add", swapped=True)
    __sub__, __rsub__ = _binary("subtract"), _binary("subtract", swapped=True)
    __mul__, __rmul__ = _binary("multiply"), _binary("multiply", swapped=True)
    __truediv__, __rtruediv__ = _binary("divide"), _binary("divide", swapped=True)
    __matmul__, __rmatmul__ = _binary("matmul"), _binary("matmul", swapped=True)
    __pow__, __rpow__ = _binary("power"), _binary("power", swapped=True)
    __gt__, __ge__ = _binary("greater"), _binary("greater_equal")
    __lt__, __le__ = _binary("less"), _binary("less_equal")

    def __neg__(self) -> Any:
        return self.framework.namespace.multiply(self, -1.0)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self.framework.namespace.abs(self)

    def __getitem__(self, index: Any) -> Any:
        return self.framework.namespace.take_index(self, index)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[index] for index in range(len(self)))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        number = self.framework.number(self)
        if number is self:
            raise TypeError(f"The number behind {self!r} is not known yet.")
        return np.asarray(number, dtype=dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis; -1: not known yet."""
        return _lengths(self.tensor.shape)

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(np.prod(self.shape))

    @property
    def T(self) -> Any:
        """The array with its axes in the opposite order."""
        return self.framework.namespace.transpose(self)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of number, as numpy names it."""
        kind: np.dtype[Any] = self.framework.namespace.dtype_of(self)
        return kind

    @property
    def real(self) -> Any:
        """The real part."""
        return self.framework.namespace.real(self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return self.framework.namespace.imag(self)

    def conj(self) -> Any:
        """Return the complex conjugate."""
        return self.framework.namespace.conj(self)

    def sum(self, axis: Any = None) -> Any:
        """Return the sum along some axes."""
        return self.framework.namespace.sum(self, axis=axis)

    def reshape(self, *shape: Any) -> Any:
        """Return the same numbers in another shape."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return self.framework.namespace.reshape(self, tuple(wanted))

    def __repr__(self) -> str:
        return repr(self.tensor)

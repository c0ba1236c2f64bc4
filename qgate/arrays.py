"""Dispatch on array libraries: array namespace, tracing state and plain numpy value of a number.

Numeric code that has to stay differentiable is written for an array namespace ``xp`` with numpy's
function names. This module returns the namespace that fits given values. Questions about torch, JAX
and TensorFlow values go to their interfaces in ``qgate.interfaces``, which are imported when the
first such value occurs. Autograd traces values as boxes, which cannot exist before autograd is
imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import compress, count
from typing import TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from qgate.bridge import Interface
from qgate.exceptions import InvalidParameters, described
from qgate.typing import Axes, DType, Index, Namespace, Nested, NumericArray, Tensor

ORIGINS = {"torch": "torch", "jax": "jax", "jaxlib": "jax", "tensorflow": "tf"}
"""Name of the interface for each package that defines classes of arrays."""


PACKAGES = {"autograd": "autograd", "torch": "torch", "jax": "jax", "tf": "tensorflow"}
"""Package of each interface, which is also the name of its module in ``qgate.interfaces``."""

LOADED: dict[str, Interface] = {}
"""Interfaces that are imported so far, by name."""

Length: TypeAlias = Tensor
"""Length of an axis: a number, or a symbol or None if it is not known yet."""

NUMBERS = frozenset({float, int, np.float64})
"""Exact types of plain real numbers."""

KNOWN: dict[type, Interface | None] = dict.fromkeys((*NUMBERS, np.ndarray))
"""Framework of each type seen so far; None: numpy, autograd, or not a number."""


class BoxTypes(dict[type, bool]):
    """Whether autograd traces values of each type seen so far."""

    def __missing__(self, kind: type) -> bool:
        self[kind] = any(
            (base.__module__, base.__name__) == ("autograd.tracer", "Box") for base in kind.__mro__
        )
        return self[kind]


BOXED = BoxTypes()


def isbox(value: object) -> bool:
    """Return whether autograd traces a value."""
    return BOXED[type(value)]


def any_boxed(values: Iterable[object]) -> bool:
    """Return whether autograd traces any of ``values``."""
    return any(map(BOXED.__getitem__, map(type, values)))


def getval(value: Tensor) -> Tensor:
    """Return the value in autograd's boxes."""
    while BOXED[type(value)]:
        value = value._value
    return value


def has_requires_grad(value: object) -> bool:
    """Return whether a value is an array of ``qgate.numpy``, which has ``requires_grad``."""
    return isinstance(value, np.ndarray) and hasattr(value, "requires_grad")


def load(name: str) -> Interface:
    """Return the interface with this name; imports the framework at the first time."""
    if name not in LOADED:
        LOADED[name] = import_module(f"qgate.interfaces.{PACKAGES[name]}").INTERFACE
    return LOADED[name]


def framework_of(value: Tensor) -> Interface | None:
    """Return the interface of a torch, JAX or TensorFlow value; None for any other value."""
    kind = type(value)
    try:
        return KNOWN[kind]
    except KeyError:
        return KNOWN.setdefault(kind, _find_framework(kind))


def _find_framework(kind: type) -> Interface | None:
    if issubclass(kind, Enclosed):
        return kind.framework
    for base in kind.__mro__:
        origin = ORIGINS.get(base.__module__.partition(".")[0])
        if origin is not None and hasattr(kind, "dtype") and hasattr(kind, "shape"):
            return load(origin)
    return None


def framework_among(values: Iterable[Tensor]) -> Interface | None:
    """Return the framework of the first value that has one."""
    for kind in dict.fromkeys(map(type, values)):
        found = KNOWN[kind] if kind in KNOWN else KNOWN.setdefault(kind, _find_framework(kind))
        if found is not None:
            return found
    return None


def tracing_interface(values: Iterable[Tensor]) -> Interface | None:
    """Return the interface of the framework that traces some values; None: plain numbers."""
    values = list(values)
    found = framework_among(values)
    return load("autograd") if found is None and any_boxed(values) else found


def namespace(values: Iterable[Tensor]) -> Namespace:
    """Return the array namespace for some values.

    The namespace of torch, JAX or TensorFlow if one of ``values`` is theirs, ``autograd.numpy`` if
    autograd traces one of them, else ``numpy``.
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
    """Return whether ``value`` is being differentiated, or may be."""
    if isbox(value):
        return True
    framework = framework_of(value)
    return framework is not None and framework.is_traced(value)


def any_traced(values: Sequence[Tensor]) -> bool:
    """Return whether any of ``values`` is being differentiated, or may be."""
    if any_boxed(values):
        return True
    return framework_among(values) is not None and any(map(is_traced, values))


def is_trainable(value: Nested) -> bool:
    """Return whether an argument is trainable by default, that is if no positions are given."""
    if isbox(value) or getattr(value, "requires_grad", None) is True:
        return True
    framework = framework_of(value)
    return framework is not None and framework.is_argument(value)


def trainable_arguments(args: Sequence[Nested]) -> tuple[tuple[int, ...], bool]:
    """Return the positions of arguments that are trainable by default, and whether it is one."""
    positions = tuple(compress(count(), map(is_trainable, args)))
    return positions, len(positions) == 1


def trainable_among(values: Sequence[Nested]) -> tuple[int, ...]:
    """Return the positions of values that are differentiated by, or may be."""
    kinds = set(map(type, values))
    if NUMBERS.issuperset(kinds):
        return ()
    if not any(map(BOXED.__getitem__, kinds)) and framework_among(values) is None:
        marks = [getattr(value, "requires_grad", None) is True for value in values]
        return tuple(compress(count(), marks))
    return tuple([at for at, value in enumerate(values) if is_trainable(value) or is_traced(value)])


def depends_on_tracer(value: Tensor) -> bool:
    """Return whether ``value`` depends on the inputs of the innermost Jacobian."""
    if isbox(value):
        from autograd.tracer import trace_stack

        return bool(value._trace == trace_stack.top)
    framework = framework_of(value)
    return framework is not None and framework.depends_on_tracer(value)


def is_concrete(value: Tensor) -> bool:
    """Return whether the number behind ``value`` is available; it is not during compilation."""
    return framework_of(unwrap(value)) is None


def unwrap(value: Tensor) -> Tensor:
    """Return the plain numpy value, through any depth of differentiation.

    A value whose number is not known yet (see ``is_concrete``) is returned unchanged.
    """
    value = getval(value)
    framework = framework_of(value)
    return value if framework is None else framework.number(value)


def enclosed(value: Tensor) -> Tensor:
    """Return a value wrapped so that it takes part in numpy arithmetic."""
    framework = framework_of(value)
    return value if framework is None else framework.enclosed(value)


def opened(value: Tensor) -> Tensor:
    """Return the framework's own array; inverse of ``enclosed``."""
    return value.tensor if isinstance(value, Enclosed) else value


def finished(value: Tensor, like: Sequence[Tensor]) -> Tensor:
    """Return a result as the user gets it.

    The result is a plain array of the framework of ``like``, or else of its own framework, in the
    precision of ``like``. Values of numpy and autograd are returned unchanged.
    """
    own = framework_of(value)
    framework = framework_among(like) or own
    if framework is None:
        return value
    return framework.finished(framework.tensor(value, like) if own is None else value, like)


def in_containers(change: Callable[[Tensor], Tensor], values: Nested) -> Nested:
    """Apply a function to each array in nested tuples and lists."""
    if isinstance(values, tuple | list):
        return type(values)(in_containers(change, value) for value in values)
    return change(values)


def constant(value: Tensor) -> Tensor:
    """Return a value detached from differentiation, whether its number is known or not."""
    framework = framework_of(value)
    return unwrap(value) if framework is None else framework.constant(value)


def depth(value: Tensor) -> int:
    """Return the number of nested autograd derivatives of ``value``; 0 for other frameworks."""
    count = 0
    while isbox(value):
        value, count = value._value, count + 1
    return count


def order(values: Iterable[Tensor]) -> int | None:
    """Return the number of nested derivatives that are being taken of a function of ``values``.

    None: outside of autograd the number is known only when the derivatives are requested.
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
    """Return the shape of a number or array; -1 for a length that is not known yet."""
    while BOXED[type(value)]:
        value = value._value
    if type(value) in NUMBERS:
        return ()
    if isinstance(value, np.ndarray):
        known: tuple[int, ...] = value.shape
        return known
    shape = getattr(value, "shape", None)
    if callable(shape):  # a measurement, whose shape depends on the shots
        return ()
    return _lengths(shape) if shape is not None else _shape_of_list(value)


def _shape_of_list(value: Nested) -> tuple[int, ...]:
    try:
        return np.shape(value)
    except (ValueError, MemoryError) as error:
        raise InvalidParameters(
            f"No array can be made of {described(value)}: {error}. Give rows of equal length."
        ) from None


def _lengths(shape: Iterable[Length]) -> tuple[int, ...]:
    # An unknown length is None in TensorFlow and a symbol while torch.compile traces.
    return tuple(length if isinstance(length, int) else _length(length) for length in shape)


def _length(symbol: Length) -> int:
    """Return the length that a symbol stands for; -1: not known yet."""
    known = symbol.node.maybe_as_int() if hasattr(symbol, "node") else None
    return -1 if known is None else known


def real_number(value: Tensor) -> float | None:
    """Return the real number behind a value; None for arrays and numbers of other kinds."""
    if type(value) in NUMBERS:
        real: float = value
        return real
    while BOXED[type(value)]:
        value = value._value
    if type(value) in NUMBERS:
        real = value
        return real
    if not isinstance(value, np.ndarray):
        value = unwrap(value)
    if isinstance(value, np.ndarray | np.generic) and not value.ndim and value.dtype.kind in "fiu":
        return float(value)
    return None


DOUBLE = np.dtype(float)


def is_double(value: Tensor, *, many: bool = False) -> bool:
    """Return whether a value is a number, or an array if ``many``, in double precision."""
    if isinstance(value, np.ndarray):
        return value.dtype is DOUBLE and (many or not value.ndim)
    return type(value) in NUMBERS


def is_complex(value: Tensor) -> bool:
    """Return whether a value is of a complex type."""
    value = getval(value)
    return bool(np.iscomplexobj(value)) if framework_of(value) is None else _complex_dtype(value)


def _complex_dtype(value: Tensor) -> bool:
    return "complex" in str(value.dtype)


OPERANDS = (int, float, complex, np.ndarray, np.generic)


def _binary(name: str, *, swapped: bool = False) -> Callable[[Enclosed, Tensor], Tensor]:
    def operation(self: Enclosed, other: Tensor) -> Tensor:
        if not isinstance(other, OPERANDS) and framework_of(other) is None:
            return NotImplemented
        pair = (other, self) if swapped else (self, other)
        return getattr(self.framework.namespace, name)(*pair)

    return operation


class Enclosed:
    """Array of a framework that behaves like a numpy array in arithmetic.

    Arithmetic with numbers and numpy arrays, real or complex, gives an object of the same class.
    Indexing follows numpy. Subclasses set ``framework``.

    Parameters
    ----------
    tensor : array of the framework
    """

    __slots__ = ("tensor",)
    __array_ufunc__ = None  # numpy arrays leave mixed arithmetic to this class
    framework: Interface

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

    def __neg__(self) -> Tensor:
        return self.framework.namespace.multiply(self, -1.0)

    def __pos__(self) -> Tensor:
        return self

    def __abs__(self) -> Tensor:
        return self.framework.namespace.abs(self)

    def __getitem__(self, index: Index) -> Tensor:
        return self.framework.namespace.take_index(self, index)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(len(self)))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NumericArray:
        number = self.framework.number(self)
        if number is self:
            raise TypeError(f"The number behind {self!r} is not known yet.")
        return np.asarray(number, dtype=dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape; -1 for a length that is not known yet."""
        return _lengths(self.tensor.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape))

    @property
    def T(self) -> Tensor:
        """The array with its axes in reverse order."""
        return self.framework.namespace.transpose(self)

    @property
    def dtype(self) -> DType:
        """Numpy's name of the dtype."""
        kind: DType = self.framework.namespace.dtype_of(self)
        return kind

    @property
    def real(self) -> Tensor:
        """Real part."""
        return self.framework.namespace.real(self)

    @property
    def imag(self) -> Tensor:
        """Imaginary part."""
        return self.framework.namespace.imag(self)

    def conj(self) -> Tensor:
        """Return the complex conjugate."""
        return self.framework.namespace.conj(self)

    def sum(self, axis: Axes | None = None) -> Tensor:
        """Return the sum along some axes."""
        return self.framework.namespace.sum(self, axis=axis)

    def reshape(self, *shape: Axes) -> Tensor:
        """Return the array reshaped."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return self.framework.namespace.reshape(self, tuple(wanted))

    def __repr__(self) -> str:
        return repr(self.tensor)

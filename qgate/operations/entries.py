"""Entries of arguments as symbols, with which a quantum function runs once to be recorded.

An ``Entry`` is an affine function of the entries of all arguments, numbered in order. Other
functions of entries are steps of a ``Formula``: each has a number of its own, above those of the
arguments, by which later entries refer to its result.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import NoReturn

import numpy as np

from qgate.exceptions import NotAffine, described
from qgate.operations.slots import Affine
from qgate.typing import NumericArray, Tensor

UNARY = frozenset(
    "sin cos tan arcsin arccos arctan sinh cosh tanh exp log sqrt".split()  # noqa: SIM905
)
"""Functions of one entry, by numpy's names."""

ARITHMETIC: dict[str, Callable[..., Tensor]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
    "negative": operator.neg,
    "positive": operator.pos,
    "absolute": abs,
    "square": lambda entry: entry * entry,
    "deg2rad": lambda entry: entry * (np.pi / 180.0),
    "radians": lambda entry: entry * (np.pi / 180.0),
}
"""Numpy's functions that are written in Python's operators."""


@dataclass(frozen=True, slots=True)
class Step:
    """A function of entries that is not affine.

    Parameters
    ----------
    function : str
        Numpy's name.
    operands : tuple of Affine or float
    """

    function: str
    operands: tuple[Affine | float, ...]


@dataclass(eq=False)
class Formula:
    """Steps that are computed before the angles, each once.

    Parameters
    ----------
    count : int
        Number of entries of all arguments.
    steps : dict
        Each step, and the number of its result.
    """

    count: int
    steps: dict[Step, int] = field(default_factory=dict)

    def entry(self, number: int) -> Entry:
        """Return the entry of an argument, or the result of a step."""
        return Entry(((number, 1.0),), 0.0, self)

    def entries(self, first: int, shape: tuple[int, ...]) -> Tensor:
        """Return consecutive entries as an array of objects; a single one without axes."""
        if not shape:
            return self.entry(first)
        found = np.empty(prod(shape), dtype=object)
        found[:] = [self.entry(first + place) for place in range(len(found))]
        return found.reshape(shape)

    def result(self, function: str, *operands: Tensor) -> Entry:
        """Return the result of a step."""
        step = Step(function, tuple([_plain(each) for each in operands]))
        return self.entry(self.steps.setdefault(step, self.count + len(self.steps)))


class Entry(Affine):
    """Affine function of numbered entries, without a value.

    It takes part in arithmetic and in numpy's functions of one number, also within arrays of
    objects. Whatever needs its value is refused.
    """

    __slots__ = ("formula",)
    shape = ()
    ndim = 0

    formula: Formula

    def __init__(
        self, terms: tuple[tuple[int, float], ...], offset: float, formula: Formula
    ) -> None:
        super().__init__(terms, offset)
        object.__setattr__(self, "formula", formula)

    def _of(self, function: Affine) -> Entry:
        return Entry(function.terms, function.offset, self.formula)

    def _linear(self, other: Tensor) -> Tensor:
        """Return an operand of a sum; None where an array does the sum for each of its entries."""
        if isinstance(other, np.ndarray) and other.ndim:
            return None
        return other if isinstance(other, Affine) else _number(other)

    def __add__(self, other: object) -> Entry:
        operand = self._linear(other)
        return NotImplemented if operand is None else self._of(Affine.__add__(self, operand))

    __radd__ = __add__

    def __mul__(self, other: object) -> Entry:
        operand = self._linear(other)
        if operand is None:
            return NotImplemented
        if not isinstance(operand, Affine):
            return self._of(Affine.__mul__(self, operand))
        return self.formula.result("multiply", self, operand)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Entry:
        operand = self._linear(other)
        if operand is None:
            return NotImplemented
        if not isinstance(operand, Affine):
            return self._of(Affine.__truediv__(self, operand))
        return self.formula.result("divide", self, operand)

    def __rtruediv__(self, other: object) -> Entry:
        operand = self._linear(other)
        return NotImplemented if operand is None else self.formula.result("divide", operand, self)

    def __pow__(self, other: object) -> Entry:
        operand = self._linear(other)
        return NotImplemented if operand is None else self.formula.result("power", self, operand)

    def __rpow__(self, other: object) -> Entry:
        operand = self._linear(other)
        return NotImplemented if operand is None else self.formula.result("power", operand, self)

    def __neg__(self) -> Entry:
        return self * -1.0

    def __pos__(self) -> Entry:
        return self

    def __sub__(self, other: object) -> Entry:
        operand = self._linear(other)
        return NotImplemented if operand is None else self + -operand

    def __rsub__(self, other: object) -> Entry:
        operand = self._linear(other)
        return NotImplemented if operand is None else -self + operand

    def __abs__(self) -> Entry:
        return self.formula.result("abs", self)

    def __getattr__(self, name: str) -> Callable[[], Entry]:
        if name in UNARY:  # numpy calls the method of each object of an array
            return lambda: self.formula.result(name, self)
        raise AttributeError(name)

    def __array_ufunc__(  # type: ignore[override]  # other affine functions refuse arrays
        self, ufunc: np.ufunc, method: str, *inputs: Tensor, **kwargs: Tensor
    ) -> Tensor:
        name = ufunc.__name__
        known = name in ARITHMETIC or name in UNARY
        if method != "__call__" or kwargs or not known:
            raise NotAffine(f"numpy.{name} was called on an argument, whose value it needs.")
        if any(isinstance(value, np.ndarray) and value.ndim for value in inputs):
            return ufunc(*map(_as_objects, inputs))
        if name in UNARY:
            return self.formula.result(name, self)
        return ARITHMETIC[name](
            *(each if isinstance(each, Entry) else _number(each) for each in inputs)
        )

    def _refuse(self, *_: object) -> NoReturn:
        raise NotAffine("The value of an argument was asked for.")

    __bool__ = __float__ = __int__ = __index__ = __complex__ = __iter__ = __len__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __mod__ = __floordiv__ = _refuse
    __hash__ = Affine.__hash__


def _plain(operand: Tensor) -> Affine | float:
    """Return an operand as a key of steps."""
    return Affine(operand.terms, operand.offset) if isinstance(operand, Affine) else float(operand)


def _number(value: Tensor) -> float:
    """Return a number with which an entry is combined."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise NotAffine(
            f"An argument was combined with {described(value)}, which is not a real number."
        ) from None


def _as_objects(value: Tensor) -> NumericArray:
    found = np.empty(np.shape(value) if isinstance(value, np.ndarray) else (), dtype=object)
    found[...] = value
    return found

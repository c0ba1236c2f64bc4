"""Classes of PennyLane whose operators qgate represents by other classes.

A sum of Pauli words is a ``PauliSum`` in qgate, however it was written. The classes here recognize
by its terms what PennyLane would have made, and make operators as PennyLane's do.
"""

from __future__ import annotations

from typing import Any

from qgate.arrays import unwrap
from qgate.operations import composites
from qgate.operations.operator import Operator
from qgate.operations.pauli import PauliSum
from qgate.typing import Tensor


class RecognizingType(type):
    """Class of classes with ``recognizes``, which decides what counts as an instance."""

    def __instancecheck__(cls, instance: object) -> bool:
        recognizes: Any = cls.__dict__["recognizes"]
        return isinstance(instance, Operator) and bool(recognizes(instance))


def is_sum(operator: Operator) -> bool:
    """Return whether an operator is a sum of several operators."""
    if isinstance(operator, PauliSum):
        return operator.num_terms != 1
    return isinstance(operator, composites.Sum)


def _has_weight(words: PauliSum) -> bool:
    """Return whether the weight of a single word is another number than 1."""
    return bool(unwrap(words.coefficients)[0] != 1)


class Sum(metaclass=RecognizingType):
    """Class of sums of operators; ``Sum(a, b)`` is ``qg.Sum(a, b)``."""

    recognizes = staticmethod(is_sum)

    def __new__(cls, *operands: Operator, id: str | None = None) -> Any:
        """Return the sum."""
        return composites.Sum(*operands, id=id)


class Prod(metaclass=RecognizingType):
    """Class of products of operators; ``Prod(a, b)`` is ``qg.Prod(a, b)``."""

    def __new__(cls, *operands: Operator, id: str | None = None) -> Any:
        """Return the product."""
        return composites.Prod(*operands, id=id)

    @staticmethod
    def recognizes(operator: Operator) -> bool:
        """Return whether an operator is a product: a word of several letters, or a ``qg.Prod``."""
        if isinstance(operator, PauliSum):
            letters = operator.x | operator.z
            return len(letters) == 1 and letters.sum() != 1 and not _has_weight(operator)
        return isinstance(operator, composites.Prod)


class SProd(metaclass=RecognizingType):
    """Class of multiples of an operator; ``SProd(number, op)`` is ``qg.SProd(number, op)``."""

    def __new__(cls, scalar: Tensor, base: Operator, id: str | None = None) -> Any:
        """Return the multiple."""
        return composites.SProd(scalar, base, id=id)

    @staticmethod
    def recognizes(operator: Operator) -> bool:
        """Return whether an operator is a multiple: a word with a weight, or a ``qg.SProd``."""
        if isinstance(operator, PauliSum):
            return operator.num_terms == 1 and _has_weight(operator)
        return isinstance(operator, composites.SProd)


class CompositeOp(metaclass=RecognizingType):
    """Class of sums and products."""

    @staticmethod
    def recognizes(operator: Operator) -> bool:
        """Return whether an operator is a sum or a product."""
        return isinstance(operator, Sum | Prod)

"""Autograd boxes that leave arithmetic with operators to the operators, as numpy arrays do.

For ``x[0] * qg.Z(1)`` with an array, numpy defers to ``Z``, which sets ``__array_ufunc__ = None``.
Autograd's boxes ignore that attribute. The boxes here respect it, and replace autograd's in its
table of boxes.
"""

from __future__ import annotations

from collections.abc import Callable

from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import Box

from qgate.typing import Tensor


def _leaving(name: str) -> Callable[[Box, object], Tensor]:
    arithmetic = getattr(ArrayBox, name)

    def method(self: Box, other: object) -> Tensor:
        if getattr(other, "__array_ufunc__", self) is None:
            return NotImplemented
        return arithmetic(self, other)

    method.__name__ = name
    return method


ARITHMETIC = ("add", "sub", "mul", "truediv", "matmul")

TracedArray: type[ArrayBox] = type(
    "TracedArray",
    (ArrayBox,),
    {"__slots__": (), **{f"__{name}__": _leaving(f"__{name}__") for name in ARITHMETIC}},
)
"""An array or number that autograd traces."""

for _kind, _box in list(Box.type_mappings.items()):
    if _box is ArrayBox and _kind is not ArrayBox:
        TracedArray.register(_kind)

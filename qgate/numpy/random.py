"""Numpy's random numbers as arrays that have ``requires_grad``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import autograd.numpy.random as _autograd
import numpy.random as _numpy

from qgate.numpy.wrapping import lookup as _lookup
from qgate.numpy.wrapping import names as _names
from qgate.numpy.wrapping import wrapped_method as _wrapped_method

Seed: TypeAlias = (
    int | Sequence[int] | _numpy.SeedSequence | _numpy.BitGenerator | _numpy.Generator | None
)


class Generator(_numpy.Generator):
    """Numpy's generator, with methods that return tensors and accept ``requires_grad``.

    >>> default_rng(7).uniform(size=2, requires_grad=False).requires_grad
    False
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.bit_generator,)


def default_rng(seed: Seed = None) -> Generator:
    """Return a generator of tensors.

    Parameters
    ----------
    seed : None, int, sequence of int, SeedSequence, BitGenerator or Generator
        As for ``numpy.random.default_rng``; a generator shares its state.

    Returns
    -------
    Generator
    """
    return Generator(_numpy.default_rng(seed).bit_generator)


for _name in dir(_numpy.Generator):
    if not _name.startswith("_") and _name not in ("bit_generator", "spawn"):
        setattr(Generator, _name, _wrapped_method(getattr(_numpy.Generator, _name)))


def __getattr__(name: str) -> Any:
    return _lookup(globals(), name, plain=_numpy, traced=_autograd)


def __dir__() -> list[str]:
    return _names(globals(), _numpy)

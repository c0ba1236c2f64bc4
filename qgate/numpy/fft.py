"""Numpy's Fourier transforms on arrays that have ``requires_grad``."""

from __future__ import annotations

from typing import Any

import autograd.numpy.fft as _autograd
import numpy.fft as _numpy

from qgate.numpy.wrapping import lookup as _lookup
from qgate.numpy.wrapping import names as _names


def __getattr__(name: str) -> Any:
    return _lookup(globals(), name, plain=_numpy, traced=_autograd)


def __dir__() -> list[str]:
    return _names(globals(), _numpy)

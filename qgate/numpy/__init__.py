"""Numpy's functions on arrays that have ``requires_grad``.

``from qgate import numpy as np`` provides every name of numpy. Functions that autograd can
differentiate are autograd's, and return a :class:`tensor`. Each takes the keyword
``requires_grad``. Default: a result is trainable if one of the tensors among the arguments is, or
if there is no tensor among them. Names are wrapped at first use.

>>> from qgate import numpy as np
>>> np.array([0.1, 0.2]) * np.array(2.0, requires_grad=False)
tensor([0.2, 0.4], requires_grad=True)
>>> np.zeros(2, requires_grad=False)
tensor([0., 0.], requires_grad=False)
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as _autograd
import numpy as _numpy

from qgate.exceptions import NonDifferentiableError as NonDifferentiableError
from qgate.numpy import fft as fft
from qgate.numpy import linalg as linalg
from qgate.numpy import random as random
from qgate.numpy.tensors import extract_tensors as extract_tensors
from qgate.numpy.tensors import tensor as tensor
from qgate.numpy.wrapping import lookup as _lookup
from qgate.numpy.wrapping import names as _names


def __getattr__(name: str) -> Any:
    return _lookup(globals(), name, plain=_numpy, traced=_autograd)


def __dir__() -> list[str]:
    return _names(globals(), _numpy)

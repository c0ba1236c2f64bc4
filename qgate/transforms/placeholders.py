"""Tapes with plain numbers in place of traced parameters."""

from __future__ import annotations

import numpy as np

from qgate.arrays import framework_among, framework_of, is_complex, is_concrete, shape_of, unwrap
from qgate.tape import Tape
from qgate.typing import NumericArray, Tensor


def placeholders(tape: Tape) -> Tape:
    """Return the tape with plain numbers, zeros for those that are not known yet."""
    if framework_among(tape.parameters) is None:
        return tape
    theirs = [i for i, value in enumerate(tape.parameters) if framework_of(value) is not None]
    values = [unwrap(tape.parameters[index]) for index in theirs]
    numbers = [value if is_concrete(value) else _zeros(value) for value in values]
    return tape.bind_new_parameters(numbers, theirs)


def _zeros(value: Tensor) -> NumericArray:
    shape = [max(length, 1) for length in shape_of(value)]
    return np.zeros(shape, dtype=complex if is_complex(value) else float)

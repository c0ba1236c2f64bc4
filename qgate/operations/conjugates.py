"""Complex conjugates of gates, as gates.

A gate whose matrix is real for all angles is its own conjugate, and a symmetric one has the adjoint
as its conjugate: U* = (U^T)^dagger. Most gates of the table are one of the two. All others are
conjugated gate by gate in their decomposition, or are constant matrices. So angles stay the angles
of gates, and derivatives by them take as many circuits as those of the gates themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from qgate.arrays import namespace, shape_of
from qgate.exceptions import DecompositionUndefinedError
from qgate.operations.operator import Operator, ParameterKind
from qgate.operations.unitaries import QubitUnitary
from qgate.typing import ComplexArray

MOST_TESTED = 4
"""Maximum number of wires of a gate whose matrix is tested before its decomposition is used."""

SAMPLES = (0.7381, -1.9143)
"""Arguments of sines that give angles for the test."""


def conjugated(operators: Sequence[Operator]) -> list[Operator]:
    """Return gates whose product is the complex conjugate of the product of operators.

    Raises
    ------
    DecompositionUndefinedError
        An operator has no matrix that is known without its angles, and no decomposition.
    """
    return [gate for operator in operators for gate in _conjugate(operator)]


def _conjugate(operator: Operator) -> list[Operator]:
    by_array = ParameterKind.ARRAY in operator.parameter_kinds
    parts = operator.has_decomposition and not by_array
    if operator.has_matrix and not by_array and (len(operator.wires) <= MOST_TESTED or not parts):
        matrices = [_sample(operator, sample) for sample in SAMPLES]
        if all(np.allclose(matrix.imag, 0) for matrix in matrices):
            return [operator]
        if all(np.allclose(matrix, np.swapaxes(matrix, -1, -2)) for matrix in matrices):
            return [operator.adjoint()]
    if parts:
        return conjugated(operator.decomposition())
    if not operator.has_matrix or (operator.parameters and not by_array):
        raise DecompositionUndefinedError(
            f"The complex conjugate of {operator.name} is not known as a gate. Write it as gates."
        )
    matrix = operator.matrix()
    return [QubitUnitary(namespace([matrix]).conj(matrix), wires=operator.wires)]


def _sample(operator: Operator, sample: float) -> ComplexArray:
    """Return the matrix for some angles."""
    values, count = [], 1
    for value in operator.parameters:
        shape = shape_of(value)
        angles = 3 * np.sin(sample * np.arange(count, count + prod(shape)))
        values.append(angles.reshape(shape) if shape else float(angles[0]))
        count += prod(shape)
    return np.asarray(operator.with_parameters(values).matrix(), dtype=complex)

"""Names of PennyLane for errors that have another name, or share a class, in qgate."""

from __future__ import annotations

from qgate.exceptions.circuits import (
    EigvalsUndefinedError,
    GeneratorUndefinedError,
    MatrixUndefinedError,
    NotRecording,
    UndefinedError,
)


class PennyLaneDeprecationWarning(UserWarning):
    """Category that programs filter by; qgate never issues it."""


OperatorPropertyUndefined = UndefinedError
AdjointUndefinedError = PowUndefinedError = TermsUndefinedError = UndefinedError
DiagGatesUndefinedError = EigvalsUndefinedError
ParameterFrequenciesUndefinedError = GeneratorUndefinedError
SparseMatrixUndefinedError = MatrixUndefinedError
QueuingError = NotRecording

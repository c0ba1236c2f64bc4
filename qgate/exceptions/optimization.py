"""What stands against a step of an optimizer: choose it, or what it is given, otherwise."""

from __future__ import annotations

from qgate.exceptions.base import QuantumFunctionError


class OptimizationError(QuantumFunctionError):
    """An optimizer cannot do what was asked of it."""


class InvalidOptimizerOption(OptimizationError, ValueError, TypeError):
    """An option of an optimizer has a value that it cannot work with."""

    optimizer: str
    option: str
    value: object
    needed: str
    message = "{optimizer} cannot work with {option}={value!r}. It has to be {needed}. Give that."


class NothingTrainable(OptimizationError, ValueError):
    """None of the arguments may be changed."""

    optimizer: str
    given: str
    message = (
        "{optimizer} has nothing to optimize: it was given {given}, and none of it is marked as "
        "trainable. What is optimized are arrays of qgate.numpy, by themselves or in lists, tuples "
        "and dicts, passed by position. Mark one: qgate.numpy.array(..., requires_grad=True)."
    )


class UnsuitableObjective(OptimizationError, ValueError, TypeError):
    """The function to minimize is not one that the optimizer can work with."""

    optimizer: str
    objective: str
    reason: str
    remedy: str
    message = "{optimizer} cannot minimize {objective}: {reason}. {remedy}"


class InvalidOptimizerState(OptimizationError, ValueError):
    """A saved state cannot be taken up here."""

    what: str
    reason: str
    remedy: str
    message = "{what} cannot be continued: {reason}. {remedy}"


class CheckpointNotWritten(OptimizationError, OSError):
    """A checkpoint, or the state of an optimizer, cannot be written."""

    file: object
    reason: str
    message = (
        "The checkpoint {file!r} cannot be written: {reason}. An earlier one is kept as it was. "
        "Name a file in a folder that exists and may be written to, or free disk space."
    )

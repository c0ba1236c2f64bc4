"""Errors of optimizers."""

from __future__ import annotations

from qgate.exceptions.base import QuantumFunctionError


class OptimizationError(QuantumFunctionError):
    """An optimizer cannot perform the request."""


class InvalidOptimizerOption(OptimizationError, ValueError, TypeError):
    """An option of an optimizer has an invalid value."""

    optimizer: str
    option: str
    value: object
    needed: str
    message = "{optimizer} cannot work with {option}={value!r}. It has to be {needed}. Give that."


class NothingTrainable(OptimizationError, ValueError):
    """No argument is trainable."""

    optimizer: str
    given: str
    message = (
        "{optimizer} has nothing to optimize: it was given {given}, and none of it is marked as "
        "trainable. What is optimized are arrays of qgate.numpy, by themselves or in lists, tuples "
        "and dicts, passed by position. Mark one: qgate.numpy.array(..., requires_grad=True)."
    )


class UnsuitableObjective(OptimizationError, ValueError, TypeError):
    """The optimizer does not support this cost function."""

    optimizer: str
    objective: str
    reason: str
    remedy: str
    message = "{optimizer} cannot minimize {objective}: {reason}. {remedy}"


class InvalidOptimizerState(OptimizationError, ValueError):
    """A saved state cannot be restored here."""

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

"""Errors in circuits that come from elsewhere, or go there."""

from __future__ import annotations

from collections.abc import Collection

from qgate.exceptions.base import QuantumFunctionError


class QasmError(QuantumFunctionError):
    """A program in OpenQASM cannot be read; ``line`` and ``column`` count from 1."""


PLACED = "OpenQASM, line {line}, column {column}: {reason}. {remedy}"
"""Text of an error at a place."""


class InvalidQasm(QasmError, ValueError):
    """The program breaks a rule of OpenQASM."""

    line: int
    column: int
    reason: str
    remedy: str
    message = PLACED


class UnsupportedQasm(QasmError, NotImplementedError):
    """The program is valid, and has something that no circuit here can hold."""

    line: int
    column: int
    reason: str
    remedy: str
    message = PLACED


class UnsupportedInstruction(QuantumFunctionError, NotImplementedError):
    """A circuit of a vendor has an instruction that no circuit here can hold."""

    package: str
    instruction: str
    place: str
    remedy: str
    message = "The {package} circuit has {instruction} ({place}), which cannot be read. {remedy}"


class InputError(QuantumFunctionError, TypeError, ValueError):
    """An imported circuit was called with values that do not fit its inputs."""

    circuit: str
    reason: str
    inputs: Collection[str]
    hint: str
    message = "{circuit} cannot be called like this: {reason}. Its inputs are: {inputs}.{hint}"


class NotACircuit(QuantumFunctionError, TypeError):
    """An object is no circuit that can be read."""

    given: str
    what: str
    remedy: str
    message = "{given} is no {what}. {remedy}"

"""Errors of gradient methods, derivatives and Fourier series."""

from __future__ import annotations

from collections.abc import Collection

from qgate.exceptions.base import QuantumFunctionError


class DifferentiationError(QuantumFunctionError):
    """A derivative cannot be computed in the requested way."""


class UnknownDiffMethod(DifferentiationError, ValueError):
    """No gradient method has this name."""

    method: object
    known: Collection[str]
    hint: str
    message = (
        "diff_method={method!r} is not a gradient method.{hint} The methods are {known}. "
        "Give one of these, or a gradient transform such as qg.gradients.param_shift."
    )


class InterfaceMismatch(DifferentiationError, TypeError):
    """A circuit has parameters of a framework other than the named interface."""

    interface: str
    met: str
    message = (
        "The quantum function was made with interface={interface!r}, and a parameter of its "
        "circuit is an array of {met}. Make it with interface={met!r} or 'auto', or give it "
        "arrays of {interface}."
    )


class UnsupportedDiffMethod(DifferentiationError):
    """The gradient method does not support the device, its shots or the circuit."""

    method: str
    reason: str
    remedy: str
    message = "diff_method={method!r} cannot be used here: {reason}. {remedy}"


class UnknownGradientOption(DifferentiationError, TypeError):
    """The gradient method has no such option."""

    method: str
    option: str
    known: Collection[str]
    hint: str
    message = (
        "{option!r} is not an option of the gradient method {method!r}.{hint} "
        "Its options (gradient_kwargs) are: {known}."
    )


class InvalidTransform(DifferentiationError, ValueError):
    """A gradient transform cannot be computed for this circuit, or with these options."""

    transform: str
    reason: str
    remedy: str
    message = "{transform} cannot be computed: {reason}. {remedy}"


class InvalidShiftRule(DifferentiationError, ValueError):
    """No shift rule exists for these frequencies, shifts and order."""

    frequencies: Collection[object]
    reason: str
    remedy: str
    message = "A shift rule for the frequencies [{frequencies}] cannot be made: {reason}. {remedy}"


class InvalidDifferenceRule(DifferentiationError, ValueError):
    """No finite-difference rule has these orders and this strategy."""

    reason: str
    remedy: str
    message = "A finite-difference rule cannot be made: {reason}. {remedy}"


class NonDifferentiableError(DifferentiationError, TypeError):
    """An argument is not made of numbers that can vary."""

    argument: str
    value: str
    message = (
        "No derivative exists with respect to {argument}, which is {value}. Derivatives are "
        "taken of real or complex numbers, of arrays of them, and of lists, tuples and dicts of "
        "these. Pass such a value, or leave its position out of argnums."
    )


class UndifferentiableOutput(DifferentiationError, TypeError, ValueError):
    """A function returned a type for which this derivative does not exist."""

    function: str
    returned: str
    derivative: str
    needed: str
    remedy: str
    message = "{function} returned {returned}, and {derivative} needs {needed}. {remedy}"


class InvalidArgnums(DifferentiationError, ValueError, IndexError):
    """The positions to differentiate by do not fit the call."""

    argnums: str
    reason: str
    count: int
    message = (
        "argnums={argnums} cannot be used: {reason}. The number of positional arguments in the "
        "call is {count}. Give the position of one of them, counted from 0, or a sequence of "
        "different positions; trainable arguments have to be passed by position."
    )


class ArgnumsGivenTwice(DifferentiationError, TypeError):
    """The positions to differentiate by are given under both of their names."""

    argnums: str
    argnum: str
    message = (
        "argnum is the older name of argnums, and both were given: argnums={argnums}, "
        "argnum={argnum}. Give one of the two."
    )


class InvalidTangent(DifferentiationError, ValueError):
    """A tangent or cotangent does not have the structure of its argument or value."""

    what: str
    given: str
    expected: str
    message = (
        "{what} was given as {given}, and has to be {expected}. "
        "Pass numbers in the same form and shape as the value it belongs to."
    )


class FourierError(QuantumFunctionError, ValueError):
    """A circuit has no Fourier series of the requested kind."""


class InvalidFourierGrid(FourierError):
    """Fourier coefficients cannot be computed from these values."""

    reason: str
    remedy: str
    message = "The Fourier coefficients cannot be computed: {reason}. {remedy}"


class NoSpectrum(FourierError):
    """The frequencies of a circuit are not known."""

    reason: str
    remedy: str
    message = "The frequency spectrum cannot be computed: {reason}. {remedy}"


class InvalidReconstruction(FourierError):
    """A circuit cannot be reconstructed from these frequencies and shifts."""

    reason: str
    remedy: str
    message = "The reconstruction cannot be made: {reason}. {remedy}"


class UnknownArgument(FourierError):
    """A quantum function has no argument of this name."""

    function: str
    name: object
    known: Collection[str]
    hint: str
    message = (
        "{function} has no argument {name!r}.{hint} Its arguments are: {known}. Name one of these."
    )


class UnknownInterface(QuantumFunctionError, ValueError):
    """No interface has this name."""

    interface: object
    known: Collection[str]
    hint: str
    message = "interface={interface!r} is not an interface.{hint} The interfaces are {known}."

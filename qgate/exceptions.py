"""Every error of qgate.

An error class declares its fields as annotations and its message as a format
string over them. A message says what could not be done, what can be, and what
to do now. The parents carry the names that users of the field already catch.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar


def near(word: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the members of ``known`` that look like ``word``, best first."""
    return difflib.get_close_matches(str(word), [str(name) for name in known], n=most, cutoff=0.5)


def suggest(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean ...?" for the near names, or an empty string."""
    names = near(word, known)
    return f" Did you mean {' or '.join(repr(name) for name in names)}?" if names else ""


class _Listed:
    """A collection that is written as a comma-separated list, and as it is after ``!r``."""

    def __init__(self, values: Collection[Any]) -> None:
        self.values = values

    def __format__(self, spec: str) -> str:
        return ", ".join(str(item) for item in _ordered(self.values)) or "nothing"

    def __repr__(self) -> str:
        return repr(self.values)


def _spell(value: object) -> object:
    if isinstance(value, Collection) and not isinstance(value, str | bytes | dict):
        return _Listed(value)
    return value


def _ordered(values: Collection[Any]) -> Iterable[Any]:
    return sorted(values, key=str) if isinstance(values, set | frozenset) else values


def _rebuild(
    cls: Callable[..., QGateError], text: str | None, fields: dict[str, Any]
) -> QGateError:
    return cls(**fields) if text is None else cls(text)


class QGateError(Exception):
    """Parent of every error of qgate.

    A subclass lists its fields as annotations and formats them in ``message``;
    it is raised with the fields as keywords. A single text serves where no
    finer class is worth having. Errors survive pickling.
    """

    ag_pass_through = True  # TensorFlow hands it on as it is

    message: ClassVar[str] = ""

    def __init__(self, text: str | None = None, /, **fields: Any) -> None:
        super().__init__(*(() if text is None else (text,)))
        self._text, self._fields = text, fields
        for name, value in fields.items():
            setattr(self, name, value)
        if fields:
            self.args = (str(self),)  # where those who wrap errors look for the text

    def __str__(self) -> str:
        if self._text is not None:
            return self._text
        return self.message.format(**{name: _spell(value) for name, value in self._fields.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._text, self._fields)


# Mend the circuit ---------------------------------------------------------------------


class QuantumFunctionError(QGateError):
    """The quantum function, or the way it is asked for, is wrong."""


class WireError(QGateError):
    """A wire is missing, repeated or unknown."""


class DeviceError(QGateError):
    """The device cannot do what was asked of it."""


class OperatorError(QGateError):
    """An operator was built, or asked, in a way it does not allow."""


class InvalidParameters(OperatorError, ValueError):
    """An operator was given numbers, wires or options that do not fit it."""


class InvalidCall(InvalidParameters, TypeError):
    """A gate was called with arguments that it does not have, or without some that it needs."""

    gate: str
    reason: str
    call: str
    message = "{gate} cannot be called like this: {reason}. Call it as {call}."


class NotHermitian(OperatorError, ValueError):
    """An observable has to be Hermitian."""

    observable: str
    message = (
        "{observable} is not Hermitian, so it has no real measurement outcomes. "
        "Measure a Hermitian operator; for a matrix A, (A + A.conj().T) / 2 is its Hermitian part."
    )


class UndefinedError(OperatorError):
    """The operator has no such representation (matrix, generator, ...)."""


class MatrixUndefinedError(UndefinedError):
    """The operator has no matrix."""


class DecompositionUndefinedError(UndefinedError):
    """The operator cannot be written in terms of others."""


class GeneratorUndefinedError(UndefinedError):
    """The operator has no generator."""


class EigvalsUndefinedError(UndefinedError):
    """The operator has no eigenvalues to give."""


class NotAffine(OperatorError, TypeError):
    """A decomposition computed something other than a linear function of its angles."""


class NotFinite(QuantumFunctionError, ValueError):
    """A parameter is NaN or infinite."""

    operation: str
    value: float
    message = (
        "{operation} was given the parameter {value}. Parameters have to be finite numbers. "
        "Look at what computed it (an optimizer step that is too large is a usual cause)."
    )


class NoMeasurement(QuantumFunctionError):
    """A quantum function returned something other than measurements."""

    function: str
    returned: str
    message = (
        "The quantum function {function} returned {returned}. A quantum function returns one "
        "measurement, or a tuple or list of measurements. "
        "Return for example qg.expval(qg.Z(0)) or qg.probs(wires=[0, 1])."
    )


class InvalidLayer(QuantumFunctionError, TypeError, ValueError):
    """A quantum function, with the weights it is given, cannot be a layer of a network."""

    function: str
    reason: str
    remedy: str
    message = "{function} cannot be a layer: {reason}. {remedy}"


class CircuitNotFound(QuantumFunctionError, ValueError):
    """The quantum function of a saved layer cannot be made again from what was saved."""

    function: str
    reason: str
    key: str
    message = (
        "The layer of the quantum function {function} cannot be loaded: {reason}. Give "
        "keras.models.load_model custom_objects that have the QNode under the key {key!r}."
    )


class DuplicateWires(WireError):
    """The same wire is named twice where wires have to differ."""

    wires: Collection[Any]
    what: str
    message = (
        "{what} names a wire twice: [{wires}]. Its wires have to differ. Remove the repetition."
    )


class TooManyWires(WireError, DeviceError):
    """The circuit needs more wires than the device has."""

    device: str
    needed: int
    available: int
    message = (
        "The circuit uses {needed} wires, {device} has {available}. "
        "Use fewer wires, or choose a larger device."
    )


class TooMuchMemory(DeviceError, MemoryError):
    """A simulation would take more memory than there is, or than it may."""

    wires: int
    needed_gib: float
    allowed_gib: float
    message = (
        "A simulation of {wires} wires needs {needed_gib:.3g} GiB here, and {allowed_gib:.3g} GiB "
        "may be taken. Use fewer wires or rows, single precision (qg.device('local?"
        "precision=single')), or another machine; the option memory_gib sets the limit."
    )


class UnknownWires(WireError, DeviceError):
    """The circuit uses wire labels that the device was not given."""

    device: str
    unknown: Collection[Any]
    known: Collection[Any]
    message = (
        "The circuit uses the wires [{unknown}], which {device} does not have. "
        "Its wires are [{known}]. Use these labels, or make the device with other wires."
    )


class UnsupportedOperation(DeviceError):
    """The device lacks a gate, and the gate does not decompose into gates it has."""

    device: str
    operation: str
    supported: Collection[str]
    message = (
        "{device} cannot run {operation}, and it does not decompose into gates that the device "
        "has: {supported}. Write the circuit with these gates, or choose another device."
    )


class NotUnitary(QuantumFunctionError, DeviceError):
    """An operator that is no gate was left among the operations of a circuit."""

    operation: str
    wires: Collection[Any]
    message = (
        "{operation} on the wires [{wires}] cannot be applied as a gate: observables, sums and "
        "multiples of operators are in general not unitary. Gates can be applied, and Pauli words "
        "with a factor of modulus 1. Measure the operator, for example with qg.expval, or apply "
        "qg.evolve(operator, t), that is exp(-i t operator)."
    )


class CompilationFailed(DeviceError):
    """The vendor's compiler cannot write the circuit in the gates of the device."""

    device: str
    reason: str
    message = (
        "{device} cannot run the circuit, its compiler says: {reason} "
        "Write the circuit with other gates, or choose another device."
    )


class UnsupportedMeasurement(DeviceError):
    """The device cannot return this measurement."""

    device: str
    measurement: str
    mode: str
    supported: Collection[str]
    remedy: str
    message = "{device} cannot return {measurement} {mode}. It can return {supported}. {remedy}"


class TooManyMeasuredWires(QuantumFunctionError):
    """A density matrix of so many wires is not put together from readings."""

    measurement: str
    wires: int
    most: int
    message = (
        "{measurement} of {wires} wires cannot be put together from readings, which takes "
        "3**{wires} bases. At most {most} wires are read. Name fewer wires, or use "
        "qg.device('local') with shots=None."
    )


# Choose otherwise ---------------------------------------------------------------------


class InvalidShots(QuantumFunctionError, DeviceError, ValueError):
    """Shots have to be a positive whole number, a vector of them, or None."""

    shots: object
    message = (
        "shots={shots!r} cannot be run. Shots are None (exact), a positive integer, or a sequence "
        "of positive integers or (shots, copies) pairs. Give for example shots=1000."
    )


class ShotsRequired(DeviceError):
    """The device, or the measurement, works from shots only."""

    what: str
    message = (
        "{what} needs shots, and none were asked for (shots=None means exact). "
        "Give a number of shots, for example qg.device(..., shots=1000) or qg.set_shots."
    )


class InvalidSeed(DeviceError, ValueError):
    """A seed is not made of whole numbers."""

    seed: str
    message = (
        "The seed {seed} cannot be used. A seed is a whole number from 0 on, an array of such, "
        "or a key of jax.random. Give one of these."
    )


class SeedRefused(DeviceError):
    """The device cannot draw the samples of one call from a seed."""

    device: str
    message = (
        "{device} cannot be given a seed for one call; qg.device('local') can. "
        "Leave seed out of the call, or seed the device: qg.device(..., seed=7), where it has that."
    )


class DifferentiationError(QuantumFunctionError):
    """A derivative cannot be had in the way it was asked for."""


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
    """A circuit has parameters of a framework other than the one that it was made for."""

    interface: str
    met: str
    message = (
        "The quantum function was made with interface={interface!r}, and a parameter of its "
        "circuit is an array of {met}. Make it with interface={met!r} or 'auto', or give it "
        "arrays of {interface}."
    )


class UnsupportedDiffMethod(DifferentiationError):
    """The gradient method does not go with the device, its shots or the circuit."""

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
    """A transform of circuits cannot be computed for this circuit, or with these options."""

    transform: str
    reason: str
    remedy: str
    message = "{transform} cannot be computed: {reason}. {remedy}"


class InvalidShiftRule(DifferentiationError, ValueError):
    """No shift rule can be made from these frequencies, shifts and order."""

    frequencies: Collection[Any]
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
    """A function returned something that this derivative does not exist for."""

    function: str
    returned: str
    derivative: str
    needed: str
    remedy: str
    message = "{function} returned {returned}, and {derivative} needs {needed}. {remedy}"


class InvalidArgnums(DifferentiationError, ValueError, IndexError):
    """The positions to differentiate with respect to do not fit the call."""

    argnums: str
    reason: str
    count: int
    message = (
        "argnums={argnums} cannot be used: {reason}. The number of positional arguments in the "
        "call is {count}. Give the position of one of them, counted from 0, or a sequence of "
        "different positions; trainable arguments have to be passed by position."
    )


class InvalidTangent(DifferentiationError, ValueError):
    """A tangent or cotangent does not have the form of what it belongs to."""

    what: str
    given: str
    expected: str
    message = (
        "{what} was given as {given}, and has to be {expected}. "
        "Pass numbers in the same form and shape as the value it belongs to."
    )


class FourierError(QuantumFunctionError, ValueError):
    """A circuit cannot be seen as a Fourier series in the way it was asked for."""


class InvalidFourierGrid(FourierError):
    """Fourier coefficients cannot be computed from these values."""

    reason: str
    remedy: str
    message = "The Fourier coefficients cannot be computed: {reason}. {remedy}"


class NoSpectrum(FourierError):
    """The frequencies of a circuit cannot be told."""

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


class ConfigurationError(DeviceError, ValueError):
    """A device was named in a way that cannot be read."""


class UnknownDevice(ConfigurationError):
    """No installed provider knows the device."""

    text: str
    unknown: str
    kind: str
    known: Collection[str]
    hint: str
    message = (
        "{text!r}: there is no {kind} {unknown!r}.{hint} Known here: {known}. "
        "qg.list_devices() lists what is installed."
    )


class UnknownOption(ConfigurationError):
    """The device has no such option."""

    text: str
    option: str
    known: Collection[str]
    hint: str
    message = "{text!r}: {option!r} is not an option of this device.{hint} Its options are {known}."


class InvalidOption(ConfigurationError):
    """An option was given a value it cannot take."""

    text: str
    option: str
    value: object
    reason: str
    message = "{text!r}: {option}={value!r} cannot be used: {reason}."


class MalformedDevice(ConfigurationError):
    """The string that names a device does not follow the grammar."""

    text: str
    reason: str
    message = (
        "{text!r} does not name a device: {reason}. "
        "Write provider:target?option=value&option=value, for example qiskit:aer?shots=1000; "
        "spaces and the characters % & # in a value are percent-encoded (%20 is a space)."
    )


class MissingTarget(ConfigurationError):
    """A provider, or an alias, has several devices and none was chosen."""

    text: str
    remedy: str
    message = "{text!r} names a family of devices and does not say which one. {remedy}"


class InvalidConfigFile(ConfigurationError):
    """A configuration file cannot be read, or holds what cannot be used."""

    file: object
    reason: str
    remedy: str
    message = "The configuration file {file} cannot be used: {reason}. {remedy}"


class DeviceLoop(ConfigurationError):
    """Devices named in configuration files refer to each other in a circle."""

    chain: Collection[str]
    message = (
        "The configured devices refer to each other in a circle: {chain}. "
        "Let one of them name a provider, for example qiskit:aer."
    )


class BrokenProvider(ConfigurationError):
    """An installed provider cannot be loaded."""

    provider: str
    package: str
    reason: str
    message = (
        "The provider {provider!r} of the package {package} cannot be loaded: {reason}. "
        "Mend, upgrade or remove that package."
    )


class NotADevice(ConfigurationError, TypeError):
    """No installed provider takes an object of this type."""

    type_name: str
    known: Collection[str]
    message = (
        "An object of type {type_name} is not a device, and no installed provider takes it. "
        "Installed providers: {known}. Give a device's string such as 'qiskit:aer', a device of "
        "qgate, or a vendor's device object such as a Qiskit backend."
    )


class DeviceAlreadyMade(ConfigurationError):
    """Arguments were given along with a device that exists already."""

    device: object
    arguments: Collection[str]
    message = (
        "{device!r} is a device already; {arguments} cannot be changed on it. "
        "Give these where it is made, or name the device by its string."
    )


class MissingExtra(ConfigurationError, ImportError):
    """A package that this device or interface needs is not installed."""

    what: str
    package: str
    extra: str
    message = (
        "{what} needs the package {package}, which is not installed. "
        'Install it with: pip install "qgate[{extra}]"'
    )


# Wait and retry -----------------------------------------------------------------------


class JobFailed(DeviceError):
    """A job ended without results."""

    device: str
    job: str
    reason: str
    message = "Job {job} on {device} failed: {reason}. Nothing of it can be read."


class JobTimeout(DeviceError, TimeoutError):
    """A job has no result yet."""

    device: str
    job: str
    timeout_s: float
    message = (
        "Job {job} on {device} has no result after {timeout_s} s. It goes on running. "
        "Call result() again with a longer timeout_s, or cancel() it."
    )


class WrongResult(DeviceError):
    """A provider answered with something other than what was asked for."""

    device: str
    reason: str
    message = (
        "{device} returned a result that does not fit the request: {reason}. It was not used. "
        "Run again; if it happens again, report it to the provider."
    )


class UnknownInterface(QuantumFunctionError, ValueError):
    """No interface has this name."""

    interface: object
    known: Collection[str]
    hint: str
    message = "interface={interface!r} is not an interface.{hint} The interfaces are {known}."

"""Errors in a circuit: operators, wires, tapes and measurements."""

from __future__ import annotations

from collections.abc import Collection

from numpy.linalg import LinAlgError

from qgate.exceptions.base import DeviceError, QGateError, QuantumFunctionError, WireError


class OperatorError(QGateError):
    """An operator was built or used in a way that it does not support."""


class InvalidParameters(OperatorError, ValueError):
    """An operator was given numbers, wires or options that do not fit it."""


class SingularMatrix(InvalidParameters, LinAlgError):
    """A system of linear equations has no unique solution."""


class InvalidCall(InvalidParameters, TypeError):
    """A gate was called with unknown arguments, or without required ones."""

    gate: str
    reason: str
    call: str
    message = "{gate} cannot be called like this: {reason}. Call it as {call}."


class InvalidOperand(InvalidParameters, TypeError):
    """An operator cannot be combined with this value."""


class NotHermitian(OperatorError, DeviceError, ValueError):
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
    """The operator has no known eigenvalues."""


class NotAffine(OperatorError, TypeError):
    """A decomposition is not linear in its angles."""


class NeedsValue(QuantumFunctionError, TypeError):
    """A quantum function cannot be recorded once for all values of its arguments."""

    function: str
    line: str
    reason: str
    message = (
        "qjit cannot record {function} ({line}): {reason}. Recorded once, its gates have to be the "
        "same for all values of its arguments, and its angles numpy's functions of them. Write it "
        "so, give the value as an integer or a flag, for each of which it is recorded again, or "
        "leave qjit out."
    )


class TooLarge(QuantumFunctionError, ValueError):
    """A power, template or repetition would expand to too many parts."""

    what: str
    count: float
    most: float
    unit: str
    remedy: str
    message = "{what} would take {count} {unit}, and the limit is {most}. {remedy}"


class NotFinite(QuantumFunctionError, ValueError):
    """A parameter is NaN or infinite."""

    operation: str
    value: float
    message = (
        "{operation} was given the parameter {value}. Parameters have to be finite numbers. "
        "Look at what computed it (an optimizer step that is too large is a usual cause)."
    )


class MeasurementShapeError(QuantumFunctionError, ValueError):
    """The shape of a measurement's value depends on what is not known."""


class NotRecording(QuantumFunctionError, RuntimeError):
    """An operator was applied outside of a quantum function."""

    item: str
    message = (
        "{item} cannot be applied here, because no quantum function is being recorded. Call "
        "qg.apply inside of a quantum function, or inside of `with qg.QuantumTape() as tape`."
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


class InvalidKeyword(QuantumFunctionError, TypeError, ValueError):
    """A QNode, or ``execute``, was given an unknown keyword, or one with a wrong value."""


class NoQNode(QuantumFunctionError, TypeError, ValueError):
    """A function of QNodes was given something else."""

    caller: str
    given: str
    message = (
        "{caller} was given {given}. Give a QNode, that is a quantum function decorated with "
        "qg.qnode(device)."
    )


class UnknownEntry(QuantumFunctionError, KeyError):
    """Counts of a circuit have no entry of this name."""

    of: str
    key: object
    known: Collection[str]
    message = "{of} have no entry {key!r}. They have: {known}."


class InvalidTape(QuantumFunctionError, TypeError, ValueError):
    """A tape was made or changed with an object that it cannot hold."""

    reason: str
    remedy: str
    message = "The tape cannot be made like this: {reason}. {remedy}"


class DrawingNotPaid(QuantumFunctionError):
    """A function that is drawn calls a QNode on a paid device."""

    function: str
    device: str
    message = (
        "{function} cannot be drawn: it calls a QNode on {device}, which would be paid for. "
        "Drawings pay nothing. Draw that QNode, or give the function the numbers that it computes."
    )


class InvalidDrawing(QuantumFunctionError, TypeError, ValueError):
    """A drawing was requested with an argument that it cannot use."""

    argument: str
    value: str
    allowed: str
    message = "The circuit cannot be drawn with {argument}={value}. {allowed}"


class InvalidLevel(InvalidDrawing):
    """A circuit was requested at a level that it does not have."""

    message = "A circuit has no {argument} {value}. {allowed}"


class TransformError(QuantumFunctionError, TypeError, ValueError):
    """A transform cannot be applied to this circuit, or with these options."""

    transform: str
    reason: str
    remedy: str
    message = "{transform} cannot be applied: {reason}. {remedy}"


class InvalidCondition(QuantumFunctionError, TypeError, ValueError):
    """A condition of a noise model was given something that it cannot compare or combine."""

    condition: str
    reason: str
    remedy: str
    message = "{condition} cannot be used in a condition: {reason}. {remedy}"


class InvalidNoiseModel(QuantumFunctionError, TypeError, ValueError):
    """A noise model has a condition or a noise function that cannot be used."""

    part: str
    reason: str
    remedy: str
    message = "A noise model cannot have {part}: {reason}. {remedy}"


class InvalidSnapshot(QuantumFunctionError, TypeError, ValueError):
    """A snapshot was given something that it cannot measure or be named by."""

    argument: str
    value: str
    allowed: str
    message = "A snapshot cannot have {argument}={value}. {allowed}"


class InvalidLayer(QuantumFunctionError, TypeError, ValueError):
    """A quantum function, with the given weights, cannot be a layer of a network."""

    function: str
    reason: str
    remedy: str
    message = "{function} cannot be a layer: {reason}. {remedy}"


class CircuitNotFound(QuantumFunctionError, ValueError):
    """The quantum function of a saved layer cannot be restored."""

    function: str
    reason: str
    key: str
    message = (
        "The layer of the quantum function {function} cannot be loaded: {reason}. Give "
        "keras.models.load_model custom_objects that have the QNode under the key {key!r}."
    )


class DuplicateWires(WireError):
    """The same wire is named twice where wires have to differ."""

    wires: Collection[object]
    what: str
    message = (
        "{what} names a wire twice: [{wires}]. Its wires have to differ. Remove the repetition."
    )


class TooManyWires(WireError, DeviceError):
    """The circuit needs more wires than the device has."""

    device: str
    needed: int
    available: int
    advice: str
    message = (
        "The circuit uses {needed} wires, {device} has {available}. "
        "Use fewer wires, or choose a larger device.{advice}"
    )


class TooMuchMemory(DeviceError, MemoryError):
    """A simulation would exceed the available memory, or the memory limit."""

    wires: int
    needed_gib: float
    allowed_gib: float
    advice: str
    message = (
        "A simulation of {wires} wires needs {needed_gib:.3g} GiB here, and {allowed_gib:.3g} GiB "
        "may be taken. Use fewer wires or rows, single precision (qg.device('local?"
        "precision=single')), or another machine; the option memory_gib sets the limit."
        "{advice}"
    )


class UnknownWires(WireError, DeviceError):
    """The circuit uses wire labels that the device was not given."""

    device: str
    unknown: Collection[object]
    known: Collection[object]
    message = (
        "The circuit uses the wires [{unknown}], which {device} does not have. "
        "Its wires are [{known}]. Use these labels, or make the device with other wires."
    )


class UnsupportedOperation(DeviceError):
    """The device lacks a gate, and the gate does not decompose into gates of the device."""

    device: str
    operation: str
    supported: Collection[str]
    message = (
        "{device} cannot run {operation}, and it does not decompose into gates that the device "
        "has: {supported}. Write the circuit with these gates, or choose another device."
    )


class UnsupportedChannel(DeviceError):
    """The device, or the language of a written circuit, has no noise channels."""

    device: str
    operation: str
    message = (
        "{device} has no {operation}, a noise channel after which the state is mixed. Run the "
        "circuit on qg.device('local'), which simulates density matrices, or leave the channel out."
    )


class NoGateOfChannel(QuantumFunctionError, DeviceError):
    """A noise channel has no inverse, root or controlled form that a circuit could apply."""

    operation: str
    message = (
        "{operation} cannot be applied: a noise channel has no inverse, root or controlled form. "
        "Apply the channel itself."
    )


class NotUnitary(QuantumFunctionError, DeviceError):
    """An operator that is not a gate was left among the operations of a circuit."""

    operation: str
    wires: Collection[object]
    message = (
        "{operation} on the wires [{wires}] cannot be applied as a gate: observables, sums and "
        "multiples of operators are in general not unitary. Gates can be applied, and Pauli words "
        "with a factor of modulus 1. Measure the operator, for example with qg.expval, or apply "
        "qg.evolve(operator, t), that is exp(-i t operator)."
    )


class CompilationFailed(DeviceError):
    """The vendor's compiler cannot transpile the circuit to the gates of the device."""

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
    """A density matrix of this many wires is not reconstructed from measurements (tomography)."""

    measurement: str
    wires: int
    most: int
    message = (
        "{measurement} of {wires} wires cannot be reconstructed from measurements, which takes "
        "3**{wires} bases. At most {most} wires are read. Measure fewer wires (a state is of all, "
        "density_matrix of those it names), or use qg.device('local') with shots=None."
    )

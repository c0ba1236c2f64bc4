"""Circuits of the Braket SDK as quantum functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from braket.circuits import Circuit, Gate, Instruction, Observable, ResultType
from braket.circuits import Noise as BraketNoise
from braket.circuits.compiler_directive import CompilerDirective
from braket.circuits.measure import Measure
from braket.parametric import FreeParameterExpression

from qgate.exceptions import NotACircuit, UnsupportedInstruction, described
from qgate.interchange.angles import Angle, Input
from qgate.interchange.gate_names import GATE_NAMES
from qgate.interchange.imported import ImportedCircuit
from qgate.interchange.inputs import InputSpec
from qgate.interchange.steps import Applied, Gates, Matrix, Measured, Modified, Noise, Step
from qgate.interchange.sympy_angles import angle_of
from qgate.measurements import Measurement, density_matrix, expval, probs, sample, state, var
from qgate.operations.arithmetic import dot, prod
from qgate.operations.fixed import Hadamard, Identity, PauliX, PauliY, PauliZ
from qgate.operations.hermitian import Hermitian
from qgate.operations.operator import Operator
from qgate.recording import paused
from qgate.typing import Nested

NAMES: Mapping[str, str] = {"U": "U", "GPhase": "gphase", "Barrier": "barrier"}
"""Names in ``GATE_NAMES`` that are not those of Braket in small letters."""

OBSERVABLES: Mapping[type, Any] = {
    Observable.X: PauliX,
    Observable.Y: PauliY,
    Observable.Z: PauliZ,
    Observable.H: Hadamard,
    Observable.I: Identity,
}

OF_OBSERVABLES: Mapping[type, Any] = {
    ResultType.Expectation: expval,
    ResultType.Variance: var,
    ResultType.Sample: sample,
}

OF_WIRES: Mapping[type, Any] = {
    ResultType.Probability: probs,
    ResultType.DensityMatrix: density_matrix,
}


def from_braket(circuit: Circuit, measurements: Nested = None) -> ImportedCircuit:
    """Return a circuit of the Braket SDK as a quantum function.

    Its wires are the numbers of the circuit's qubits, ascending. Free parameters are arguments, in
    alphabetical order. What result types ask for is returned.

    Parameters
    ----------
    circuit : braket.circuits.Circuit
    measurements : Measurement or list of Measurement, optional
        What the function returns, in place of what the circuit measures.

    Returns
    -------
    ImportedCircuit
        Quantum function, to be called inside of a QNode, or bound to a device as a QNode.

    Raises
    ------
    NotACircuit
        It is no circuit of Braket.
    UnsupportedInstruction
        It has noise with free parameters, pulses, or a result type that no measurement here stands
        for.

    Examples
    --------
    >>> from braket.circuits import Circuit, FreeParameter
    >>> source = Circuit().rx(0, 2 * FreeParameter("theta"))
    >>> circuit = qg.QNode(qg.from_braket(source, qg.expval(qg.Z(0))), "local")
    >>> round(float(circuit(0.15)), 4)
    0.9553
    """
    if not isinstance(circuit, Circuit):
        given, remedy = described(circuit)[:80], "Give a braket.circuits.Circuit."
        raise NotACircuit(given=given, what="circuit of Braket", remedy=remedy)
    labels = tuple(sorted(map(int, circuit.qubits)))
    names = sorted(parameter.name for parameter in circuit.parameters)
    inputs = {name: Input(name) for name in names}
    places = {label: place for place, label in enumerate(labels)}
    steps: list[Step] = []
    bits = 0
    for number, item in enumerate(circuit.instructions):
        if isinstance(item.operator, Measure):
            qubits = [places[int(qubit)] for qubit in item.target]
            steps += [Measured(qubit, bits + place) for place, qubit in enumerate(qubits)]
            bits += len(qubits)
        else:
            steps += _gates(item, places, inputs, number)
    results = [found for kind in circuit.result_types for found in _results(kind, labels)]
    if measurements is None and results:
        measurements = results if len(results) > 1 else results[0]
    specs = tuple(map(InputSpec, names))
    return ImportedCircuit(tuple(steps), labels, specs, measurements)


def _free(noise: BraketNoise) -> bool:
    """Return whether a channel has a free parameter."""
    return any(isinstance(p, FreeParameterExpression) for p in getattr(noise, "parameters", ()))


def _gates(
    item: Instruction, places: Mapping[int, int], inputs: Mapping[str, Input], number: int
) -> tuple[Gates, ...]:
    """Return an instruction as steps."""
    operator = item.operator
    name = NAMES.get(operator.name, operator.name.lower())
    qubits = tuple(places[int(qubit)] for qubit in item.target)
    found: tuple[Gates, ...]
    if isinstance(operator, Gate.Unitary):
        found = (Matrix(np.asarray(operator.to_matrix(), dtype=complex), qubits),)
    elif isinstance(operator, Gate | CompilerDirective) and name in GATE_NAMES:
        angles = [_angle(value, inputs) for value in getattr(operator, "parameters", ())]
        found = (Applied(name, tuple(angles), qubits),)
    elif isinstance(operator, BraketNoise) and not _free(operator):
        found = (Noise(np.array(operator.to_matrix(), dtype=complex), qubits),)
    elif isinstance(operator, CompilerDirective) and "VerbatimBox" in operator.name:
        return ()
    else:
        _refuse(operator.name, f"instruction {number}", "Noise and pulses cannot be read.")
    if item.power != 1:
        found = (Modified(found, item.power),)
    if item.control:
        controls = tuple(places[int(qubit)] for qubit in item.control)
        found = (Modified(found, 1, controls, tuple(map(bool, item.control_state))),)
    return found


def _angle(value: Any, inputs: Mapping[str, Input]) -> Angle:
    if isinstance(value, FreeParameterExpression):
        return angle_of(value.expression, inputs)
    return float(value)


def _refuse(instruction: str, place: str, remedy: str) -> NoReturn:
    raise UnsupportedInstruction(
        package="Braket", instruction=instruction, place=place, remedy=remedy
    )


def _results(kind: Any, labels: Sequence[int]) -> list[Measurement]:
    """Return what a result type asks for as measurements."""
    if isinstance(kind, ResultType.StateVector):
        return [state()]
    target = list(getattr(kind, "target", None) or ())
    if type(kind) in OF_WIRES:
        return [OF_WIRES[type(kind)](wires=list(map(int, target)) or list(labels))]
    if type(kind) not in OF_OBSERVABLES:
        _refuse(type(kind).__name__, "result type", "Give measurements= of your own.")
    measure = OF_OBSERVABLES[type(kind)]
    with paused():
        observable = kind.observable
        single = observable.qubit_count == 1 and not isinstance(observable, Observable.Sum)
        each = [[label] for label in labels] if single and not target else [target]
        observables = [_observable(observable, wires) for wires in each]
    return [measure(item) for item in observables]


def _observable(observable: Any, wires: Sequence[Any]) -> Operator:
    """Return an observable of Braket on some qubits; a sum has a set of them for each term."""
    if isinstance(observable, Observable.Sum):
        pairs = zip(observable.summands, wires, strict=True)
        terms = [_observable(part, list(qubits)) for part, qubits in pairs]
        return dot([1.0] * len(terms), terms)
    wires = list(map(int, wires))
    if isinstance(observable, Observable.TensorProduct):
        factors, rest = [], wires
        for part in observable.factors:
            count = part.qubit_count
            factors.append(_observable(part, rest[:count]))
            rest = rest[count:]
        found: Operator = prod(*factors)
    elif type(observable) in OBSERVABLES:
        found = OBSERVABLES[type(observable)](*wires)
    else:
        found = Hermitian(np.asarray(observable.to_matrix()), wires=wires)
    return found if observable.coefficient == 1 else found * observable.coefficient

"""Circuits as circuits of the Braket SDK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from braket.circuits import Circuit, FreeParameter, Gate, Instruction, Noise
from braket.circuits.compiler_directives import Barrier

from qgate.devices.braket.gates import GATES, IDENTITY, UNREAD
from qgate.exceptions import QuantumFunctionError
from qgate.interchange.outgoing import Outgoing, kraus_numbers, number, outgoing, writer
from qgate.operations.channels import CHANNELS, Channel
from qgate.operations.mid_measure import MidMeasure
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.tape import Tape
from qgate.transforms.decomposition import GateSet
from qgate.typing import WiresLike

BARRIER = "Barrier"
"""Name of the barrier; without wires it acts on all of them."""

PHASE = "GlobalPhase"
"""Name of the global phase."""

ACCEPTS = GateSet(frozenset(GATES) | UNREAD | {IDENTITY, BARRIER} | frozenset(CHANNELS))

NOISE = {
    "AmplitudeDamping": Noise.AmplitudeDamping,
    "BitFlip": Noise.BitFlip,
    "DepolarizingChannel": Noise.Depolarizing,
    "PhaseDamping": Noise.PhaseDamping,
    "PhaseFlip": Noise.PhaseFlip,
}
"""Channels of Braket with the same parameter; the others are written by Kraus matrices."""


def to_braket(
    circuit: Any,
    wires: WiresLike | None = None,
    rotations: bool = True,
    measure_all: bool = False,
) -> Any:
    """Return a circuit as a ``Circuit`` of the Braket SDK.

    Qubit ``i`` is the wire ``i`` of ``wires``. An argument of the quantum function that is a text
    becomes a ``FreeParameter`` of that name. A circuit without measured wires has no ``measure``,
    so that result types can be added; Braket then measures all qubits.

    Parameters
    ----------
    circuit : QNode, quantum function or QuantumScript
    wires : wires, optional
        The wire of each qubit; default those of the circuit, in order of appearance.
    rotations : bool
        Whether to rotate to the eigenbases of the observables before measuring.
    measure_all : bool
        Whether to measure all wires, or only those of the circuit's measurements.

    Returns
    -------
    braket.circuits.Circuit, or function
        For a QNode or function: a function of its arguments that returns the circuit.

    Raises
    ------
    QuantumFunctionError
        The circuit has batches, measurements in its middle, or observables without a common basis;
        a channel has more than two wires; or Braket refuses the name of a free parameter.
    UnsupportedOperation
        A gate cannot be decomposed.

    Examples
    --------
    >>> def circuit(x):
    ...     qg.RX(2 * x, wires="a")
    >>> qg.to_braket(circuit)("theta").instructions[0].operator
    Rx('angle': 2.0*theta, 'qubit_count': 1)
    """

    def write(tape: Tape, symbols: tuple[str, ...]) -> Circuit:
        if any(isinstance(operation, MidMeasure) for operation in tape.operations):
            raise QuantumFunctionError(
                "A circuit of the Braket SDK has no measurements with conditions in its middle. "
                "Write OpenQASM, qg.to_qasm3(..., dialect='braket'), or use "
                "qg.defer_measurements first."
            )
        return _circuit(
            outgoing(
                tape,
                symbols,
                ACCEPTS,
                wires=wires,
                rotations=rotations,
                measure_all=measure_all,
                target="Braket",
            )
        )

    return writer(circuit, write)


def _circuit(source: Outgoing) -> Circuit:
    phases = [item for item in source.operations if item.name == PHASE]
    gates = [item for item in source.operations if item.name != PHASE]
    circuit = Circuit([part for item in gates for part in _instructions(item, source)])
    if phases:  # as one: the SDK (1.127) loses some of several global phases
        total = sum(item.parameters[0] for item in phases) * -1.0
        circuit.gphase(_parameter(total, source.symbols))
    idle = [place for place in range(len(source.wires)) if place not in circuit.qubits]
    for place in idle:  # a qubit without a gate would not be part of the circuit
        circuit.i(place)
    if source.measured:
        circuit.measure(list(source.wires.indices(source.measured)))
    return circuit


def _instructions(operation: Operator, source: Outgoing) -> list[Instruction]:
    qubits = list(source.wires.indices(operation.wires))
    parameters = [_parameter(value, source.symbols) for value in operation.parameters]
    if operation.name == BARRIER:
        return [Instruction(Barrier(qubits or list(range(len(source.wires)))))]
    if operation.name == IDENTITY:
        return [Instruction(Gate.I(), [qubit]) for qubit in qubits]
    if isinstance(operation, Channel):
        return [Instruction(_noise(operation, parameters), qubits)]
    return [Instruction(getattr(Gate, GATES[operation.name])(*parameters), qubits)]


def _noise(channel: Channel, parameters: Sequence[Any]) -> Noise:
    """Return a channel by its name, or by Kraus matrices outside of the range of Braket's."""
    if channel.name in NOISE:
        try:
            return NOISE[channel.name](*parameters)
        except ValueError:  # for example a probability above 1/2
            pass
    try:
        return Noise.Kraus([np.asarray(matrix) for matrix in kraus_numbers(channel, "Braket")])
    except ValueError as error:
        raise QuantumFunctionError(
            f"{channel.name} on {len(channel.wires)} wires cannot be written for Braket: {error} "
            "Write it as channels of one or two wires."
        ) from error


def _parameter(value: Any, symbols: tuple[str, ...]) -> Any:
    """Return an angle as a number or an expression of free parameters; a matrix unchanged."""
    if not isinstance(value, Affine):
        return value if getattr(value, "ndim", 0) else number(value)
    total: Any = value.offset
    for slot, factor in value.terms:
        try:
            parameter = FreeParameter(symbols[slot])
        except ValueError as error:
            raise QuantumFunctionError(
                f"{symbols[slot]!r} cannot be the name of a free parameter of Braket: {error} "
                "Choose another name."
            ) from error
        term = parameter if factor == 1.0 else factor * parameter
        total = term if isinstance(total, float) and not total else total + term
    return total

"""Compiled circuits of Qiskit as circuits for an emulation, and the calibration of a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from qiskit.circuit import Barrier, CircuitInstruction, Measure, Parameter, ParameterExpression
from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from qgate.devices.emulation.calibration import Calibration, Confusion, Qubits, averages
from qgate.devices.emulation.native_circuit import NativeCircuit, NativeGate
from qgate.devices.qiskit.compile import (
    MOST_PROGRAMS,
    Compiler,
    Program,
)
from qgate.devices.qiskit.instruction_names import NAMES
from qgate.exceptions import UnsupportedInstruction
from qgate.interchange.gate_names import GATE_NAMES
from qgate.operations.operator import Operator
from qgate.operations.slots import Affine
from qgate.recording import paused
from qgate.sweep import Sweep

READOUT = "measure"
CONFUSION = ("prob_meas1_prep0", "prob_meas0_prep1")
"""Attributes with the two errors of a readout, which some targets have beside their average."""


def native_circuits(compiler: Compiler, sweeps: Sequence[Sweep]) -> list[NativeCircuit]:
    """Return the circuit that a device with this compiler sends for each sweep, with free angles.

    Raises
    ------
    CompilationFailed, UnsupportedInstruction
    """
    return [native_circuit(program) for program in compiler.placed(sweeps)[1]]


@lru_cache(maxsize=MOST_PROGRAMS)
def native_circuit(program: Program) -> NativeCircuit:
    """Return a transpiled circuit with free angles, without its readouts.

    Raises
    ------
    UnsupportedInstruction
        It has an instruction that cannot be emulated, such as a measurement in its middle.
    """
    circuit = program.circuit
    columns = {parameter: column for column, parameter in enumerate(program.parameters)}
    qubits = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    with paused():
        gates = tuple(
            _gate(item, tuple(qubits[qubit] for qubit in item.qubits), columns)
            for item in circuit.data
            if not isinstance(item.operation, Measure)
        )
    places = program.places or {wire: place for place, wire in enumerate(program.wires)}
    return NativeCircuit(gates, places, len(columns), program.values)


def _gate(item: CircuitInstruction, qubits: Qubits, columns: Mapping[Parameter, int]) -> NativeGate:
    operation = item.operation
    if isinstance(operation, Barrier):
        return NativeGate("barrier", qubits)
    name = NAMES.get(operation.base_class)
    if name is None:
        raise UnsupportedInstruction(
            package="Qiskit",
            instruction=repr(operation.name),
            place="the compiled circuit",
            remedy="An emulation has gates only, and measures at the end.",
        )
    angles = [_angle(value, columns) for value in operation.params]
    made = GATE_NAMES[name].make(*angles, wires=qubits)
    return NativeGate(
        operation.name, qubits, (made,) if isinstance(made, Operator) else tuple(made)
    )


def _angle(value: Any, columns: Mapping[Parameter, int]) -> Affine | float:
    """Return an angle as a function of slots; the transpiler only adds and scales angles."""
    if not isinstance(value, ParameterExpression) or not value.parameters:
        return float(value)
    terms = {columns[each]: float(value.gradient(each)) for each in value.parameters}
    return Affine.from_terms(terms, float(value.bind(dict.fromkeys(value.parameters, 0.0))))


def target_calibration(target: Target, *, source: str = "", date: str = "") -> Calibration:
    """Return the errors, durations and coherence times that a target states.

    Parameters
    ----------
    target : qiskit.transpiler.Target
    source, date : str
        Origin of the numbers, and their date.
    """
    errors: dict[Qubits, dict[str, float]] = {}
    durations: dict[Qubits, dict[str, float]] = {}
    readout: dict[int, Confusion] = {}
    for name, properties in target.items():
        for qubits, facts in (properties or {}).items():
            if qubits is None or facts is None:
                continue
            if name == READOUT:
                readout[qubits[0]] = _confusion(facts)
                continue
            errors.setdefault(qubits, {})[name] = facts.error or 0.0
            durations.setdefault(qubits, {})[name] = facts.duration or 0.0
    coherent = dict(enumerate(target.qubit_properties or ()))
    return Calibration(
        errors=errors,
        readout=readout,
        means=averages(_with_errors(errors), readout.values()),
        durations_s=durations,
        t1_s={qubit: facts.t1 for qubit, facts in coherent.items() if facts and facts.t1},
        t2_s={qubit: facts.t2 for qubit, facts in coherent.items() if facts and facts.t2},
        source=source,
        date=date,
    )


def backend_calibration(backend: BackendV2) -> Calibration | None:
    """Return the calibration of a backend, with the date of its properties; None: it has none."""
    properties = backend.properties() if callable(getattr(backend, "properties", None)) else None
    updated = getattr(properties, "last_update_date", None)
    date = updated.date().isoformat() if isinstance(updated, datetime) else ""
    found = target_calibration(backend.target, source=f"target of {backend.name}", date=date)
    return found if found.means else None


def _confusion(facts: Any) -> Confusion:
    if all(getattr(facts, name, None) is not None for name in CONFUSION):
        zero_as_one, one_as_zero = (float(getattr(facts, name)) for name in CONFUSION)
        return zero_as_one, one_as_zero
    return (facts.error or 0.0,) * 2


def _with_errors(errors: Mapping[Qubits, Mapping[str, float]]) -> dict[Qubits, dict[str, float]]:
    """Return the gates that have an error at all: virtual ones say nothing about the others."""
    kept = {
        qubits: {name: value for name, value in found.items() if value}
        for qubits, found in errors.items()
    }
    return {qubits: found for qubits, found in kept.items() if found}

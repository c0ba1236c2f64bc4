"""Compiled circuits of Qiskit as plain data, with the calibration of the backend's target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp
from qiskit.transpiler import InstructionProperties, Target

from qgate.devices.compiled import CompiledCircuit, NativeOperation
from qgate.devices.qiskit.compile import Compiler
from qgate.sweep import Sweep
from qgate.typing import Wire
from qgate.wires import Wires

Places = Mapping[Any, int]
"""Number of each qubit or classical bit."""


def compiled(compiler: Compiler, sweeps: Sequence[Sweep]) -> list[CompiledCircuit]:
    """Return the circuits that a device with this compiler sends for sweeps.

    Parameters
    ----------
    compiler : Compiler
        The device's own, so that circuits that are sent later are not transpiled again.
    sweeps : sequence of Sweep
    """
    fixed, programs = compiler.placed(sweeps)
    target, name = compiler.target, compiler.backend.name
    found = []
    for program, sweep in zip(programs, fixed, strict=True):
        operations = tuple(_operations(program.bound(sweep.rows[0]), target))
        known = any(each.error is not None for each in operations)
        found.append(
            CompiledCircuit(
                operations,
                tuple((program.places or _in_order(program.wires)).items()),
                f"compiled by Qiskit for {name}",
                f"target of {name}" if known else "",
            )
        )
    return found


def _operations(circuit: QuantumCircuit, target: Target) -> list[NativeOperation]:
    qubits = {qubit: place for place, qubit in enumerate(circuit.qubits)}
    bits = {bit: place for place, bit in enumerate(circuit.clbits)}
    return list(_within(circuit, qubits, bits, target))


def _within(
    circuit: QuantumCircuit, qubits: Places, bits: Places, target: Target
) -> Iterator[NativeOperation]:
    """Yield the operations of a circuit, or of the branch of a condition, on physical qubits."""
    for item in circuit.data:
        on = tuple(qubits[qubit] for qubit in item.qubits)
        classical = tuple(bits[bit] for bit in item.clbits)
        if isinstance(item.operation, ControlFlowOp):
            for block in item.operation.blocks:
                inner = dict(zip(block.qubits, on, strict=True))
                outer = dict(zip(block.clbits, classical, strict=True))
                for part in _within(block, inner, outer, target):
                    yield replace(part, bits=tuple(dict.fromkeys((*part.bits, *classical))))
            continue
        facts = _facts(target, item.operation.name, on)
        yield NativeOperation(
            item.operation.name,
            tuple(float(value) for value in item.operation.params if isinstance(value, Real)),
            on,
            getattr(facts, "error", None),
            getattr(facts, "duration", None),
            classical,
        )


def _in_order(wires: Wires) -> dict[Wire, int]:
    """Return the qubit of each wire of a circuit that needed no layout."""
    return {wire: place for place, wire in enumerate(wires)}


def _facts(target: Target, name: str, qubits: tuple[int, ...]) -> InstructionProperties | None:
    """Return error and duration of an instruction; None: the target does not state them."""
    if name not in target.operation_names:
        return None
    return (target[name] or {}).get(qubits)

"""Circuits of Qiskit as quantum functions."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, qpy
from qiskit.circuit import (
    AnnotatedOperation,
    BoxOp,
    Clbit,
    ControlledGate,
    ControlModifier,
    Delay,
    ForLoopOp,
    IfElseOp,
    InverseModifier,
    ParameterExpression,
    SwitchCaseOp,
)
from qiskit.circuit import library as gates
from qiskit.circuit.classical import expr
from qiskit.circuit.controlflow import CASE_DEFAULT
from qiskit.exceptions import QiskitError

from qgate.devices.qiskit.instruction_names import NAMES
from qgate.exceptions import NotACircuit, UnsupportedInstruction, described
from qgate.interchange.angles import Angle, Input
from qgate.interchange.conditions import Bit, Condition, applied, register_value
from qgate.interchange.imported import ImportedCircuit
from qgate.interchange.inputs import InputSpec
from qgate.interchange.steps import (
    Applied,
    Branch,
    Matrix,
    Measured,
    Modified,
    Noise,
    Reset,
    Step,
    touched,
)
from qgate.interchange.sympy_angles import angle_of
from qgate.typing import Nested

MOST_LEVELS = 60
"""Maximum nesting of definitions."""


def from_qiskit(quantum_circuit: QuantumCircuit, measurements: Nested = None) -> ImportedCircuit:
    """Return a circuit of Qiskit as a quantum function.

    Wire ``i`` is qubit ``i``. Parameters are arguments, in Qiskit's order; a ``ParameterVector`` is
    one argument. Measurements, resets and conditions in the middle of the circuit are kept.

    Parameters
    ----------
    quantum_circuit : QuantumCircuit
    measurements : Measurement or list of Measurement, optional
        What the function returns, in place of what the circuit measures.

    Returns
    -------
    ImportedCircuit
        Quantum function, to be called inside of a QNode, or bound to a device as a QNode.

    Raises
    ------
    NotACircuit
        It is no circuit of Qiskit.
    UnsupportedInstruction
        It has an instruction that no circuit here can hold.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import Parameter
    >>> source = QuantumCircuit(1)
    >>> _ = source.rx(2 * Parameter("theta"), 0)
    >>> circuit = qg.QNode(qg.from_qiskit(source, qg.expval(qg.Z(0))), "local")
    >>> round(float(circuit(0.15)), 4)
    0.9553
    """
    if not isinstance(quantum_circuit, QuantumCircuit):
        raise NotACircuit(
            given=described(quantum_circuit)[:80],
            what="circuit of Qiskit",
            remedy="Give a qiskit.QuantumCircuit.",
        )
    reader = _Reader(quantum_circuit)
    qubits, bits = range(quantum_circuit.num_qubits), range(quantum_circuit.num_clbits)
    reader.circuit(quantum_circuit, qubits, bits)
    return ImportedCircuit(
        tuple(reader.steps),
        tuple(qubits),
        _inputs(quantum_circuit),
        measurements,
        quantum_circuit.name,
    )


def from_qpy(path: str | os.PathLike[str], measurements: Nested = None) -> ImportedCircuit:
    """Return the circuit in a file of Qiskit (QPY) as a quantum function.

    Parameters
    ----------
    path : str or path
    measurements : Measurement or list of Measurement, optional
        As for ``from_qiskit``.

    Raises
    ------
    NotACircuit
        The file cannot be read, or has another number of circuits than one.
    UnsupportedInstruction
        As for ``from_qiskit``.
    """
    what = "file with one circuit of Qiskit"
    try:
        with open(path, "rb") as file:
            circuits = qpy.load(file)
    except (OSError, QiskitError, ValueError, struct.error) as error:
        remedy = f"Reading it failed: {error}"
        raise NotACircuit(given=described(str(path)), what=what, remedy=remedy) from error
    if len(circuits) != 1:
        remedy = f"It has {len(circuits)}. Load them with qiskit.qpy.load, and choose one."
        raise NotACircuit(given=described(str(path)), what=what, remedy=remedy)
    return from_qiskit(circuits[0], measurements)


def _inputs(circuit: QuantumCircuit) -> tuple[InputSpec, ...]:
    found: dict[str, InputSpec] = {}
    for parameter in circuit.parameters:
        vector = getattr(parameter, "vector", None)
        name = parameter.name if vector is None else vector.name
        found[name] = InputSpec(name, None if vector is None else len(vector))
    return tuple(found.values())


def _input(parameter: Any) -> Input:
    vector = getattr(parameter, "vector", None)
    return Input(parameter.name) if vector is None else Input(vector.name, parameter.index)


@dataclass(slots=True)
class _Reader:
    """Reader of one circuit."""

    whole: QuantumCircuit
    steps: list[Step] = field(default_factory=list)
    in_branch: bool = False
    place: str = ""
    frame: Any = None
    """The block that is being read, and the number of each of its bits."""

    def circuit(
        self, circuit: QuantumCircuit, qubits: Sequence[int], bits: Sequence[int], level: int = 0
    ) -> None:
        """Read a circuit whose qubits and bits are those of the whole circuit."""
        if level > MOST_LEVELS:
            self._refuse("an instruction that is defined by itself", "Define it by other gates.")
        outer, self.frame = self.frame, (circuit, bits)
        if circuit.global_phase != 0:
            self.steps.append(Applied("gphase", (self._angle(circuit.global_phase),), ()))
        for number, item in enumerate(circuit.data):
            if level == 0 and circuit is self.whole:
                self.place = f"instruction {number}"
            self.instruction(
                item.operation,
                [qubits[circuit.find_bit(qubit).index] for qubit in item.qubits],
                [bits[circuit.find_bit(bit).index] for bit in item.clbits],
                level,
            )
        self.frame = outer

    def instruction(
        self, operation: Any, qubits: Sequence[int], bits: Sequence[int], level: int
    ) -> None:
        """Read an instruction."""
        kind = operation.base_class if hasattr(operation, "base_class") else type(operation)
        rule = _RULES.get(kind)
        if rule is not None:
            rule(self, operation, qubits, bits, level)
        elif kind in NAMES and _is_plain(operation):
            angles = tuple(map(self._angle, operation.params)) if kind is not gates.Barrier else ()
            self.steps.append(Applied(NAMES[kind], angles, tuple(qubits)))
        elif isinstance(operation, ControlledGate):
            self._controlled(operation, qubits, level)
        elif operation.name == "kraus":
            kraus = np.array([np.asarray(matrix) for matrix in operation.params], dtype=complex)
            self.steps.append(Noise(kraus, tuple(qubits[::-1])))
        elif getattr(operation, "definition", None) is not None:
            self.circuit(operation.definition, qubits, bits, level + 1)
        elif hasattr(operation, "to_matrix"):
            self.steps.append(Matrix(np.asarray(operation.to_matrix()), tuple(qubits[::-1])))
        else:
            self._refuse(f"{operation.name!r}", "Remove it, or replace it by gates.")

    def _refuse(self, instruction: str, remedy: str) -> None:
        raise UnsupportedInstruction(
            package="Qiskit", instruction=instruction, place=self.place, remedy=remedy
        )

    def _angle(self, value: Any) -> Angle:
        if not isinstance(value, ParameterExpression):
            return float(value)
        free = list(value.parameters)
        if not free:
            return float(value)
        if value == free[0]:
            return _input(free[0])
        return angle_of(value.sympify(), {item.name: _input(item) for item in free})

    def _block(self, read: Callable[[], None]) -> tuple[Any, ...]:
        """Return the steps that ``read`` adds."""
        outer, self.steps = self.steps, []
        read()
        found, self.steps = tuple(self.steps), outer
        return found

    # Gates ---------------------------------------------------------------------------

    def _matrix(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        self.steps.append(Matrix(np.asarray(operation.to_matrix()), tuple(qubits[::-1])))

    def _controlled(self, operation: ControlledGate, qubits: Sequence[int], level: int) -> None:
        count, state = operation.num_ctrl_qubits, operation.ctrl_state
        inner = self._block(
            lambda: self.instruction(operation.base_gate, qubits[count:], [], level + 1)
        )
        self.steps.append(Modified(inner, 1, tuple(qubits[:count]), _values(count, state)))

    def _annotated(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        controls: list[tuple[Sequence[int], tuple[bool, ...]]] = []
        for modifier in reversed(operation.modifiers):  # the last one has the first qubits
            if isinstance(modifier, ControlModifier):
                count = modifier.num_ctrl_qubits
                controls.append((qubits[:count], _values(count, modifier.ctrl_state)))
                qubits = qubits[count:]
        inner = self._block(lambda: self.instruction(operation.base_op, qubits, [], level + 1))
        for modifier in operation.modifiers:
            if isinstance(modifier, ControlModifier):
                chosen, values = controls.pop()
                inner = (Modified(inner, 1, tuple(chosen), values),)
            elif isinstance(modifier, InverseModifier):
                inner = (Modified(inner, -1),)
            else:
                inner = (Modified(inner, modifier.power),)
        self.steps += inner

    # Measurements and control flow ---------------------------------------------------

    def _measure(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        self._refuse_in_branch("a measurement that depends on an outcome")
        self.steps.append(Measured(qubits[0], bits[0]))

    def _reset(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        self._refuse_in_branch("a reset that depends on an outcome")
        if any(qubits[0] in touched(step) for step in self.steps):
            self.steps.append(Reset(qubits[0]))

    def _refuse_in_branch(self, what: str) -> None:
        if self.in_branch:
            self._refuse(what, "Only gates can be conditional.")

    def _conditional(
        self, block: QuantumCircuit | None, qubits: Sequence[int], bits: Sequence[int], level: int
    ) -> tuple[Any, ...]:
        if block is None:
            return ()
        outer, self.in_branch = self.in_branch, True
        found = self._block(lambda: self.circuit(block, qubits, bits, level + 1))
        self.in_branch = outer
        return found

    def _if(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        then, otherwise = (
            self._conditional(block, qubits, bits, level) for block in (*operation.blocks, None)[:2]
        )
        self.steps.append(Branch(self._condition(operation.condition), then, otherwise))

    def _switch(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        target = self._value(operation.target)
        earlier: Condition = 0
        for labels, block in operation.cases_specifier():
            default = CASE_DEFAULT in labels
            equal = [applied("==", target, label) for label in labels if label is not CASE_DEFAULT]
            found = _any(equal)
            chosen = applied("!", earlier) if default else found
            steps = self._conditional(block, qubits, bits, level)
            self.steps.append(Branch(chosen, steps))
            earlier = applied("||", earlier, found) if equal else earlier

    def _loop(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        indices, parameter, body = operation.params
        for index in indices:
            bound = body if parameter is None else body.assign_parameters({parameter: index})
            self.circuit(bound, qubits, bits, level + 1)

    def _box(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        if operation.duration is not None:
            self._refuse("a box with a duration", "Leave the duration out.")
        self.circuit(operation.body, qubits, bits, level + 1)

    def _delay(self, operation: Any, qubits: Sequence[int], bits: Any, level: int) -> None:
        self._refuse("a delay", "Remove it: circuits here have no times.")

    def _condition(self, condition: Any) -> Condition:
        if isinstance(condition, expr.Expr):
            return self._value(condition)
        target, value = condition
        return applied("==", self._value(target), int(value))

    def _bit(self, bit: Clbit) -> int:
        """Return the number in the whole circuit of a bit of the block that is being read."""
        circuit, bits = self.frame
        number: int = bits[circuit.find_bit(bit).index]
        return number

    def _value(self, target: Any) -> Condition:
        """Return a bit, register or expression of Qiskit as a condition."""
        if isinstance(target, Clbit):
            return Bit(self._bit(target))
        if isinstance(target, expr.Var):
            return self._value(target.var)
        if isinstance(target, expr.Value):
            return int(target.value)
        if isinstance(target, expr.Cast):
            return self._value(target.operand)
        if isinstance(target, expr.Unary):
            return applied("!", self._value(target.operand))
        if isinstance(target, expr.Binary) and target.op.name in _SYMBOLS:
            pair = self._value(target.left), self._value(target.right)
            return applied(_SYMBOLS[target.op.name], *pair)
        if isinstance(target, ClassicalRegister):
            return register_value([self._bit(bit) for bit in target])
        self._refuse(f"the condition {target!r}", "Use bits, registers and comparisons.")
        return None


def _any(conditions: Sequence[Condition]) -> Condition:
    found: Condition = 0
    for condition in conditions:
        found = applied("||", found, condition) if found != 0 else condition
    return found


def _is_plain(operation: Any) -> bool:
    """Return whether a gate has no control on the value 0."""
    count = getattr(operation, "num_ctrl_qubits", 0)
    return not count or operation.ctrl_state == 2**count - 1


def _values(count: int, state: int) -> tuple[bool, ...]:
    """Return the value of each control; the first is the least significant bit of the state."""
    return tuple(bool(state >> place & 1) for place in range(count))


_SYMBOLS: Mapping[str, str] = {
    "BIT_AND": "&",
    "BIT_OR": "|",
    "BIT_XOR": "^",
    "LOGIC_AND": "&&",
    "LOGIC_OR": "||",
    "EQUAL": "==",
    "NOT_EQUAL": "!=",
    "LESS": "<",
    "LESS_EQUAL": "<=",
    "GREATER": ">",
    "GREATER_EQUAL": ">=",
}

_RULES: Mapping[type, Callable[[_Reader, Any, Sequence[int], Any, int], None]] = {
    gates.UnitaryGate: _Reader._matrix,
    AnnotatedOperation: _Reader._annotated,
    gates.Measure: _Reader._measure,
    gates.Reset: _Reader._reset,
    IfElseOp: _Reader._if,
    SwitchCaseOp: _Reader._switch,
    ForLoopOp: _Reader._loop,
    BoxOp: _Reader._box,
    Delay: _Reader._delay,
}

"""Reading of OpenQASM 2 and 3: the syntax tree of a program to the steps of a circuit.

The parser is ``openqasm3``, whose grammar covers OpenQASM 2 as well. Definitions of gates,
registers and modifiers are expanded here; control flow is in ``qasm_control.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from openqasm3 import ast

from qgate.exceptions import TooLarge, UnsupportedQasm, suggest
from qgate.interchange.angles import Angle, Input
from qgate.interchange.gate_names import GATE_NAMES
from qgate.interchange.inputs import InputSpec
from qgate.interchange.pragmas import Results, read_pragma
from qgate.interchange.qasm_bits import assign_bits, declare_bits, forget_values, new_bits
from qgate.interchange.qasm_control import CONTROL, Leaves, call
from qgate.interchange.qasm_definitions import define
from qgate.interchange.qasm_values import (
    CALLS,
    INTEGER_CALLS,
    Bits,
    InputArray,
    Register,
    Scope,
    Value,
    invalid,
    kind_of,
    unsupported,
)
from qgate.interchange.steps import Applied, Gates, Measured, Modified, Reset, Step, touched
from qgate.sizes import check_size

LIBRARIES = frozenset({"stdgates.inc", "qelib1.inc", "stdgates.qasm"})
"""Files whose gates are built in."""

VERSIONS = frozenset({None, "2", "2.0", "3", "3.0", "3.1"})

READ = "Gates, registers, measurements, resets, inputs, variables and control flow are read."


@dataclass(slots=True)
class Reader:
    """Reader of one program; ``read`` fills it.

    Parameters
    ----------
    outermost, scope : Scope
        Global names, and those where the reader is.
    steps : list of Step
    qubits : list of str
        Name of each qubit: ``q[0]``, or ``q`` where it was declared without a size.
    inputs : list of InputSpec
    num_bits : int
    definitions : dict
        Gates that the program defines.
    results : list
        Measurements that pragmas of Braket ask for.
    """

    outermost: Scope
    scope: Scope
    steps: list[Step] = field(default_factory=list)
    qubits: list[str] = field(default_factory=list)
    inputs: list[InputSpec] = field(default_factory=list)
    num_bits: int = 0
    definitions: dict[str, ast.QuantumGateDefinition] = field(default_factory=dict)
    subroutines: dict[str, ast.SubroutineDefinition] = field(default_factory=dict)
    level: int = 0
    """Nesting of calls of subroutines."""
    results: Results = field(default_factory=list)
    physical: bool = False
    """Whether qubits are those of a device, ``$0``."""
    shared: set[int] = field(default_factory=set)
    """Bits whose outcomes were copied."""
    in_branch: bool = False
    """Whether a branch is being read that depends on outcomes."""

    @classmethod
    def read(cls, program: ast.Program) -> Reader:
        """Read a parsed program."""
        if program.version not in VERSIONS:
            reason = f"the version {program.version} is unknown"
            raise UnsupportedQasm(
                line=1, column=1, reason=reason, remedy="2.0, 3.0 and 3.1 are read."
            )
        outermost = Scope(old=(program.version or "3").startswith("2"))
        reader = cls(outermost, outermost)
        outermost.call = reader.call
        with suppress(Leaves):  # an end
            for statement in program.statements:
                reader.statement(statement)
        return reader

    def call(self, node: ast.FunctionCall, scope: Scope) -> Value:
        """Return what a subroutine returns."""
        if node.name.name not in self.subroutines:
            known = [*self.subroutines, *CALLS, *INTEGER_CALLS]
            reason = f"{node.name.name!r} is no known function"
            unsupported(node, reason, f"Known are: {', '.join(known)}.")
        return call(self, node, scope)

    def statement(self, node: ast.QASMNode) -> None:
        """Read a statement."""
        rule = _STATEMENTS.get(type(node))
        if rule is None:
            what = _NAMES.get(type(node).__name__, kind_of(node))
            unsupported(node, f"{what} cannot be read", f"{READ} Remove it.")
        try:
            rule(self, node)
        except TooLarge as error:
            reason = f"{error.what} would take {error.count} {error.unit}"
            unsupported(node, reason, f"The limit is {error.most}. {error.remedy}")

    # Declarations ------------------------------------------------------------------

    def declare(self, identifier: ast.Identifier, value: Value, node: ast.QASMNode) -> None:
        """Declare a name, which may not be that of a gate."""
        if identifier.name in self.definitions:
            invalid(node, f"{identifier.name!r} is declared twice", "Choose another name.")
        self.scope.declare(identifier, value, node)

    def _include(self, node: ast.Include) -> None:
        if node.filename not in LIBRARIES:
            unsupported(
                node,
                f"the file {node.filename!r} is not included",
                f"Built in are {', '.join(sorted(LIBRARIES))}. Copy its text into the program.",
            )

    def _qubits(self, node: ast.QubitDeclaration) -> None:
        size = 1 if node.size is None else self.scope.whole(node.size, "the size of a register")
        if size < 1:
            invalid(node, f"a register has the size {size}", "Give a positive size.")
        check_size("A register", size, unit="qubits", remedy="Declare fewer qubits.")
        if self.physical:
            invalid(node, "a register is declared beside qubits of a device", "Use one of them.")
        first, name = len(self.qubits), node.qubit.name
        single = node.size is None
        register = Register(tuple(range(first, first + size)), single)
        self.declare(node.qubit, register, node)
        self.qubits += [name] if single else [f"{name}[{index}]" for index in range(size)]

    def _classical(self, node: ast.ClassicalDeclaration) -> None:
        if isinstance(node.type, ast.BitType):
            declare_bits(self, node, node.type.size, node.init_expression)
            return
        scope, kind = self.scope, node.type
        if isinstance(node.init_expression, ast.QuantumMeasurement):
            declare_bits(self, node, None, node.init_expression)
            return
        found = None if node.init_expression is None else scope.value(node.init_expression)
        if not isinstance(kind, ast.ArrayType):
            found = None if found is None else scope.as_type(found, kind, node)
        self.declare(node.identifier, 0 if found is None else found, node)
        if isinstance(kind, ast.ArrayType):
            scope.check_array(found, kind, node)
        else:
            scope.types[node.identifier.name] = kind

    def _constant(self, node: ast.ConstantDeclaration) -> None:
        value = self.scope.value(node.init_expression)
        self.declare(node.identifier, self.scope.as_type(value, node.type, node), node)
        self.scope.constants.add(node.identifier.name)

    def _input(self, node: ast.IODeclaration) -> None:
        if node.io_identifier is ast.IOKeyword.output:
            size = node.type.size if isinstance(node.type, ast.BitType) else None
            if not isinstance(node.type, ast.BitType):
                unsupported(node, "an output is no bit", "Outputs are bits.")
            declare_bits(self, node, size, None)
            return
        name, kind = node.identifier.name, node.type
        length: int | None = None
        if isinstance(kind, ast.ArrayType) and len(kind.dimensions) == 1:
            length = self.scope.whole(kind.dimensions[0], "the length of an array")
            kind = kind.base_type
        if not isinstance(kind, ast.FloatType | ast.AngleType | ast.IntType | ast.UintType):
            remedy = "float, angle, int, uint and arrays of them with one axis are read."
            unsupported(node, f"the input {name!r} has no type of a number", remedy)
        self.inputs.append(InputSpec(name, length))
        found = Input(name) if length is None else InputArray(name, length)
        self.declare(node.identifier, found, node)

    def _alias(self, node: ast.AliasStatement) -> None:
        self.declare(node.target, self.scope.value(node.value), node)

    def _assignment(self, node: ast.ClassicalAssignment) -> None:
        target = node.lvalue
        identifier = target if isinstance(target, ast.Identifier) else target.name
        found = self.scope.find(identifier.name)
        if isinstance(found, Bits):
            assign_bits(self, node, identifier.name, found)
            return
        is_number = isinstance(target, ast.Identifier) and not isinstance(
            found, Register | InputArray | Input | None
        )
        if not is_number:
            unsupported(node, "the target is no variable for numbers", "Assign to int or float.")
        value = node.rvalue
        if node.op.name != "=":
            symbol = ast.BinaryOperator[node.op.name[:-1]]
            value = ast.BinaryExpression(op=symbol, lhs=identifier, rhs=value)
            value.span = node.span
        self.scope.assign(identifier.name, self.scope.number(value), node)

    # Gates -------------------------------------------------------------------------

    def _gate(self, node: ast.QuantumGate | ast.QuantumPhase) -> None:
        self.steps += self.applied(node, self.scope)

    def applied(self, node: Any, scope: Scope) -> list[Gates]:
        """Return a call of a gate as steps, one for each member of its registers."""
        is_phase = isinstance(node, ast.QuantumPhase)
        name = "gphase" if is_phase else node.name.name
        given = [node.argument] if is_phase else node.arguments
        angles = tuple(scope.number(item) for item in given)
        for item, angle in zip(given, angles, strict=True):
            if isinstance(angle, float) and not isfinite(angle):
                invalid(item, f"an angle is {angle}", "Give a finite number.")
        registers = [self._register(item, scope) for item in node.qubits]
        controls = self._controls(node, scope)
        used = sum(len(values) for values in controls if values is not None)
        rows = self._rows(node, registers)
        if is_phase and len(rows) == 1:  # Braket writes a qubit, which a global phase does not need
            rows = [rows[0][:used]]
        found: list[Gates] = []
        for row in rows:
            if len(set(row)) < len(row):
                invalid(node, f"{name!r} is given a qubit twice", "Give different qubits.")
            inner = self._named(node, name, angles, row[used:], scope)
            found += self._modified(node, inner, row[:used], controls, scope)
        check_size("The circuit", len(self.steps) + len(found), unit="gates", remedy="Use fewer.")
        return found

    def _register(self, node: Any, scope: Scope) -> Register:
        found = scope.value(node)
        if not isinstance(found, Register):
            invalid(node, f"{kind_of(found)} stands where a qubit has to be", "Give a qubit.")
        name = node.name if isinstance(node, ast.Identifier) else ""
        if isinstance(name, str) and name.startswith("$"):
            self._device_qubit(node, found.qubits[0])
        return found

    def _device_qubit(self, node: ast.QASMNode, number: int) -> None:
        if self.qubits and not self.physical:
            invalid(node, "a qubit of a device is used beside registers", "Use one of them.")
        self.physical = True
        self.qubits += [f"${index}" for index in range(len(self.qubits), number + 1)]

    def _rows(self, node: Any, registers: Sequence[Register]) -> list[tuple[int, ...]]:
        """Return the qubits of each application: registers are walked together."""
        sizes = {len(register.qubits) for register in registers if not register.single}
        if len(sizes) > 1:
            invalid(
                node,
                f"registers of the sizes {', '.join(map(str, sorted(sizes)))} stand together",
                "Give registers of one size, and single qubits.",
            )
        count = sizes.pop() if sizes else 1
        return [
            tuple(item.qubits[0 if item.single else at] for item in registers)
            for at in range(count)
        ]

    def _controls(self, node: Any, scope: Scope) -> list[tuple[bool, ...] | None]:
        """Return for each modifier the values of its controls; None for others."""
        found: list[tuple[bool, ...] | None] = []
        for modifier in node.modifiers:
            positive = {"ctrl": True, "negctrl": False}.get(modifier.modifier.name)
            if positive is None:
                found.append(None)
                continue
            count = 1
            if modifier.argument is not None:
                count = scope.whole(modifier.argument, "the number of controls")
            if count < 1:
                invalid(modifier, f"a gate has {count} controls", "Give a positive number.")
            found.append((positive,) * count)
        return found

    def _modified(
        self,
        node: Any,
        inner: Sequence[Gates],
        controls: Sequence[int],
        values: Sequence[tuple[bool, ...] | None],
        scope: Scope,
    ) -> Sequence[Gates]:
        """Return steps with the modifiers of a call; the last one is applied first."""
        end = len(controls)
        for modifier, bits in zip(reversed(node.modifiers), reversed(values), strict=True):
            if bits is not None:
                start = end - len(bits)
                inner = [Modified(tuple(inner), 1, tuple(controls[start:end]), bits)]
                end = start
            elif modifier.modifier.name == "inv":
                inner = [Modified(tuple(inner), -1)]
            else:
                exponent = scope.constant(modifier.argument, "an exponent")
                inner = [Modified(tuple(inner), exponent)]
        return inner

    def _named(
        self, node: Any, name: str, angles: tuple[Angle, ...], qubits: tuple[int, ...], scope: Scope
    ) -> list[Gates]:
        """Return a gate by its name: one that the program defines, or a known one."""
        own = self.definitions.get(name)
        if own is not None:
            self._check_counts(node, name, angles, qubits, len(own.arguments), len(own.qubits))
            return self.expanded(own, angles, qubits)
        known = GATE_NAMES.get(name)
        if known is None:
            names = [*self.definitions, *GATE_NAMES]
            invalid(
                node,
                f"the gate {name!r} is not defined",
                f"Define it with 'gate {name} ... {{ ... }}'.{suggest(name, names)}",
            )
        self._check_counts(node, name, angles, qubits, known.angles, known.qubits)
        return [Applied(name, angles, qubits)]

    def _check_counts(
        self,
        node: Any,
        name: str,
        angles: Sequence[Angle],
        qubits: Sequence[int],
        num_angles: int,
        num_qubits: int | None,
    ) -> None:
        if len(angles) != num_angles:
            reason = f"{name!r} is given {len(angles)} angles"
            invalid(node, reason, f"It takes {num_angles}.")
        if len(qubits) != num_qubits:
            reason = f"{name!r} is given {len(qubits)} qubits besides its controls"
            invalid(node, reason, f"It takes {num_qubits}.")

    def expanded(
        self,
        definition: ast.QuantumGateDefinition,
        angles: tuple[Angle, ...],
        qubits: tuple[int, ...],
    ) -> list[Gates]:
        """Return the body of a defined gate."""
        names: dict[str, Value] = {
            item.name: angle for item, angle in zip(definition.arguments, angles, strict=True)
        }
        for item, qubit in zip(definition.qubits, qubits, strict=True):
            names[item.name] = Register((qubit,), single=True)
        scope = Scope(self.scope.old, names, outer=self.scope)
        found: list[Gates] = []
        for node in definition.body:
            if isinstance(node, ast.QuantumBarrier):
                continue
            if getattr(getattr(node, "name", None), "name", "") == definition.name.name:
                reason = f"the gate {definition.name.name!r} calls itself"
                invalid(node, reason, "Use other gates in its definition.")
            found += self.applied(node, scope)
        return found

    # Other statements on qubits ----------------------------------------------------

    def _barrier(self, node: ast.QuantumBarrier) -> None:
        named = [self._register(item, self.scope).qubits for item in node.qubits]
        qubits = tuple(dict.fromkeys(qubit for register in named for qubit in register))
        self.steps.append(Applied("barrier", (), qubits or tuple(range(len(self.qubits)))))

    def _measurement(self, node: ast.QuantumMeasurementStatement) -> None:
        target = None if node.target is None else self.scope.value(node.target)
        if target is not None and not isinstance(target, Bits):
            invalid(node, f"an outcome is stored in {kind_of(target)}", "Store it in bits.")
        self.measured(node.measure, target, node)

    def measured(
        self, measure: ast.QuantumMeasurement, target: Bits | None, node: ast.QASMNode
    ) -> None:
        """Read a measurement into bits, or without storing its outcomes."""
        qubits = self._register(measure.qubit, self.scope).qubits
        bits: Sequence[int | None] = (None,) * len(qubits) if target is None else target.bits
        if len(bits) != len(qubits):
            invalid(
                node,
                f"{len(qubits)} qubits are measured into {len(bits)} bits",
                "Give registers of one size.",
            )
        self._refuse_in_branch(node, "a measurement")
        if target is not None:
            forget_values(self, target, node)
        self.steps += map(Measured, qubits, bits)

    def _reset(self, node: ast.QuantumReset) -> None:
        self._refuse_in_branch(node, "a reset")
        used = {qubit for step in self.steps for qubit in touched(step)}
        qubits = self._register(node.qubits, self.scope).qubits
        self.steps += [Reset(qubit) for qubit in qubits if qubit in used]

    def _refuse_in_branch(self, node: ast.QASMNode, what: str) -> None:
        if self.in_branch:
            unsupported(node, f"{what} depends on an outcome", "Only gates can be conditional.")

    def _box(self, node: ast.Box) -> None:
        if node.duration is not None:
            unsupported(node, "a box has a duration", "Leave the duration out.")
        for statement in node.body:
            self.statement(statement)

    def _subroutine(self, node: ast.SubroutineDefinition) -> None:
        self.subroutines[node.name.name] = node

    def _expression(self, node: ast.ExpressionStatement) -> None:
        self.scope.value(node.expression)

    def measured_or_value(self, node: Any, statement: ast.QASMNode) -> Value:
        """Return the value of an expression, or the bits of a measurement that stands for one."""
        if not isinstance(node, ast.QuantumMeasurement):
            return self.scope.value(node)
        register = self._register(node.qubit, self.scope)
        bits = new_bits(self, len(register.qubits), single=register.single)
        self.measured(node, bits, statement)
        return bits

    def _pragma(self, node: ast.Pragma) -> None:
        read_pragma(self, node)


_STATEMENTS: Mapping[type, Callable[[Reader, Any], None]] = {
    ast.Include: Reader._include,
    ast.QubitDeclaration: Reader._qubits,
    ast.ClassicalDeclaration: Reader._classical,
    ast.ConstantDeclaration: Reader._constant,
    ast.IODeclaration: Reader._input,
    ast.AliasStatement: Reader._alias,
    ast.ClassicalAssignment: Reader._assignment,
    ast.QuantumGateDefinition: define,
    ast.QuantumGate: Reader._gate,
    ast.QuantumPhase: Reader._gate,
    ast.QuantumBarrier: Reader._barrier,
    ast.QuantumMeasurementStatement: Reader._measurement,
    ast.QuantumReset: Reader._reset,
    ast.SubroutineDefinition: Reader._subroutine,
    ast.ExpressionStatement: Reader._expression,
    **CONTROL,
    ast.Box: Reader._box,
    ast.Pragma: Reader._pragma,
}

_NAMES: Mapping[str, str] = {
    "CalibrationDefinition": "a calibration (defcal)",
    "CalibrationGrammarDeclaration": "a grammar of calibrations (defcalgrammar)",
    "CalibrationStatement": "a calibration (cal)",
    "DelayInstruction": "a delay",
    "ExternDeclaration": "an external function",
}

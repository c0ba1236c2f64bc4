"""Names and expressions of OpenQASM: numbers, registers, bits and inputs."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias

import numpy as np
from openqasm3 import ast

from qgate.exceptions import InvalidParameters, InvalidQasm, UnsupportedQasm, suggest
from qgate.interchange.angles import Input, apply, is_free
from qgate.interchange.conditions import (
    CONDITIONS,
    Condition,
    applied,
    is_conditional,
    register_value,
)


@dataclass(frozen=True, slots=True)
class Register:
    """Qubits under one name."""

    qubits: tuple[int, ...]
    single: bool = False
    """Whether it was declared without a size."""


@dataclass(frozen=True, slots=True)
class Bits:
    """Classical bits under one name."""

    bits: tuple[int, ...]
    single: bool = False


@dataclass(frozen=True, slots=True)
class InputArray:
    """Input that is an array."""

    name: str
    length: int


Value: TypeAlias = Any
"""A number, an angle that depends on inputs, a ``Register``, ``Bits`` or an ``InputArray``."""

CONSTANTS: Mapping[str, float] = {
    "pi": math.pi,
    "π": math.pi,
    "tau": math.tau,
    "τ": math.tau,
    "euler": math.e,
    "ℇ": math.e,
}

PRECISIONS: Mapping[int, Callable[[float], Any]] = {16: np.float16, 32: np.float32}
"""Types of numbers by their size in bits; others have double precision."""

MOST_BITS = 1024
"""Maximum size of an integer type."""

CALLS: Mapping[str, str] = {
    **{name: name for name in ("arccos", "arcsin", "arctan", "cos", "exp", "log")},
    **{name: name for name in ("abs", "sin", "sqrt", "tan")},
    "acos": "arccos",
    "asin": "arcsin",
    "atan": "arctan",
    "ln": "log",
    "pow": "**",
}
"""Functions of OpenQASM 2 and 3, by their name in ``angles.FUNCTIONS``."""

INTEGER_CALLS: Mapping[str, Callable[..., int]] = {
    "ceiling": math.ceil,
    "floor": math.floor,
    "mod": operator.mod,
    "popcount": int.bit_count,
}
"""Functions of constants only."""

INTEGER_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "%": operator.mod,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "&&": lambda left, right: bool(left) and bool(right),
    "||": lambda left, right: bool(left) or bool(right),
}
"""Operators of constants only."""


def position(node: ast.QASMNode) -> dict[str, int]:
    """Return the place of a node in the text; both numbers count from 1."""
    span = node.span
    return {"line": 0, "column": 0} if span is None else _place(span.start_line, span.start_column)


def _place(line: int, column: int) -> dict[str, int]:
    return {"line": line, "column": column + 1}


def invalid(node: ast.QASMNode, reason: str, remedy: str) -> NoReturn:
    """Raise the error of a program that breaks a rule."""
    raise InvalidQasm(**position(node), reason=reason, remedy=remedy)


def unsupported(node: ast.QASMNode, reason: str, remedy: str) -> NoReturn:
    """Raise the error of a valid program that cannot be read."""
    raise UnsupportedQasm(**position(node), reason=reason, remedy=remedy)


@dataclass(slots=True)
class Scope:
    """Names that are visible at a place of a program, and the values of expressions there.

    Parameters
    ----------
    old : bool
        Whether the program is in OpenQASM 2, where ``/`` never truncates.
    names : dict
        Declared here.
    outer : Scope, optional
        What encloses this one.
    conditional : bool
        Whether it is that of a block that depends on outcomes.
    call : callable, optional
        Function of the outermost scope that calls a subroutine.
    bit_values : dict
        Of the outermost scope: values of bits that no measurement has set.
    types : dict
        Types of the variables declared here.
    constants : set of str
        Names that cannot be assigned to.
    """

    old: bool = False
    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    conditional: bool = False
    call: Callable[[ast.FunctionCall, Scope], Value] | None = None
    bit_values: dict[int, int] = field(default_factory=dict)
    types: dict[str, ast.ClassicalType] = field(default_factory=dict)
    constants: set[str] = field(default_factory=set)

    @property
    def outermost(self) -> Scope:
        """Scope of the global names."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def find(self, name: str) -> Value | None:
        """Return what a name stands for, None if it is not declared."""
        if name in self.names:
            return self.names[name]
        return CONSTANTS.get(name) if self.outer is None else self.outer.find(name)

    def known(self) -> list[str]:
        """Return all declared names."""
        return [*self.names, *(self.outer.known() if self.outer else ())]

    def declare(self, identifier: ast.Identifier, value: Value, node: ast.QASMNode) -> None:
        """Declare a name in a statement, whose place errors name (the parser has none of names)."""
        if identifier.name in self.names:
            invalid(node, f"{identifier.name!r} is declared twice", "Choose another name.")
        self.names[identifier.name] = value

    def assign(self, name: str, value: Value, node: ast.QASMNode) -> None:
        """Give a declared variable another value, where it is declared."""
        if name in self.constants:
            invalid(node, f"{name!r} is a constant", "Assign to a variable.")
        if name in self.names or self.outer is None:
            kind = self.types.get(name)
            if kind is not None and not is_free(value):  # a size cannot be applied to an input
                value = self.as_type(value, kind, node)
            self.names[name] = value
        elif self.conditional:
            unsupported(node, f"{name!r} depends on an outcome", "Only gates can be conditional.")
        else:
            self.outer.assign(name, value, node)

    def value(self, node: ast.QASMNode) -> Value:
        """Return the value of an expression."""
        rule = _RULES.get(type(node))
        if rule is None:
            unsupported(
                node,
                f"{kind_of(node)} is no value that can be read",
                "Numbers, inputs, constants, registers, + - * / ** and functions are read.",
            )
        try:
            return rule(self, node)
        except (ArithmeticError, ValueError, TypeError, InvalidParameters) as error:
            if isinstance(error, InvalidQasm):
                raise
            invalid(node, f"the expression has no value: {error}".rstrip("."), "Correct it.")

    def number(self, node: ast.QASMNode) -> Any:
        """Return an angle: a real number, or a function of inputs."""
        found = self.value(node)
        if isinstance(found, Bits):
            found = register_value(found.bits, self.outermost.bit_values)
        if is_conditional(found):
            remedy = "Gates depend on inputs and constants; on outcomes they cannot."
            unsupported(node, "an outcome of a measurement is used", remedy)
        if isinstance(found, Register | InputArray | complex | list):
            remedy = "Give a number, an input, or a function of inputs."
            invalid(node, f"{kind_of(found)} stands where a number has to be", remedy)
        return found

    def constant(self, node: ast.QASMNode, what: str) -> Any:
        """Return a number that does not depend on inputs."""
        found = self.number(node)
        if is_free(found):
            unsupported(node, f"{what} depends on an input", "Make it a constant.")
        return found

    def whole(self, node: ast.QASMNode, what: str) -> int:
        """Return an integer that does not depend on inputs."""
        found = self.constant(node, what)
        if found != int(found):
            invalid(node, f"{what} is {found}", "Give a whole number.")
        return int(found)

    # Kinds of expression -----------------------------------------------------------

    def _identifier(self, node: ast.Identifier) -> Value:
        return self._named(node.name, node)

    def _named(self, name: str, node: ast.QASMNode) -> Value:
        found = self.find(name)
        if found is None and name.startswith("$"):
            return Register((int(name[1:]),), single=True)
        if found is None:
            invalid(
                node,
                f"{name!r} is not declared",
                f"Declare it before it is used.{suggest(name, self.known())}",
            )
        return found

    def _unary(self, node: ast.UnaryExpression) -> Value:
        operand = self.value(node.expression)
        if isinstance(operand, complex) and node.op.name == "-":
            return -operand
        operand = self.number(node.expression)
        if node.op.name == "-":
            return apply("neg", operand)
        operand = self.constant(node.expression, f"the operand of {node.op.name}")
        return (not operand) if node.op.name == "!" else ~int(operand)

    def _binary(self, node: ast.BinaryExpression) -> Value:
        name = node.op.name
        left, right = self.value(node.lhs), self.value(node.rhs)
        if isinstance(left, complex) or isinstance(right, complex):
            return _COMPLEX[name](left, right)
        left, right = self.number(node.lhs), self.number(node.rhs)
        if name in INTEGER_OPERATORS:
            left = self.constant(node.lhs, f"the left side of {name}")
            right = self.constant(node.rhs, f"the right side of {name}")
            return INTEGER_OPERATORS[name](left, right)
        if name == "/" and not self.old and isinstance(left, int) and isinstance(right, int):
            return int(left / right) if abs(left) < 2**52 else left // right
        return apply(name, left, right)

    def _call(self, node: ast.FunctionCall) -> Value:
        name = node.name.name
        if name in INTEGER_CALLS:
            given = [self.constant(item, f"the argument of {name}") for item in node.arguments]
            return INTEGER_CALLS[name](*given)
        if name not in CALLS:
            called = self.outermost.call
            assert called is not None  # the reader has set it
            return called(node, self)
        return apply(CALLS[name], *(self.number(item) for item in node.arguments))

    def _index(self, node: ast.IndexExpression) -> Value:
        return self.indexed(self.value(node.collection), [node.index], node)

    def _indexed_identifier(self, node: ast.IndexedIdentifier) -> Value:
        return self.indexed(self._named(node.name.name, node), node.indices, node)

    def _concatenation(self, node: ast.Concatenation) -> Value:
        left, right = self.value(node.lhs), self.value(node.rhs)
        if isinstance(left, Register) and isinstance(right, Register):
            return Register(left.qubits + right.qubits)
        if isinstance(left, Bits) and isinstance(right, Bits):
            return Bits(left.bits + right.bits)
        invalid(node, "two different kinds are joined by ++", "Join registers of one kind.")

    def _cast(self, node: ast.Cast) -> Value:
        return self.as_type(self.number(node.argument), node.type, node)

    def _array(self, node: ast.ArrayLiteral) -> Value:
        return [self.value(item) for item in node.values]

    def indexed(self, found: Value, indices: Sequence[Any], node: ast.QASMNode) -> Value:
        """Return the part of a register, or the entry of an array."""
        for index in indices:
            elements = index.values if isinstance(index, ast.DiscreteSet) else index
            if isinstance(found, Register):
                found = Register(*self._picked(found.qubits, elements, index, node))
            elif isinstance(found, Bits):
                found = Bits(*self._picked(found.bits, elements, index, node))
            elif isinstance(found, InputArray) and len(elements) == 1:
                (at,), _ = self._picked(tuple(range(found.length)), elements, index, node)
                found = Input(found.name, at)
            elif isinstance(found, list):
                for element in elements:
                    (found,), _ = self._picked(tuple(found), [element], index, node)
            else:
                remedy = "Registers and arrays have parts."
                unsupported(node, f"parts of {kind_of(found)} cannot be read", remedy)
        return found

    def _picked(
        self, whole: tuple[Any, ...], elements: Sequence[Any], index: Any, node: ast.QASMNode
    ) -> tuple[tuple[Any, ...], bool]:
        """Return the chosen members, and whether it is one."""
        several = isinstance(index, ast.DiscreteSet)
        places: list[int] = []
        for element in elements:
            if isinstance(element, ast.RangeDefinition):
                several = True
                places += self.places(element, len(whole))
            else:
                place = self.whole(element, "an index")
                places.append(place + len(whole) if place < 0 else place)
        for place in places:
            if not 0 <= place < len(whole):
                invalid(
                    node,
                    f"the index {place} is outside of a register of size {len(whole)}",
                    f"Indices go from 0 to {len(whole) - 1}.",
                )
        return tuple(whole[place] for place in places), not several

    def places(self, element: ast.RangeDefinition, size: int, *, wraps: bool = True) -> range:
        """Return a range of OpenQASM, which includes its end; ``wraps``: -1 is the last place."""
        step = 1 if element.step is None else self.whole(element.step, "a step")
        if step == 0:
            invalid(element, "a range has the step 0", "Give another step.")
        first, last = (0, size - 1) if step > 0 else (size - 1, 0)
        start = first if element.start is None else self.whole(element.start, "a start")
        end = last if element.end is None else self.whole(element.end, "an end")
        if wraps:
            start, end = (place + size if place < 0 else place for place in (start, end))
        return range(start, end + (1 if step > 0 else -1), step)

    def as_type(self, found: Value, kind: ast.ClassicalType, node: ast.QASMNode) -> Value:
        """Return a value converted to a declared type."""
        if isinstance(kind, ast.FloatType | ast.AngleType):
            return found if is_free(found) else self._rounded(float(found), kind)
        if isinstance(kind, ast.IntType | ast.UintType | ast.BoolType):
            if is_free(found):
                remedy = "Use float or angle."
                unsupported(node, f"{kind_of(kind)} depends on an input", remedy)
            return bool(found) if isinstance(kind, ast.BoolType) else self._wrapped(found, kind)
        unsupported(
            node,
            f"a variable of {kind_of(kind)} cannot be read",
            "int, uint, float, angle, bool and bit are read.",
        )

    def _rounded(self, number: float, kind: ast.FloatType | ast.AngleType) -> float:
        """Return a number in the precision of its type, where numpy has it."""
        if kind.size is None or isinstance(kind, ast.AngleType):
            return number
        rounded = PRECISIONS.get(self.whole(kind.size, "the size of a number"))
        with np.errstate(over="ignore"):
            return number if rounded is None else float(rounded(number))

    def _wrapped(self, found: Value, kind: ast.IntType | ast.UintType) -> int:
        """Return an integer of a type: what does not fit is cut off, as in C."""
        number = int(found)
        if kind.size is None:
            return number
        size = self.whole(kind.size, "the size of a number")
        if not 0 < size <= MOST_BITS:
            invalid(kind, f"a number has {size} bits", f"Give 1 to {MOST_BITS}.")
        number &= (1 << size) - 1
        is_negative = isinstance(kind, ast.IntType) and number >> (size - 1)
        return number - (1 << size) if is_negative else number

    def check_array(self, found: Value, kind: ast.ArrayType, node: ast.QASMNode) -> None:
        """Refuse values of an array that do not have its declared lengths."""
        if not isinstance(found, list):
            return
        lengths = [self.whole(item, "the length of an array") for item in kind.dimensions]
        if not _has_lengths(found, lengths):
            shape = " x ".join(map(str, lengths))
            invalid(node, "an array is given another number of values", f"Its lengths are {shape}.")


def _has_lengths(found: Value, lengths: Sequence[int]) -> bool:
    if not lengths or not isinstance(found, list):
        return not lengths and not isinstance(found, list)
    return len(found) == lengths[0] and all(_has_lengths(item, lengths[1:]) for item in found)


def condition_of(node: Any, scope: Scope) -> Condition:
    """Return a condition: a number, or an expression of outcomes."""
    if isinstance(node, ast.UnaryExpression) and node.op.name in "!~":
        return applied("!", condition_of(node.expression, scope))
    if isinstance(node, ast.BinaryExpression) and node.op.name in CONDITIONS:
        pair = condition_of(node.lhs, scope), condition_of(node.rhs, scope)
        return applied(node.op.name, *pair)
    if isinstance(node, ast.Cast):
        return condition_of(node.argument, scope)
    found = scope.value(node)
    if isinstance(found, Bits):
        return register_value(found.bits, scope.outermost.bit_values)
    return scope.constant(node, "a condition")


_COMPLEX: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}

_RULES: Mapping[type, Callable[[Scope, Any], Value]] = {
    ast.Identifier: Scope._identifier,
    ast.IntegerLiteral: lambda scope, node: node.value,
    ast.FloatLiteral: lambda scope, node: node.value,
    ast.BooleanLiteral: lambda scope, node: node.value,
    ast.BitstringLiteral: lambda scope, node: node.value,
    ast.ImaginaryLiteral: lambda scope, node: complex(0.0, node.value),
    ast.UnaryExpression: Scope._unary,
    ast.BinaryExpression: Scope._binary,
    ast.FunctionCall: Scope._call,
    ast.IndexExpression: Scope._index,
    ast.IndexedIdentifier: Scope._indexed_identifier,
    ast.Concatenation: Scope._concatenation,
    ast.Cast: Scope._cast,
    ast.ArrayLiteral: Scope._array,
}

_KINDS: Mapping[str, str] = {
    "Register": "a quantum register",
    "Bits": "a classical register",
    "InputArray": "an array",
    "ComplexType": "type complex",
    "DurationType": "type duration",
    "StretchType": "type stretch",
    "ArrayType": "type array",
}


def kind_of(item: object) -> str:
    """Return the name of a node or value for errors."""
    name = type(item).__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return _KINDS.get(name, f"{'an' if words[0] in 'aeiou' else 'a'} {words}")

"""Control flow of OpenQASM 3: loops, conditions, switches and subroutines.

What depends on numbers is executed while the program is read, so that inputs stay symbols. What
depends on outcomes becomes a ``Branch``, whose blocks have gates only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openqasm3 import ast

from qgate.interchange.conditions import Condition, applied, is_conditional
from qgate.interchange.qasm_bits import copied
from qgate.interchange.qasm_values import (
    Bits,
    Register,
    Scope,
    Value,
    condition_of,
    invalid,
    unsupported,
)
from qgate.interchange.steps import Branch
from qgate.sizes import check_size

if TYPE_CHECKING:
    from qgate.interchange.qasm_reader import Reader

MOST_LEVELS = 60
"""Maximum nesting of calls of subroutines."""

Statements = Sequence[ast.QASMNode]


class Leaves(Exception):
    """A statement leaves a block: ``break``, ``continue``, ``return`` or ``end``."""

    def __init__(self, node: ast.QASMNode, value: Value = None) -> None:
        super().__init__(node)
        self.node, self.value = node, value


def leave(reader: Reader, node: Any) -> None:
    """Leave the block of a ``break``, ``continue``, ``return`` or ``end``."""
    value = None
    if isinstance(node, ast.ReturnStatement) and node.expression is not None:
        value = reader.measured_or_value(node.expression, node)
    raise Leaves(node, value)


def for_loop(reader: Reader, node: ast.ForInLoop) -> None:
    """Read the block of a loop for each of its numbers."""
    scope, given = reader.scope, node.set_declaration
    if isinstance(given, ast.RangeDefinition):
        if given.start is None or given.end is None:
            invalid(node, "a loop has no first or last value", "Give both.")
        members: Sequence[Any] = scope.places(given, 0, wraps=False)
        check_size("A loop", len(members), unit="repetitions", remedy="Use fewer.")
    elif isinstance(given, ast.DiscreteSet):
        members = [scope.constant(item, "a value of a loop") for item in given.values]
    else:
        remedy = "Loop over a range [0:3] or a set {0, 2}."
        unsupported(node, "a loop goes over something else than numbers", remedy)
    for member in members:
        if _ends(reader, node.block, {node.identifier.name: member}):
            return


def while_loop(reader: Reader, node: ast.WhileLoop) -> None:
    """Read the block of a loop as long as its condition is true."""
    count = 0
    while condition := condition_of(node.while_condition, reader.scope):
        if is_conditional(condition):
            remedy = "Loops over outcomes cannot be held; write the rounds out, with if."
            unsupported(node, "a loop depends on an outcome", remedy)
        count += 1
        check_size("A loop", count, unit="repetitions or more", remedy="Use fewer.")
        if _ends(reader, node.block, {}):
            return


def _ends(reader: Reader, statements: Statements, names: dict[str, Value]) -> bool:
    """Read one round of a loop; return whether it ends the loop."""
    try:
        block(reader, statements, names)
    except Leaves as left:
        if isinstance(left.node, ast.BreakStatement):
            return True
        if not isinstance(left.node, ast.ContinueStatement):
            raise
    return False


def branch(reader: Reader, node: ast.BranchingStatement) -> None:
    """Read one of two blocks, or both under their conditions."""
    condition = condition_of(node.condition, reader.scope)
    if not is_conditional(condition):
        block(reader, node.if_block if condition else node.else_block, {})
        return
    blocks = [_conditional(reader, part) for part in (node.if_block, node.else_block)]
    reader.steps.append(Branch(condition, *blocks))


def switch(reader: Reader, node: ast.SwitchStatement) -> None:
    """Read the block of the first case that is equal to a value."""
    target = condition_of(node.target, reader.scope)
    default = () if node.default is None else node.default.statements
    earlier: Condition = 0
    for labels, body in node.cases:
        chosen: Condition = 0
        for label in labels:
            equal = applied("==", target, reader.scope.whole(label, "a case"))
            chosen = applied("||", chosen, equal) if chosen != 0 else equal
        if not is_conditional(chosen):
            if chosen:
                block(reader, body.statements, {})
                return
            continue
        reader.steps.append(Branch(chosen, _conditional(reader, body.statements)))
        earlier = applied("||", earlier, chosen) if earlier != 0 else chosen
    if is_conditional(earlier):
        reader.steps.append(Branch(applied("!", earlier), _conditional(reader, default)))
    else:
        block(reader, default, {})


def _conditional(reader: Reader, statements: Statements) -> tuple[Any, ...]:
    """Return the steps of a block that depends on outcomes."""
    outer = reader.steps, reader.in_branch
    reader.steps, reader.in_branch = [], True
    try:
        block(reader, statements, {}, conditional=True)
    except Leaves as left:
        what = "a block that depends on an outcome is left"
        unsupported(left.node, what, "Put the rest into blocks of its own.")
    finally:
        found = tuple(reader.steps)
        reader.steps, reader.in_branch = outer
    return found


def block(
    reader: Reader, statements: Statements, names: dict[str, Value], *, conditional: bool = False
) -> None:
    """Read statements in a scope of their own."""
    outer = reader.scope
    reader.scope = Scope(outer.old, names, outer=outer, conditional=conditional)
    try:
        for statement in statements:
            reader.statement(statement)
    finally:
        reader.scope = outer


def call(reader: Reader, node: ast.FunctionCall, scope: Scope) -> Value:
    """Read the body of a subroutine with its arguments; return what it returns."""
    own = reader.subroutines[node.name.name]
    if len(own.arguments) != len(node.arguments):
        reason = f"{own.name.name!r} is given {len(node.arguments)} arguments"
        invalid(node, reason, f"It takes {len(own.arguments)}.")
    if reader.level == MOST_LEVELS:
        unsupported(node, f"{own.name.name!r} calls itself without an end", "Write a loop.")
    names = {
        argument.name.name: _argument(reader, argument, given, scope)
        for argument, given in zip(own.arguments, node.arguments, strict=True)
    }
    outer, reader.scope = reader.scope, reader.outermost
    reader.level += 1
    try:
        block(reader, own.body, names)
    except Leaves as left:
        if not isinstance(left.node, ast.ReturnStatement):
            raise
        return left.value
    finally:
        reader.scope = outer
        reader.level -= 1
    return None


def _argument(reader: Reader, argument: Any, given: Any, scope: Scope) -> Value:
    """Return the value of an argument of a subroutine."""
    value = scope.value(given)
    if isinstance(argument, ast.QuantumArgument):
        size = 1 if argument.size is None else scope.whole(argument.size, "a size")
        if not isinstance(value, Register) or len(value.qubits) != size:
            invalid(given, f"{argument.name.name!r} is no register of {size} qubits", "Give one.")
        return Register(value.qubits, single=argument.size is None)
    if isinstance(value, Bits):
        return copied(reader, value)
    if isinstance(argument.type, ast.ArrayReferenceType):
        return value
    return scope.as_type(scope.number(given), argument.type, given)


CONTROL: Mapping[type, Callable[[Reader, Any], None]] = {
    ast.ForInLoop: for_loop,
    ast.WhileLoop: while_loop,
    ast.BranchingStatement: branch,
    ast.SwitchStatement: switch,
    ast.BreakStatement: leave,
    ast.ContinueStatement: leave,
    ast.ReturnStatement: leave,
    ast.EndStatement: leave,
}
"""Function that reads each kind of statement."""

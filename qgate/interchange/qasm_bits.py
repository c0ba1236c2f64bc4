"""Classical bits of OpenQASM: their declarations and assignments.

A bit holds the outcome of a measurement, or a value that is known when the program is read
(``Scope.bit_values``); conditions and angles that depend on known values only are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openqasm3 import ast

from qgate.interchange.angles import is_free
from qgate.interchange.qasm_values import Bits, invalid, unsupported
from qgate.sizes import check_size

if TYPE_CHECKING:
    from qgate.interchange.qasm_reader import Reader


def declare_bits(reader: Reader, node: Any, size: Any, value: Any) -> None:
    """Declare a register of bits, or a single bit, with the value of an expression."""
    count = 1 if size is None else reader.scope.whole(size, "the size of a register")
    if value is None or isinstance(value, ast.QuantumMeasurement):
        bits = new_bits(reader, count, single=size is None)
        reader.declare(node.identifier, bits, node)
        if value is not None:
            reader.measured(value, bits, node)
        return
    source = _source(reader, value, count, node)
    bits = _holding(reader, source, count, single=size is None)
    reader.declare(node.identifier, bits, node)


def assign_bits(reader: Reader, node: ast.ClassicalAssignment, name: str, found: Bits) -> None:
    """Give bits the value of an expression, or let them stand for those that it returns."""
    written: Any = node.lvalue
    target, value = reader.scope.value(written), node.rvalue
    if node.op.name != "=":
        symbol = ast.BinaryOperator[node.op.name[:-1]]
        value = ast.BinaryExpression(op=symbol, lhs=written, rhs=value)
        value.span = node.span
    source = _source(reader, value, len(target.bits), node)
    if reader.in_branch:
        unsupported(node, "a bit depends on an outcome", "Only gates can be conditional.")
    if isinstance(source, int):
        _set(reader, target, source, node)
        return
    pairs = dict(zip(target.bits, source.bits, strict=True))
    bits = Bits(tuple(pairs.get(bit, bit) for bit in found.bits), found.single)
    reader.scope.assign(name, bits, node)


def new_bits(reader: Reader, count: int, *, single: bool) -> Bits:
    """Return further bits, without a name."""
    check_size("A register", count, unit="bits", remedy="Declare fewer bits.")
    reader.num_bits += count
    return Bits(tuple(range(reader.num_bits - count, reader.num_bits)), single)


def copied(reader: Reader, bits: Bits) -> Bits:
    """Return bits with the same values: others, if the values are known, else the same bits.

    Outcomes have no copies, so no other measurement may be stored in bits that were copied.
    """
    values = reader.outermost.bit_values
    if not all(bit in values for bit in bits.bits):
        reader.shared.update(bits.bits)
        return bits
    found = new_bits(reader, len(bits.bits), single=bits.single)
    values.update({new: values[old] for new, old in zip(found.bits, bits.bits, strict=True)})
    return found


def forget_values(reader: Reader, target: Bits, node: ast.QASMNode) -> None:
    """Prepare bits for the outcomes of a measurement."""
    if reader.shared.intersection(target.bits):
        unsupported(
            node,
            "a measurement is stored in bits whose outcomes were copied",
            "Measure into other bits.",
        )
    for bit in target.bits:
        reader.outermost.bit_values.pop(bit, None)


def _source(reader: Reader, value: Any, count: int, node: ast.QASMNode) -> Bits | int:
    """Return the value of an expression: bits with outcomes, or a number of ``count`` bits."""
    found = reader.scope.value(value)
    if isinstance(found, Bits) and len(found.bits) != count:
        reason = f"{len(found.bits)} bits are assigned to {count}"
        invalid(node, reason, f"Give {count} bits.")
    if isinstance(found, Bits):
        known = reader.outermost.bit_values
        if not all(bit in known for bit in found.bits):
            is_call = isinstance(value, ast.FunctionCall)  # whose own names for them are gone
            return found if is_call else copied(reader, found)
    number = reader.scope.number(value)
    if is_free(number) or number != int(number):
        unsupported(node, "a bit is no constant", "Bits are set by measurements and constants.")
    width = value.width if isinstance(value, ast.BitstringLiteral) else count
    is_literal = isinstance(value, ast.IntegerLiteral)
    if width != count or (is_literal and int(number) >> count):
        invalid(node, f"a value does not fit into {count} bits", f"Give {count} bits.")
    return int(number) & ((1 << count) - 1)


def _holding(reader: Reader, source: Bits | int, count: int, *, single: bool) -> Bits:
    """Return bits with a value: those with outcomes, or new ones."""
    if isinstance(source, Bits):
        return Bits(source.bits, single)
    bits = new_bits(reader, count, single=single)
    reader.outermost.bit_values.update(_values(bits, source))
    return bits


def _set(reader: Reader, target: Bits, value: int, node: ast.QASMNode) -> None:
    """Give bits a known value."""
    if reader.shared.intersection(target.bits):
        unsupported(node, "bits are set whose outcomes were copied", "Set other bits.")
    reader.outermost.bit_values.update(_values(target, value))


def _values(bits: Bits, value: int) -> dict[int, int]:
    return {bit: value >> place & 1 for place, bit in enumerate(bits.bits)}

"""Unrolling of while loops, subroutines and switches of OpenQASM 3, by pyqasm."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.util import find_spec

from openqasm3 import ast

from qgate.exceptions import UnsupportedQasm
from qgate.interchange.qasm_values import position

NODES = (ast.WhileLoop, ast.SwitchStatement, ast.SubroutineDefinition)
"""Statements that are unrolled."""


def first_loop(statements: Sequence[ast.QASMNode]) -> ast.QASMNode | None:
    """Return the first statement that has to be unrolled, blocks included."""
    for node in statements:
        if isinstance(node, NODES):
            return node
        for name in ("block", "if_block", "else_block"):
            if found := first_loop(getattr(node, name, ())):
                return found
    return None


def needs_unrolling(program: ast.Program) -> bool:
    """Return whether a program has loops, subroutines or switches."""
    return first_loop(program.statements) is not None


def unrolled(text: str, program: ast.Program) -> str:
    """Return the program without loops, subroutines and switches; pyqasm refuses inputs in them.

    Raises
    ------
    UnsupportedQasm
        pyqasm is not installed, or refuses the program.
    """
    node = first_loop(program.statements)
    assert node is not None  # needs_unrolling was asked
    place = position(node)
    if find_spec("pyqasm") is None:
        reason = "a while loop, subroutine or switch is unrolled by pyqasm, which is not installed"
        remedy = "Install it with: pip install 'qgate[qasm]'."
        raise UnsupportedQasm(**place, reason=reason, remedy=remedy)
    import pyqasm  # an extra, loaded only for programs that need it

    logger = logging.getLogger("pyqasm")  # it logs the errors that it raises
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        module = pyqasm.loads(text if program.version else f"OPENQASM 3.0; {text}")
        module.unroll()
    except Exception as error:  # pyqasm raises errors of many classes, some of them internal
        reason = f"pyqasm cannot unroll the program: {error}".rstrip(".")
        remedy = "Write the loop out, or correct the program."
        raise UnsupportedQasm(**place, reason=reason, remedy=remedy) from error
    finally:
        logger.setLevel(level)
    return str(pyqasm.dumps(module))

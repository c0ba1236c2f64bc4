"""Parsing of OpenQASM to its syntax tree, with errors that have a line and a column."""

from __future__ import annotations

import re
from typing import Any

import antlr4
import openqasm3.parser
from antlr4.error.ErrorListener import ErrorListener
from antlr4.error.ErrorStrategy import BailErrorStrategy
from openqasm3 import ast

from qgate.exceptions import InvalidQasm

OLD = re.compile(r"(\s|//[^\n]*\n|/\*.*?\*/)*OPENQASM\s+2", re.DOTALL)
"""Beginning of a program in OpenQASM 2."""

PARSER: Any = openqasm3.parser
"""Module with the classes of the grammar."""

REMEDY = "Look for a missing semicolon or bracket before it, or a misspelt word."


def parsed(text: str) -> ast.Program:
    """Return the syntax tree of a program.

    ``openqasm3.parse`` writes errors to the standard error stream, and has no place for most.

    Raises
    ------
    InvalidQasm
        The program does not follow the grammar.
    """
    if OLD.match(text):
        text = text.replace("^", "**")  # the power there; the grammar takes it for exclusive or
        text = re.sub(r"([(,]\s*)\+", r"\1 ", text)  # the grammar has no signs +
    lexer = PARSER.qasm3Lexer(antlr4.InputStream(text))
    parser = PARSER.qasm3Parser(antlr4.CommonTokenStream(lexer))
    for source in (lexer, parser):
        source.removeErrorListeners()
        source.addErrorListener(_Listener())
    parser._errHandler = BailErrorStrategy()  # it has no setter
    try:
        tree = parser.program()
        if tree.stop is None:  # nothing but spaces and comments, for which the visitor has no place
            return ast.Program(statements=[])
        program: ast.Program = PARSER.QASMNodeVisitor().visitProgram(tree)
    except InvalidQasm:  # of the listener; it is a ValueError, too
        raise
    except (antlr4.RecognitionException, antlr4.error.Errors.ParseCancellationException) as error:
        token = _token(error)
        raise InvalidQasm(
            line=token.line,
            column=token.column + 1,
            reason=f"{token.text!r} is not expected here",
            remedy=REMEDY,
        ) from error
    except openqasm3.parser.QASM3ParsingError as error:
        raise _refused(str(error)) from error
    except RecursionError as error:
        reason, remedy = "expressions or blocks are nested too deeply", "Use fewer levels."
        raise InvalidQasm(line=1, column=1, reason=reason, remedy=remedy) from error
    except ValueError as error:  # Python converts integers of up to 4300 digits
        reason, remedy = "a number has too many digits", "Use fewer digits."
        raise InvalidQasm(line=1, column=1, reason=reason, remedy=remedy) from error
    return program


class _Listener(ErrorListener):  # type: ignore[misc]
    """Raises on an error of the lexer."""

    def syntaxError(
        self, recognizer: Any, symbol: Any, line: int, column: int, message: str, error: Any
    ) -> None:
        if symbol is None:  # errors of the parser are raised by its error strategy
            raise InvalidQasm(line=line, column=column + 1, reason=message, remedy="Correct it.")


def _token(error: Any) -> Any:
    """Return the token at which parsing ended."""
    cause = error.args[0] if error.args else error
    return cause.offendingToken


def _refused(text: str) -> InvalidQasm:
    """Return an error of the tree's builder, ``L3:C7: reason``."""
    place, _, reason = text.partition(": ")
    line, column = (int(part[1:]) for part in place.split(":"))
    return InvalidQasm(line=line, column=column + 1, reason=reason, remedy="Correct it.")

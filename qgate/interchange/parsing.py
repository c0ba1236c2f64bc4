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

COMMENT = re.compile(r"//[^\n]*")

OLD = re.compile(r"(\s|/\*.*?\*/)*OPENQASM\s+2", re.DOTALL)
"""Beginning of a program in OpenQASM 2, without ``COMMENT``."""

_NAMES = r"[a-z]\w*(\s*,\s*[a-z]\w*)*\s*,?"
OPAQUE = re.compile(rf"\bopaque\s+[a-z]\w*\s*(\(\s*({_NAMES})?\s*\))?\s*\b{_NAMES}\s*;")
"""Declaration of a gate without a definition, in OpenQASM 2."""

MOST_DEPTH = 200
"""Maximum nesting of brackets and signs."""

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
    _check_nesting(text)
    plain = COMMENT.sub(_blank, text)
    if OLD.match(plain):
        text = _as_new(plain)
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


def _as_new(text: str) -> str:
    """Return a program in OpenQASM 2 as one for the grammar of OpenQASM 3.

    It has no comments, one of which beside the version the grammar would refuse.
    """
    text = text.replace("^", "**")  # the power there; the grammar takes it for exclusive or
    text = OPAQUE.sub(_blank, text)  # a gate without definition, which no program can apply
    for sign in (r"(?<=[-+*/(,])(\s*)\+", r"(?<=[;}])(\s*);"):  # signs +, empty statements
        while (shorter := re.sub(sign, r"\1 ", text)) != text:
            text = shorter
    return text


def _blank(found: re.Match[str]) -> str:
    """Return as many spaces, and the same ends of lines."""
    return re.sub(r"[^\n]", " ", found[0])


def _check_nesting(text: str) -> None:
    """Refuse brackets and signs that are nested so deeply that the parser would take minutes."""
    depth = 0
    for place in re.finditer(r"[(\[{]|[)\]}]|(?:[-!~+]\s*){200}", text):
        depth += 1 if place[0] in "([{" else -1 if place[0] in ")]}" else MOST_DEPTH
        if depth >= MOST_DEPTH:
            before = text[: place.start()]
            raise InvalidQasm(
                line=before.count("\n") + 1,
                column=place.start() - before.rfind("\n"),
                reason="expressions or blocks are nested too deeply",
                remedy="Use fewer levels.",
            )


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

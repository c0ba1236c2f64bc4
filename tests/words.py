"""Check the wording of docstrings, comments, messages and documents.

``python tests/words.py [FILE ...]`` prints each place where a docstring opens with a word that
does not say what a thing is, or where a word is used that has a standard term in this field;
without files, the whole project is checked. Code is not read: names, text in backticks and strings
that are programs.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import textwrap
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("qgate", "devices", "gradients", "tests", "benchmarks", "examples", "docs")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
SUFFIXES = (".py", ".md", ".c", ".h")

EXEMPT = {"words.py", "test_words.py"}
"""Files that contain these words on purpose."""

OPENING = re.compile(r"(What|Which|Who|Say|Says|Tell|Tells|So (many|much|often|long|few))\b")
"""Words that do not open a docstring."""

WORDS = {
    r"towers?": "derivatives",
    r"surveys?": "measurement plan",
    r"purses?": "account",
    r"parcels?": "submission batch",
    r"buy(s|ing)?|bought|purchas\w+": "submit, resubmit, order",
    r"(un)?deliver(s|ed|y|ies|ing)?": "submit, result",
    r"known answers?": "canary circuits",
    r"read together": "commuting",
    r"patien(t|ce|tly)": "retry, backoff, wait",
    r"tell(s|ing)?|told": "report, record, log",
    r"hears?|heard": "receive, record",
    r"wants?|wanted": "requires",
    r"comes? out with": "returns",
    r"mend(s|ed|ing)?": "fix, repair",
    r"fridges?": "device",
    r"so (many|much|often|long)(?! (as|that))": "a number, this time",
    r"(be|is|are) had": "computed, returned",
    r"in passing": "transient",
    r"says? so": "reports it",
    r"for good": "permanently",
}
"""Patterns of words that are not used, and the terms to use instead."""

UNUSED = {re.compile(rf"\b({pattern})\b", re.IGNORECASE): term for pattern, term in WORDS.items()}
CODE = re.compile(
    r"```.*?```|``.*?``|`[^`\n]*`|https?://\S+|\b\w+_\w+\b|\b\w+\("
    r"|^ *(>>>|\.\.\.) [^\n]*|^ *\w+(, \w+)* : [^\n]*|\b(tuple|list|sequence) of [A-Z]\w+"
    r"|\{['\w][^{}\n]*\}"
    r"|(?<=-\n) *\w+(?:, \w+)*$",  # a type or an error below "Returns" or "Raises"
    re.DOTALL | re.MULTILINE,
)
"""Pattern of code within a text, which is not read: names keep their words."""

SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|BEGIN|WHERE)\b")
"""Pattern of the beginning of a database statement, which is code."""

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Check files; return 1 if a problem was found."""
    files = [Path(name) for name in arguments] or sorted(_all_files())
    found = [problem for file in files for problem in problems(file)]
    print("\n".join(found) or f"{len(files)} files are in plain words")
    return 1 if found else 0


def problems(file: Path) -> Iterator[str]:
    """Yield a message for each word and docstring opening of a file that is to be replaced."""
    if file.name in EXEMPT:
        return
    source = file.read_text()
    for line, text in sorted(_texts(file.suffix, source)):
        readable = CODE.sub(_blank, text)
        for pattern, term in UNUSED.items():
            for match in pattern.finditer(readable):
                at = line + readable.count("\n", 0, match.start())
                yield f"{file}:{at}: '{match[0]}': write '{term}'"
    if file.suffix == ".py":
        for line, text in _docstrings(source):
            if OPENING.match(text.strip()):
                opening = text.strip().split("\n")[0][:60]
                yield f"{file}:{line}: docstring opens with '{opening}': say what it is or does"


def _all_files() -> Iterator[Path]:
    for name in DOCUMENTS:
        yield ROOT / name
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in SUFFIXES:
                yield file


def _blank(match: re.Match[str]) -> str:
    """Return spaces in place of code, with its line breaks."""
    return re.sub(r"[^\n]", " ", match[0])


def _texts(suffix: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each document, comment and string that is prose."""
    if suffix == ".md":
        yield 1, source
    elif suffix != ".py":
        for match in COMMENT.finditer(source):
            yield source.count("\n", 0, match.start()) + 1, match[0]
    else:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
        for line, text in _strings(ast.parse(source)):
            if not _is_code(text):
                yield line, text


def _strings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each string, with ``_`` in place of what is formatted."""
    match node:
        case ast.JoinedStr(values=values):
            parts = [value.value if isinstance(value, ast.Constant) else "_" for value in values]
            yield node.lineno, "".join(map(str, parts))
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _strings(child)


def _is_code(text: str) -> bool:
    """Return whether a string is a program, a name or a database statement."""
    if SQL.match(text):
        return True
    try:
        ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each string that is a statement."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

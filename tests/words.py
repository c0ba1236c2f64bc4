"""Check the wording of docstrings, comments, messages and documents.

``python tests/words.py [FILE ...]`` prints each place where a docstring opens with a word that
does not say what a thing is, or where a word is used that has a standard term in this field;
without files, all of the project is checked. Names in code and in backticks are not read.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("qgate", "devices", "gradients", "tests", "benchmarks", "examples", "docs")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
SUFFIXES = (".py", ".md", ".c", ".h")

OPENING = re.compile(r"(What|Which|Who|Say|Says|Tell|Tells|So (many|much|often|long|few))\b")
"""Pattern of words with which no docstring opens."""

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
}
"""Patterns of words that are not used, and the terms that are used in their place."""

UNUSED = {re.compile(rf"\b({pattern})\b", re.IGNORECASE): term for pattern, term in WORDS.items()}
CODE = re.compile(
    r"```.*?```|``.*?``|`[^`\n]*`|https?://\S+|\b\w+_\w+\b|\b\w+\("
    r"|^ *(>>>|\.\.\.) [^\n]*|^ *\w+(, \w+)* : [^\n]*|\b(tuple|list|sequence) of [A-Z]\w+"
    r"|\{\w[^{}\n]*\}",
    re.DOTALL | re.MULTILINE,
)
"""Pattern of code within a text, which is not read: names keep their words."""

READ = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None)}
"""Kinds of tokens that are read."""

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Check files; return 1 if a word is to be replaced."""
    files = [Path(name) for name in arguments] or sorted(_all_files())
    found = [problem for file in files for problem in problems(file)]
    print("\n".join(found) or f"{len(files)} files are in plain words")
    return 1 if found else 0


def problems(file: Path) -> Iterator[str]:
    """Yield a line for each word of a file that is to be replaced."""
    source = file.read_text()
    if file.name == Path(__file__).name:
        return
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
    """Return spaces in place of code, and its ends of lines."""
    return re.sub(r"[^\n]", " ", match[0])


def _texts(suffix: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of whatever is written for people in a file."""
    if suffix == ".md":
        yield 1, source
    elif suffix != ".py":
        for match in COMMENT.finditer(source):
            yield source.count("\n", 0, match.start()) + 1, match[0]
    else:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in READ:
                yield token.start[0], token.string


def _docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each string that is a statement."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

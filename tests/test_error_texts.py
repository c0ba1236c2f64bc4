"""Every error that a user can meet has a test that provokes it and checks its text.

The tests themselves are parsed for ``pytest.raises(Class, match=...)``, or without ``match`` if the
same test then checks the text of the error. A class may also be a parameter of the test.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from qgate import exceptions
from qgate.exceptions import QGateError

TESTS = Path(__file__).parent
SOURCES = [TESTS.parent / folder for folder in ("qgate", "devices", "gradients")]

CATCHERS = frozenset({"raises", "warns"})

RETURNS_TEXT = "refused"
"""The helper of ``test_wrong_use.py`` that returns the text of the error."""

CLASSES = {
    name: value
    for name, value in vars(exceptions).items()
    if isinstance(value, type) and issubclass(value, QGateError | Warning)
}


def trees(folder: Path) -> Iterator[ast.Module]:
    """Yield the modules below a folder, each once."""
    for path in sorted(folder.rglob("*.py")):
        if not any(parent.is_symlink() for parent in path.parents):
            yield ast.parse(path.read_text())


def name_of(node: ast.AST | None) -> str:
    """Return the last part of a dotted name; empty: it is none."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST, constants: dict[str, ast.expr]) -> set[str]:
    """Return all names in an expression, and in the module's constants that it names."""
    found = {name_of(each) for each in ast.walk(node)}
    for name in found & constants.keys():
        found |= {name_of(each) for each in ast.walk(constants[name])}
    return found & CLASSES.keys()


def constants_of(module: ast.Module) -> dict[str, ast.expr]:
    return {
        name_of(target): statement.value
        for statement in module.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    }


def caught_by(
    test: ast.FunctionDef | ast.AsyncFunctionDef, constants: dict[str, ast.expr]
) -> Iterator[str]:
    """Yield the classes whose text a function checks."""
    given = {argument.arg for argument in (*test.args.args, *test.args.kwonlyargs)}
    for statement in ast.walk(test):
        if isinstance(statement, ast.Call) and name_of(statement.func) == RETURNS_TEXT:
            yield from names_in(statement.args[0], {})
        if not isinstance(statement, ast.With):
            continue
        for item in statement.items:
            call = item.context_expr
            if not isinstance(call, ast.Call) or name_of(call.func) not in CATCHERS:
                continue
            if not call.args or not _looks_at_text(test, call, name_of(item.optional_vars)):
                continue
            named = name_of(call.args[0])
            if named in given:
                for decorator in test.decorator_list:
                    yield from names_in(decorator, constants)
            elif named in CLASSES:
                yield named


def _looks_at_text(test: ast.AST, call: ast.Call, alias: str) -> bool:
    if any(keyword.arg == "match" for keyword in call.keywords):
        return True
    return bool(alias) and any(
        isinstance(node, ast.Call)
        and name_of(node.func) in ("str", "match")
        and alias in {name_of(each) for each in ast.walk(node)}
        for node in ast.walk(test)
    )


@cache
def looked_at() -> frozenset[str]:
    """Return the classes whose text some test checks."""
    return frozenset(
        name
        for module in trees(TESTS)
        for test in ast.walk(module)
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in caught_by(test, constants_of(module))
    )


@cache
def raised() -> frozenset[str]:
    """Return the classes that the package raises; the others are only their parents."""
    return frozenset(
        name_of(node.func)
        for folder in SOURCES
        for module in trees(folder)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and name_of(node.func) in CLASSES
    )


def test_every_class_that_has_a_text_is_raised_somewhere():
    with_text = {value.__name__ for value in CLASSES.values() if getattr(value, "message", "")}

    assert with_text - raised() == set()


@pytest.mark.parametrize("name", sorted(CLASSES.keys() & raised()))
def test_the_text_of_every_error_is_looked_at_by_a_test_that_provokes_it(name):
    assert name in looked_at()


def test_what_counts_is_told_from_what_does_not():
    module = ast.parse(
        "CASES = [WireError]\n"
        "def test_one():\n    with pytest.raises(NoMeasurement): pass\n"
        "def test_two():\n    with pytest.raises(NotFinite, match='x'): pass\n"
        "def test_three():\n    with pytest.raises(NotUnitary) as caught: pass\n"
        "    assert 'x' in str(caught.value)\n"
        "@pytest.mark.parametrize('error', CASES)\n"
        "def test_four(error):\n    with pytest.raises(error, match='x'): pass\n"
    )
    functions = [each for each in module.body if isinstance(each, ast.FunctionDef)]

    found = [list(caught_by(each, constants_of(module))) for each in functions]

    assert found == [[], ["NotFinite"], ["NotUnitary"], ["WireError"]]

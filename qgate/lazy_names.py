"""Names of a package that its stub lists, loaded at first access, and errors for unknown names.

A type checker reads names from ``__init__.pyi``. The same file, read when the package is imported,
gives the module of each name, so that the list is written once. Reading it takes about 1 ms.
"""

from __future__ import annotations

import ast
import sys
import typing
from collections import abc
from collections.abc import Callable
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from opcode import opmap
from types import ModuleType
from typing import Any


def attach_stub(package: str) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__all__``, ``__getattr__`` and ``__dir__`` of a package from its ``__init__.pyi``.

    Parameters
    ----------
    package
        Name of the package that is being imported. Each name in its stub stands in a line
        ``from MODULE import NAME as NAME``.
    """
    namespace = vars(sys.modules[package])
    modules = read_stub(namespace["__spec__"].loader, namespace["__path__"][0])
    names = sorted(modules)

    unknown = refuse_unknown(package)

    def lookup(name: str) -> Any:
        if name not in modules:
            return unknown(name)
        namespace[name] = load(modules[name], name, package=package)
        return namespace[name]

    # Importing the module qgate.qnode sets qgate.qnode to the module. A name that is also that of
    # its module is set at once, before anyone else can import the module.
    for name in names:
        if modules[name] == f"{package}.{name}":
            lookup(name)
    version = ["__version__"] if "__version__" in namespace else []
    return names, lookup, lambda: [*names, *version]


def read_stub(loader: Any, folder: str) -> dict[str, str]:
    """Return the module of each name that the ``__init__.pyi`` of a package imports."""
    source = loader.get_data(f"{folder}/__init__.pyi")  # from a zip file too
    imports = (line for line in ast.parse(source).body if isinstance(line, ast.ImportFrom))
    names = ((alias, line.module or "") for line in imports for alias in line.names)
    return {alias.name: module for alias, module in names if alias.asname == alias.name}


def refuse_unknown(module: str) -> Callable[[str], Any]:
    """Return a function ``__getattr__`` of a module that explains which names it does not have.

    The text says what to use instead of a name of PennyLane, or suggests similar names. Names of
    older versions that only moved are returned, with a warning. For type checkers a module has no
    such function, so that they refuse unknown names. The module gets a ``__dir__`` of its public
    names.
    """
    vars(sys.modules[module])["__dir__"] = public_names(module)

    def unknown(name: str) -> Any:
        from qgate.former_names import former_value  # on use: programs that run do not need it

        inside = module.partition(".")[2]
        former = former_value(f"{inside}.{name}" if inside else name, depth=_depth())
        if former is not None:
            return former
        text = f"module {module!r} has no attribute {name!r}"
        reason = None if name.startswith("_") else why_missing(module, name)
        if reason and _is_imported():
            raise ImportError(f"cannot import {name!r} from {module!r}. {reason}", name=module)
        raise AttributeError(f"{text}. {reason}" if reason else text, name=name)

    return unknown


def _depth() -> int:
    """Return the number of calls from the line that asks a module for a name, to ``unknown``."""
    return 2 if sys._getframe(2).f_code.co_name == "lookup" else 1


def public_names(module: str) -> Callable[[], list[str]]:
    """Return a function ``__dir__`` of a module: ``__all__`` and modules inside, no imports of it.

    A module without ``__all__`` offers all its names but those of Python's ``typing``.
    """

    def names() -> list[str]:
        held = vars(sys.modules[module])
        inner = [name for name in held if held[name] is sys.modules.get(f"{module}.{name}")]
        own = [name for name, value in held.items() if not _is_of_python(name, value)]
        return sorted({*held.get("__all__", own), *inner})

    return names


def _is_of_python(name: str, value: object) -> bool:
    """Return whether a name is one of those that modules import for annotations."""
    return name == "annotations" or any(getattr(each, name, ...) is value for each in (abc, typing))


def _is_imported() -> bool:
    """Return whether the code that asks a module for a name is ``from module import name``.

    Python replaces an ``AttributeError`` there by an ``ImportError`` without its text. Modules that
    are no packages have no other place to explain it.
    """
    caller = sys._getframe(2)  # beyond this function and the module's __getattr__
    return caller.f_code.co_code[caller.f_lasti] == opmap["IMPORT_FROM"]


def why_missing(module: str, name: str) -> str | None:
    """Return what to use instead of a name that a module does not have; None: nothing is known."""
    from qgate.missing_names import explanation  # on use: programs that run do not need it

    held = vars(sys.modules[module])
    public = [
        known
        for known, value in held.items()
        if not (known.startswith("_") or known == "annotations" or isinstance(value, ModuleType))
    ]
    return explanation(module, name, held.get("__all__") or public)


class MissingNameFinder:
    """Last finder of the import system, which explains a failed ``from qgate import name``.

    Python tries to import ``qgate.name`` as a module before it reports that the name is missing,
    and replaces an ``AttributeError`` by an error without its text. An ``ImportError`` raised here
    reaches the user. All that is found are modules of older versions of PennyLane.
    """

    @staticmethod
    def find_spec(fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Raise an error for a missing name of qgate of which something is known."""
        module, _, name = fullname.rpartition(".")
        if module.partition(".")[0] != "qgate" or name.startswith("_") or module not in sys.modules:
            return None
        from qgate.former_names import MODULES  # on use: programs that run do not need it

        if fullname.partition(".")[2] in MODULES:
            return ModuleSpec(fullname, _FormerModule())
        reason = why_missing(module, name)
        if reason is not None:
            raise ImportError(f"cannot import {name!r} from {module!r}. {reason}", name=fullname)
        return None


class _FormerModule(Loader):
    """Loader of a module that older versions of PennyLane had: it holds former names only."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Return None: the module is an ordinary one."""

    def exec_module(self, module: ModuleType) -> None:
        """Make the names of the module those of older versions."""
        vars(module)["__getattr__"] = refuse_unknown(module.__name__)


def load(module: str, name: str, *, package: str) -> Any:
    """Return a name of a module, or a module of the package itself."""
    if module == package:
        return import_module(f"{package}.{name}")
    return getattr(import_module(module), name)

"""Names of a package that are listed in its stub file and loaded at first access.

A type checker reads names from ``__init__.pyi``. The same file, read when the package is imported,
gives the module of each name, so that the list is written once. Reading it takes about 1 ms.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
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

    def lookup(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
        namespace[name] = load(modules[name], name, package=package)
        return namespace[name]

    # Importing the module qgate.qnode sets qgate.qnode to the module. A name that is also that of
    # its module is set at once, before anyone else can import the module.
    for name in names:
        if modules[name] == f"{package}.{name}":
            lookup(name)
    return names, lookup, lambda: [*names, "__version__"]


def read_stub(loader: Any, folder: str) -> dict[str, str]:
    """Return the module of each name that the ``__init__.pyi`` of a package imports."""
    source = loader.get_data(f"{folder}/__init__.pyi")  # from a zip file too
    imports = (line for line in ast.parse(source).body if isinstance(line, ast.ImportFrom))
    return {alias.name: line.module or "" for line in imports for alias in line.names}


def load(module: str, name: str, *, package: str) -> Any:
    """Return a name of a module, or a module of the package itself."""
    if module == package:
        return import_module(f"{package}.{name}")
    return getattr(import_module(module), name)

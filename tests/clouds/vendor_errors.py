"""All exceptions that a package defines, found by importing every module of it."""

from __future__ import annotations

import pkgutil
import warnings
from collections.abc import Iterator
from importlib import import_module
from inspect import isclass
from types import ModuleType

LEFT_OUT = (".vendored", ".contrib", ".docs", "fake_provider", ".test")
"""Parts of module names that are skipped: parent-only copies, extensions, tools."""


def exceptions_of(package: str) -> dict[str, type[Exception]]:
    """Return the exceptions of a package by full name, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            f"{cls.__module__}.{cls.__qualname__}": cls
            for module in _modules(package)
            for cls in vars(module).values()
            if isclass(cls)
            and issubclass(cls, Exception)
            and not issubclass(cls, Warning)
            and cls.__module__.partition(".")[0] == package
        }


def _modules(package: str) -> Iterator[ModuleType]:
    root = import_module(package)
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not any(part in found.name for part in LEFT_OUT):
            try:
                yield import_module(found.name)
            except ImportError:  # requires a package that is not installed here
                continue

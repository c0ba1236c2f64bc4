"""Registry of programs under the names of their functions."""

from collections.abc import Callable
from typing import Any

Program = Callable[[Any, Any], Any]


def into(table: dict[str, Program]) -> Callable[[Program], Program]:
    """Return a decorator that registers a program in ``table``; ``two_words`` is ``two words``."""

    def file(program: Program) -> Program:
        table[program.__name__.replace("_", " ")] = program
        return program

    return file

"""A public function with valid arguments, and how calls of it are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A public function and valid arguments.

    Parameters
    ----------
    name : str
        The public name below ``qgate``; after a space, the kind of use.
    function : callable
    arguments : mapping
        By name, also for positional-only arguments.
    kinds : mapping
        Pool from which an argument's values are drawn, where it is not "anything".
    modules : tuple of str
        Modules to import before calls are timed.
    framework : str
        Package that is imported in processes of these entries only.
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    kinds: Mapping[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    framework: str = ""


class UsersOwn(Exception):
    """An error of the user's function, not one of qgate's."""


def by_place(function: Callable[..., Any], *names: str) -> Callable[..., Any]:
    """Return a function that passes the named arguments by position."""

    def call(**given: Any) -> Any:
        return function(*[given.pop(name) for name in names], **given)

    return call


def text_of(value: Any) -> str:
    """Return the text of a value, as a program might compute it."""
    try:
        return str(value)
    except Exception as error:
        raise UsersOwn from error


def users(function: Any) -> Any:
    """Return a function of Python wrapped so that its errors are the user's own."""
    if not isinstance(function, type(int) | type(len)):
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise UsersOwn from error

    return call

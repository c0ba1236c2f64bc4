"""Short texts of objects: one line of facts, without addresses, bytes and long collections."""

from __future__ import annotations

import reprlib
from dataclasses import MISSING, Field, fields
from inspect import signature
from typing import Any

MOST_CHARACTERS = 240
"""Length at which a text ends; further facts are left out."""


class _Values(reprlib.Repr):
    """Texts of values; ``reprlib`` finds the method for a class by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.maxtuple = self.maxlist = self.maxdict = 4
        self.maxset = self.maxfrozenset = 4
        self.maxstring = self.maxother = 80
        self.maxlevel = 3

    def repr_ndarray(self, array: Any, level: int) -> str:
        """Return the numbers of a small array, and the shape of another."""
        if array.size > self.maxlist or array.ndim > 1:
            return f"array{array.shape}"
        return " ".join(repr(array).split())

    repr_tensor = repr_ndarray

    def repr_float64(self, value: Any, level: int) -> str:
        """Return a number of numpy as Python writes it."""
        return repr(float(value))

    def repr_bytes(self, value: bytes, level: int) -> str:
        """Return the length of bytes."""
        return f"{len(value)} bytes"

    def repr_set(self, x: Any, level: int) -> str:
        """Return a few members, in order, and how many there are."""
        names = sorted(map(str, x))
        more = [f"... {len(names)} in all"] if len(names) > self.maxset else []
        return f"{{{', '.join([*names[: self.maxset], *more])}}}"

    repr_frozenset = repr_set

    def repr_instance(self, value: Any, level: int) -> str:
        """Return the text of another object, or its class if that text has an address."""
        text = super().repr_instance(value, level)
        return f"<{type(value).__name__}>" if " at 0x" in text else text

    def repr_function(self, value: Any, level: int) -> str:
        """Return the name of a function."""
        return str(value.__name__)

    repr_method = repr_builtin_function_or_method = repr_type = repr_function


shortened = _Values().repr
"""Return a value as one short line."""


def summary(thing: object, *names: str, of: str | None = None, **facts: object) -> str:
    """Return ``<Class of what: name=value, ...>``.

    Parameters
    ----------
    thing : object
    *names : str
        Attributes to show.
    of : str, optional
        What the object belongs to, or its name.
    **facts
        Further facts, by name.
    """
    shown = {**{name: getattr(thing, name) for name in names}, **facts}
    title = type(thing).__name__ + (f" {of}" if of else "")
    given = _joined(title, shown)
    return f"<{title}: {given}>" if given else f"<{title}>"


def fields_summary(thing: Any) -> str:
    """Return the text of a dataclass with the fields that differ from their defaults."""
    shown = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.repr and not _is_default(field, value):
            shown[field.name] = value
    title = type(thing).__name__
    return f"{title}({_joined(title, shown)})"


def arguments_summary(thing: object) -> str:
    """Return ``Class(name=value, ...)`` of the constructor's arguments that are attributes."""
    kept = vars(thing)
    names = [name for name in signature(type(thing)).parameters if name in kept]
    title = type(thing).__name__
    return f"{title}({_joined(title, {name: kept[name] for name in names})})"


def _joined(title: str, facts: dict[str, object]) -> str:
    """Return ``name=value, ...``, as many as the limit allows."""
    text, left = "", MOST_CHARACTERS - len(title)
    for name, value in facts.items():
        entry = f"{', ' if text else ''}{name}={shortened(value)}"
        if len(text) + len(entry) > left:
            return f"{text}, ..." if text else "..."
        text += entry
    return text


def _is_default(field: Field[Any], value: object) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return value is default or (type(value) is type(default) and bool(_same(value, default)))


def _same(value: Any, default: Any) -> Any:
    return isinstance(value, str | bytes | int | float | tuple | frozenset) and value == default


def error_bars(error: float, floor: float | None) -> str:
    """Return the text of one error, or of both where that of a device's noise is known."""
    return f" ± {error:.6f}" if floor is None else f" ± {error:.6f} (shots) ± {floor:.6f} (noise)"

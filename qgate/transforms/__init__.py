"""Transforms of circuits, and the functions on structures and sweeps that every call uses.

The public names, those of PennyLane's ``transforms``, are listed in ``__init__.pyi``.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    from qgate.lazy_names import attach_stub  # every import of qgate passes this module

    names = dict(zip(("__all__", "__getattr__", "__dir__"), attach_stub(__name__), strict=True))
    globals().update(names)
    return names[name] if name in names else names["__getattr__"](name)


def __dir__() -> list[str]:
    found: list[str] = __getattr__("__dir__")()
    return found

"""QNodes as plain data, for saving and loading."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TypeAlias

from qgate.exceptions import CircuitNotFound
from qgate.findable import name_in_module
from qgate.qnode import QNode
from qgate.typing import Function

Config: TypeAlias = Mapping[str, Any]
"""Plain data that describe an object, by the names of its properties."""


def config_of(qnode: QNode) -> dict[str, Any]:
    """Return a QNode as plain data; ``restored`` raises if the data are incomplete.

    Returns
    -------
    dict
        ``function``: module and name, with a colon between. ``device``: its string, or None.
        ``diff_method``: its name, None, or False for a gradient transform. ``shots``: None or
        the parts of a shot vector. ``gradient_kwargs`` and ``max_diff`` as they are.
    """
    method = qnode.diff_method
    return {
        "function": f"{_module_of(qnode)}:{name_in_module(qnode.func)}",
        "device": qnode.device.config,
        "diff_method": method if method is None or isinstance(method, str) else False,
        "shots": list(qnode.shots.parts) or None,
        "gradient_kwargs": dict(qnode.gradient_kwargs),
        "max_diff": qnode.max_diff,
    }


def restored(description: Config, given: QNode | Function | None = None) -> QNode:
    """Restore the QNode from plain data.

    Parameters
    ----------
    description : mapping
        As ``config_of`` returns it.
    given : QNode or callable, optional
        The QNode, which is returned unchanged, or its function. Default: the function from its
        module, which the program must have imported already: a module named in a file is never
        imported, because that would run its code.

    Raises
    ------
    CircuitNotFound
        The function is not found, or the device or gradient method was not saved.
    """
    if isinstance(given, QNode):
        return given
    named = str(description["function"])
    function = _found(named) if given is None else given
    if description["device"] is None:
        raise _not_found(named, "its device was not made from a string that says all of it")
    if description["diff_method"] is False:
        raise _not_found(named, "its gradient method is a function, which is not saved")
    return QNode(
        function,
        description["device"],
        diff_method=description["diff_method"],
        shots=description["shots"],
        gradient_kwargs=description["gradient_kwargs"],
        max_diff=description["max_diff"],
    )


def key_of(description: Config) -> str:
    """Return the name under which the function of a saved QNode may be supplied."""
    return str(description["function"]).rpartition(":")[2].rpartition(".")[2]


def _module_of(qnode: QNode) -> str:
    return str(getattr(qnode.func, "__module__", type(qnode.func).__name__))


def _found(named: str) -> Function:
    module, _, path = named.partition(":")
    if "<" in path:
        raise _not_found(named, "it has no name in its module that it could be found by")
    if module not in sys.modules:
        raise _not_found(named, f"this program has not imported {module!r}")
    found: object = sys.modules[module]
    for name in path.split("."):
        found = getattr(found, name, None)
    function = found.func if isinstance(found, QNode) else found
    if not callable(function):
        raise _not_found(named, f"the module {module!r} has no such function")
    return function


def _not_found(named: str, reason: str) -> CircuitNotFound:
    return CircuitNotFound(function=named, reason=reason, key=key_of({"function": named}))

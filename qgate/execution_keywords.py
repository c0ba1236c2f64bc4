"""Keywords of PennyLane's ``QNode`` and ``execute`` that configure how circuits are executed.

A table has the values that each keyword accepts. Mid-circuit measurements read ``mcm_method`` and
``postselect_mode`` from ``QNode.execute_kwargs``. The other keywords choose between ways of
execution that give the same results; qgate chooses itself, so they are checked and have no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypedDict

import numpy as np

from qgate.arguments import items_of, whole_number
from qgate.exceptions import InvalidKeyword, described, suggest

MCM_METHODS = ("deferred", "one-shot", "tree-traversal", "single-branch-statistics", "device")
"""Ways to run mid-circuit measurements."""

POSTSELECT_MODES = ("hw-like", "fill-shots", "pad-invalid-samples", "device")
"""Treatments of shots that a postselection rejects."""

EXPANSIONS = ("gradient", "device")
"""Places where older versions of PennyLane decomposed a circuit."""


class ExecutionKeywords(TypedDict, total=False):
    """Types of the keywords."""

    grad_on_execution: bool | Literal["best"]
    cache: Any
    cachesize: int
    device_vjp: bool | None
    postselect_mode: str | None
    mcm_method: str | None
    static_argnums: int | Sequence[int]
    executor_backend: Any
    expansion_strategy: str
    max_expansion: int


class QNodeKeywords(ExecutionKeywords, total=False):
    """Types of all keywords of a QNode."""

    shots: Any
    gradient_kwargs: Mapping[str, Any] | None
    max_diff: int | None
    mitigation: Any


class Rule(NamedTuple):
    """Default of a keyword, whether it accepts a value, and these values in words."""

    default: Any
    accepts: Callable[[Any], bool]
    values: str


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _is_one_of(names: Sequence[str]) -> Callable[[Any], bool]:
    return lambda value: value is None or (isinstance(value, str) and value in names)


def _is_cache(value: Any) -> bool:
    methods = ("__getitem__", "__setitem__", "__delitem__")
    return value is None or _is_flag(value) or all(hasattr(value, name) for name in methods)


def _are_positions(value: Any) -> bool:
    numbers = items_of(value)
    return all(whole_number(item) is not None for item in ([value] if numbers is None else numbers))


RULES: Mapping[str, Rule] = {
    "grad_on_execution": Rule(
        "best", lambda value: _is_flag(value) or value == "best", "True, False or 'best'"
    ),
    "cache": Rule(
        "auto",
        lambda value: _is_cache(value) or value == "auto",
        "'auto', True, False, None or a mutable mapping",
    ),
    "cachesize": Rule(10000, lambda value: (whole_number(value) or 0) > 0, "1, 2, 3, ..."),
    "device_vjp": Rule(
        False, lambda value: value is None or _is_flag(value), "True, False or None"
    ),
    "postselect_mode": Rule(
        None, _is_one_of(POSTSELECT_MODES), f"None, {', '.join(map(repr, POSTSELECT_MODES))}"
    ),
    "mcm_method": Rule(None, _is_one_of(MCM_METHODS), f"None, {', '.join(map(repr, MCM_METHODS))}"),
    "static_argnums": Rule((), _are_positions, "a position, or a sequence of positions"),
    "executor_backend": Rule(None, lambda value: True, "anything"),
    "expansion_strategy": Rule("gradient", _is_one_of(EXPANSIONS), "'gradient' or 'device'"),
    "max_expansion": Rule(10, lambda value: (whole_number(value) or 0) > 0, "1, 2, 3, ..."),
}


def execution_keywords(caller: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every keyword, those that were not given with their default.

    Parameters
    ----------
    caller : str
        Name of the function for errors.
    given : mapping
        The user's keywords.

    Raises
    ------
    InvalidKeyword
        There is no keyword of a name, or it does not accept the value.
    """
    for name, value in given.items():
        rule = RULES.get(name)
        if rule is None:
            known = [*QNodeKeywords.__annotations__, "interface", "diff_method"]
            raise InvalidKeyword(
                f"{caller} has no keyword {name!r}.{suggest(name, known)} Options of a gradient "
                f"method, such as h, are given as gradient_kwargs={{{name!r}: ...}}."
            )
        if not rule.accepts(value):
            raise InvalidKeyword(
                f"{caller} was given {name}={described(value)}. Give {rule.values}."
            )
    return {name: given.get(name, rule.default) for name, rule in RULES.items()}

"""Mitigation methods by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qgate.exceptions import InvalidMitigation, described, suggest
from qgate.mitigation.choice import Auto
from qgate.mitigation.learned import Learned
from qgate.mitigation.method import Mitigation
from qgate.mitigation.readout import Readout
from qgate.mitigation.zne import ZNE

METHODS: Mapping[str, Callable[[], Mitigation | None]] = {
    "none": lambda: None,
    "readout": Readout,
    "zne": ZNE,
    "auto": Auto,
    "learned": Learned,
}
"""For each name the method with its default options."""


def mitigation_of(given: object) -> Mitigation | None:
    """Return the method that an argument ``mitigation`` stands for; None: there is none.

    Raises
    ------
    InvalidMitigation
        The argument is neither a name nor a method.
    """
    if given is None:
        return None
    if isinstance(given, str):
        if given not in METHODS:
            raise InvalidMitigation(
                given=repr(given), known=tuple(METHODS), hint=suggest(given, METHODS)
            )
        return METHODS[given]()
    if isinstance(given, type) or not isinstance(given, Mitigation):
        raise InvalidMitigation(given=described(given), known=tuple(METHODS), hint="")
    return given

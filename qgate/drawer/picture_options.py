"""Options of pictures, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qgate.arguments import finite_number, truth
from qgate.exceptions import InvalidDrawing, described

SIZES = ("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large")
"""Names of sizes of fonts."""

LARGEST_FONT = 1000.0


@dataclass(frozen=True)
class PictureOptions:
    """Options of a picture besides those of a drawing as text.

    Parameters
    ----------
    fontsize : float or str, optional
        In points, or a name.
    wire_options, label_options : mapping, optional
        matplotlib's options of wires and their labels.
    show_wire_labels, active_wire_notches : bool
    fig : Figure, optional

    Raises
    ------
    InvalidDrawing
        A size, a mapping or a figure is none.
    InvalidParameters
        A switch has no truth value.
    """

    fontsize: Any = None
    wire_options: Mapping[Any, Any] | None = None
    label_options: Mapping[str, Any] | None = None
    show_wire_labels: bool = True
    active_wire_notches: bool = True
    fig: Any = None

    def __post_init__(self) -> None:
        for name in ("show_wire_labels", "active_wire_notches"):
            truth("A picture", name, getattr(self, name))
        for name in ("wire_options", "label_options"):
            given = getattr(self, name)
            _require(given is None or isinstance(given, Mapping), name, given, "a mapping")
        _require(self.fontsize is None or _is_size(self.fontsize), "fontsize", self.fontsize, SIZE)
        drawable = callable(getattr(self.fig, "add_axes", None))
        _require(self.fig is None or drawable, "fig", self.fig, "a figure of matplotlib")

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Context manager that reports options that matplotlib refuses."""
        given = {"wire_options": self.wire_options, "label_options": self.label_options}
        try:
            yield
        except (AttributeError, TypeError, ValueError) as error:
            for name, value in given.items():
                if value:
                    text = f"matplotlib refuses an option of wires or labels: {error}."
                    value_text = described(dict(value))
                    raise InvalidDrawing(argument=name, value=value_text, allowed=text) from error
            raise


SIZE = f"a number of points up to {LARGEST_FONT:g}, or one of {', '.join(SIZES)}"


def _require(holds: bool, argument: str, value: object, needed: str) -> None:
    if not holds:
        allowed = f"It is {needed}, or None."
        raise InvalidDrawing(argument=argument, value=described(value), allowed=allowed)


def _is_size(value: Any) -> bool:
    if isinstance(value, str):
        return value in SIZES
    number = finite_number(value)
    return number is not None and 0 < number <= LARGEST_FONT

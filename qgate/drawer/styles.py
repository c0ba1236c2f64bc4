"""Styles of pictures: named settings of matplotlib."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeAlias

from qgate.exceptions import InvalidDrawing, MissingExtra, described, suggest

Settings: TypeAlias = dict[Any, Any]


def _style(
    paper: str, ink: str, box: str, *, edge: str = "", sketch: tuple[int, int, int] | None = None
) -> Settings:
    """Return settings by the colours of background, lines and text, and boxes.

    ``sketch`` has the scale, length and randomness of lines that are drawn as by hand.
    """
    return {
        "axes.facecolor": paper,
        "figure.facecolor": paper,
        "savefig.facecolor": paper,
        "font.weight": "normal",
        "lines.color": ink,
        "lines.linewidth": 1.5,
        "patch.edgecolor": edge or ink,
        "patch.facecolor": box,
        "patch.force_edgecolor": True,
        "patch.linewidth": 2.0,
        "path.sketch": sketch,
        "text.color": ink,
    }


STYLES: Mapping[str, Settings] = {
    "black_white": _style("white", "black", "white"),
    "black_white_dark": _style("#161616", "white", "#161616"),
    "default": {"lines.color": "black"},
    "pennylane": _style("white", "#161616", "#d8eefa"),
    "pennylane_sketch": _style("white", "#161616", "#d8eefa", sketch=(1, 250, 1)),
    "sketch": _style("white", "black", "#fdeed8", sketch=(1, 100, 2)),
    "sketch_dark": _style("#161616", "white", "#4b4f78", sketch=(1, 100, 2)),
    "solarized_dark": _style("#002b36", "#93a1a1", "#073642", edge="#268bd2"),
    "solarized_light": _style("#fdf6e3", "#586e75", "#eee8d5", edge="#93a1a1"),
}
"""Settings of each style; those of ``default`` are matplotlib's own, with lines in black."""

_used = ["black_white"]


def available_styles() -> tuple[str, ...]:
    """Return the names of the styles of pictures."""
    return tuple(STYLES)


def use_style(style: str) -> None:
    """Set the style of pictures that are drawn without one.

    Parameters
    ----------
    style : str
        One of ``available_styles()``, or ``"rcParams"`` for matplotlib's current settings.

    Raises
    ------
    InvalidDrawing
        There is no such style.
    """
    _used[0] = _checked(style)


@contextmanager
def styled(style: str | None) -> Iterator[ModuleType]:
    """Apply a style within the block, which gets ``matplotlib.pyplot``.

    Raises
    ------
    InvalidDrawing
        There is no such style.
    MissingExtra
        matplotlib is not installed.
    """
    name = _checked(_used[0] if style is None else style)
    pyplot = load_pyplot()
    if name == "rcParams":
        yield pyplot
        return
    from matplotlib import rc_context, rcParamsDefault

    default: Any = rcParamsDefault
    plain: Settings = {key: default[key] for key in STYLES["black_white"]}
    with rc_context(plain | STYLES[name]):
        yield pyplot


def load_pyplot() -> ModuleType:
    """Return ``matplotlib.pyplot``, which is imported for the first picture."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise MissingExtra(what="A picture", package="matplotlib", extra="viz") from error
    return pyplot


def _checked(style: object) -> str:
    names = (*STYLES, "rcParams")
    if not isinstance(style, str) or style not in names:
        raise InvalidDrawing(
            argument="style",
            value=described(style),
            allowed=f"It is one of {', '.join(names)}.{suggest(style, names)}",
        )
    return style

"""Sizes of texts in pictures, in inches, and how they fit in boxes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

BOX = 0.75
"""Height of a box on one wire, and least width of boxes."""

MARGIN = 0.08
"""Least distance between a text and the border of its box."""

LEAST_SCALE = 0.6
"""Down to this fraction of its size a text is made smaller to be turned."""

SMALLEST_FONT = 4.0

NOTE = 0.8
"""Size of a note beside a meter, as a fraction of that of labels."""

WIDER = 1.06
"""Text on a screen is wider than its outlines, which are measured, by a few percent."""

POINTS = 72.0
"""Points of an inch."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that fits in the height of a box.

    Parameters
    ----------
    fontsize : float
    rotation : float
        In degrees.
    width : float
        Width that it needs, in inches.
    """

    fontsize: float
    rotation: float
    width: float


def fitted(text: str, fontsize: float, height: float, *, width: float = BOX) -> Fitted:
    """Fit a text in a box: turned by 90 degrees or smaller if necessary.

    Parameters
    ----------
    text : str
        May have several lines.
    fontsize : float
        Largest size in points.
    height, width : float
        Height of the box, and the width that it has anyway, in inches.
    """
    most = height - 2 * MARGIN
    across, down = text_size(text, fontsize)
    turned = min(1.0, most / across) if across else 1.0
    if height > BOX and across > width - 2 * MARGIN and turned >= LEAST_SCALE:
        return Fitted(fontsize * turned, 90.0, down * turned)
    scale = min(1.0, most / down)
    return Fitted(max(fontsize * scale, SMALLEST_FONT), 0.0, across * scale)


def text_size(text: str, fontsize: float) -> tuple[float, float]:
    """Return the width and height of a text in matplotlib's font, in inches."""
    from matplotlib import rcParams

    return _text_size(text, fontsize, str(rcParams["font.weight"]), str(rcParams["font.family"]))


@lru_cache(maxsize=1024)
def _text_size(text: str, fontsize: float, weight: str, family: str) -> tuple[float, float]:
    from matplotlib.textpath import TextPath

    lines = (text if is_mathematical(text) else text.replace("$", r"\$")).split("\n")
    widths = [TextPath((0, 0), line, size=fontsize).get_extents().width for line in lines if line]
    return WIDER * max(widths, default=0.0) / POINTS, len(lines) * 1.25 * fontsize / POINTS


@lru_cache(maxsize=1024)
def is_mathematical(text: str) -> bool:
    """Return whether a text has mathematical parts between dollar signs that can be set."""
    from matplotlib.mathtext import MathTextParser

    if text.count("$") < 2:
        return False
    try:
        MathTextParser("path").parse(text)
    except ValueError:
        return False
    return True

"""Drawings of circuits, as text and as pictures."""

from typing import TYPE_CHECKING

from qgate.drawer.drawing import draw
from qgate.drawer.elements import label
from qgate.drawer.figures import draw_mpl, tape_mpl
from qgate.drawer.mpl_drawer import MPLDrawer
from qgate.drawer.styles import available_styles, use_style
from qgate.drawer.text import tape_text
from qgate.lazy_names import refuse_unknown

__all__ = [
    "MPLDrawer",
    "available_styles",
    "draw",
    "draw_mpl",
    "label",
    "tape_mpl",
    "tape_text",
    "use_style",
]


if not TYPE_CHECKING:  # type checkers refuse unknown names themselves
    __getattr__ = refuse_unknown(__name__)

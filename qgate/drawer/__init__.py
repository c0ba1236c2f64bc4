"""Drawings of circuits, as text and as pictures."""

from qgate.drawer.drawing import draw
from qgate.drawer.elements import label
from qgate.drawer.figures import draw_mpl, tape_mpl
from qgate.drawer.mpl_drawer import MPLDrawer
from qgate.drawer.styles import available_styles, use_style
from qgate.drawer.text import tape_text

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

"""Drawings of circuits, as text and as pictures."""

from qgate.drawer.drawing import draw
from qgate.drawer.text import tape_text

__all__ = ["draw", "tape_text"]

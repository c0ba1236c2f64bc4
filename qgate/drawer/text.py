"""Drawing of a circuit as text.

Each layer is a block of equally wide lines, one for each wire: a sign that joins the rows of an
element (╭ ├ ╰, or │ on rows that it passes), then its control dot or label. Blocks are appended
from left to right; where the next one would exceed the width, lines end in ``···`` and continue
below.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from unicodedata import combining, east_asian_width

from qgate.arguments import truth, whole_number
from qgate.arrays import is_concrete, unwrap
from qgate.drawer.diagram import Circuit, Diagram
from qgate.drawer.elements import Element, Labels, Shape
from qgate.exceptions import InvalidDrawing, described
from qgate.typing import Tensor, WiresLike

WIRE = "─"
BIT = "═"
MORE = " ···"
"""End of lines that continue below."""

CONTINUED = "··· "
"""Start of lines that continue those above."""

WIDEST = 100
"""Width of drawings that are not printed to a narrower terminal."""

SHORTEST_LABEL = 4
"""Characters that are left of a label in the narrowest drawing."""

MOST_DECIMALS = 100


@dataclass(frozen=True)
class Layout:
    """Width of the drawing, and whether its lines begin with the wires' labels."""

    width: int
    show_wire_labels: bool


def tape_text(
    tape: Circuit,
    wire_order: WiresLike | None = None,
    *,
    show_all_wires: bool = False,
    decimals: int | None = None,
    max_length: int | None = None,
    show_matrices: bool = True,
    show_wire_labels: bool = True,
    cache: dict[str, Any] | None = None,
) -> str:
    """Draw a tape as text.

    Parameters
    ----------
    tape : QuantumScript
    wire_order : wires, optional
        Wires from top to bottom; the others follow in order of appearance.
    show_all_wires : bool
        Whether wires of ``wire_order`` that the tape does not use are drawn.
    decimals : int, optional
        Decimals of the parameters; None leaves them out.
    max_length : int, optional
        Characters of a line, after which the drawing continues below. Default: 100, or the width
        of the terminal if that is less.
    show_matrices : bool
        Whether arrays among the parameters, which are drawn as M0, M1, ..., are printed below.
    show_wire_labels : bool
    cache : dict, optional
        Its entry ``"matrices"`` is the list of these arrays; the tape's are added.

    Returns
    -------
    str
        Lines of one width; the empty text for a tape without wires.

    Raises
    ------
    InvalidDrawing
        ``decimals`` or ``max_length`` is no number of decimals or characters.

    Examples
    --------
    >>> tape = qg.tape.QuantumScript([qg.CRX(0.3, ["a", "b"])], [qg.probs(wires=["a", "b"])])
    >>> print(qg.drawer.tape_text(tape, decimals=1))
    a: ─╭●───────┤ ╭Probs
    b: ─╰RX(0.3)─┤ ╰Probs
    """
    for name, value in (("matrices", show_matrices), ("wire_labels", show_wire_labels)):
        truth("A drawing", f"show_{name}", value)
    found: dict[str, Any] = {} if cache is None else cache
    matrices: list[Tensor] = found.setdefault("matrices", [])
    labels = Labels(checked_decimals(decimals), found)
    diagram = Diagram.of(tape, labels, wire_order=wire_order, show_all_wires=show_all_wires)
    if not diagram.wires:
        return ""
    text = diagram_text(diagram, Layout(_checked_width(max_length), show_wire_labels))
    return text + matrices_text(matrices) if show_matrices else text


def diagram_text(diagram: Diagram, layout: Layout) -> str:
    """Return the lines of a diagram, joined by line breaks."""
    labels = [one_line(str(wire)) for wire in diagram.wires] if layout.show_wire_labels else []
    if labels:
        labels = [clipped(label, max(layout.width // 3, SHORTEST_LABEL)) + ": " for label in labels]
        longest = max(map(columns, labels))
        labels = [" " * (longest - columns(label)) + label for label in labels]
    page = _Page(labels or [""] * len(diagram.wires), diagram, layout.width)
    for layer in range(len(diagram.layers) + len(diagram.readouts)):
        page.append(layer)
    return page.text()


def matrices_text(matrices: Sequence[Tensor]) -> str:
    """Return the arrays of a drawing, each below its name."""
    return "".join(f"\nM{index} = \n{_array_text(value)}" for index, value in enumerate(matrices))


@lru_cache(maxsize=4096)  # most cells of a drawing are equal
def columns(text: str) -> int:
    """Return the number of columns that a terminal uses for a text."""
    return sum(0 if combining(sign) else 1 + (east_asian_width(sign) in "WF") for sign in text)


def checked_decimals(decimals: object) -> int | None:
    """Return the decimals of a drawing; refuse what is none."""
    number = None if decimals is None else whole_number(decimals)
    if decimals is not None and (number is None or not 0 <= number <= MOST_DECIMALS):
        raise InvalidDrawing(
            argument="decimals",
            value=described(decimals),
            allowed=f"It is a whole number from 0 to {MOST_DECIMALS}, or None without parameters.",
        )
    return number


def _checked_width(max_length: object) -> int:
    if max_length is None:
        terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDEST
        return min(terminal, WIDEST)
    number = whole_number(max_length)
    if number is None or number < 1:
        raise InvalidDrawing(
            argument="max_length",
            value=described(max_length),
            allowed="It is the number of characters of a line, or None for the terminal's.",
        )
    return number


@dataclass(frozen=True)
class _Block:
    """A layer of a diagram, drawn with labels that are as long as the space allows."""

    diagram: Diagram
    layer: int

    @property
    def elements(self) -> Sequence[Element]:
        layers, index = self.diagram.layers, self.layer - len(self.diagram.layers)
        return layers[self.layer] if index < 0 else self.diagram.readouts[index]

    def filler(self, line: int, *, after: bool = False) -> str:
        """Return the sign that continues a line through this layer, or after it."""
        in_circuit = self.layer < len(self.diagram.layers)
        wires = len(self.diagram.wires)
        if line < wires:
            return WIRE if in_circuit else " "
        layer = self.layer + after
        return BIT if in_circuit and self.diagram.classical.is_busy(line - wires, layer) else " "

    def lines(self, room: int) -> list[str]:
        """Return a text for each line, all of one width, if possible at most ``room``."""
        longest = max((columns(one_line(item.label)) for item in self.elements), default=0)
        lines = self._drawn(longest)
        excess = max(map(columns, lines)) - room
        if excess > 0 and longest > SHORTEST_LABEL:
            lines = self._drawn(max(longest - excess, SHORTEST_LABEL))
        width = max(map(columns, lines))
        return [
            text + self.filler(line, after=True) * (width - columns(text))
            for line, text in enumerate(lines)
        ]

    def _drawn(self, longest: int) -> list[str]:
        wires = len(self.diagram.wires)
        lines = list(map(self.filler, range(wires + len(self.diagram.classical.stretches))))
        for element in self.elements:
            if element.shape is Shape.READOUT:
                self._measure_outcomes(element, lines, longest)
            else:
                self._read(element, lines)
            if element.joined and len(element.rows) > 1:
                _join(element.rows, lines)
            self._write(element, lines)
            for row, value in element.controls.items():
                lines[row] += "●" if value else "○"
            label = clipped(one_line(element.label), longest)
            for row in element.targets:
                lines[row] += label
        return lines

    def _read(self, element: Element, lines: list[str]) -> None:
        """Draw the line from the outcomes of a condition up to its element."""
        classical, wires = self.diagram.classical, len(self.diagram.wires)
        bits = classical.of_outcomes(element.reads)
        if not bits:
            return
        for row in range(element.rows[-1] + 1, wires):
            lines[row] = f"{WIRE}║"
        for bit in range(bits[-1] + 1):
            ends = classical.ends(bit, self.layer)
            sign = "║" if bit not in bits else "╬╣╩╝"[2 * (bit == bits[-1]) + ends]
            before = BIT if bit in bits else lines[wires + bit][-1]
            lines[wires + bit] = before + sign

    def _write(self, element: Element, lines: list[str]) -> None:
        """Draw the line from a measurement down to the classical wire of its outcome."""
        wires = len(self.diagram.wires)
        bits = self.diagram.classical.of_outcomes(element.writes)
        if not bits:
            return
        for row in range(element.rows[-1] + 1, wires):
            lines[row] += f"{WIRE}║"
        for bit in range(bits[-1]):
            lines[wires + bit] += f"{lines[wires + bit][-1]}║"
        lines[wires + bits[-1]] += " ╚"

    def _measure_outcomes(self, element: Element, lines: list[str], longest: int) -> None:
        wires = len(self.diagram.wires)
        bits = [wires + bit for bit in self.diagram.classical.of_outcomes(element.reads)]
        if len(bits) > 1:
            _join(bits, lines)
        for bit in bits:
            lines[bit] += clipped(one_line(element.label), longest)


class _Page:
    """Lines of a drawing; finished ones, and those that are being extended."""

    def __init__(self, labels: list[str], diagram: Diagram, width: int) -> None:
        self.diagram, self.width = diagram, width
        below = [" " * columns(labels[0])] * len(diagram.classical.stretches)
        self.labels = [*labels, *below]
        self.finished: list[str] = []
        self.lines = list(self.labels)

    def append(self, layer: int) -> None:
        """Append a layer, below if it does not fit."""
        block, operations = _Block(self.diagram, layer), len(self.diagram.layers)
        is_last = layer == operations + len(self.diagram.readouts) - 1
        most = self.width if is_last else self.width - len(MORE)
        lines = block.lines(most - columns(self.labels[0]) - len(CONTINUED) - 1)
        fits = columns(self.lines[0]) + columns(lines[0]) < most
        if not fits or (layer == operations - 1 and not self._ends_within(lines[0])):
            self._continue_below()
        pairs = zip(self.lines, lines, strict=True)
        self.lines = [block.filler(line).join(pair) for line, pair in enumerate(pairs)]
        if layer == operations - 1:
            self._end_wires()

    def text(self) -> str:
        return "\n".join([*self.finished, *self.lines])

    def _ends_within(self, line: str) -> bool:
        """Return whether the ends of the wires, and what follows, fit after the last gates."""
        width = columns(self.lines[0]) + 1 + columns(line) + len("─┤")
        first = len(self.diagram.layers)
        blocks = [_Block(self.diagram, first + i) for i in range(len(self.diagram.readouts))]
        following = sum(1 + columns(block.lines(self.width)[0]) for block in blocks)
        return width + min(following, len(MORE)) <= self.width

    def _end_wires(self) -> None:
        """End the wires, and classical wires whose outcomes are measured, before measurements."""
        classical, wires = self.diagram.classical, len(self.diagram.wires)
        for line, text in enumerate(self.lines):
            measured = line >= wires and classical.is_busy(line - wires, len(self.diagram.layers))
            self.lines[line] = text + ("─┤" if line < wires else "═╡" if measured else "  ")

    def _continue_below(self) -> None:
        if self.lines == self.labels:
            return  # nothing would stand on these lines
        wires = len(self.diagram.wires)
        self.finished += [line + MORE for line in self.lines[:wires]]
        self.finished += self.lines[wires:]
        self.finished[-1] += "\n"
        more = [CONTINUED] * wires + [" " * len(CONTINUED)] * (len(self.labels) - wires)
        self.lines = [label + text for label, text in zip(self.labels, more, strict=True)]


def _join(rows: Sequence[int], lines: list[str]) -> None:
    """Begin the lines between the first and the last row with a vertical line."""
    for row in range(rows[0] + 1, rows[-1]):
        lines[row] = "├" if row in rows else "│"
    lines[rows[0]], lines[rows[-1]] = "╭", "╰"


def one_line(text: str) -> str:
    """Return a text without line breaks and other signs that do not print."""
    return "".join(sign if sign.isprintable() else "" for sign in text)


def clipped(text: str, longest: int) -> str:
    """Return a text shortened to a number of columns."""
    if columns(text) <= longest:
        return text
    kept = text
    while kept and columns(kept) > longest - 1:
        kept = kept[:-1]
    return f"{kept}…"


def _array_text(value: Tensor) -> str:
    plain = unwrap(value)
    if hasattr(plain, "toarray"):
        plain = plain.toarray()
    return str(plain) if is_concrete(plain) else f"known when the circuit runs, {value}"

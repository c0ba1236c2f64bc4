"""Pictures of circuits by matplotlib."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from qgate.arguments import whole_number
from qgate.drawer.diagram import Circuit, Diagram
from qgate.drawer.drawing import drawn_circuits, order_of
from qgate.drawer.elements import Element, Labels, Shape
from qgate.drawer.fitted_text import BOX, MARGIN, NOTE, fitted, text_size
from qgate.drawer.mpl_drawer import MPLDrawer, contiguous
from qgate.drawer.picture_options import PictureOptions
from qgate.drawer.styles import styled
from qgate.drawer.text import checked_decimals, one_line
from qgate.exceptions import InvalidDrawing, described
from qgate.typing import Function, Tensor, WiresLike

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Picture: TypeAlias = "tuple[Figure, Axes]"

GAP = 0.25
"""Distance between the boxes of neighbouring layers."""

RESET = (BOX + GAP) / 2
"""Distance of a meter, and of the reset after it, from the middle of their layer."""

SELECTED = str.maketrans("₀₁", "01")

SCRIPT_H = ("𝓗", r"$\mathcal{H}$")
"""A letter that few fonts have, and the same as mathematical text."""


def draw_mpl(
    qnode: Function,
    wire_order: WiresLike | None = None,
    show_all_wires: bool = False,
    decimals: int | None = None,
    style: str | None = None,
    *,
    fig: Figure | None = None,
    max_length: int | None = None,
    level: Any = "gradient",
    fontsize: float | str | None = None,
    wire_options: Mapping[Any, Any] | None = None,
    label_options: dict[str, Any] | None = None,
    show_wire_labels: bool = True,
    active_wire_notches: bool = True,
) -> Callable[..., Any]:
    r"""Return a function that draws a circuit as a picture; nothing runs.

    Parameters
    ----------
    qnode : QNode or callable
        A callable is a quantum function, which needs no measurements.
    wire_order, show_all_wires, level
        As for ``draw``.
    decimals : int, optional
        Decimals of the parameters; default: they are left out.
    style, fig, max_length
        As for ``drawer.tape_mpl``, and so are the others.

    Returns
    -------
    callable
        Takes the arguments of ``qnode``; returns a figure and its axes, or with ``max_length`` a
        list of these. Of several circuits it draws the first, and warns.

    Raises
    ------
    InvalidDrawing
        An argument is wrong.
    MissingExtra
        matplotlib is not installed (``pip install qgate[viz]``).

    Examples
    --------
    >>> @qg.qnode("local")
    ... def circuit(angle):
    ...     qg.Hadamard(0)
    ...     qg.CRX(angle, wires=[0, 1])
    ...     return qg.expval(qg.Z(0) @ qg.Z(1))
    >>> figure, axes = qg.draw_mpl(circuit, decimals=2)(2.3)
    >>> [text.get_text() for text in axes.texts if text.get_text()]
    ['0', '1', 'H', 'RX\n(2.30)']
    """
    circuits = drawn_circuits(qnode, level)

    @wraps(qnode, updated=())
    def drawing(*args: Tensor, **kwargs: Tensor) -> Any:
        tape, *others = circuits(*args, **kwargs)
        if others:
            warnings.warn(
                f"{1 + len(others)} circuits run at this level, and the picture shows the first. "
                "Use qg.draw for all of them.",
                UserWarning,
                stacklevel=2,
            )
        return tape_mpl(
            tape,
            order_of(qnode, tape, wire_order),
            show_all_wires,
            decimals,
            style,
            fig=fig,
            max_length=max_length,
            fontsize=fontsize,
            wire_options=wire_options,
            label_options=label_options,
            show_wire_labels=show_wire_labels,
            active_wire_notches=active_wire_notches,
        )

    return drawing


def tape_mpl(
    tape: Circuit,
    wire_order: WiresLike | None = None,
    show_all_wires: bool = False,
    decimals: int | None = None,
    style: str | None = None,
    *,
    fig: Figure | None = None,
    max_length: int | None = None,
    **options: Any,
) -> Any:
    """Draw a tape as a picture.

    Parameters
    ----------
    tape : QuantumScript
    wire_order, show_all_wires
        As for ``tape_text``.
    decimals : int, optional
        Decimals of the parameters; default: they are left out.
    style : str, optional
        One of ``available_styles()``, or ``"rcParams"`` for matplotlib's current settings; default
        ``black_white``, or what ``use_style`` has set.
    fig : Figure, optional
        Figure that is cleared and used; default a new one.
    max_length : int, optional
        Number of layers after which another figure continues.
    **options
        ``fontsize`` in points or by name; ``wire_options`` and ``label_options``, matplotlib's
        options of the lines of wires and of their labels (a mapping under the label of a wire holds
        the options of that wire); ``show_wire_labels``; ``active_wire_notches``, whether marks show
        the wires on which a box acts, if it covers others too.

    Returns
    -------
    (Figure, Axes), or a list of these
        The list, if ``max_length`` is given.

    Raises
    ------
    InvalidDrawing
        An argument is wrong.
    MissingExtra
        matplotlib is not installed (``pip install qgate[viz]``).
    """
    given = PictureOptions(fig=fig, **options)
    labels = Labels(checked_decimals(decimals), {})
    diagram = Diagram.of(tape, labels, wire_order=wire_order, show_all_wires=show_all_wires)
    most = _checked_length(max_length)
    with styled(style), given.reported():
        count = len(diagram.layers)
        pages = [range(0, count)] if most is None else _pages(count, most)
        pictures = [
            _Picture(diagram, page, given, fig if page.start == 0 else None).drawn()
            for page in pages
        ]
    return pictures[0] if most is None else pictures


class _Picture:
    """Picture of some successive layers of a diagram."""

    def __init__(
        self, diagram: Diagram, page: range, options: PictureOptions, fig: Figure | None
    ) -> None:
        self.diagram, self.page, self.options = diagram, page, options
        self.fontsize = 14.0 if options.fontsize is None else options.fontsize
        self.is_last = page.stop == len(diagram.layers)
        widths = [self._width(layer) for layer in diagram.layers[page.start : page.stop]]
        steps = [(before + after) / 2 for before, after in pairwise(widths)]
        start = (widths[0] - 1) / 2
        places = list(accumulate(steps, initial=start))
        self.places = dict(zip(page, places, strict=True))
        self.end = places[-1] + (widths[-1] + 1) / 2
        self.drawer = MPLDrawer(
            self.end,
            {wire: row for row, wire in enumerate(diagram.wires)},
            len(diagram.classical.stretches),
            wire_options=options.wire_options,
            fig=fig,
            starting_dots=page.start > 0,
        )
        self.drawer.fontsize = self.fontsize

    def drawn(self) -> Picture:
        """Draw everything; return the figure and its axes."""
        drawer = self.drawer
        if self.options.show_wire_labels:
            labels = [one_line(str(wire)) for wire in self.diagram.wires]
            drawer.label(labels, self.options.label_options)
        else:
            drawer.crop_wire_labels()
        self._draw_classical()
        for layer in self.page:
            for element in self.diagram.layers[layer]:
                self._draw(element, self.places[layer])
        if self.is_last:
            self._draw_readouts()
        else:
            drawer.dots(self.end + 0.25)
        return drawer.fig, drawer.ax

    def _width(self, layer: Sequence[Element]) -> float:
        """Return the width of a layer: that of its widest box and a gap, at least 1."""
        widths = [self._box_width(element) + GAP for element in layer]
        return max([1.0, *widths])

    def _box_width(self, element: Element) -> float:
        if _resets(element):
            return 2 * RESET + BOX
        if element.shape is Shape.METER:
            note = text_size(_note(element), NOTE * self._points)[0]
            return BOX + 2 * max(0.0, note - GAP / 2)
        if element.shape is not Shape.BOX:
            return BOX
        heights = [len(group) - 1 + BOX for group in _groups(element)]
        texts = [fitted(_text(element), self._points, height) for height in heights]
        return max([BOX, *(text.width + 2 * MARGIN for text in texts)])

    @property
    def _points(self) -> float:
        from matplotlib.font_manager import FontProperties

        return float(FontProperties(size=self.fontsize).get_size_in_points())

    def _draw(self, element: Element, x: float) -> None:
        controls, values = list(element.controls), list(element.controls.values())
        drawer, targets = self.drawer, element.targets
        if element.shape is Shape.METER:
            self._draw_meter(element, x)
        elif element.shape is Shape.BARRIER:
            drawer.barrier(x, targets)
        elif element.shape is Shape.FLIP:
            drawer.CNOT(x, [*controls, *targets], values)
        elif element.shape is Shape.CONTROL:
            drawer.ctrl(x, [*controls, *targets], (), [*values, True])
        else:
            groups = _groups(element)
            if controls or len(groups) > 1:
                drawer.ctrl(x, controls, targets, values)
            if element.shape is Shape.SWAP:
                drawer.SWAP(x, targets)
                return
            for group in groups:
                drawer.box_gate(
                    x,
                    group,
                    _text(element),
                    extra_width=self._box_width(element) - BOX,
                    active_wire_notches=self.options.active_wire_notches,
                )

    def _draw_meter(self, element: Element, x: float) -> None:
        """Draw a mid-circuit measurement, the selected outcome, and the reset."""
        drawer, (row,) = self.drawer, element.targets
        note = _note(element)
        if not _resets(element):
            drawer.measure(x, row, note)
            return
        drawer.erase_wire(x - RESET, row, 2 * RESET)
        drawer.measure(x - RESET, row, note)
        drawer.box_gate(x + RESET, row, "|0⟩")

    def _draw_readouts(self) -> None:
        readouts = [element for layer in self.diagram.readouts for element in layer]
        for row in sorted({row for element in readouts for row in element.targets}):
            self.drawer.measure(self.end, row)
        reads = [uid for element in readouts for uid in element.reads]
        bits = self.diagram.classical.of_outcomes(reads)
        if bits:
            self.drawer.measure(self.end, [len(self.diagram.wires) + bit for bit in bits])

    def _draw_classical(self) -> None:
        """Draw the line of each outcome: down from its measurement, along, and up to each use."""
        first = len(self.diagram.wires)
        for uid, bit in self.diagram.classical.lines.items():
            ends = [
                (layer, element)
                for layer, element in self._elements()
                if uid in (*element.writes, *element.reads)
            ]
            start, stop = ends[0][0], ends[-1][0]
            if stop < self.page.start or start >= self.page.stop:
                continue
            line, order = first + bit, 1.5 + 0.05 * bit
            places = [self._x(*ends[0], outside=-1.0), self._x(*ends[-1], outside=self.end)]
            self.drawer.classical_wire(places, [line, line], zorder=order)
            for layer, element in ends:
                if element.rows and layer in self.places:
                    x = self._x(layer, element)
                    self.drawer.classical_wire([x, x], [element.rows[-1], line], zorder=order)

    def _elements(self) -> Iterator[tuple[int, Element]]:
        """Yield every element with its layer; those of measurements follow the operations."""
        for index, layer in enumerate([*self.diagram.layers, *self.diagram.readouts]):
            for element in layer:
                yield index, element

    def _x(self, layer: int, element: Element, *, outside: float = 0.0) -> float:
        """Return where a line to an element ends: at the meter, if the wire is reset after it."""
        shift = RESET if _resets(element) else 0.0
        return self.places[layer] - shift if layer in self.places else outside


def _groups(element: Element) -> list[list[int]]:
    """Return the rows of each box: more than one, where controls are between the targets."""
    rows = list(element.targets)
    between = any(rows[0] < row < rows[-1] for row in element.controls)
    return contiguous(rows) if between else [rows]


def _resets(element: Element) -> bool:
    """Return whether an element is a measurement after which the wire is set to 0."""
    return element.shape is Shape.METER and element.label.endswith("│0⟩")


def _note(element: Element) -> str:
    """Return the outcome that a measurement selects, or the wire of a compiled circuit."""
    return element.label.split("│")[0].strip("┤↗├ ").translate(SELECTED)


def _text(element: Element) -> str:
    """Return the text of a box: the symbol, and below it the parameters in one line."""
    symbol, *parameters = element.label.replace(*SCRIPT_H).split("\n")
    return "\n".join([symbol, " ".join(parameters)] if parameters else [symbol])


def _pages(count: int, most: int) -> Iterator[range]:
    for start in range(0, count, most):
        yield range(start, min(start + most, count))


def _checked_length(max_length: object) -> int | None:
    number = None if max_length is None else whole_number(max_length)
    if max_length is not None and (number is None or number < 1):
        raise InvalidDrawing(
            argument="max_length",
            value=described(max_length),
            allowed="It is the number of layers of a figure, or None for one figure.",
        )
    return number
